"""Policies of resources: take away what one role may do there."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from moto.kms.models import kms_backends

from bench.permissions.calls import caller_of, concrete, made
from bench.permissions.hosting import Call
from bench.permissions.judging import Row, denial, names_all, unshown, without
from bench.permissions.objects import buckets, through_s3

Statement = dict[str, Any]
Take = Callable[[], Callable[[], None]]

_ARN = "aws:principalarn"


@dataclass(frozen=True, slots=True)
class Policy:
    """The policy of a resource, and how to replace it."""

    kind: str
    resource: str
    region: str
    text: str
    put: Callable[[str], Callable[[], None]]


def rows(stack: str) -> Iterator[Row]:
    """Yield a row for each action of each role in each policy of a bucket or key."""
    for policy in [*of_buckets(), *of_keys()]:
        document = json.loads(policy.text)
        for index, statement in enumerate(document["Statement"]):
            if statement["Effect"] != "Allow":
                continue
            for role in roles_of(statement):
                for action in _listed(statement["Action"]):
                    yield _row(stack, policy, document, index, role, action)


def _row(
    stack: str, policy: Policy, document: Statement, index: int, role: str, action: str
) -> Row:
    """Return the row of one action of one role; `none` if no call needs it alone."""
    statements = document["Statement"]
    fewer = [*statements[:index], *_less(statements[index], role, action), *statements[index + 1 :]]
    new = json.dumps({**document, "Statement": fewer})
    holder = f"{policy.kind} {policy.resource.rpartition(':')[2]} for {role.rpartition('/')[2]}"
    for call in _calls(policy, statements[index], role, action):
        if denial(call) is not None:
            continue
        error = without(call, lambda: policy.put(new))
        denied = getattr(error, "denied", None)
        if error is None or denied is None or not denied.resource:
            continue
        if denied.action.lower() != action.lower().rstrip("*"):
            continue
        passed = names_all(error, denied.action, denied.resource, "resource-based policy")
        args = (action, denied.resource, "made", passed, error.message)
        return Row(stack, policy.kind, holder, *args)
    return unshown(stack, policy.kind, holder, action, policy.resource)


def _calls(policy: Policy, statement: Statement, role: str, action: str) -> Iterator[Call]:
    caller = caller_of(role)
    if policy.kind == "key policy":
        yield from through_s3(caller, action, ())
        for each in {action, action.rstrip("*")}:
            yield from made(caller, each, policy.resource, policy.region)
        return
    for resource in _listed(statement["Resource"]):
        yield from made(caller, action, concrete(resource), policy.region)


def roles_of(statement: Mapping[str, Any]) -> list[str]:
    """Return the roles that a statement names, as principals or by condition."""
    found = [
        str(value)
        for tests in statement.get("Condition", {}).values()
        for key, values in tests.items()
        if key.lower() == _ARN
        for value in _listed(values)
    ]
    principal = statement.get("Principal", {})
    if isinstance(principal, Mapping):
        found += [each for each in _listed(principal.get("AWS", [])) if ":role/" in each]
    return [each for each in dict.fromkeys(found) if "*" not in each]


def _less(statement: Statement, role: str, action: str) -> Iterator[Statement]:
    """Yield what is left of a statement without one action for one role."""
    kept = [each for each in _listed(statement["Action"]) if each != action]
    if kept:
        yield {**statement, "Action": kept}
    others = _for(statement, lambda each: each != role)
    if others is not None:
        yield {**others, "Action": action}


def _for(statement: Statement, keep: Callable[[str], bool]) -> Statement | None:
    """Return a statement for some of its roles only; None if none is left."""
    conditions = json.loads(json.dumps(statement.get("Condition", {})))
    for tests in conditions.values():
        for key in tests:
            if key.lower() == _ARN:
                tests[key] = [each for each in _listed(tests[key]) if keep(each)]
                return {**statement, "Condition": conditions} if tests[key] else None
    principals = [each for each in _listed(statement["Principal"]["AWS"]) if keep(each)]
    return {**statement, "Principal": {"AWS": principals}} if principals else None


def of_buckets() -> Iterator[Policy]:
    """Yield the policies of all buckets."""
    for _, bucket in buckets():
        if bucket.policy:
            text = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
            arn = f"arn:aws:s3:::{bucket.name}"
            yield Policy("bucket policy", arn, bucket.region_name, text, putter(bucket, "policy"))


def of_keys() -> Iterator[Policy]:
    """Yield the policies of all keys."""
    for regions in list(kms_backends.values()):
        for region, backend in list(regions.items()):
            for key in list(backend.keys.values()):
                yield Policy("key policy", key.arn, region, key.policy, putter(key, "policy"))


def putter(owner: Any, name: str) -> Callable[[str], Callable[[], None]]:
    """Return what replaces a policy, and returns what puts the old one back."""

    def put(new: str) -> Callable[[], None]:
        old = getattr(owner, name)
        setattr(owner, name, new.encode() if isinstance(old, bytes) else new)
        return lambda: setattr(owner, name, old)

    return put


def _listed(value: Any) -> Sequence[Any]:
    return value if isinstance(value, list) else [value]
