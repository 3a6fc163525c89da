"""The single steps from one principal of an organization to another, each with its proof.

By assuming a role (both sides asked, by the evaluator), by passing a role to a service that its
trust policy names, by changing what runs with a role, by another user's credentials, by a role's
trust policy; and to the rights of an administrator where a principal has them or can give them to
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final

from landfall.iam import patterns
from landfall.iam.effective_access.deciding import Held, Hold
from landfall.iam.effective_access.sets import AccessSet, effective
from landfall.iam.escalation.accounts import Account, Organization, Principal
from landfall.iam.escalation.finding import Finder, line, proof
from landfall.iam.escalation.paths import Path, Step, known, target
from landfall.iam.escalation.trusting import ASSUME, passable, plain, relabelled, trusted
from landfall.iam.evaluation import (
    Decision,
    Outcome,
    Policies,
    Prepared,
    evaluate_prepared,
)
from landfall.iam.requests import Request

# Whoever may do these on everything, and everything else by its own policies, is administrator.
_OF_ADMINISTRATORS: Final = ("iam:AttachRolePolicy", "iam:CreateUser", "iam:PassRole")


@dataclass(frozen=True, slots=True)
class Move:
    """One step: how `source` becomes `target`.

    `source` is an ARN, `target` one too or an account's administrator (`administrator`). `path` is
    a known path's id, `sts:AssumeRole` or `administrator`. Not `certain` is what needs conditions
    that the policies do not decide.
    """

    source: str
    target: str
    path: str
    actions: tuple[str, ...]
    proof: tuple[str, ...]
    certain: bool


def administrator(account: str) -> str:
    """Return the name of the rights of an account's administrator."""
    return f"administrator of {account}"


