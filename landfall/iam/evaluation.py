"""Evaluate one request as AWS does (IAM User Guide: 'Policy evaluation logic').

An explicit deny in any applicable policy is final. Nobody can change what belongs to AWS.
Otherwise every limit must allow (RCPs, SCPs at each level, the VPC endpoint's policy), and a grant
is needed:

- in the resource's own account from the identity policies, within boundary and session policies,
  or from the resource's policy; a grant to the caller itself, not only to its role, is not limited
  by boundary and session policies;
- for a KMS key or a role always from the resource's policy, which may leave it to the account;
- from another account from both sides.

Unknown values count only if they matter: the answer is `undecidable` if they could make the
difference between allowed and denied.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property

from landfall.iam import services
from landfall.iam.documents import Document, PolicyKind, Statement
from landfall.iam.layers import Layer, Source, survey
from landfall.iam.matching import PreparedDocument, prepare, prepare_all
from landfall.iam.principals import CallerKind
from landfall.iam.requests import Request, Unknown
from landfall.iam.required_grants import Requirement, grant
from landfall.printable import escaped

Level = tuple[Document, ...]


class Outcome(StrEnum):
    """The answer to a request."""

    ALLOWED = "allowed"
    EXPLICIT_DENY = "explicitDeny"
    IMPLICIT_DENY = "implicitDeny"
    UNDECIDABLE = "undecidable"


@dataclass(frozen=True)
class Policies:
    """All policies around a request.

    Several identity, boundary, session or endpoint documents count as one. An empty tuple means
    none: no boundary, no session policy, no organization. `service_control` and
    `resource_control` have one tuple of documents for each level, from the organization's root to
    the account; a level of SCPs that is empty allows nothing. RCPFullAWSAccess, which cannot be
    detached, need not be among the RCPs.
    """

    identity: tuple[Document, ...] = ()
    boundaries: tuple[Document, ...] = ()
    session: tuple[Document, ...] = ()
    service_control: tuple[Level, ...] = ()
    resource_control: tuple[Level, ...] = ()
    endpoint: tuple[Document, ...] = ()
    resource: Document | None = None

    @cached_property
    def prepared(self) -> Prepared:
        """The same documents, prepared for evaluation."""
        return Prepared(
            identity=prepare_all(self.identity, "identityPolicies"),
            boundaries=prepare_all(self.boundaries, "permissionsBoundaries"),
            session=prepare_all(self.session, "sessionPolicies"),
            service_control=_levels(self.service_control, "serviceControlPolicies"),
            resource_control=_levels(self.resource_control, "resourceControlPolicies"),
            endpoint=prepare_all(self.endpoint, "endpointPolicies"),
            resource=(prepare(self.resource, "resourcePolicy"),) if self.resource else (),
        )


@dataclass(frozen=True, slots=True)
class Prepared:
    """The documents of `Policies`, prepared for evaluation, each level and kind in order."""

    identity: tuple[PreparedDocument, ...]
    boundaries: tuple[PreparedDocument, ...]
    session: tuple[PreparedDocument, ...]
    service_control: tuple[tuple[PreparedDocument, ...], ...]
    resource_control: tuple[tuple[PreparedDocument, ...], ...]
    endpoint: tuple[PreparedDocument, ...]
    resource: tuple[PreparedDocument, ...]


def _levels(levels: Iterable[Level], label: str) -> tuple[tuple[PreparedDocument, ...], ...]:
    return tuple(prepare_all(level, f"{label}[{index}]") for index, level in enumerate(levels))


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, its reason, and the statement and policy that decided, if any.

    `lacking` is the kind of policy that does not allow the request, for an implicit deny.
    """

    outcome: Outcome
    reason: str
    statement: Statement | None = None
    policy: str | None = None
    lacking: PolicyKind | None = None

    @property
    def is_allowed(self) -> bool:
        """Whether the request is certainly allowed."""
        return self.outcome is Outcome.ALLOWED


def evaluate(request: Request, policies: Policies) -> Decision:
    """Evaluate a request. Raises `landfall.iam.principals.CallerError` for an invalid principal.

    Takes some tens of microseconds if the same `Policies` are used again.
    """
    return evaluate_prepared(request, policies.prepared)


def evaluate_prepared(request: Request, policies: Prepared) -> Decision:
    """Evaluate a request like `evaluate`, with documents that are prepared already."""
    return _Evaluation(request, policies).decide()


def is_explicitly_denied(request: Request, policies: Policies) -> bool:
    """Return whether a statement certainly denies a request, whatever others allow.

    The same as `evaluate` with the outcome EXPLICIT_DENY, at a fraction of its cost.
    """
    evaluation = _Evaluation(request, policies.prepared)
    return evaluation.denying is not None and not services.needs_no_permission(request)


