"""Guardrails of a target compile to the fewest documents that fit, deterministically."""

from __future__ import annotations

import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.guardrails.compiler import Limits, Named, PolicyDocument, compile_target
from landfall.guardrails.of_stack import policies
from landfall.guardrails.statements import RCP, SCP
from landfall.problems import ProblemsError
from tests.settings.stacks import SMALL, changed, stack

BODY = len('{"Version":"2012-10-17","Statement":[]}')


def named(name: str, *lengths: int, kind: str = SCP) -> Named:
    """Return a guardrail whose statements have the given lengths in a document."""
    statements = []
    for length in lengths:
        statement = {"Effect": "Deny", "Action": [""], "Resource": ["*"]}
        empty = len(json.dumps(statement, separators=(",", ":")))
        statement["Action"] = ["x" * (length - empty)]
        statements.append(statement)
    return Named(name, kind, tuple(statements))


def compiled(size: int, places: int, *guardrails: Named) -> tuple[PolicyDocument, ...]:
    limits = Limits(size={SCP: size, RCP: size}, per_target={SCP: places + 1, RCP: places + 1})
    return compile_target("Workloads/Dev", guardrails, limits)


def statements(documents: tuple[PolicyDocument, ...]) -> list[Any]:
    return [s for document in documents for s in json.loads(document.content)["Statement"]]


def test_statements_that_fit_exactly_go_into_one_document() -> None:
    # Two statements and the comma between them.
    size = BODY + 100 + 1 + 200
    (document,) = compiled(size, 9, named("a", 100), named("b", 200))
    assert len(document.content) == size
    assert document.guardrails == ("a", "b")
    assert len(compiled(size - 1, 9, named("a", 100), named("b", 200))) == 2


def test_a_document_is_minified() -> None:
    (document,) = compiled(1000, 9, named("a", 100))
    value = json.loads(document.content)
    assert document.content == json.dumps(value, separators=(",", ":"))


def test_placing_in_order_is_given_up_where_another_order_saves_a_document() -> None:
    # Each in the first document with room: 50 and 60, then 139, then 149.
    guardrails = [named(f"g{length}", length) for length in (50, 60, 139, 149)]
    documents = compiled(BODY + 200, 9, *guardrails)
    assert [document.guardrails for document in documents] == [("g50", "g149"), ("g60", "g139")]


def test_a_guardrail_is_split_only_where_that_saves_a_document() -> None:
    whole = compiled(BODY + 200, 9, named("a", 120), named("b", 60, 60), named("c", 60))
    assert [document.guardrails for document in whole] == [("a", "c"), ("b",)]
    split = compiled(BODY + 190, 9, named("a", 120), named("b", 60, 60), named("c", 120))
    assert [document.guardrails for document in split] == [("a", "b"), ("b", "c")]


def test_a_guardrail_larger_than_a_document_is_split() -> None:
    documents = compiled(BODY + 150, 9, named("a", 100, 100))
    assert [document.guardrails for document in documents] == [("a",), ("a",)]


def test_adding_a_guardrail_at_the_end_leaves_the_documents_before() -> None:
    first = [named("a", 150), named("b", 150), named("c", 60)]
    before = compiled(BODY + 215, 9, *first)
    after = compiled(BODY + 215, 9, *first, named("d", 180))
    assert after[: len(before)] == before


def test_policy_types_do_not_mix() -> None:
    documents = compiled(1000, 9, named("r", 60, kind=RCP), named("s", 60))
    assert [(d.type, d.guardrails) for d in documents] == [(SCP, ("s",)), (RCP, ("r",))]


def test_sids_are_unique() -> None:
    guardrail = Named("x", SCP, ({"Sid": "Same"}, {"Sid": "Same2"}, {"Sid": "Same"}, {}, {}))
    documents = compiled(1000, 9, guardrail, guardrail)
    sids = [statement["Sid"] for statement in statements(documents) if statement]
    assert sids[:3] == ["Same", "Same2", "Same3"]
    assert len(set(sids)) == 6


