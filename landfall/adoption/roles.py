"""Read the roles under the path `/landfall/` in member accounts."""

from __future__ import annotations

import dataclasses
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from landfall.adoption.calls import Calls, Report, side_by_side, unreachable
from landfall.adoption.members import Members
from landfall.settings.naming import ROLE_PATH
from landfall.snapshots.found import Organization, Role

_PATH = f"/{ROLE_PATH}"


def with_roles(organization: Organization, members: Members, report: Report) -> Organization:
    """Return the organization with the roles under `/landfall/` in its active member accounts.

    An account in which no role can be assumed is not an error: an invited account may have none.
    Raises `ProblemsError` if AWS denies reading roles in an account.
    """
    accounts = [
        account.id
        for account in organization.accounts
        if account.state == "ACTIVE" and account.id != organization.management_account
    ]
    reading = _Reading(members)
    try:
        found = side_by_side(reading.roles, accounts, report, "roles")
    except (BotoCoreError, ClientError) as error:
        raise unreachable(error) from None
    reading.calls.refuse_denied()
    return dataclasses.replace(
        organization,
        roles=tuple(role for roles in found for role in roles),
        unread_accounts=dict(members.closed),
        account_roles=dict(members.assumed),
    )


class _Reading:
    def __init__(self, members: Members) -> None:
        self._members = members
        self.calls = Calls()

    def roles(self, account: str) -> list[Role]:
        iam = self._members.client(account, "iam")
        if iam is None:
            return []
        listed = self.calls.pages(iam, "list_roles", "Roles", PathPrefix=_PATH)
        return [role_of(iam, role["RoleName"], account, self.calls) for role in listed]


def role_of(iam: Any, name: str, account: str = "", calls: Calls | None = None) -> Role:
    """Return one role, of which `calls` records what is denied; without it, a denial raises."""
    one = calls.one if calls else _one
    pages = calls.pages if calls else _pages
    # ListRoles returns no tags, and not always the boundary.
    role = one(iam, "get_role", RoleName=name).get("Role", {})
    attached = pages(iam, "list_attached_role_policies", "AttachedPolicies", RoleName=name)
    inline = pages(iam, "list_role_policies", "PolicyNames", RoleName=name)
    return Role(
        account=account,
        name=name,
        path=role.get("Path", ""),
        description=role.get("Description", ""),
        session_seconds=role.get("MaxSessionDuration", 0),
        boundary=role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn", ""),
        trust=role.get("AssumeRolePolicyDocument", {}),
        managed=tuple(sorted(policy["PolicyArn"] for policy in attached)),
        inline={
            policy: one(iam, "get_role_policy", RoleName=name, PolicyName=policy).get(
                "PolicyDocument", {}
            )
            for policy in inline
        },
        tags={tag["Key"]: tag["Value"] for tag in role.get("Tags", [])},
        id=role.get("RoleId", ""),
    )


def _one(client: Any, operation: str, **arguments: Any) -> Any:
    return getattr(client, operation)(**arguments)


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    pages = client.get_paginator(operation).paginate(**arguments)
    return [item for page in pages for item in page.get(key, [])]
