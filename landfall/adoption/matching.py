"""Find the roles that settings can express exactly, and convert them to settings."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pydantic import ValidationError

from landfall.aws.arns import managed_policy_arn
from landfall.policy_text import alike
from landfall.settings import AccessRole, Statement
from landfall.snapshots.found import Organization, Role, Tags

_SID = "ExactRolesOfTheOrganization"
_VERSION = "2012-10-17"
_HOUR = 3600


@dataclass(frozen=True, slots=True)
class Matched:
    """Roles as settings by name, and for each role the ids of the accounts that have it."""

    roles: Mapping[str, Mapping[str, Any]]
    accounts: Mapping[str, tuple[str, ...]]
    others: tuple[tuple[Role, str], ...]
    """Roles that are not adopted, each with the reason."""


def stack_tags(
    organization: Organization, keys: Mapping[str, str], accounts: Iterable[Tags]
) -> Tags:
    """Return the tags shared by all `accounts` and by all roles that settings can express.

    They are the stack's tags, which it sets on every resource. Without such a role: no tags.
    """
    formed = [
        role.tags
        for role in organization.roles
        if role.account in keys and isinstance(_settings(role, organization, keys), dict)
    ]
    if not formed:
        return {}
    shared = set(formed[0].items())
    for tags in (*formed, *accounts):
        shared &= set(tags.items())
    return dict(sorted(shared))


def match(organization: Organization, keys: Mapping[str, str], tags: Tags) -> Matched:
    """Return the roles that settings can express exactly; `keys` maps account ids to keys.

    Settings have each role name once. If accounts have different roles of one name, the most
    frequent form is adopted.
    """
    forms: defaultdict[str, defaultdict[str, list[Role]]] = defaultdict(lambda: defaultdict(list))
    others: list[tuple[Role, str]] = []
    for role in organization.roles:
        if role.account not in keys:
            continue
        settings = _settings(role, organization, keys)
        if isinstance(settings, str):
            others.append((role, settings))
        elif role.tags != tags:
            others.append((role, "its tags differ from the stack's tags"))
        else:
            forms[role.name][json.dumps(settings)].append(role)
    taken: dict[str, Mapping[str, Any]] = {}
    holders: dict[str, tuple[str, ...]] = {}
    for name, by_form in sorted(forms.items()):
        form, roles = max(by_form.items(), key=lambda item: (len(item[1]), item[0]))
        settings = json.loads(form)
        holders[name] = tuple(sorted(role.account for role in roles))
        if set(holders[name]) != set(keys):
            settings["accounts"] = [keys[account] for account in holders[name]]
        taken[name] = settings
        reason = "it differs from the role of this name in other accounts"
        others += [(r, reason) for f, roles in by_form.items() if f != form for r in roles]
    return Matched(taken, holders, tuple(others))


def _settings(
    role: Role, organization: Organization, keys: Mapping[str, str]
) -> dict[str, Any] | str:
    """Return the role as settings, or the reason why settings cannot express it."""
    if role.boundary:
        return "it has a permissions boundary"
    if role.session_seconds % _HOUR:
        return "its maximum session duration is not a whole number of hours"
    trusted = _trusted(role.trust)
    if trusted and "aws:MultiFactorAuthPresent" in json.dumps(role.trust):
        return "it requires MFA from roles, whose sessions never carry it"
    if not trusted or not alike(role.trust, _trust(trusted, organization.id)):
        return "its trust policy differs from the form that Landfall writes"
    principals = []
    for arn in trusted:
        _, _, _, _, account, name = arn.split(":", 5)
        if account not in keys:
            return f"it trusts a role of account {account}, which is not in the stack"
        principals.append({"account": keys[account], "role": name.removeprefix("role/")})
    settings: dict[str, Any] = {"description": role.description} if role.description else {}
    settings["principals"] = principals
    if role.session_seconds != _HOUR:
        settings["sessionHours"] = role.session_seconds // _HOUR
    prefix = managed_policy_arn(organization.partition, "")
    if role.managed:
        settings["managedPolicies"] = [arn.removeprefix(prefix) for arn in role.managed]
    if role.inline:
        statements = _statements(role.inline, role.name)
        if statements is None:
            return "its inline policies differ from the form that Landfall writes"
        settings["statements"] = statements
    if not role.managed and not role.inline:
        return "it has no permissions"
    try:
        AccessRole.model_validate(settings, by_alias=True, by_name=False)
    except ValidationError as error:
        return f"settings reject it: {error.errors()[0]['msg']}"
    return settings


def _trusted(trust: Mapping[str, Any]) -> list[str]:
    """Return the ARNs of the roles that a trust policy allows by condition."""
    statements = _listed(trust.get("Statement", []))
    if len(statements) != 1 or not isinstance(statements[0], dict):
        return []
    equals = statements[0].get("Condition", {}).get("ArnEquals", {})
    arns = _listed(equals.get("aws:PrincipalArn", []))
    return [arn for arn in arns if arn.count(":") == 5 and ":role/" in arn]


def _trust(arns: Iterable[str], organization: str) -> dict[str, Any]:
    """Return the trust policy that `components.cross_account_role` writes for these roles."""
    arns = list(arns)
    conditions: dict[str, Any] = {
        "ArnEquals": {"aws:PrincipalArn": arns},
        "StringEquals": {"aws:PrincipalOrgID": organization},
    }
    accounts = sorted({":".join([*arn.split(":")[:5], "root"]) for arn in arns})
    return {
        "Version": _VERSION,
        "Statement": [
            {
                "Sid": _SID,
                "Effect": "Allow",
                "Principal": {"AWS": accounts},
                "Action": ["sts:AssumeRole"],
                "Condition": conditions,
            }
        ],
    }


def _statements(inline: Mapping[str, Mapping[str, Any]], name: str) -> list[dict[str, Any]] | None:
    """Return the statements of a role's only inline policy, which must be named like the role."""
    if list(inline) != [name] or inline[name].get("Version") != _VERSION:
        return None
    found = []
    for statement in _listed(inline[name].get("Statement", [])):
        if not isinstance(statement, dict):
            return None
        settings: dict[str, Any] = {"sid": statement["Sid"]} if "Sid" in statement else {}
        if statement.get("Effect") != "Allow":
            settings["effect"] = statement.get("Effect")
        settings["actions"] = _listed(statement.get("Action", []))
        if _listed(statement.get("Resource", [])) != ["*"]:
            settings["resources"] = _listed(statement.get("Resource", []))
        if statement.get("Condition"):
            settings["conditions"] = statement["Condition"]
        try:
            parsed = Statement.model_validate(settings, by_alias=True, by_name=False)
        except ValidationError:
            return None
        if not alike(parsed.iam_json(), statement):
            return None
        found.append(settings)
    return found


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
