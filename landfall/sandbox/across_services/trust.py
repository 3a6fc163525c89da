"""Check whether a role's trust policy lets a caller assume it.

`landfall.iam` reads and evaluates the policy, as in `landfall iam simulate`. What the callers' own
policies allow is not checked here.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Final

from moto.iam.models import Role, iam_backends

from landfall.aws import source_keys
from landfall.aws.source_keys import Use
from landfall.iam import documents
from landfall.iam import requests as policies
from landfall.iam.documents import DocumentError
from landfall.iam.layers import survey
from landfall.iam.matching import PreparedDocument, prepare
from landfall.sandbox.across_services import activation
from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging.context import of_caller, of_connection

Document = Mapping[str, Any]

_RESOURCES: Final = ("Resource", "NotResource")
_COLONS: Final = 5


class AccessDeniedError(AWSError):
    """The caller is not allowed: IAM User Guide, 'Troubleshoot access denied error messages'."""

    code = "AccessDenied"
    status = 403


@dataclass(frozen=True, slots=True)
class Applicant:
    """The caller that assumes a role: an AWS principal's ARN, a service, or a federated provider.

    `context` holds the request's condition keys in lower case. `source` is the ARN of the resource
    for which a service acts, also where it sends no source key.
    """

    kind: str
    name: str
    account: str = ""
    role: str | None = None
    context: Mapping[str, Sequence[str]] = field(default_factory=dict)
    source: str = ""


def find_role(arn: str) -> Role | None:
    """Return the emulator's role of this ARN, in any account; None if it does not exist."""
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
    """Return whether an account is active: activated, and not suspended or closing."""
    known = memberships.member(account)
    return known is None or (known.status == "ACTIVE" and activation.is_done(account))


def require_trust(request: Request, role_arn: str, applicant: Applicant, action: str) -> Role:
    """Return the role if it trusts the applicant; AWS has one error for all other cases."""
    role = find_role(role_arn)
    if role is not None:
        owner = {"aws:resourceaccount": [role.account_id]}
        applicant = replace(applicant, context={**owner, **applicant.context})
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
    context = {**of_caller(caller), **of_connection(request), **(extra or {})}
    return Applicant("AWS", caller.principal, caller.account, caller.role, context)


def service(name: str, account: str, source_arn: str, use: Use = "role") -> Applicant:
    """Describe an AWS service that acts for one resource of an account.

    It sends only the source keys that `landfall.aws.source_keys` has for the use.
    """
    sent = source_keys.keys_of(name, use, source_arn)
    organization_id = memberships.organization_id(account)
    source = {
        source_keys.ARN: source_arn,
        source_keys.ACCOUNT: account,
        "aws:sourceorgid": organization_id,
        "aws:sourceowner": account,
    }
    return Applicant(
        "Service",
        name,
        context={
            **{key: [value] for key, value in source.items() if value and key in sent},
            "aws:principalisawsservice": ["true"],
            "aws:principalservicename": [name],
            "aws:securetransport": ["true"],
        },
        source=source_arn,
    )


def trusts(document: Document, applicant: Applicant, action: str = "sts:AssumeRole") -> bool:
    """Return whether a trust policy allows an action to an applicant; an explicit deny wins."""
    return decide(document, applicant, action) == "Allow"


def decide(
    document: Document, applicant: Applicant, action: str, resource: str | None = None
) -> str | None:
    """Return a resource policy's decision: `Allow`, `Deny`, or None if no statement matches.

    Without a resource, the statements' resources are ignored: a trust policy has none. An invalid
    document matches nothing.
    """
    try:
        policy = _read(json.dumps(document if resource is not None else _anywhere(document)))
    except DocumentError:
        return None
    request = policies.Request(
        applicant.name,
        action,
        resource or "*",
        context=_context(applicant, resource),
        time=datetime.now(UTC),
    )
    found = survey((policy,), request, names_principals=True)
    if found.deny is not None:
        return "Deny"
    return "Allow" if found.allow else None


def _anywhere(document: Document) -> Document:
    statements = document.get("Statement")
    return {
        **document,
        "Statement": [
            {key: value for key, value in one.items() if key not in _RESOURCES}
            for one in (statements if isinstance(statements, list) else [statements])
            if isinstance(one, Mapping)
        ],
    }


@lru_cache(maxsize=256)
def _read(text: str) -> PreparedDocument:
    return prepare(documents.parse(text), "resource policy")


def _context(applicant: Applicant, resource: str | None) -> dict[str, policies.ContextValue]:
    context: dict[str, policies.ContextValue] = {}
    if resource is None or resource.count(":") < _COLONS or not resource.split(":")[4]:
        # The resource's account is in its ARN; it is not the caller's account.
        context["aws:resourceaccount"] = None
    context.update({key: list(values) for key, values in applicant.context.items()})
    if applicant.role is not None:
        context.setdefault("aws:principalarn", applicant.role)
    return context
