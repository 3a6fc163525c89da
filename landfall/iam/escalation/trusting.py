"""The principals that the trust policies of an organization's roles name."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from landfall.iam.documents import Document
from landfall.iam.escalation.accounts import Account, Principal
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.requests import Request

ASSUME: Final = "sts:AssumeRole"
_LABEL: Final = re.compile(r"\b(identityPolicies|permissionsBoundaries)\[(\d+)\]")


def passable(account: Account) -> dict[str, list[Principal]]:
    """Return for each service the roles whose trust policy allows it."""
    found: dict[str, list[Principal]] = {}
    for role in account.principals:
        if role.trust is None:
            continue
        for service in _services(role.trust):
            request = Request(
                service, ASSUME, role.arn, resource_account=account.id, complete=False
            )
            decision = evaluate(request, Policies(resource=role.trust))
            if decision.outcome in (Outcome.ALLOWED, Outcome.UNDECIDABLE):
                found.setdefault(service, []).append(role)
    return found


def _services(trust: Document) -> set[str]:
    return {
        one.value
        for statement in trust.statements
        if statement.effect == "Allow"
        for one in statement.principals or ()
        if one.kind == "Service" and "." in one.value
    }


def trusted(trust: Document) -> list[str]:
    """Return the principals of a trust policy: ARNs, `account:` with an id, or `*` for everyone."""
    found: dict[str, None] = {}
    for statement in trust.statements:
        if statement.effect != "Allow":
            continue
        if statement.not_principals is not None:
            found["*"] = None
        for one in statement.principals or ():
            if one.kind == "*" or one.value == "*":
                found["*"] = None
            elif one.kind == "AWS" and one.value.isdigit():
                found[f"account:{one.value}"] = None
            elif one.kind == "AWS" and one.value.endswith(":root"):
                found[f"account:{one.value.split(':')[4]}"] = None
            elif one.kind == "AWS":
                found[one.value] = None
    return list(found)


def plain(levels: Iterable[Iterable[tuple[str, Document]]]) -> tuple[tuple[Document, ...], ...]:
    """Return levels of policies without their labels."""
    return tuple(tuple(document for _, document in level) for level in levels)


def relabelled(reason: str, principal: Principal) -> str:
    """Write the policies' own names into the evaluator's reason."""

    def name(found: re.Match[str]) -> str:
        documents = principal.policies if found[1][0] == "i" else principal.boundaries
        return documents[int(found[2])][0]

    return _LABEL.sub(name, reason).replace("resourcePolicy", "the role's trust policy")
