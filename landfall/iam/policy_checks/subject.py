"""The subject of an analysis: an identity with its limits, a role's trust, a resource's policy."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from functools import cached_property
from typing import Final

from landfall.iam.documents import Condition, Document, Effect, Statement, parse
from landfall.iam.effective_access import AccessSet, Hold, Identity, effective
from landfall.iam.effective_access.deciding import Held
from landfall.iam.effective_access.identities import Labelled
from landfall.iam.effective_access.rules import Resources
from landfall.iam.effective_access.sets import Question
from landfall.iam.escalation import Escalation, escalations
from landfall.iam.policy_checks.conditions import (
    Meaning,
    Verdict,
    in_statement,
    of_statement,
    simplified,
)

_FULL: Final = (
    '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"*","Resource":"*"}]}'
)
# How many comparisons a rule may spend on policies far larger than AWS stores.
_MOST_WORK: Final = 400_000


@dataclass(frozen=True, slots=True)
class Subject:
    """The documents to check together, each with its name in findings.

    `identity` are all identity policies of one user or role, `boundaries` its permissions boundary.
    `service_control` has one tuple for each level from the organization's root on. `trust` is the
    role's trust policy, `resource_policy` a resource's own policy and `resource_type` what it is
    on, as a service's prefix (`s3`). `principal` is the identity's ARN where it is known.
    """

    identity: tuple[Labelled, ...] = ()
    boundaries: tuple[Labelled, ...] = ()
    service_control: tuple[tuple[Labelled, ...], ...] = ()
    trust: Labelled | None = None
    resource_policy: Labelled | None = None
    resource_type: str = ""
    principal: str | None = None
    account: str | None = None


@dataclass(frozen=True, slots=True)
class Placed:
    """A statement with the name of its policy, and the meaning of all its conditions.

    `signed`: every caller has an identity in AWS.
    """

    policy: str
    statement: Statement
    verdict: Verdict
    signed: bool = True

    @property
    def allows(self) -> bool:
        """Whether it is an Allow that applies to some request."""
        effect = self.statement.effect
        return effect is Effect.ALLOW and self.verdict.meaning is not Meaning.NEVER

    def fixed(self, condition: Condition) -> bool | None:
        """Return the result of a condition for every caller; None if it depends."""
        found = in_statement(condition, self.statement, signed=self.signed).meaning
        return None if found is Meaning.SOMETIMES else found is Meaning.ALWAYS

    @property
    def is_unconditional(self) -> bool:
        """Whether it applies to every request."""
        return self.verdict.meaning is Meaning.ALWAYS


@dataclass
class Examined:
    """A subject, with cached answers to what its rules ask repeatedly."""

    subject: Subject
    work: dict[str, int] = field(default_factory=dict)

    @cached_property
    def identity(self) -> Identity:
        """The identity without statements that never apply; each SCP level allows something."""
        return Identity(
            policies=_simplified(self.subject.identity),
            boundaries=_simplified(self.subject.boundaries),
            service_control=tuple(map(_simplified, self.subject.service_control)),
            principal=self.subject.principal,
        )

    @cached_property
    def access(self) -> AccessSet:
        """The effective access of the identity."""
        return effective(self.identity)

    @cached_property
    def escalations(self) -> tuple[Escalation, ...]:
        """The known escalation paths of the identity."""
        return escalations(self.identity, access=self.access) if self.subject.identity else ()

    @cached_property
    def allows(self) -> tuple[Placed, ...]:
        """The statements of the identity's own policies that allow something."""
        return tuple(one for one in self.own if one.allows)

    @cached_property
    def own(self) -> tuple[Placed, ...]:
        """All statements of the identity's own policies."""
        return tuple(_placed(self.subject.identity))

    @cached_property
    def around(self) -> tuple[Placed, ...]:
        """The statements of boundary and SCPs."""
        levels = (self.subject.boundaries, *self.subject.service_control)
        return tuple(one for level in levels for one in _placed(level))

    @cached_property
    def of_resource(self) -> tuple[Placed, ...]:
        """The statements of the resource's policy."""
        policy = self.subject.resource_policy
        return tuple(_placed((policy,), signed=False)) if policy else ()

    @cached_property
    def of_trust(self) -> tuple[Placed, ...]:
        """The statements of the trust policy."""
        return tuple(_placed((self.subject.trust,), signed=False)) if self.subject.trust else ()

    def held(self, action: str, *resources: str) -> Held:
        """Ask for one action, without wildcards, on any of some resources; on all without them."""
        if not resources:
            return self.access.held(action)
        return self.access.ask((Question(action),), Resources(resources))

    def holds(self, action: str) -> bool:
        """Return whether an action is allowed on some resource without conditions."""
        return self.held(action).hold is Hold.YES

    def spend(self, rule: str, much: int) -> bool:
        """Spend comparisons of one rule; return False if none are left."""
        left = self.work.get(rule, _MOST_WORK) - much
        self.work[rule] = left
        return left >= 0

    @property
    def cut(self) -> list[str]:
        """The rules that ran out of comparisons."""
        return sorted(rule for rule, left in self.work.items() if left < 0)


def levels(documents: tuple[Labelled, ...]) -> tuple[tuple[Labelled, ...], ...]:
    """Return SCPs as levels: each that allows something is a level; the others are added to all.

    AWS attaches FullAWSAccess beside SCPs by default (AWS Organizations User Guide: 'SCP
    evaluation'), so where none allows anything it stands beside the denies.
    """
    denies = tuple(one for one in documents if not _allows(one[1]))
    allowing = tuple(one for one in documents if _allows(one[1]))
    if not documents:
        return ()
    if not allowing:
        return ((("FullAWSAccess", parse(_FULL)), *denies),)
    first, *rest = allowing
    return ((first, *denies), *((one,) for one in rest))


def _allows(document: Document) -> bool:
    return any(statement.effect is Effect.ALLOW for statement in document.statements)


def _simplified(documents: tuple[Labelled, ...]) -> tuple[Labelled, ...]:
    return tuple((label, simplified(document)) for label, document in documents)


def placed(label: str, document: Document, *, signed: bool = True) -> tuple[Placed, ...]:
    """Return the statements of one document."""
    return tuple(_placed(((label, document),), signed=signed))


def _placed(documents: tuple[Labelled, ...], *, signed: bool = True) -> Iterator[Placed]:
    for label, document in documents:
        for statement in document.statements:
            yield Placed(label, statement, of_statement(statement, signed=signed), signed)
