"""Whether a role's trust policy lets a caller assume it.

Principals, `sts:` actions and the conditions that trust policies use are evaluated as the IAM User
Guide describes ('Policy evaluation logic', 'IAM JSON policy elements: Condition operators'). What
the callers' own policies allow is not judged here. An operator that is not known never matches in
an Allow and always in a Deny.
"""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import Role, iam_backends

from landfall.sandbox.gate import organization
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request

Document = Mapping[str, Any]


class AccessDeniedError(AWSError):
    """The caller may not: IAM User Guide, 'Troubleshoot access denied error messages'."""

    code = "AccessDenied"
    status = 403


@dataclass(frozen=True, slots=True)
class Applicant:
    """Who asks to assume a role: an AWS principal's ARN, or a service, or a federated provider.

    `context` holds the request's condition keys in lower case.
    """

    kind: str
    name: str
    account: str = ""
    role: str | None = None
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)


def find_role(arn: str) -> Role | None:
    """Return the emulator's role of this ARN, in whatever account; None where there is none."""
    parts = arn.split(":", 5)
    if len(parts) != 6 or parts[2] != "iam" or not parts[5].startswith("role/"):
        return None
    partition, account, name = parts[1], parts[4], parts[5].rpartition("/")[2]
    if account not in list(iam_backends.keys()):
        return None
    for role in list(iam_backends[account][partition].roles.values()):
        if role.name == name and role.arn == arn:
            return role
    return None


def account_is_active(account: str) -> bool:
    """Tell whether an account can be entered: a suspended or closing one can't."""
    known = organization.member(account)
    return known is None or known.status == "ACTIVE"


def require_trust(request: Request, role_arn: str, applicant: Applicant, action: str) -> Role:
    """Return the role if it trusts the applicant; AWS words every other case the same way."""
    role = find_role(role_arn)
    if (
        role is None
        or not account_is_active(role.account_id)
        or not trusts(json.loads(role.assume_role_policy_document), applicant, action)
    ):
        who = request.caller.principal or "anonymous"
        raise AccessDeniedError(
            f"User: {who} is not authorized to perform: {action} on resource: {role_arn}"
        )
    return role


def applicant_of(request: Request, extra: Mapping[str, Sequence[str]] | None = None) -> Applicant:
    """Describe the caller of a request with the condition keys that AWS sets for it."""
    caller = request.caller
    context: dict[str, Sequence[str]] = {
        "aws:principalarn": [caller.principal_arn],
        "aws:principalaccount": [caller.account],
        "aws:principaltype": ["AssumedRole" if caller.role else "User"],
        "aws:principalisawsservice": ["false"],
        "aws:viaawsservice": ["false"],
        "aws:userid": [caller.principal_id],
        "aws:securetransport": ["true"],
        "aws:requestedregion": [request.region],
    }
    if (organization_id := organization.organization_id(caller.account)) is not None:
        context["aws:principalorgid"] = [organization_id]
    if (path := organization.organization_path(caller.account)) is not None:
        context["aws:principalorgpaths"] = [path]
    return Applicant(
        "AWS", caller.principal, caller.account, caller.role, {**context, **(extra or {})}
    )


def service(name: str, account: str, source_arn: str) -> Applicant:
    """Describe an AWS service that acts for one resource of an account.

    IAM User Guide, 'The confused deputy problem': the service tells both in the request.
    """
    return Applicant(
        "Service",
        name,
        context={
            "aws:sourceaccount": [account],
            "aws:sourcearn": [source_arn],
            "aws:principalisawsservice": ["true"],
            "aws:principalservicename": [name],
            "aws:securetransport": ["true"],
        },
    )


def trusts(document: Document, applicant: Applicant, action: str = "sts:AssumeRole") -> bool:
    """Tell whether a trust policy allows an action to an applicant; an explicit deny wins."""
    return decide(document, applicant, action) == "Allow"


