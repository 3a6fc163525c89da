"""An accepted document with one random mistake is refused, at the place of the mistake."""

from __future__ import annotations

import copy
from collections.abc import Iterator, Mapping
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.organization_policies import GRAMMARS, mistakes
from landfall.organization_policies.faults import Path
from landfall.organization_policies.grammar import Group, Node
from tests.organization_policies.documents import ACCEPTED

CASES = [(kind, document) for kind, documents in ACCEPTED.items() for document in documents]


def places(value: Mapping[str, Any], node: Node, path: Path = ()) -> Iterator[tuple[Path, Node]]:
    """Yield the path of each group and setting of a document."""
    yield path, node
    if isinstance(node, Group):
        for key, each in value.items():
            below = node.keys.get(key, node.named)
            if below is not None and not key.startswith("@@"):
                yield from places(each, below, (*path, key))


def at(document: Any, path: Path) -> Any:
    for part in path:
        document = document[part]
    return document


def wrong(node: Node, value: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any] | int]]:
    """Yield (what is done, value) for each way to break a group or a setting."""
    yield "wrong type", 7
    yield "unknown operator", {**value, "@@unknown": ["x"]}
    yield "children", {**value, "@@operators_allowed_for_child_policies": ["@@some"]}
    if isinstance(node, Group):
        if node.named is None:
            yield "unknown key", {**value, "unknown_key": {}}
        for key in node.required:
            yield "missing key", {each: it for each, it in value.items() if each != key}
        return
    yield "no operator", {}
    yield "plain value", next(iter(value.values()))
    yield "wrong operand", {"@@assign": {"a": 1}}
    if not node.listed:
        yield "list operator", {"@@append": ["x"]}
    else:
        yield "one value", {"@@assign": "x"}
    if node.form.choices and not node.form.is_region:
        bad = "not a choice"
        yield "no choice", {"@@assign": [bad] if node.listed else bad}


@settings(max_examples=150, deadline=None)
@given(st.data())
def test_accepted_document_with_a_random_mistake_is_refused(data: st.DataObject) -> None:
    kind, accepted = data.draw(st.sampled_from(CASES))
    path, node = data.draw(st.sampled_from(list(places(accepted, GRAMMARS[kind]))))
    done, broken = data.draw(st.sampled_from(list(wrong(node, at(accepted, path)))))
    document = copy.deepcopy(accepted)
    if path:
        at(document, path[:-1])[path[-1]] = broken
    elif isinstance(broken, dict):
        document = broken
    else:
        return
    found = [each.path[: len(path)] for each in mistakes(kind, document)]
    assert path in found, (done, path, document)


def test_every_key_of_a_grammar_occurs_in_an_accepted_document() -> None:
    for kind, grammar in GRAMMARS.items():
        shown = {
            key
            for document in ACCEPTED[kind]
            for path, _ in places(document, grammar)
            for key in path
        }
        assert set(keys_of(grammar)) - shown == NOT_SHOWN.get(kind, set()), kind


# Names of the same group as another one that the documents show.
NOT_SHOWN: dict[str, set[str]] = {
    "BACKUP_POLICY": {"string_equals", "string_not_equals", "string_not_like"},
    "BEDROCK_POLICY": {"input_tags", "system"},
    "DECLARATIVE_POLICY_EC2": {
        "internet_gateway",
        *(f"criteria_{number}" for number in range(2, 11)),
    },
    "GUARDDUTY_POLICY": {
        "ai_protection",
        "ecs_fargate_agent_management",
        "eks_audit_logs",
        "lambda_network_logs",
        "rds_login_events",
    },
}


def keys_of(node: Node) -> Iterator[str]:
    if isinstance(node, Group):
        for key, each in node.keys.items():
            yield key
            yield from keys_of(each)
        if node.named is not None:
            yield from keys_of(node.named)
