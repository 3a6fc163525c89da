"""Guardrails that would lock the platform out of an account that it provisions or delivers to.

Each need of the platform is held against the service and resource control policies from the root
down to the account. Only what is denied for certain counts: a condition on what a request may or
may not carry is none. Nobody signs in with a second factor where a program assumes a role.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landfall.guardrails.need import Need
from landfall.guardrails.needs import needs
from landfall.guardrails.of_stack import around, statements_of
from landfall.guardrails.statements import RCP, SCP
from landfall.iam.documents import Document, DocumentError, Kind, Statement
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.parsing import parse
from landfall.iam.requests import ContextValue, Request

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_KINDS: dict[str, Kind] = {SCP: "scp", RCP: "rcp"}
_VERSION = "2012-10-17"
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_MANAGEMENT, _MEMBER, _ORGANIZATION = "000000000001", "000000000002", "o-0000000000"
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")


@dataclass(frozen=True, slots=True)
class Lockout:
    """A statement of a guardrail, in force at `target`, that denies actions the platform needs.

    `target` is a unit's path, `Root` or an account's. `index` counts the guardrail's statements.
    `enters` says that the management account could not assume the account role.
    """

    guardrail: str
    target: str
    index: int
    sid: str
    enters: bool
    roles: tuple[str, ...]
    actions: tuple[str, ...]
    accounts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Placed:
    """One statement of a guardrail at a target, as a document of its own."""

    target: str
    name: str
    index: int
    document: Document

    @property
    def statement(self) -> Statement:
        return self.document.statements[0]


def lockouts(stack: Stack, *, wrong: Collection[str] = ()) -> Iterator[Lockout]:
    """Yield what locks the platform out, in the order of the stack's needs.

    Guardrails that are `wrong` by themselves are left out, and so are names of none and documents
    that are no policies: those are mistakes of their own.
    """
    read = {name: found for name, found in _read(stack) if name not in wrong}
    guarded = {account: _Guarded(stack, account, read) for account in stack.accounts}
    found: dict[tuple[str, str, int, bool], list[tuple[_Placed, Need, str]]] = {}
    regions = {*stack.regions, stack.global_region}
    for need in needs(stack):
        if need.account not in guarded or need.region not in regions:
            continue
        for action in need.actions:
            for placed in guarded[need.account].denials(need, action):
                key = (placed.name, placed.target, placed.index, need.from_management)
                found.setdefault(key, []).append((placed, need, action))
    for (name, target, index, enters), denials in found.items():
        sid = denials[0][0].statement.sid or ""
        roles = tuple(dict.fromkeys(need.role for _, need, _ in denials))
        actions = tuple(dict.fromkeys(action for _, _, action in denials))
        accounts = tuple(dict.fromkeys(need.account for _, need, _ in denials))
        yield Lockout(name, target, index, sid, enters, roles, actions, accounts)


def _read(stack: Stack) -> Iterator[tuple[str, tuple[str, Document]]]:
    names = [name for _, attached in stack.organization.attached() for name in attached]
    names += [name for account in stack.accounts.values() for name in account.guardrails]
    for name in dict.fromkeys(names):
        found = statements_of(stack, name)
        if found is None or found[0] not in _KINDS:
            continue
        kind, source = found
        try:
            yield name, (kind, parse(source, _KINDS[kind]))
        except DocumentError:
            continue


class _Guarded:
    """The guardrails around one account."""

    def __init__(
        self, stack: Stack, account: str, read: Mapping[str, tuple[str, Document]]
    ) -> None:
        self._stack = stack
        self._id = stack.accounts[account].id or _MEMBER
        self._knows_id = stack.accounts[account].id is not None
        self._placed: dict[str, list[list[_Placed]]] = {SCP: [], RCP: []}
        for target, names in around(stack, account):
            for kind, levels in self._placed.items():
                chosen = [name for name in names if name in read and read[name][0] == kind]
                levels.append([p for name in chosen for p in _apart(target, name, read[name][1])])
        self._tags = {
            condition.key: None
            for levels in self._placed.values()
            for level in levels
            for placed in level
            for condition in placed.statement.conditions
            if condition.key.lower().startswith("aws:principaltag/")
        }
        self._all = self._policies()
        self._alone: dict[tuple[str, str, int], Policies] = {}

    def denials(self, need: Need, action: str) -> Iterator[_Placed]:
        """Yield each statement that denies an action for certain."""
        request = self._request(need, action)
        if not _denied(request, self._all):
            return
        for kind, levels in self._placed.items():
            for level in levels:
                for placed in level:
                    # What names accounts may name this one, once it has an id.
                    if not self._knows_id and _ACCOUNT_ID.search(repr(placed.statement)):
                        continue
                    place = (placed.target, placed.name, placed.index)
                    if place not in self._alone:
                        self._alone[place] = self._policies(kind, placed)
                    if _denied(request, self._alone[place]):
                        yield placed

    def _policies(self, kind: str | None = None, only: _Placed | None = None) -> Policies:
        chosen = {
            each: tuple(
                tuple(p.document for p in level if only is None or (each == kind and p is only))
                for level in levels
            )
            for each, levels in self._placed.items()
        }
        return Policies(
            identity=(_ANYTHING,),
            service_control=tuple((_FULL_ACCESS, *level) for level in chosen[SCP]),
            resource_control=chosen[RCP],
        )

    def _request(self, need: Need, action: str) -> Request:
        partition = self._stack.partition
        if need.from_management:
            principal = f"arn:{partition}:iam::{_MANAGEMENT}:role/provisioning"
        else:
            principal = f"arn:{partition}:iam::{self._id}:role/{need.role}"
        resource = need.resource
        if resource != "*":
            resource = f"arn:{partition}:{resource.format(account=self._id)}"
        return Request(
            principal,
            action,
            resource,
            resource_account=self._id,
            context=self._context(need),
            complete=False,
            management_account=_MANAGEMENT,
        )

    def _context(self, need: Need) -> dict[str, ContextValue]:
        context: dict[str, ContextValue] = {
            "aws:AssumedRoot": None,
            "aws:MultiFactorAuthAge": None,
            "aws:MultiFactorAuthPresent": "false",
            "aws:PrincipalIsAWSService": "false",
            "aws:PrincipalOrgID": _ORGANIZATION,
            "aws:RequestedRegion": need.region,
            "aws:ResourceOrgID": _ORGANIZATION,
            "aws:SecureTransport": "true",
            "aws:ViaAWSService": "false",
            "ec2:RoleDelivery": None,
        }
        # AWS makes the account role, without tags; one that is taken over may have some.
        created = self._stack.organization.mode == "create"
        if created and need.role == self._stack.organization.account_role:
            context.update(self._tags)
        return context


def _apart(target: str, name: str, document: Document) -> Iterator[_Placed]:
    for index, statement in enumerate(document.statements):
        yield _Placed(target, name, index, replace(document, statements=(statement,)))


def _denied(request: Request, policies: Policies) -> bool:
    return evaluate(request, policies).outcome is Outcome.EXPLICIT_DENY


_ANYTHING = parse({"Version": _VERSION, "Statement": [_EVERYTHING]}, "identity")
_FULL_ACCESS = parse({"Version": _VERSION, "Statement": [_EVERYTHING]}, "scp")
