"""AWS Config: where it can deliver, and who sees the whole organization."""

from __future__ import annotations

import json

from moto.config.models import config_backends

from landfall.sandbox.across_services.delegation import administered, trusted
from landfall.sandbox.across_services.deliveries import (
    has_retention,
    may_use_bucket,
    may_use_key,
)
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

SERVICE = "config.amazonaws.com"


class NoSuchBucketError(AWSError):
    """There is no such bucket: API Reference, PutDeliveryChannel."""

    code = "NoSuchBucketException"

    def __init__(self, bucket: str) -> None:
        super().__init__(f"Cannot find a S3 bucket with the name: {bucket}.")


class InsufficientDeliveryPolicyError(AWSError):
    """The bucket or the key turns Config away: API Reference, PutDeliveryChannel."""

    code = "InsufficientDeliveryPolicyException"

    def __init__(self, bucket: str, prefix: str | None, key: str | None) -> None:
        super().__init__(
            f"Insufficient delivery policy to s3 bucket: {bucket}, unable to write to bucket, "
            f"provided s3 key prefix is '{prefix or 'null'}', "
            f"provided kms key is '{key or 'null'}'."
        )


class InvalidRoleError(AWSError):
    """There is no such role: API Reference, PutConfigurationRecorder."""

    code = "InvalidRoleException"
    message = "You have provided a null or empty Amazon Resource Name (ARN) for the IAM role."


class OrganizationAccessDeniedError(AWSError):
    """The account may not see the organization: API Reference, PutConfigurationAggregator."""

    code = "OrganizationAccessDeniedException"
    message = (
        "This action can be only performed if the AWS Organizations management account or a "
        "delegated administrator calls it, and trusted access is enabled."
    )


@limit("config", "PutConfigurationRecorder")
def recorder_roles(request: Request) -> None:
    """AWS Config API Reference, PutConfigurationRecorder: the role exists."""
    arn = request.params["ConfigurationRecorder"].get("roleARN", "")
    if arn and find_role(arn) is None:
        raise InvalidRoleError(f"The IAM role '{arn}' does not exist.")


@limit("config", "PutDeliveryChannel")
def deliveries(request: Request) -> None:
    """AWS Config Developer Guide, 'Permissions for the Amazon S3 bucket', and 'for the KMS key'.

    With a service-linked role the service itself delivers. It does not deliver to a bucket with
    default retention: 'Managing the Delivery Channel'.
    """
    channel = request.params["DeliveryChannel"]
    bucket, prefix = channel.get("s3BucketName", ""), channel.get("s3KeyPrefix")
    arn = channel.get("s3KmsKeyArn")
    if not bucket or not channel.get("name"):
        return
    if has_retention(bucket):
        raise InsufficientDeliveryPolicyError(bucket, prefix, arn)
    source = request.arn("config", "configuration-recorder")
    config = service(SERVICE, request.account, source, "bucket")
    head = f"{prefix}/" if prefix else ""
    key = f"{head}AWSLogs/{request.account}/Config/ConfigWritabilityCheckFile"
    if not _service_linked(request):
        # A custom role also has its own policies; only the bucket's is checked.
        if may_use_bucket(config, bucket, []) is None:
            raise NoSuchBucketError(bucket)
        return
    verdict = may_use_bucket(config, bucket, [("s3:GetBucketAcl", ""), ("s3:PutObject", key)])
    if verdict is None:
        raise NoSuchBucketError(bucket)
    config = service(SERVICE, request.account, source, "key")
    if arn and not may_use_key(config, arn, ["kms:Decrypt", "kms:GenerateDataKey"], {}):
        verdict = False
    if not verdict:
        raise InsufficientDeliveryPolicyError(bucket, prefix, arn)


def _service_linked(request: Request) -> bool:
    recorders = config_backends[request.account][request.region].recorders.values()
    return any(f":role/aws-service-role/{SERVICE}/" in each.role_arn for each in recorders)


@limit("config", "PutConfigurationAggregator")
def aggregators(request: Request) -> None:
    """AWS Config API Reference, PutConfigurationAggregator, OrganizationAggregationSource."""
    source = request.params.get("OrganizationAggregationSource")
    if not source:
        return
    arn = source.get("RoleArn", "")
    config = service(SERVICE, request.account, request.arn("config", "*"))
    role = find_role(arn)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), config):
        raise InvalidRoleError(f"AWS Config cannot assume the IAM role '{arn}'.")
    backend = administered(request.account, SERVICE)
    if backend is None or not trusted(backend, SERVICE):
        raise OrganizationAccessDeniedError
