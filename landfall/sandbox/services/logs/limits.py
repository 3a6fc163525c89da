"""CloudWatch Logs: the key of a log group must let the service encrypt that group."""

from __future__ import annotations

from typing import Final

from landfall.sandbox.across_services.deliveries import may_use_key
from landfall.sandbox.across_services.trust import service
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

_ACTIONS: Final = ("kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey")


class KeyRefusedError(AWSError):
    """The key cannot be used: terraform-provider-aws#29282 has AWS's words since 2024."""

    code = "AccessDeniedException"


@limit("logs", "CreateLogGroup", "AssociateKmsKey")
def keys_of_groups(request: Request) -> None:
    """CloudWatch Logs User Guide, 'Encrypt log data in CloudWatch Logs using AWS KMS'.

    The service gives the log group's ARN as encryption context.
    """
    key, name = request.params.get("kmsKeyId"), request.params.get("logGroupName")
    if not key or not name:
        return
    group = request.arn("logs", f"log-group:{name}")
    using = service(f"logs.{request.region}.amazonaws.com", request.account, group, "key")
    if not may_use_key(using, key, _ACTIONS, {"aws:logs:arn": group}):
        raise KeyRefusedError(
            f"The specified KMS key does not exist or is not allowed to be used with Arn '{group}'"
        )
