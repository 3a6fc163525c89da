"""Rules of trust: which external principals can assume a role."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from landfall.aws import token_issuers
from landfall.aws.service_principals import states_source
from landfall.aws.token_issuers import Width
from landfall.iam import patterns
from landfall.iam.documents import Condition, Effect, Statement
from landfall.iam.operators import NEGATED
from landfall.iam.outsiders import FOREIGNERS, MEMBER, Judge, is_everybody, of_account, of_service
from landfall.iam.policy_checks import oidc
from landfall.iam.policy_checks.findings import Finding, listed, rule
from landfall.iam.policy_checks.subject import Examined, Placed
from landfall.printable import shortened
from landfall.rules import Severity

_SUBJECT: Final = "trust"
EVERYBODY: Final = rule(
    "trust-everybody",
    _SUBJECT,
    Severity.HIGH,
    "anyone with an AWS account can assume the role",
    "Name the roles that may assume it, or require aws:PrincipalOrgID without IfExists.",
)
NO_SUBJECT: Final = rule(
    "trust-oidc-any-subject",
    _SUBJECT,
    Severity.HIGH,
    "any user of the identity provider can assume the role",
    "Require a subject with owner and repository, as in repo:OWNER/NAME:environment:prod.",
)
WIDE_SUBJECT: Final = rule(
    "trust-oidc-wide-subject",
    _SUBJECT,
    Severity.LOW,
    "more than one workflow can assume the role",
    "Name the repository and the branch or environment.",
)
NO_AUDIENCE: Final = rule(
    "trust-oidc-any-audience",
    _SUBJECT,
    Severity.LOW,
    "a token issued for another audience is accepted",
    "Require the token's audience, which is sts.amazonaws.com for most providers.",
)
NO_SAML_AUDIENCE: Final = rule(
    "trust-saml-any-audience",
    _SUBJECT,
    Severity.LOW,
    "an assertion issued for another audience is accepted",
    "Require SAML:aud, which is https://signin.aws.amazon.com/saml outside China.",
)
ACCOUNT: Final = rule(
    "trust-account",
    _SUBJECT,
    Severity.MEDIUM,
    "every principal of another account can assume the role",
    "Name the role there; require aws:PrincipalOrgID inside the organization, sts:ExternalId for "
    "accounts outside.",
)
FOREIGN_ROLE: Final = rule(
    "trust-foreign-principal",
    _SUBJECT,
    Severity.NOTE,
    "a principal of another account can assume the role",
    "Require aws:PrincipalOrgID inside the organization, sts:ExternalId outside it.",
)
ORGANIZATION: Final = rule(
    "trust-organization",
    _SUBJECT,
    Severity.LOW,
    "every principal of the organization can assume the role",
    "Name the roles, or require aws:PrincipalArn too.",
)
CONFUSED: Final = rule(
    "trust-confused-deputy",
    _SUBJECT,
    Severity.MEDIUM,
    "a service can assume the role for any customer",
    "Require aws:SourceArn or aws:SourceAccount.",
)
NOBODY: Final = rule(
    "trust-invalid-principal",
    _SUBJECT,
    Severity.LOW,
    "a principal is not one that AWS accepts",
    "Write the whole ARN of a role or user; for patterns require aws:PrincipalArn by ArnLike.",
)


@dataclass(frozen=True, slots=True)
class Entrance:
    """An entrance to a role: `who` can assume it, as which `kind` of principal, under `conditions`.

    `is_open`: external principals can, too.
    """

    who: str
    kind: str
    statement: str
    conditions: tuple[str, ...]
    is_open: bool

    def as_json(self) -> dict[str, object]:
        """Return the fields as JSON values."""
        return {
            "who": self.who,
            "kind": self.kind,
            "statement": self.statement,
            "conditions": list(self.conditions),
            "open": self.is_open,
        }


def entrances(examined: Examined) -> tuple[Entrance, ...]:
    """Return every entrance to the role."""
    found = []
    strange = {
        (one.statement, one.path)
        for one in check(examined)
        if one.severity.rank <= Severity.MEDIUM.rank
    }
    open_ = {statement for statement, _ in strange}
    for placed in _entering(examined):
        statement = placed.statement
        conditions = tuple(
            f"{one.name} {one.key} [{', '.join(one.values)}]" for one in statement.conditions
        )
        if statement.not_principals is not None:
            named = [("everyone except those in NotPrincipal", "*")]
        else:
            named = [(one.value, one.kind) for one in statement.principals or ()]
        for who, kind in named:
            label = shortened(statement.label, 128)
            found.append(Entrance(shortened(who), kind, label, conditions, label in open_))
    return tuple(found)


def check(examined: Examined) -> Iterator[Finding]:
    """Check every Allow of a trust policy, except what its Denies certainly deny."""
    judge = Judge(examined.of_trust)
    for placed in _entering(examined):
        statement = placed.statement
        if not examined.spend(EVERYBODY.id, judge.size):
            continue
        if is_everybody(statement.principals) or statement.not_principals is not None:
            yield from _everybody(placed, judge)
            continue
        conditions = (*statement.conditions, *_demanded(examined, placed))
        yield from _federated(placed, conditions)
        yield from _services(placed, judge)
        yield from _invalid(placed)
        if not any(map(_asks_for_secret, conditions)):
            yield from _accounts(placed, examined.subject.account, judge)


def _demanded(examined: Examined, allow: Placed) -> Iterator[Condition]:
    """Yield the conditions that Denies with one negated condition require of every token."""
    for placed in examined.of_trust:
        deny = placed.statement
        if deny.effect is not Effect.DENY or len(deny.conditions) != 1:
            continue
        named = is_everybody(deny.principals) or deny.principals == allow.statement.principals
        condition = deny.conditions[0]
        if named and any(map(_assumes, deny.actions)) and condition.operator in NEGATED:
            positive = condition.operator.replace("Not", "")
            if positive != "IpAddress" and not condition.qualifier:
                yield Condition(positive, "", False, condition.key, condition.values)


def _entering(examined: Examined) -> Iterator[Placed]:
    for placed in examined.of_trust:
        texts = placed.statement.actions
        if placed.allows and (not texts or any(map(_assumes, texts))):
            yield placed


def _assumes(action: str) -> bool:
    return patterns.intersects(action, "sts:AssumeRole*", case_sensitive=False)


def _everybody(placed: Placed, judge: Judge) -> Iterator[Finding]:
    statement = placed.statement
    element = "NotPrincipal" if statement.not_principals is not None else "Principal"
    if judge.lets(placed, FOREIGNERS):
        yield EVERYBODY.at(placed.policy, statement, EVERYBODY.title, element=element)
        return
    keys = {one.key.lower() for one in statement.conditions}
    of_organization = keys & {"aws:principalorgid", "aws:principalorgpaths"}
    if of_organization and "aws:principalarn" not in keys and judge.lets(placed, (MEMBER,)):
        yield ORGANIZATION.at(placed.policy, statement, ORGANIZATION.title, element=element)


def _named(statement: Statement, kind: str) -> list[str]:
    return [one.value for one in statement.principals or () if one.kind == kind]


def _federated(placed: Placed, conditions: tuple[Condition, ...]) -> Iterator[Finding]:
    statement = placed.statement
    providers = _named(statement, "Federated")
    saml = [one for one in providers if ":saml-provider/" in one]
    web = [one for one in providers if one not in saml]
    if saml and not any(one.key.lower() == "saml:aud" and oidc.compares(one) for one in conditions):
        message = "does not require the assertion's audience (SAML:aud)"
        yield NO_SAML_AUDIENCE.at(placed.policy, statement, message, element="Condition")
    if not web:
        return
    hosts = [one.partition("oidc-provider/")[2] or one for one in web]
    if all(one == "cognito-identity.amazonaws.com" for one in hosts):
        # Amazon Cognito has the pool in `aud`; its `sub` is one user.
        if not oidc.demanded(conditions, "aud"):
            message = "does not require the identity pool (cognito-identity.amazonaws.com:aud)"
            yield NO_SUBJECT.at(placed.policy, statement, message, element="Condition")
        if not oidc.demanded(conditions, "amr") or _lets_in_guests(conditions):
            message = "does not require the kind of user: unauthenticated users can assume the role"
            yield NO_SUBJECT.at(
                placed.policy, statement, message, element="Condition", severity=Severity.MEDIUM
            )
        return
    yield from _subject(placed, hosts, conditions)
    if not oidc.demanded(conditions, "aud"):
        message = f"does not require the audience of tokens of {listed(hosts)}"
        yield NO_AUDIENCE.at(placed.policy, statement, message, element="Condition")


def _lets_in_guests(conditions: tuple[Condition, ...]) -> bool:
    """Return whether a condition on the kind of user allows unauthenticated users."""
    asked = [one for one in conditions if one.key.lower().endswith(":amr") and oidc.compares(one)]
    return all(
        any(patterns.matches(value, "unauthenticated", case_sensitive=True) for value in one.values)
        for one in asked
    )


def _subject(
    placed: Placed, hosts: list[str], conditions: tuple[Condition, ...]
) -> Iterator[Finding]:
    demand = oidc.subject(conditions)
    if demand.width is Width.NAMED:
        return
    if demand.width is Width.ANYBODY:
        shared = any(token_issuers.of_host(one).shared for one in hosts)
        message = f"requires no subject: any token of {listed(hosts)} is enough"
        if demand.value:
            value = shortened(demand.value)
            message = f"the subject {value!r} has no owner: anyone can get such a token"
        severity = Severity.HIGH if shared else Severity.MEDIUM
        yield NO_SUBJECT.at(
            placed.policy, placed.statement, message, element="Condition", severity=severity
        )
        return
    severity = Severity.LOW if demand.width is Width.OWNER else Severity.NOTE
    message = f"the subject {shortened(demand.value)!r} allows {demand.width.value}"
    yield WIDE_SUBJECT.at(
        placed.policy, placed.statement, message, element="Condition", severity=severity
    )


def _services(placed: Placed, judge: Judge) -> Iterator[Finding]:
    named = [
        one.value
        for one in placed.statement.principals or ()
        if one.kind == "Service"
        and states_source(one.value)
        and judge.lets(placed, (of_service(one.value),), principal=one)
    ]
    if named:
        message = f"{listed(named)} can assume the role for any customer"
        yield CONFUSED.at(placed.policy, placed.statement, message, element="Principal")


def _accounts(placed: Placed, home: str | None, judge: Judge) -> Iterator[Finding]:
    statement = placed.statement
    for principal in statement.principals or ():
        if principal.kind != "AWS":
            continue
        value = principal.value
        account, whole = _account(value)
        if not account or account == home:
            continue
        if not judge.lets(placed, (of_account(account),), principal=principal):
            # Conditions exclude most principals of the account.
            continue
        if whole:
            message = f"every principal of account {account} can assume the role"
            yield ACCOUNT.at(placed.policy, statement, message, element="Principal")
        elif home:
            message = f"{shortened(value)} of another account can assume the role"
            yield FOREIGN_ROLE.at(placed.policy, statement, message, element="Principal")


def _invalid(placed: Placed) -> Iterator[Finding]:
    for value in _named(placed.statement, "AWS"):
        if not _account(value)[0]:
            message = f"{shortened(value)} is not a principal that AWS accepts"
            yield NOBODY.at(placed.policy, placed.statement, message, element="Principal")


def _asks_for_secret(condition: Condition) -> bool:
    """Return whether a condition requires an external id, not just a wildcard."""
    return (
        condition.key.lower() == "sts:externalid"
        and oidc.compares(condition)
        and all(value.strip("*?") for value in condition.values)
    )


def _account(value: str) -> tuple[str, bool]:
    """Return the account of an AWS principal, and whether all of it is named."""
    if value.isdigit() and len(value) == 12:
        return value, True
    parts = value.split(":", 5)
    if len(parts) == 6 and parts[2] in ("iam", "sts") and parts[4].isdigit() and "*" not in value:
        return parts[4], parts[5] == "root"
    unique = value.isalnum() and value.startswith(("AIDA", "AROA"))
    return (value, False) if unique else ("", False)