class Moves:
    """Finds the steps of an organization; what is asked of a principal often is asked once."""

    def __init__(self, organization: Organization) -> None:
        self._organization = organization
        self._places = {account.id: account for account in organization.accounts}
        self._principals = {one.arn: one for _, one in organization.principals()}
        self._administrators: set[str] = set()
        self._prepared: dict[str, Prepared] = {}
        self._access: dict[str, AccessSet] = {}
        self._finders: dict[str, Finder] = {}
        for account, principal in organization.principals():
            access = effective(organization.identity(account, principal))
            self._access[principal.arn] = access
            self._finders[principal.arn] = Finder(access)
        self._assumers = [
            one for one in self._principals.values() if self._finders[one.arn].holds(ASSUME)
        ]

    def all(self) -> Iterator[Move]:
        """Yield every step."""
        for account in self._organization.accounts:
            takers = passable(account)
            for principal in account.principals:
                for move in self._to_administrator(principal):
                    self._administrators.add(principal.arn)
                    yield move
                yield from self._by_passing(principal, takers)
                yield from self._by_changing(account, principal)
                yield from self._by_credentials(account, principal)
                if principal.trust is not None:
                    yield from self._by_assuming(principal)

    def _by_assuming(self, role: Principal) -> Iterator[Move]:
        """Yield how others assume a role."""
        for other in self._candidates(role):
            decision = self._decide(other, role)
            certain = decision.outcome is Outcome.ALLOWED
            if certain or decision.outcome is Outcome.UNDECIDABLE:
                said = f"{ASSUME} on {role.arn}: {relabelled(decision.reason, other)}"
                yield Move(other.arn, role.arn, ASSUME, (ASSUME,), (said,), certain)

    def _candidates(self, role: Principal) -> Iterable[Principal]:
        """Return those that a trust policy may let in: named, or holding the action."""
        found: dict[str, Principal] = {}
        for value in trusted(role.trust) if role.trust else ():
            if value in self._principals:
                found[value] = self._principals[value]
            elif value == "*":
                place = self._places[role.account]
                near = {one.arn: one for one in place.principals}
                found |= near | {one.arn: one for one in self._assumers if self._may(one, role)}
            elif value.startswith("account:"):
                place_of = self._places.get(value.removeprefix("account:"))
                for one in place_of.principals if place_of else ():
                    if self._may(one, role):
                        found[one.arn] = one
            elif ":assumed-role/" in value:
                name, account = value.split("/")[1], value.split(":")[4]
                for one in self._principals.values():
                    if one.account == account and one.arn.endswith((f"/{name}",)):
                        found[one.arn] = one
        found.pop(role.arn, None)
        return found.values()

    def _may(self, principal: Principal, role: Principal) -> bool:
        """Tell, quickly, whether a principal's own policies may let it assume a role."""
        if not self._finders[principal.arn].holds(ASSUME):
            return False
        layers = self._access[principal.arn].reading_of(ASSUME).layers
        return all(
            any(
                rule.most.within is None
                or any(patterns.matcher(one)(role.arn) for one in rule.most.within)
                for rule in layer
            )
            for layer in layers
        )

    def _decide(self, principal: Principal, role: Principal) -> Decision:
        context = dict(self._organization.context) | {"aws:PrincipalArn": principal.arn}
        request = Request(
            principal.caller,
            ASSUME,
            role.arn,
            resource_account=role.account,
            context=context,
            complete=False,
            management_account=self._organization.management_account,
        )
        theirs = self._around(role)
        policies = replace(
            self._around(principal),
            resource_control=theirs.resource_control,
            resource=theirs.resource,
        )
        return evaluate_prepared(request, policies)

    def _around(self, principal: Principal) -> Prepared:
        """Return the policies around a principal, those around it as a resource included."""
        found = self._prepared.get(principal.arn)
        if found is None:
            account = self._places[principal.account]
            found = Policies(
                identity=tuple(one for _, one in principal.policies),
                boundaries=tuple(one for _, one in principal.boundaries),
                service_control=plain(account.service_control),
                resource_control=plain(account.resource_control),
                resource=principal.trust,
            ).prepared
            self._prepared[principal.arn] = found
        return found

    def _by_passing(
        self, principal: Principal, takers: dict[str, list[Principal]]
    ) -> Iterator[Move]:
        """Yield the roles that a principal can give to something new of its own."""
        finder = self._finders[principal.arn]
        if not finder.holds("iam:PassRole"):
            return
        done: set[str] = set()
        for path in _of_kind("pass-role"):
            passed = next(one for one in path.groups if one[0].action == "iam:PassRole")
            services = dict(passed[0].context)["iam:PassedToService"]
            roles = [role for one in services for role in takers.get(one or "", ())]
            roles = [one for one in roles if one.arn not in done and one.arn != principal.arn]
            if not roles or not path.keys <= finder.keys:
                continue
            rest = [(one, finder.group(one)) for one in path.groups if one is not passed]
            if any(one.hold is Hold.NO for _, one in rest):
                continue
            for role in roles:
                held = finder.on(passed, role.arn)
                if held.hold is not Hold.NO:
                    done.add(role.arn)
                    yield _move(principal, role.arn, path, [(passed, held), *rest])

    def _by_changing(self, account: Account, principal: Principal) -> Iterator[Move]:
        """Yield the roles of what a principal can change or enter while it runs."""
        finder = self._finders[principal.arn]
        done: set[str] = set()
        for path in _of_kind("existing-role"):
            if not path.keys <= finder.keys:
                continue
            main = next(one for one in path.groups if any(s.reach == "broad" for s in one))
            rest = [(one, finder.group(one)) for one in path.groups if one is not main]
            if any(one.hold is Hold.NO for _, one in rest):
                continue
            for workload in account.workloads:
                if workload.role in done or not _is_kind(workload.arn, main[0].target):
                    continue
                held = finder.on(main, workload.arn)
                if held.hold is not Hold.NO and workload.role != principal.arn:
                    done.add(workload.role)
                    yield _move(principal, workload.role, path, [(main, held), *rest])

    def _by_credentials(self, account: Account, principal: Principal) -> Iterator[Move]:
        """Yield the users whose credentials, and the roles whose trust, a principal can rewrite."""
        finder = self._finders[principal.arn]
        for path in known():
            if path.kind != "credentials" and path.id != "iam-012":
                continue
            if not path.keys <= finder.keys:
                continue
            for other in account.principals:
                if other.arn == principal.arn or not _is_kind(other.arn, path.steps[0].target):
                    continue
                held = finder.on(path.groups[0], other.arn)
                if held.hold is not Hold.NO:
                    yield _move(principal, other.arn, path, [(path.groups[0], held)])

    def _to_administrator(self, principal: Principal) -> Iterator[Move]:
        """Yield that a principal is administrator, or how it makes itself one."""
        finder, access = self._finders[principal.arn], self._access[principal.arn]
        goal = administrator(principal.account)
        if (full := _full(access)) is not None:
            yield Move(principal.arn, goal, "administrator", ("*",), (full,), True)
            return
        for path in _of_kind("policy"):
            if not path.keys <= finder.keys or len(path.groups) != 1:
                continue
            group = path.groups[0]
            for arn in principal.carried if group[0].reach == "carried" else ():
                if _is_kind(arn, group[0].target):
                    held = finder.on(group, arn)
                    if held.hold is not Hold.NO:
                        yield _move(principal, goal, path, [(group, held)])
                        return
            if {step.reach for step in group} == {"any"}:
                makes = any(step.action.startswith("iam:Create") for step in group)
                held = finder.group(group) if makes else self._rewritten(principal, finder, group)
                if held.hold is not Hold.NO:
                    yield _move(principal, goal, path, [(group, held)])
                    return

    def rewriting(self) -> Iterator[tuple[Move, str]]:
        """Yield whose rights a principal can rewrite, for those that it becomes only then.

        The step is to the administrator of the account, by way of the principal named beside it.
        """
        paths = [path for path in _of_kind("policy") if path.steps[0].reach == "carried"]
        for account in self._organization.accounts:
            for principal in account.principals:
                finder = self._finders[principal.arn]
                for path in (one for one in paths if one.keys <= finder.keys):
                    for other in account.principals:
                        move = self._rewrites(principal, other, path)
                        if move is not None:
                            yield move, other.arn

    def _rewrites(self, principal: Principal, other: Principal, path: Path) -> Move | None:
        if principal.arn in self._administrators or other.arn == principal.arn:
            return None
        group = path.groups[0]
        for arn in other.carried:
            if _is_kind(arn, group[0].target):
                held = self._finders[principal.arn].on(group, arn)
                if held.hold is not Hold.NO:
                    goal = administrator(principal.account)
                    return _move(principal, goal, path, [(group, held)])
        return None

    def _rewritten(self, principal: Principal, finder: Finder, group: tuple[Step, ...]) -> Held:
        """Answer for paths that give rights to someone, and then become that one."""
        best = Held(Hold.NO)
        for other in self._places[principal.account].principals:
            if not _is_kind(other.arn, group[0].target):
                continue
            held = finder.on(group, other.arn)
            if held.hold is Hold.NO:
                continue
            if any(step.action == ASSUME for step in group):
                if other.trust is None or other.arn == principal.arn:
                    continue
                outcome = self._decide(principal, other).outcome
                if outcome not in (Outcome.ALLOWED, Outcome.UNDECIDABLE):
                    continue
                if outcome is Outcome.UNDECIDABLE:
                    held = Held(Hold.CONDITIONAL, held.resource, held.sources, held.conditions)
            if held.hold is Hold.YES:
                return held
            best = held
        return best


