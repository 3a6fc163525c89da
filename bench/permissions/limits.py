"""Service and resource control policies: take away what lets the stack's own calls pass."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from typing import Any

from moto.organizations.models import FakePolicy, organizations_backends

from bench.permissions.hosting import Call
from bench.permissions.judging import Row, denial, names_all, without

_KINDS = {"SERVICE_CONTROL_POLICY": "SCP", "RESOURCE_CONTROL_POLICY": "RCP"}
_WORDS = {"SCP": "service control policy", "RCP": "resource control policy"}
_FULL = "p-FullAWSAccess"


def rows(stack: str, calls: Sequence[Call]) -> Iterator[Row]:
    """Yield a row for each target's full access, and for each exemption of a guardrail."""
    own = [call for call in _distinct(calls) if call[0].caller.role and denial(call) is None]
    for backends in list(organizations_backends.values()):
        for backend in list(backends.values()):
            if backend.org is None:
                continue
            for target in (*backend.ou, *backend.accounts):
                yield from _of_target(stack, target, own)
            for policy in backend.policies:
                if policy.type in _KINDS and not policy.aws_managed:
                    yield from _of_policy(stack, policy, own)


def _distinct(calls: Sequence[Call]) -> list[Call]:
    """Return one call of each operation, region and caller."""
    found: dict[tuple[str, ...], Call] = {}
    for call in calls:
        request = call[0]
        key = (request.account, request.caller.principal, request.service)
        found.setdefault((*key, request.operation, request.region), call)
    return list(found.values())


def _of_target(stack: str, target: Any, calls: Sequence[Call]) -> Iterator[Row]:
    """Take away a target's full access, which lets every action pass."""
    full = next((each for each in target.attached_policies if each.id == _FULL), None)
    if full is None:
        return

    def take() -> Callable[[], None]:
        before = list(target.attached_policies)
        target.attached_policies = [each for each in before if each is not full]

        def give_back() -> None:
            target.attached_policies = before

        return give_back

    row = _first(stack, "SCP", f"FullAWSAccess of {target.name}", "*", take, calls)
    if row is not None:
        yield row


def _of_policy(stack: str, policy: FakePolicy, calls: Sequence[Call]) -> Iterator[Row]:
    """Take away each exemption: a value of a condition, or an action of NotAction."""
    document = json.loads(policy.content)
    for index, statement in enumerate(document["Statement"]):
        for name, changed in _stricter(statement):
            changed_all = [*document["Statement"]]
            changed_all[index] = changed
            new = json.dumps({**document, "Statement": changed_all})

            def take(new: str = new) -> Callable[[], None]:
                before, policy.content = policy.content, new

                def give_back() -> None:
                    policy.content = before

                return give_back

            holder = f"{policy.name}: {statement.get('Sid', index)}"
            row = _first(stack, _KINDS[policy.type], holder, name, take, calls)
            if row is not None:
                yield row


def _stricter(statement: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """Yield a Deny with one exemption less, and the name of the exemption."""
    others = statement.get("NotAction", [])
    others = others if isinstance(others, list) else [others]
    for action in others:
        kept = [each for each in others if each != action]
        yield f"NotAction {action}", {**statement, "NotAction": kept}
    conditions = statement.get("Condition", {})
    for operator, tests in conditions.items():
        for key, values in tests.items():
            listed = values if isinstance(values, list) else [values]
            for value in listed if "Not" in operator and len(listed) > 1 else [None]:
                kept = [each for each in listed if each != value]
                less = {name: each for name, each in tests.items() if name != key}
                if value is not None:
                    less[key] = kept
                changed = {**conditions, operator: less}
                if not less:
                    del changed[operator]
                name = f"{key} {value}" if value is not None else key
                yield f"unless {name}", {**statement, "Condition": changed}


def _first(
    stack: str,
    kind: str,
    holder: str,
    permission: str,
    take: Callable[[], Callable[[], None]],
    calls: Sequence[Call],
) -> Row | None:
    """Return the row of the first call that fails, preferably one with a known resource."""
    give_back = take()
    try:
        for call in calls:
            error = denial(call)
            denied = getattr(error, "denied", None)
            if error is not None and denied is not None and denied.resource:
                passed = names_all(error, denied.action, denied.resource, _WORDS[kind])
                wanted = permission if permission != "*" else denied.action
                args = (wanted, denied.resource, "up", passed, error.message)
                break
        else:
            return None
    finally:
        give_back()
    return Row(stack, kind, holder, *args) if without(call, lambda: lambda: None) is None else None
