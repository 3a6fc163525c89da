"""Take away each action of each role's own policies, alone."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from moto.iam.models import ManagedPolicy, Role, iam_backends

from bench.permissions.calls import caller_of, concrete, made, passing
from bench.permissions.hosting import Call
from bench.permissions.judging import Row, denial, names_all, unshown, without
from bench.permissions.objects import through_s3
from landfall.iam import actions, patterns
from landfall.sandbox.judging.permissions import permissions_of

PATH = "/landfall/"
_MOST_TRIED = 40

Statement = dict[str, Any]
Recorded = tuple[Call, frozenset[str]]


@dataclass(frozen=True, slots=True)
class Held:
    """One action of an Allow statement of a role's policy, and how to take it away."""

    role: Role
    policy: str
    statement: Mapping[str, Any]
    action: str
    take: Callable[[], Callable[[], None]]


def rows(stack: str, calls: Sequence[Call], region: str) -> Iterator[Row]:
    """Yield a row for each permission of the stack's own roles that a call needs."""
    recorded = _known(calls)
    for role in list(_roles()):
        for held in _held(role):
            yield _row(stack, held, recorded, region)


def _known(calls: Sequence[Call]) -> list[Recorded]:
    """Return one call of each account, operation and set of permissions, with its actions."""
    found: dict[object, Recorded] = {}
    for call in calls:
        if call[0].caller.principal:
            needed = frozenset((each.action, each.resource) for each in permissions_of(call[0]))
            actions_of_call = frozenset(action for action, _ in needed)
            key = (call[0].account, call[0].operation, needed)
            found.setdefault(key, (call, actions_of_call))
    return list(found.values())


def _row(stack: str, held: Held, recorded: Sequence[Recorded], region: str) -> Row:
    """Return the row of a permission; `none` if no call is known that needs it alone."""
    holder = f"{held.role.name}: {held.policy}"
    for shown, found in (("up", _matching(recorded, held)), ("made", _made(held, region))):
        for call in islice(found, _MOST_TRIED):
            if denial(call) is not None:
                continue
            error = without(call, held.take)
            if error is None:
                continue
            denied = getattr(error, "denied", None)
            action = denied.action if denied is not None else ""
            resource = (denied.resource if denied is not None else None) or ""
            if not resource or not patterns.matches(held.action, action, case_sensitive=False):
                continue
            passed = names_all(error, action, resource, "identity-based policy")
            written = held.action if held.action == action else f"{held.action} ({action})"
            return Row(stack, "role", holder, written, resource, shown, passed, error.message)
    where = str(held.statement.get("Resource", "*"))
    return unshown(stack, "role", holder, held.action, where)


def _matching(recorded: Sequence[Recorded], held: Held) -> Iterator[Call]:
    """Yield calls of the role's account that need the permission, as calls of the role."""
    caller = caller_of(held.role.arn)
    for (request, protocol), needed in recorded:
        if request.account == caller.account and any(
            patterns.matches(held.action, each, case_sensitive=False) for each in needed
        ):
            yield replace(request, caller=caller), protocol


def _made(held: Held, region: str) -> Iterator[Call]:
    caller = caller_of(held.role.arn)
    resources = _listed(held.statement.get("Resource", "*"))
    if held.action.lower() == "iam:passrole":
        services = [
            value
            for tests in held.statement.get("Condition", {}).values()
            for key, values in tests.items()
            if key.lower() == "iam:passedtoservice"
            for value in _listed(values)
        ]
        for resource in resources:
            for service in services or [""]:
                yield from passing(caller, concrete(resource), service, region)
        return
    if held.action.lower().startswith("kms:"):
        yield from through_s3(caller, held.action, tuple(_objects(held.role)))
    for described in islice(actions.matching(held.action), 12):
        for resource in resources:
            yield from made(caller, described.name, concrete(resource), region)


def _objects(role: Role) -> Iterator[str]:
    """Yield the ARNs of objects that a role's own policies name."""
    for text in role.policies.values():
        for statement in _listed(json.loads(text)["Statement"]):
            resources = _listed(statement.get("Resource", []))
            yield from (each for each in resources if each.startswith("arn:aws:s3:::"))


def _roles() -> Iterator[Role]:
    for partitions in list(iam_backends.values()):
        for backend in list(partitions.values()):
            yield from (one for one in list(backend.roles.values()) if PATH in one.arn)


def _held(role: Role) -> Iterator[Held]:
    """Yield the actions of a role's inline policies, and of the stack's managed ones."""
    for name, text in list(role.policies.items()):

        def inline(new: str, name: str = name) -> Callable[[], None]:
            return _inline(role, name, new)

        yield from _of_document(role, name, text, inline)
    for policy in list(role.managed_policies.values()):
        if PATH in policy.arn:
            text = _default(policy).document

            def put(new: str, policy: ManagedPolicy = policy) -> Callable[[], None]:
                return _managed(policy, new)

            yield from _of_document(role, policy.name, text, put)


def _of_document(
    role: Role, name: str, text: str, put: Callable[[str], Callable[[], None]]
) -> Iterator[Held]:
    document = json.loads(text) if isinstance(text, str) else text
    statements = document["Statement"]
    statements = statements if isinstance(statements, list) else [statements]
    for index, statement in enumerate(statements):
        if statement["Effect"] != "Allow":
            continue
        for action in _listed(statement.get("Action", [])):
            fewer = _less(statements, index, action)
            new = json.dumps({**document, "Statement": fewer})
            yield Held(role, name, statement, action, partial(put, new))


def _less(statements: Sequence[Statement], index: int, action: str) -> list[Statement]:
    """Return statements without one action of one of them."""
    kept = [each for each in _listed(statements[index]["Action"]) if each != action]
    changed = [{**statements[index], "Action": kept}] if kept else []
    return [*statements[:index], *changed, *statements[index + 1 :]]


def _inline(role: Role, name: str, new: str) -> Callable[[], None]:
    old = role.policies[name]
    role.policies[name] = new

    def give_back() -> None:
        role.policies[name] = old

    return give_back


def _managed(policy: ManagedPolicy, new: str) -> Callable[[], None]:
    version = _default(policy)
    old = version.document
    version.document = new

    def give_back() -> None:
        version.document = old

    return give_back


def _default(policy: ManagedPolicy) -> Any:
    versions = policy.versions
    return next(each for each in versions if each.version_id == policy.default_version_id)


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
