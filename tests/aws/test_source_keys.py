"""Service principals of both stacks get the source keys that their policies require."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.aws import source_keys
from landfall.aws.source_keys import TABLE, Use, find, keys_of, never_sent
from landfall.blueprint.stack import blueprint

ROOT = Path(__file__).parents[2]
STACKS = ("dev", "prod")


def statements(stack: str) -> Iterator[tuple[str, Use, Mapping[str, Any]]]:
    """Yield each statement of a trust or resource policy, with its owner and its use."""
    found = blueprint(stack_files.load(stack, ROOT))
    for role in found.roles:
        yield from ((role.role.name, "role", each) for each in role.role.trust)
    for bucket in found.buckets:
        yield from ((bucket.bucket.name, "bucket", each) for each in bucket.bucket.statements)
    for key in found.keys:
        yield from ((key.key.description, "key", each) for each in key.key.statements)
    for topic in found.topics:
        yield from ((topic.topic.name, "topic", each) for each in topic.topic.statements)


def services(statement: Mapping[str, Any]) -> list[str]:
    principal = statement.get("Principal", {})
    return list(principal.get("Service", [])) if isinstance(principal, Mapping) else []


@pytest.mark.parametrize("stack", STACKS)
def test_policy_of_a_stack_requires_only_keys_that_come(stack: str) -> None:
    refused = [
        f"{owner}: {service} never sends {key} for a {use}"
        for owner, use, statement in statements(stack)
        for service, key in never_sent(statement, use)
    ]
    assert refused == []


def test_service_of_a_stack_is_in_the_table() -> None:
    named = {
        (source_keys.short(service), use)
        for stack in STACKS
        for _, use, statement in statements(stack)
        for service in services(statement)
    }
    lacking = {pair for pair in named if find(*pair) is None}
    assert lacking == set()
    assert len(named) > 12


def test_table_has_one_entry_for_each_service_and_use_with_its_document() -> None:
    assert len({(each.service, each.use, each.of) for each in TABLE}) == len(TABLE)
    assert all(each.page.startswith("https://docs.aws.amazon.com/") for each in TABLE)
    assert all(set(each.keys) <= source_keys.ALL for each in TABLE)
    # An absent key has a reason.
    assert all(each.why for each in TABLE if not each.keys)


@pytest.mark.parametrize(
    ("operator", "key", "found"),
    [
        ("StringEquals", "aws:SourceAccount", True),
        ("ArnLike", "AWS:SourceArn", True),
        ("StringEquals", "aws:SourceOrgID", True),
        ("StringEqualsIfExists", "aws:SourceAccount", False),
        ("StringNotEquals", "aws:SourceAccount", False),
        ("Null", "aws:SourceAccount", False),
        ("Bool", "aws:SecureTransport", False),
    ],
)
def test_required_key_that_never_comes_is_found(operator: str, key: str, found: bool) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": "cloudtrail.amazonaws.com"},
        "Action": "sts:AssumeRole",
        "Condition": {operator: {key: "x"}},
    }
    expected = [("cloudtrail.amazonaws.com", key)] if found else []
    assert list(never_sent(statement, "role")) == expected
    assert list(never_sent(statement, "bucket")) == []
    assert list(never_sent(statement | {"Effect": "Deny"}, "role")) == []


def test_stack_sets_state_their_source_and_stacks_do_not() -> None:
    condition = {"ArnLike": {"aws:SourceArn": "arn:aws:cloudformation:*:111122223333:WHAT/x"}}
    statement = {
        "Effect": "Allow",
        "Principal": {"Service": ["cloudformation.amazonaws.com"]},
        "Action": "sts:AssumeRole",
    }
    for what, refused in (("stack", 1), ("stackset", 0)):
        arn = condition["ArnLike"]["aws:SourceArn"].replace("WHAT", what)
        asking = {**statement, "Condition": {"ArnLike": {"aws:SourceArn": arn}}}
        assert len(list(never_sent(asking, "role"))) == refused


def test_organization_keys_come_with_the_source_account() -> None:
    assert "aws:sourceorgid" in keys_of("config.amazonaws.com", "bucket")
    assert "aws:sourceorgid" not in keys_of("events.amazonaws.com", "key")
    assert keys_of("unknown.amazonaws.com", "role") == frozenset()
