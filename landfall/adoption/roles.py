"""Read the roles under the path `/landfall/` in member accounts."""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Mapping
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from landfall.adoption.calls import CONFIG, Calls, Report, is_denied, side_by_side, unreachable
from landfall.adoption.found import Organization, Role
from landfall.aws.arns import iam_arn
from landfall.settings.naming import ROLE_PATH

_PATH = f"/{ROLE_PATH}"
_SESSION = "landfall-adopt"


def with_roles(
    organization: Organization, session: boto3.Session, account_role: str, report: Report
) -> Organization:
    """Return the organization with the roles under `/landfall/` in its active member accounts.

    An account whose `account_role` cannot be assumed is not an error: an invited account may not
    have it. Raises `ProblemsError` if AWS denies reading roles in an account.
    """
    accounts = [
        account.id
        for account in organization.accounts
        if account.state == "ACTIVE" and account.id != organization.management_account
    ]
    reading = _Reading(session, organization.partition, account_role)
    try:
        found = side_by_side(reading.roles, accounts, report, "roles")
    except (BotoCoreError, ClientError) as error:
        raise unreachable(error) from None
    reading.calls.refuse_denied()
    return dataclasses.replace(
        organization,
        roles=tuple(role for roles in found for role in roles),
        unread_accounts=reading.closed,
    )


class _Reading:
    def __init__(self, session: boto3.Session, partition: str, account_role: str) -> None:
        self._sts: Any = session.client("sts", config=CONFIG)
        self._session = session
        self._making = threading.Lock()
        self._partition, self._account_role = partition, account_role
        self.calls = Calls()
        self.closed: dict[str, str] = {}

    def roles(self, account: str) -> list[Role]:
        iam = self._iam(account)
        if iam is None:
            return []
        listed = self.calls.pages(iam, "list_roles", "Roles", PathPrefix=_PATH)
        return [self._role(iam, account, role["RoleName"]) for role in listed]

    def _iam(self, account: str) -> Any:
        try:
            given = self._sts.assume_role(
                RoleArn=iam_arn(self._partition, account, f"role/{self._account_role}"),
                RoleSessionName=_SESSION,
                DurationSeconds=900,
            )["Credentials"]
        except ClientError as error:
            if not is_denied(error):
                raise
            self.closed[account] = error.response["Error"].get("Message", "")
            return None
        # Share one session to load the IAM model once; sessions are not thread-safe.
        with self._making:
            return self._session.client(
                "iam",
                config=CONFIG,
                aws_access_key_id=given["AccessKeyId"],
                aws_secret_access_key=given["SecretAccessKey"],
                aws_session_token=given["SessionToken"],
            )

    def _role(self, iam: Any, account: str, name: str) -> Role:
        # ListRoles returns no tags, and not always the boundary.
        role = self.calls.one(iam, "get_role", RoleName=name).get("Role", {})
        attached = self.calls.pages(
            iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name
        )
        inline = self.calls.pages(iam, "list_role_policies", "PolicyNames", RoleName=name)
        return Role(
            account=account,
            name=name,
            path=role.get("Path", ""),
            description=role.get("Description", ""),
            session_seconds=role.get("MaxSessionDuration", 0),
            boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
            trust=role.get("AssumeRolePolicyDocument", {}),
            managed=tuple(sorted(policy["PolicyArn"] for policy in attached)),
            inline={policy: self._inline(iam, name, policy) for policy in inline},
            tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        )

    def _inline(self, iam: Any, role: str, policy: str) -> Mapping[str, Any]:
        answer = self.calls.one(iam, "get_role_policy", RoleName=role, PolicyName=policy)
        document: Mapping[str, Any] = answer.get("PolicyDocument", {})
        return document
