"""Rules of resource policies: which external principals can use the resource."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from landfall.aws.service_principals import states_source
from landfall.iam.documents import Statement
from landfall.iam.outsiders import DEPUTY, EVERYBODY, Judge, is_everybody, of_service, together
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.rules import Severity

PUBLIC: Final = rule(
    "public-resource",
    "resource policies",
    Severity.HIGH,
    "external principals can use the resource",
    "Name the accounts or roles, or require aws:PrincipalOrgID without IfExists.",
)
DEPUTY_USES: Final = rule(
    "confused-deputy-resource",
    "resource policies",
    Severity.MEDIUM,
    "a service can use the resource for any customer",
    "Require aws:SourceArn or aws:SourceAccount.",
)
FOREIGN_FULL: Final = rule(
    "foreign-full-access",
    "resource policies",
    Severity.MEDIUM,
    "another account has full access to the resource",
    "List the actions that are needed; the other account can otherwise rewrite this policy.",
)
FOREIGN: Final = rule(
    "foreign-access",
    "resource policies",
    Severity.NOTE,
    "another account can use the resource",
    "Require aws:PrincipalOrgID if the account belongs to the organization.",
)
# In these policies the principal `*` is common, and other settings decide who has access
# (API Gateway Developer Guide: 'Resource policies'; AWS PrivateLink Guide: 'Endpoint policies').
_DECIDED_ELSEWHERE: Final = frozenset({"execute-api", "apigateway", "vpce", "vpc-endpoint"})


def check(examined: Examined) -> Iterator[Finding]:
    """Check the Allows of a resource's policy, except what its Denies certainly deny."""
    subject = examined.subject
    if subject.resource_policy is None or subject.resource_type in _DECIDED_ELSEWHERE:
        return
    home = _home(subject.account, [one.statement for one in examined.of_resource])
    judge = Judge(examined.of_resource)
    for placed in examined.of_resource:
        if placed.allows and examined.spend(PUBLIC.id, judge.size):
            yield from _of(placed, judge, home)


def _of(placed: Placed, judge: Judge, home: str) -> Iterator[Finding]:
    statement = placed.statement
    done = listed(statement.actions) if statement.actions else "all but a few actions"
    if is_everybody(statement.principals) or statement.not_principals is not None:
        open_to = judge.lets(placed, EVERYBODY)
        if open_to == (DEPUTY,) and len(Judge(()).lets(placed, EVERYBODY)) > 1:
            # A Deny that exempts services denies all other principals.
            message = f"allows {done} to {DEPUTY.who}: a Deny exempts services"
            yield DEPUTY_USES.at(placed.policy, statement, message, element="Principal")
        elif open_to:
            element = "NotPrincipal" if statement.not_principals is not None else "Principal"
            message = f"allows {done} to {together(open_to)}"
            yield PUBLIC.at(placed.policy, statement, message, element=element)
        return
    named = [
        one.value
        for one in statement.principals or ()
        if one.kind == "Service"
        and states_source(one.value, has_role=False)
        and judge.lets(placed, (of_service(one.value),), principal=one)
    ]
    if named and not _is_bound(statement):
        message = f"allows {done} to {listed(named)} for any customer"
        yield DEPUTY_USES.at(placed.policy, statement, message, element="Principal")
    accounts = sorted({one for one in _accounts(statement) if home and one != home})
    if not accounts:
        return
    if any(not one.partition(":")[2].strip("*") for one in statement.actions):
        message = f"allows account {listed(accounts)} everything ({done})"
        yield FOREIGN_FULL.at(placed.policy, statement, message, element="Principal")
    elif not statement.conditions:
        message = f"allows {done} to account {listed(accounts)}"
        yield FOREIGN.at(placed.policy, statement, message, element="Principal")


def _is_bound(statement: Statement) -> bool:
    """Return whether a condition binds a service to something of the owner's in another way."""
    return any(one.key.lower().startswith("kms:encryptioncontext") for one in statement.conditions)


def _accounts(statement: Statement) -> Iterator[str]:
    for one in statement.principals or ():
        if one.kind == "AWS":
            parts = one.value.split(":", 5)
            if one.value.isdigit():
                yield one.value
            elif len(parts) == 6 and parts[4].isdigit():
                yield parts[4]


def _home(account: str | None, statements: list[Statement]) -> str:
    """Return the account of the resource: as given, or as its ARN says where all say the same."""
    found = {
        parts[4]
        for statement in statements
        for text in statement.resources
        if len(parts := text.split(":", 5)) == 6 and parts[4].isdigit()
    }
    return account or (found.pop() if len(found) == 1 else "")