def decide(
    document: Document, applicant: Applicant, action: str, resource: str | None = None
) -> str | None:
    """Return what a resource's policy says: `Allow`, `Deny`, or None where it says nothing.

    Without a resource, the statements' own are not looked at: a trust policy has none.
    """
    found: str | None = None
    for statement in _listed(document.get("Statement")):
        deny = statement.get("Effect") == "Deny"
        if (
            _names_action(statement, action)
            and (resource is None or _names_resource(statement, resource))
            and _names_principal(statement, applicant)
            and _holds(statement.get("Condition") or {}, applicant.context, deny=deny)
        ):
            if deny:
                return "Deny"
            found = "Allow"
    return found


def _names_resource(statement: Document, resource: str) -> bool:
    if "NotResource" in statement:
        return not any(_like(resource, each) for each in _listed(statement["NotResource"]))
    return any(_like(resource, each) for each in _listed(statement.get("Resource")))


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list) else [value]


def _names_action(statement: Document, action: str) -> bool:
    if "NotAction" in statement:
        return not any(
            _like(action.lower(), each.lower()) for each in _listed(statement["NotAction"])
        )
    return any(_like(action.lower(), each.lower()) for each in _listed(statement.get("Action")))


def _names_principal(statement: Document, applicant: Applicant) -> bool:
    if "NotPrincipal" in statement:
        return not _among(statement["NotPrincipal"], applicant)
    return _among(statement.get("Principal"), applicant)


def _among(principals: Any, applicant: Applicant) -> bool:
    if principals == "*":
        return applicant.kind == "AWS"
    named = _listed(principals.get(applicant.kind)) if isinstance(principals, Mapping) else []
    if applicant.kind != "AWS":
        return applicant.name in named
    root = re.compile(rf"arn:[\w-]+:iam::{applicant.account}:root")
    own = {applicant.name, applicant.account, applicant.role}
    return any(each == "*" or each in own or root.fullmatch(each) for each in named)


def _like(value: str, pattern: str) -> bool:
    return fnmatch.fnmatchcase(value, pattern.replace("[", "[[]"))


def _equals(value: str, wanted: str) -> bool:
    return value == wanted


def _equals_ignoring_case(value: str, wanted: str) -> bool:
    return value.lower() == wanted.lower()


_OPERATORS: dict[str, tuple[Callable[[str, str], bool], bool]] = {
    "stringequals": (_equals, False),
    "stringnotequals": (_equals, True),
    "stringequalsignorecase": (_equals_ignoring_case, False),
    "stringnotequalsignorecase": (_equals_ignoring_case, True),
    "stringlike": (_like, False),
    "stringnotlike": (_like, True),
    "arnequals": (_like, False),
    "arnlike": (_like, False),
    "arnnotequals": (_like, True),
    "arnnotlike": (_like, True),
    "bool": (_equals_ignoring_case, False),
}
"""Operator -> how one value is compared, and whether the operator is a negated one."""


def _holds(conditions: Document, context: Mapping[str, Sequence[str]], *, deny: bool) -> bool:
    for name, keys in conditions.items():
        for key, wanted in keys.items():
            values = context.get(key.lower())
            wishes = ["true" if each is True else str(each) for each in _listed(wanted)]
            verdict = _compare(name.lower(), values, wishes)
            if verdict is None:
                verdict = deny
            if not verdict:
                return False
    return True


def _compare(name: str, values: Sequence[str] | None, wanted: Iterable[str]) -> bool | None:
    """Compare one key; None where the operator is not known."""
    if name == "null":
        absent = values is None
        return any((each.lower() == "true") == absent for each in wanted)
    quantifier, _, rest = name.rpartition(":")
    name, if_exists = (rest[:-8], True) if rest.endswith("ifexists") else (rest, False)
    if name not in _OPERATORS or quantifier not in ("", "foranyvalue", "forallvalues"):
        return None
    matches, negated = _OPERATORS[name]
    if values is None:
        return if_exists or negated or quantifier == "forallvalues"
    wishes = list(wanted)
    results = [any(matches(value, wish) for wish in wishes) != negated for value in values]
    return all(results) if quantifier == "forallvalues" else any(results)
