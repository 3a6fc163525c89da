"""The review of changes to protected branches."""

from __future__ import annotations

import json
from collections.abc import Sequence

from pydantic import Field

from landfall.aws.arns import arn_of
from landfall.settings.base import Count, Distinct, ListOf, Settings
from landfall.settings.deployment_kind import RolePath


class Review(Settings):
    """Protected branches require approved pull requests."""

    branches: Distinct | None = None
    """The protected branches. Default: the strategy's."""
    approvals: Count = Field(default=1, ge=1, le=6)
    """CodeCommit: the number of required approvals. Other hosts have their own rules."""
    approvers: ListOf[RolePath] = ()
    """CodeCommit: approver roles of the repository's account, each with its path."""
    contributors: Distinct = ()
    """CodeCommit: roles of `landfall:access` that may not push to protected branches."""
    keys: str | None = Field(
        default=None, pattern=r"^(https://[^\s]+|-----BEGIN PGP PUBLIC KEY BLOCK-----[\s\S]+)$"
    )
    """Connections: the OpenPGP keys with which the repository's host signs merges, or their https
    address. Default: GitHub's keys."""
    since: str | None = Field(default=None, pattern=r"^[0-9a-f]{7,40}$")
    """Connections: a commit; all later ones of the branch are checked, not only the last."""


def approval_rule(
    partition: str,
    account_id: str,
    branches: Sequence[str],
    approvals: int,
    roles: Sequence[str],
) -> str:
    """Return the content of an approval rule template with these approver roles.

    https://docs.aws.amazon.com/codecommit/latest/APIReference/API_CreateApprovalRuleTemplate.html
    """
    sessions = arn_of(partition, "sts", "assumed-role", account=account_id)
    statement = {
        "Type": "Approvers",
        "NumberOfApprovalsNeeded": approvals,
        "ApprovalPoolMembers": [f"{sessions}/{role}/*" for role in roles],
    }
    content = {
        "Version": "2018-11-08",
        "DestinationReferences": [f"refs/heads/{name}" for name in branches],
        "Statements": [statement],
    }
    return json.dumps(content, separators=(",", ":"))
