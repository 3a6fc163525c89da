"""The changes of an update, property by property."""

from __future__ import annotations

import json
from typing import Any

from landfall.engine.events import Step
from landfall.engine_view import changes, differences

SECRET = {"4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270"}


def step(
    old: dict[str, Any],
    new: dict[str, Any],
    *,
    operation: str = "update",
    name: str = "a",
    **more: Any,
) -> Step:
    urn = f"urn:pulumi:dev::landfall::aws:iam/role:Role::{name}"
    sides = {"old": {"inputs": old}, "new": {"inputs": new}}
    return Step(operation, urn, "aws:iam/role:Role", **sides, **more)


def lines(*steps: Step) -> list[str]:
    return list(
        changes.lines(steps, lambda urn: "Account a", lambda urn, path: "Pulumi.dev.yaml:7")
    )


def test_value_that_changes_is_shown_before_and_after() -> None:
    assert differences.of(step({"hours": 1, "name": "x"}, {"hours": 2, "name": "x"})) == [
        ("hours", "1 -> 2")
    ]


def test_properties_that_come_and_go_are_marked() -> None:
    found = differences.of(step({"gone": "x"}, {"come": {"a": True}}))
    assert found == [("gone", "- x"), ("come", '+ {"a": true}')]


def test_policy_document_is_compared_by_its_statements() -> None:
    def document(*actions: str) -> str:
        return json.dumps({"Statement": [{"Effect": "Allow", "Action": list(actions)}]})

    found = differences.of(
        step({"policy": document("s3:Get*", "a:b")}, {"policy": document("a:b", "s3:List*")})
    )
    assert found == [("policy.Statement[0].Action", "- s3:Get*, + s3:List*")]


def test_secrets_are_never_shown() -> None:
    for value in (
        "[secret]",
        {**SECRET, "ciphertext": "sesame"},
        {**SECRET, "plaintext": "sesame"},
    ):
        changed = step({"password": "old" if value == "[secret]" else value}, {"password": value})
        assert "sesame" not in str(differences.of(changed))
        inside = step({}, {"settings": {"password": value, "user": "u"}})
        assert "sesame" not in str(differences.of(inside))
        assert "[secret]" in str(differences.of(inside))


def test_secret_that_was_plain_before_is_not_shown_either() -> None:
    assert differences.of(step({"p": "sesame"}, {"p": SECRET})) == [("p", "[secret]")]


def test_value_of_aws_that_differs_from_the_state_is_shown() -> None:
    drifted = Step(
        "update",
        "urn:pulumi:dev::landfall::aws:iam/role:Role::a",
        "aws:iam/role:Role",
        {"inputs": {"hours": 1}, "outputs": {"hours": 4, "ids": []}},
        {"inputs": {"hours": 1}},
        {"hours": {"diffKind": "update"}, "ids": {"diffKind": "add"}},
    )
    assert differences.of(drifted) == [("hours", "4 -> 1")]


def test_values_not_known_yet_are_said_to_be_later() -> None:
    unknown = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
    assert differences.of(step({"arn": "x"}, {"arn": unknown})) == [
        ("arn", "x -> (known after update)")
    ]


def test_replacement_names_the_property_that_forces_it() -> None:
    replaced = step({"path": "/a/"}, {"path": "/b/"}, operation="replace", replaces=("path",))
    assert lines(replaced) == [
        "± replace iam/role: a  [Pulumi.dev.yaml:7]",
        "    path: /a/ -> /b/  (forces replacement)",
    ]


def test_many_deletions_are_one_line_a_type() -> None:
    steps = [step({}, {}, operation="delete", name=f"r{number}") for number in range(9)]
    assert lines(*steps) == ["- delete 9 iam/role: r0, r1, r2, r3, r4 and 4 more"]


def test_deletions_come_before_additions() -> None:
    found = lines(step({}, {}, operation="create"), step({}, {}, operation="delete", name="b"))
    assert [line[0] for line in found] == ["-", "+"]


def test_long_values_are_cut() -> None:
    ((_, change),) = differences.of(step({"text": "a" * 500}, {"text": "b" * 500}))
    assert len(change) < 220
