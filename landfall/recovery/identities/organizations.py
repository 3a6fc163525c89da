"""AWS Organizations: the organization, units, accounts, policies, delegated administrators."""

from __future__ import annotations

import json
import time
from typing import Any, Final

from landfall.recovery.identities.registry import Client, Inputs, OccupiedError, finds, pages

# In seconds. AWS documents minutes for creating an account, and has no event for its end.
_CREATION_SECONDS: Final = 600.0
_LOOK_SECONDS: Final = 0.5


@finds("aws:organizations/organization:Organization")
def _organization(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found: str = client("organizations").describe_organization()["Organization"]["Id"]
    return found


@finds("aws:organizations/organizationalUnit:OrganizationalUnit")
def _unit(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    units = pages(
        client("organizations"),
        "list_organizational_units_for_parent",
        "OrganizationalUnits",
        ParentId=inputs["parentId"],
    )
    return next((unit["Id"] for unit in units if unit["Name"] == inputs["name"]), None)


@finds("aws:organizations/resourcePolicy:ResourcePolicy")
def _resource_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # An organization has one, and AWS replaces it without a conflict.
    found = client("organizations").describe_resource_policy()["ResourcePolicy"]
    lost = _sids(found["Content"]) - _sids(inputs["content"])
    if lost:
        what = f"the organization's resource policy has other statements: {', '.join(sorted(lost))}"
        fix = "write them in landfall:organization.resourcePolicy; to see them: "
        raise OccupiedError(what, f"{fix}aws organizations describe-resource-policy")
    identity: str = found["ResourcePolicySummary"]["Id"]
    return identity


def _sids(content: str) -> set[str]:
    """Return the names of a policy's statements, or their places."""
    statements = json.loads(content).get("Statement", [])
    listed = statements if isinstance(statements, list) else [statements]
    return {str(each.get("Sid") or f"statement {n}") for n, each in enumerate(listed, 1)}


@finds("aws:organizations/account:Account")
def _account(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    organizations = client("organizations")
    _await_creation(organizations, inputs["name"])
    # E-mail addresses are unique across AWS, ignoring case.
    accounts = pages(organizations, "list_accounts", "Accounts")
    wanted = inputs["email"].lower()
    return next((each["Id"] for each in accounts if each["Email"].lower() == wanted), None)


def _await_creation(organizations: Any, name: str) -> None:
    """Wait while AWS is creating an account of this name; it is not listed before the end."""
    deadline = time.monotonic() + _CREATION_SECONDS
    while time.monotonic() < deadline:
        statuses = pages(
            organizations,
            "list_create_account_status",
            "CreateAccountStatuses",
            States=["IN_PROGRESS"],
        )
        if all(status["AccountName"] != name for status in statuses):
            return
        time.sleep(_LOOK_SECONDS)


@finds("aws:organizations/policy:Policy")
def _organization_policy(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    policies = pages(
        client("organizations"),
        "list_policies",
        "Policies",
        Filter=inputs.get("type", "SERVICE_CONTROL_POLICY"),
    )
    return next((each["Id"] for each in policies if each["Name"] == inputs["name"]), None)


@finds("aws:organizations/policyAttachment:PolicyAttachment")
def _policy_attachment(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    targets = pages(
        client("organizations"),
        "list_targets_for_policy",
        "Targets",
        PolicyId=inputs["policyId"],
    )
    attached = any(each["TargetId"] == inputs["targetId"] for each in targets)
    return f"{inputs['targetId']}:{inputs['policyId']}" if attached else None


@finds("aws:organizations/delegatedAdministrator:DelegatedAdministrator")
def _delegated_administrator(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    administrators = pages(
        client("organizations"),
        "list_delegated_administrators",
        "DelegatedAdministrators",
        ServicePrincipal=inputs["servicePrincipal"],
    )
    found = any(each["Id"] == inputs["accountId"] for each in administrators)
    return f"{inputs['accountId']}/{inputs['servicePrincipal']}" if found else None