def _move(
    principal: Principal,
    goal: str,
    path: Path,
    groups: list[tuple[tuple[Step, ...], Held]],
) -> Move:
    certain = all(held.hold is Hold.YES for _, held in groups)
    said = tuple(proof(path, groups))
    return Move(principal.arn, goal, path.id, path.actions, said, certain)


def _full(access: AccessSet) -> str | None:
    """Return the proof that an identity is administrator: all on all, and no limit on the worst."""
    for document in access.layers[0]:
        for place in document.wild.get("*", ()):
            statement = document.document.statements[place]
            if (
                statement.effect == "Allow"
                and "*" in statement.resources
                and not statement.conditions
                and all(access.can(action) is Hold.YES for action in _OF_ADMINISTRATORS)
            ):
                source = access.held(_OF_ADMINISTRATORS[0]).sources[0]
                return line("*", source, "*")
    return None


@lru_cache(maxsize=16)
def _of_kind(kind: str) -> tuple[Path, ...]:
    """Return the paths of a kind, those with the fewest actions first."""
    found = [path for path in known() if path.kind == kind]
    return tuple(sorted(found, key=lambda path: len(path.actions)))


@lru_cache(maxsize=65536)
def _is_kind(arn: str, kind: str) -> bool:
    partition = arn.split(":", 2)[1]
    places = {"partition": partition, "region": "*", "account": "*", "name": "*"}
    return any(patterns.matches(one, arn, case_sensitive=True) for one in target(kind, **places))
