"""S3: the destinations of a bucket's notifications, which S3 tries when they are set."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

from moto.s3.models import s3_backends

from landfall.aws.arns import bucket_arn
from landfall.sandbox.across_services.destinations import may_reach
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_SERVICE: Final = "s3.amazonaws.com"


class UnableToValidateError(AWSError):
    """A destination refuses S3: API Reference, PutBucketNotificationConfiguration."""

    code = "InvalidArgument"
    message = "Unable to validate the following destination configurations"
    status = 400


@limit("s3", "PutBucketNotificationConfiguration")
def destinations(request: Request) -> None:
    """S3 User Guide, 'Granting permissions to publish event notification messages'.

    S3 sends a test message to each topic and queue, and looks up each function; `s3` must be
    allowed by the destination's policy, and by the policy of the key that encrypts it.
    """
    params = request.params
    owner = s3_backends.bucket_accounts.get(params.get("Bucket", ""))
    if owner is None or params.get("SkipDestinationValidation"):
        return
    source = bucket_arn(owner[0], params["Bucket"])
    for arn in _wanted(params.get("NotificationConfiguration", {})):
        if not may_reach(_SERVICE, owner[1], source, arn):
            raise UnableToValidateError(ArgumentName=arn)


def _wanted(configuration: dict[str, Any]) -> Iterator[str]:
    for name, member in (
        ("TopicConfigurations", "TopicArn"),
        ("QueueConfigurations", "QueueArn"),
        ("LambdaFunctionConfigurations", "LambdaFunctionArn"),
    ):
        yield from (each[member] for each in configuration.get(name, ()) if member in each)