class _Evaluation:
    """The policies of one request, each evaluated once."""

    def __init__(self, request: Request, policies: Prepared) -> None:
        self.request = request
        caller = request.caller
        of_caller = caller.has_identity_policies
        # A root user has neither identity policies nor a boundary.
        attached = of_caller and caller.kind is not CallerKind.ROOT
        under_scp = services.is_under_scp(request) if policies.service_control else False
        under_rcp = services.is_under_rcp(request) if policies.resource_control else False
        self.identity = self._ask(policies.identity) if attached else None
        self.boundary = self._ask(policies.boundaries) if attached else None
        self.session = self._ask(policies.session) if of_caller else None
        self.endpoint = self._ask(policies.endpoint, named=True)
        self.resource = None
        if policies.resource:
            self.resource = survey(
                policies.resource,
                request,
                names_principals=True,
                has_boundary=attached and bool(policies.boundaries),
            )
        self.scps = [self._ask_level(one) for one in policies.service_control if under_scp]
        self.rcps = [
            self._ask_level(one, named=True) for one in policies.resource_control if under_rcp
        ]

    def _ask(self, documents: tuple[PreparedDocument, ...], *, named: bool = False) -> Layer | None:
        return self._ask_level(documents, named=named) if documents else None

    def _ask_level(self, documents: tuple[PreparedDocument, ...], *, named: bool = False) -> Layer:
        return survey(documents, self.request, names_principals=named)

    @property
    def denying(self) -> Source | None:
        """The first statement that certainly denies."""
        return next((layer.deny for layer in self._layers if layer.deny), None)

    @property
    def _layers(self) -> list[Layer]:
        single = (self.resource, self.identity, self.boundary, self.session, self.endpoint)
        return [*self.rcps, *self.scps, *(layer for layer in single if layer)]

    def decide(self) -> Decision:
        request = self.request
        if services.needs_no_permission(request):
            reason = f"{request.action} needs no permission, and no policy can deny it"
            return Decision(Outcome.ALLOWED, reason)
        denying = self.denying
        if denying is not None:
            return _decision(Outcome.EXPLICIT_DENY, f"denied by {denying}", denying)
        if services.refuses_root(request):
            return Decision(Outcome.IMPLICIT_DENY, "a root user cannot assume a role")
        if services.is_of_aws(request):
            reason = (
                f"{escaped(request.resource)[:200]} belongs to AWS: no policy can allow changing it"
            )
            return Decision(Outcome.IMPLICIT_DENY, reason)
        granting = grant(request, self.identity, self.boundary, self.session, self.resource)
        requirements = [*self._limits(), *granting]
        for requirement in requirements:
            if requirement.truth is False:
                return Decision(
                    Outcome.IMPLICIT_DENY, requirement.lacking, lacking=requirement.kind
                )
        maybe = next((layer.maybe_deny for layer in self._layers if layer.maybe_deny), None)
        if maybe:
            return self._undecidable(maybe, "would deny")
        for requirement in requirements:
            if requirement.truth is None and requirement.source:
                return self._undecidable(requirement.source, "would allow")
        sources = [one.source for one in requirements if one.grants and one.source]
        if not sources:
            return Decision(Outcome.ALLOWED, "no policy denies it, and a root user needs no Allow")
        shown = " and by ".join(dict.fromkeys(map(str, sources)))
        return _decision(Outcome.ALLOWED, f"allowed by {shown}", sources[0])

    def _limits(self) -> Iterable[Requirement]:
        """Yield the limits that must allow besides the grant: each level of SCPs, the endpoint."""
        action = self.request.action
        for index, level in enumerate(self.scps):
            where = f"serviceControlPolicies[{index}]"
            lacking = f"no service control policy of {where} allows {action}"
            yield Requirement(level.allow, lacking, level.source, kind=PolicyKind.SERVICE_CONTROL)
        if self.endpoint:
            lacking = f"the VPC endpoint's policy does not allow {action}"
            yield Requirement(
                self.endpoint.allow, lacking, self.endpoint.source, kind=PolicyKind.ENDPOINT
            )

    def _undecidable(self, source: Source, verb: str) -> Decision:
        keys = [
            condition.key
            for condition in source.statement.conditions
            if _is_unknown(self.request, condition.key)
        ]
        named = f"unknown {', '.join(dict.fromkeys(keys))}" if keys else "unknown values"
        reason = f"{source} {verb} it, depending on {named}"
        return _decision(Outcome.UNDECIDABLE, reason, source)


def _is_unknown(request: Request, key: str) -> bool:
    found = request.look_up(key.lower())
    return isinstance(found, Unknown) or (
        isinstance(found, tuple) and any(isinstance(value, Unknown) for value in found)
    )


def _decision(outcome: Outcome, reason: str, source: Source) -> Decision:
    return Decision(outcome, reason, source.statement, source.policy)