@pytest.mark.parametrize(
    "guardrails",
    [[named("big", 300)], [named("big", 200), named("b", 190), named("c", 190)]],
)
def test_statements_that_do_not_fit_are_reported_with_target_size_and_the_largest(
    guardrails: list[Named],
) -> None:
    with pytest.raises(ProblemsError) as caught:
        compiled(BODY + 210, 2, *guardrails)
    (problem,) = caught.value.problems
    total = len(
        json.dumps(
            {"Version": "2012-10-17", "Statement": [s for g in guardrails for s in g.statements]},
            separators=(",", ":"),
        )
    )
    assert "'Workloads/Dev'" in problem.what
    assert f"{total} characters" in problem.what
    assert f"2 policies of {BODY + 210}" in problem.what
    assert "the largest are big (" in problem.fix


lengths = st.lists(st.lists(st.integers(50, 200), min_size=1, max_size=3), min_size=1, max_size=5)


@given(lengths, st.integers(200, 420))
@settings(max_examples=150, deadline=None)
def test_documents_hold_everything_once_fit_and_are_the_fewest(
    sizes: list[list[int]], room: int
) -> None:
    guardrails = [named(f"g{index}", *each) for index, each in enumerate(sizes)]
    documents = compiled(BODY + room, 30, *guardrails)
    assert documents == compiled(BODY + room, 30, *guardrails)
    assert all(len(document.content) <= BODY + room for document in documents)
    given_in = sorted(json.dumps(s) for g in guardrails for s in g.statements)
    assert sorted(json.dumps(s) for s in statements(documents)) == given_in
    flat = [length for each in sizes for length in each]
    if len(flat) <= 5:
        assert len(documents) == fewest(flat, room)


def fewest(flat: list[int], room: int) -> int:
    """Return the fewest groups, by trying every way to give each statement a group."""
    for count in range(1, len(flat)):
        for chosen in itertools.product(range(count), repeat=len(flat)):
            groups = [
                [n for n, g in zip(flat, chosen, strict=True) if g == i] for i in range(count)
            ]
            if all(sum(group) + max(0, len(group) - 1) <= room for group in groups):
                return count
    return len(flat)


def test_stack_compiles_to_named_policies_by_target() -> None:
    found = {(target, policy.name): policy for target, policy in policies(stack())}
    assert list(found) == [
        ("Root", "landfall-test-root-scp-1"),
        ("Workloads/Dev", "landfall-test-workloads.dev-scp-1"),
    ]
    assert found["Root", "landfall-test-root-scp-1"].guardrails == ("deny-leaving-organization",)


def test_a_teams_own_guardrails_stand_beside_those_of_the_catalogue() -> None:
    text = changed(("[restrict-regions]", "[restrict-regions, mine, shared]"))
    text += """\
  landfall:guardrails:
    mine: {statements: [{notActions: ['s3:*'], resources: 'arn:aws:s3:::theirs/*'}]}
    shared:
      type: RESOURCE_CONTROL_POLICY
      statements: [{actions: s3:GetObject, conditions: {Bool: {aws:SecureTransport: false}}}]
"""
    chosen = [policy for target, policy in policies(stack(text)) if target == "Workloads/Dev"]
    assert [policy.type for policy in chosen] == [SCP, RCP]
    assert chosen[0].guardrails == ("restrict-regions", "mine")
    assert json.loads(chosen[0].content)["Statement"][1] == {
        "Effect": "Deny",
        "NotAction": ["s3:*"],
        "Resource": ["arn:aws:s3:::theirs/*"],
    }
    assert json.loads(chosen[1].content)["Statement"] == [
        {
            "Effect": "Deny",
            "Action": ["s3:GetObject"],
            "Resource": ["*"],
            "Condition": {"Bool": {"aws:SecureTransport": ["false"]}},
            "Principal": "*",
        }
    ]


def test_a_raised_quota_gives_more_room() -> None:
    assert SMALL.count("landfall:quotas") == 0
    own = ", ".join(f"{{actions: s3:*, resources: '{'r' * 3000}{n}'}}" for n in range(4))
    text = changed(("[restrict-regions]", "[mine]"))
    text += f"  landfall:guardrails: {{mine: {{statements: [{own}]}}}}\n"
    assert len([t for t, _ in policies(stack(text)) if t == "Workloads/Dev"]) == 2
    raised = f"{text}  landfall:quotas: {{serviceControlPolicySize: 20000}}\n"
    assert len([t for t, _ in policies(stack(raised)) if t == "Workloads/Dev"]) == 1
