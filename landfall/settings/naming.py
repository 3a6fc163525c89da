"""The names of what a stack makes. Deterministic, so that documents can name it beforehand."""

from __future__ import annotations

ROLE_PATH = "landfall/"


def partition(region: str) -> str:
    """Return the partition that a region belongs to: `aws`, `aws-us-gov` or `aws-cn`."""
    for prefix, name in (("us-gov-", "aws-us-gov"), ("cn-", "aws-cn")):
        if region.startswith(prefix):
            return name
    return "aws"


def pipeline(application: str, environment: str) -> str:
    """Return the name of a pipeline and of its build project."""
    return f"{application}-{environment}"


def pipeline_role(application: str, environment: str, part: str) -> str:
    """Return the name of a role of a pipeline; `part` is pipeline, build, trigger, deploy or
    service."""
    return f"{application}-{environment}-{part}"


def artifact_bucket(account_id: str, region: str) -> str:
    """Return the name of a region's artifact bucket; bucket names are unique in all of AWS."""
    return f"landfall-artifacts-{account_id}-{region}"


def role_arn(partition_name: str, account_id: str, name: str) -> str:
    """Return the ARN of a role of this project."""
    return f"arn:{partition_name}:iam::{account_id}:role/{ROLE_PATH}{name}"
