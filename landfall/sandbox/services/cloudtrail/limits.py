"""CloudTrail: callers of organization trails, and delivery destinations.

API Reference, CreateTrail and UpdateTrail.
"""

from __future__ import annotations

import json
from typing import Any

from moto.cloudtrail.models import cloudtrail_backends

from landfall.sandbox.across_services.delegation import administered, trusted
from landfall.sandbox.across_services.deliveries import may_use_bucket, may_use_key
from landfall.sandbox.across_services.permissions import may
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

SERVICE = "cloudtrail.amazonaws.com"


class OrganizationsNotInUseError(AWSError):
    """The account is in no organization: API Reference, CreateTrail."""

    code = "OrganizationsNotInUseException"
    message = "Your account is not a member of an organization."


class NotOrganizationMasterAccountError(AWSError):
    """Neither the management account nor a delegated administrator: API Reference, CreateTrail."""

    code = "NotOrganizationMasterAccountException"
    message = (
        "This action can only be performed by the management account or a delegated administrator."
    )


class CloudTrailAccessNotEnabledError(AWSError):
    """Trusted access is not enabled: API Reference, CreateTrail."""

    code = "CloudTrailAccessNotEnabledException"
    message = "Trusted access between CloudTrail and Organizations is not enabled."


class InsufficientS3BucketPolicyError(AWSError):
    """The bucket's policy does not let the trail deliver: API Reference, CreateTrail."""

    code = "InsufficientS3BucketPolicyException"

    def __init__(self, bucket: str) -> None:
        super().__init__(f"Incorrect S3 bucket policy is detected for bucket: {bucket}")


class InsufficientEncryptionPolicyError(AWSError):
    """The key's policy does not let the trail encrypt: API Reference, CreateTrail."""

    code = "InsufficientEncryptionPolicyException"

    def __init__(self, key: str) -> None:
        super().__init__(f"Insufficient permissions to access S3 bucket or KMS key {key}.")


class InvalidLogGroupError(AWSError):
    """There is no such log group, or the role may not write to it: API Reference, CreateTrail."""

    code = "InvalidCloudWatchLogsLogGroupArnException"
    message = "Access denied. Check the permissions for your role."


class InvalidLogRoleError(AWSError):
    """CloudTrail cannot assume the role for the log group: API Reference, CreateTrail."""

    code = "InvalidCloudWatchLogsRoleArnException"
    message = "Access denied. Check the trust relationships for your role."


class KmsKeyNotFoundError(AWSError):
    """There is no such key: API Reference, CreateTrail."""

    code = "KmsKeyNotFoundException"
    message = "The KMS key was not found."


@limit("cloudtrail", "CreateTrail", "UpdateTrail")
def organization_trails(request: Request) -> None:
    """User Guide, 'Creating a trail for an organization'."""
    wanted = _wanted(request)
    if request.params.get("IsOrganizationTrail"):
        backend = memberships.organization_of(request.account)
        if backend is None or backend.org is None:
            raise OrganizationsNotInUseError
        if administered(request.account, SERVICE) is None:
            raise NotOrganizationMasterAccountError
        if not trusted(backend, SERVICE):
            raise CloudTrailAccessNotEnabledError
    _deliveries(request, wanted)


def _wanted(request: Request) -> dict[str, Any]:
    """Return the resulting trail: an update omits unchanged values."""
    found: dict[str, Any] = {}
    if request.operation == "UpdateTrail":
        name = request.params["Name"].rpartition("/")[2]
        for trail in cloudtrail_backends[request.account][request.region].trails.values():
            if trail.trail_name == name:
                found = trail.description()
    return {**found, **request.params}


def _deliveries(request: Request, wanted: dict[str, Any]) -> None:
    name = wanted["Name"].rpartition("/")[2]
    arn = request.arn("cloudtrail", f"trail/{name}")
    trail = service(SERVICE, request.account, arn, "bucket")
    prefix = f"{wanted['S3KeyPrefix']}/" if wanted.get("S3KeyPrefix") else ""
    owners = [request.account]
    if wanted.get("IsOrganizationTrail"):
        owners.append(memberships.organization_id(request.account) or "")
    puts = [("s3:PutObject", f"{prefix}AWSLogs/{owner}/file") for owner in owners]
    bucket = wanted.get("S3BucketName", "")
    if may_use_bucket(trail, bucket, [("s3:GetBucketAcl", ""), *puts]) is False:
        raise InsufficientS3BucketPolicyError(bucket)
    if key := wanted.get("KmsKeyId"):
        actions, context = ["kms:GenerateDataKey"], {"aws:cloudtrail:arn": arn}
        trail = service(SERVICE, request.account, arn, "key")
        verdict = may_use_key(trail, key, actions, context)
        if verdict is None:
            raise KmsKeyNotFoundError
        if not verdict:
            raise InsufficientEncryptionPolicyError(key)


@limit("cloudtrail", "CreateTrail", "UpdateTrail")
def log_groups(request: Request) -> None:
    """User Guide, 'Role policy document for CloudTrail to use CloudWatch Logs for monitoring'.

    Streams of the members of an organization trail begin with the organization's id.
    CloudTrail sends neither aws:SourceArn nor aws:SourceAccount when it assumes the role.
    """
    params = request.params
    group, role_arn = params.get("CloudWatchLogsLogGroupArn"), params.get("CloudWatchLogsRoleArn")
    if not group:
        return
    if not role_arn:
        raise InvalidLogRoleError("You must specify a role ARN as well as a log group.")
    trail = service(SERVICE, request.account, request.arn("cloudtrail", "trail/*"))
    role = find_role(role_arn)
    if role is None or not trusts(json.loads(role.assume_role_policy_document), trail):
        raise InvalidLogRoleError
    streams = [f"{request.account}_CloudTrail_{request.region}"]
    if _wanted(request).get("IsOrganizationTrail"):
        organization = memberships.organization_id(request.account)
        streams.append(f"{organization}_{request.account}_CloudTrail_{request.region}")
    for stream in streams:
        resource = f"{group.removesuffix(':*')}:log-stream:{stream}"
        for action in ("logs:CreateLogStream", "logs:PutLogEvents"):
            if not may(role, action, resource):
                raise InvalidLogGroupError
