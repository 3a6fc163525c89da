"""Rules of credentials and data: actions that reveal or share them, on any resource.

Each is held without condition on resources whose names the policies leave free. Deciding what an
action does are its page in the Service Authorization Reference and its API reference.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.iam.documents import Statement
from landfall.iam.effective_access.deciding import Held
from landfall.iam.policy_checks.administrator import administrating
from landfall.iam.policy_checks.findings import AnalysisRule, Finding, listed, rule
from landfall.iam.policy_checks.reach import freely
from landfall.iam.policy_checks.subject import Examined
from landfall.rules import Severity

CREDENTIALS: Final = rule(
    "credentials-exposure",
    "credentials",
    Severity.MEDIUM,
    "any credentials can be obtained",
    "Name the resources whose credentials are needed.",
)
SECRETS: Final = rule(
    "secrets-exposure",
    "credentials",
    Severity.MEDIUM,
    "every secret can be read",
    "Name the secrets or parameters, under the application's own path.",
)
DATA: Final = rule(
    "data-exfiltration",
    "data",
    Severity.MEDIUM,
    "the data of every resource can be read or copied out",
    "Name the buckets, tables or snapshots that are needed.",
)
SHARING: Final = rule(
    "resource-sharing",
    "data",
    Severity.MEDIUM,
    "any resource can be shared with other accounts",
    "Name the resources; move changes of their policies to a separate role.",
)
_LISTS: Final[dict[AnalysisRule, tuple[str, ...]]] = {
    CREDENTIALS: (
        "cognito-identity:GetCredentialsForIdentity",
        "connect:GetFederationToken",
        "dsql:DbConnectAdmin",
        "ec2:GetPasswordData",
        "eks-auth:AssumeRoleForPodIdentity",
        "lightsail:GetInstanceAccessDetails",
        "lightsail:GetRelationalDatabaseMasterUserPassword",
        "rds-db:connect",
        "redshift:GetClusterCredentials",
        "redshift:GetClusterCredentialsWithIAM",
        "redshift-serverless:GetCredentials",
        "sts:GetFederationToken",
    ),
    SECRETS: (
        "secretsmanager:BatchGetSecretValue",
        "secretsmanager:GetSecretValue",
        "ssm:GetParameter",
        "ssm:GetParameterHistory",
        "ssm:GetParameters",
        "ssm:GetParametersByPath",
    ),
    DATA: (
        "dynamodb:ExportTableToPointInTime",
        "dynamodb:Query",
        "dynamodb:Scan",
        "ebs:GetSnapshotBlock",
        "rds:StartExportTask",
        "s3:GetObject",
        "s3:PutReplicationConfiguration",
        "sqs:ReceiveMessage",
    ),
    SHARING: (
        "backup:PutBackupVaultAccessPolicy",
        "ec2:ModifyImageAttribute",
        "ec2:ModifySnapshotAttribute",
        "ecr:SetRepositoryPolicy",
        "kms:CreateGrant",
        "kms:PutKeyPolicy",
        "lambda:AddPermission",
        "ram:CreateResourceShare",
        "rds:ModifyDBClusterSnapshotAttribute",
        "rds:ModifyDBSnapshotAttribute",
        "s3:PutBucketAcl",
        "s3:PutBucketPolicy",
        "s3:PutBucketPublicAccessBlock",
        "s3:PutObjectAcl",
        "secretsmanager:PutResourcePolicy",
        "sns:AddPermission",
        "sns:SetTopicAttributes",
        "sqs:AddPermission",
        "sqs:SetQueueAttributes",
    ),
}


def check(examined: Examined) -> Iterator[Finding]:
    """Yield findings for each statement; none for administrators."""
    if not examined.subject.identity or administrating(examined):
        return
    for rule_, actions in _LISTS.items():
        by_place: dict[tuple[str, int], tuple[Held, list[str]]] = {}
        for action, held in freely(examined, actions):
            given = held.sources[0]
            key = (given.policy, given.statement.index)
            by_place.setdefault(key, (held, []))[1].append(action)
        for (policy, _), (held, found) in by_place.items():
            statement: Statement = held.sources[0].statement
            yield rule_.at(
                policy,
                statement,
                f"allows {listed(found)} on any resource: {rule_.title}",
                element="NotAction" if statement.not_actions else "Action",
            )
