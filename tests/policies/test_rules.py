"""Every rule, through the SDK's own structures: passing, failing, unknown and secret values."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pulumi_policy import (
    PolicyResource,
    ResourceValidationArgs,
    ResourceValidationPolicy,
    StackValidationArgs,
    StackValidationPolicy,
)
from pulumi_policy.proxy import UNKNOWN_STRING_VALUE, unknown_checking_proxy

from policies.findings import VARIABLE
from policies.pack import build
from policies.rules import all_rules
from tests.policies.cases import BUCKET, RESOURCES, STACKS

Reported = list[tuple[str, str | None]]


def _urn(type_: str, name: str = "subject") -> str:
    return f"urn:pulumi:test::project::{type_}::{name}"


def judged(type_: str, props: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    """Return the mandatory and the advisory messages for one resource."""
    mandatory, advice = [p for p in build() if isinstance(p, ResourceValidationPolicy)]
    args = ResourceValidationArgs(
        type_, unknown_checking_proxy(dict(props)), _urn(type_), "subject", None, None
    )
    found: tuple[list[str], list[str]] = ([], [])
    mandatory.validate(args, lambda message, urn=None: found[0].append(message))
    advice.validate(args, lambda message, urn=None: found[1].append(message))
    return found


def stack_judged(resources: list[tuple[str, str, dict[str, Any]]]) -> Reported:
    """Return what the stack rules say of (type, name, properties)."""
    stack = [p for p in build() if isinstance(p, StackValidationPolicy)]
    bucket = PolicyResource(
        BUCKET[0],
        unknown_checking_proxy(dict(BUCKET[1])),
        _urn(BUCKET[0]),
        "b",
        None,
        None,
        None,
        [],
        {},
    )
    made = [bucket] + [
        PolicyResource(
            type_, unknown_checking_proxy(props), _urn(type_, name), name, None, None, None, [], {}
        )
        for type_, name, props in resources
    ]
    reported: Reported = []
    for policy in stack:
        policy.validate(
            StackValidationArgs(made), lambda message, urn=None: reported.append((message, urn))
        )
    return reported


def test_every_rule_has_a_case() -> None:
    build()
    assert {rule.id for rule in all_rules()} == set(RESOURCES) | set(STACKS)


@pytest.mark.parametrize("rule", sorted(RESOURCES))
def test_a_good_resource_passes(rule: str) -> None:
    case = RESOURCES[rule]
    assert judged(case.type, case.good) == ([], [])


@pytest.mark.parametrize("rule", sorted(RESOURCES))
def test_a_bad_resource_is_refused_by_this_rule_alone(rule: str) -> None:
    case = RESOURCES[rule]
    mandatory, _ = judged(case.type, case.bad)
    assert {message.split("]")[0].lstrip("[") for message in mandatory} == {rule}


@pytest.mark.parametrize("rule", sorted(RESOURCES))
def test_an_unknown_value_is_told_and_never_passes_in_silence(
    rule: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    case = RESOURCES[rule]
    findings = tmp_path / "findings.jsonl"
    monkeypatch.setenv(VARIABLE, str(findings))
    unknown = dict.fromkeys({**case.good, **case.bad}, UNKNOWN_STRING_VALUE)
    mandatory, _ = judged(case.type, unknown)
    told = [json.loads(line) for line in findings.read_text().splitlines()]
    verdicts = {finding["verdict"] for finding in told if finding["rule"] == rule}
    assert verdicts == {"undecidable"} or any(rule in message for message in mandatory)


def test_a_secret_is_in_no_message_and_in_no_finding(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    findings = tmp_path / "findings.jsonl"
    monkeypatch.setenv(VARIABLE, str(findings))
    case = RESOURCES["LF-CB-002"]
    mandatory, advice = judged(case.type, case.bad)
    assert mandatory
    for text in (*mandatory, *advice, findings.read_text()):
        assert "hunter2" not in text


def test_a_whole_bucket_passes() -> None:
    parts = [(type_, rule, props) for rule, (type_, props) in STACKS.items()]
    assert stack_judged(parts) == []


@pytest.mark.parametrize("rule", sorted(STACKS))
def test_a_bucket_without_a_part_is_refused(rule: str) -> None:
    parts = [(type_, name, props) for name, (type_, props) in STACKS.items() if name != rule]
    ((message, urn),) = stack_judged(parts)
    assert message.startswith(f"[{rule}]")
    assert urn == _urn(BUCKET[0])


def test_aes256_is_for_buckets_that_receive_access_logs_only() -> None:
    sse = STACKS["LF-S3-002"][0]
    parts = [(type_, name, props) for name, (type_, props) in STACKS.items() if name != "LF-S3-002"]
    aes = {"rules": [{"applyServerSideEncryptionByDefault": {"sseAlgorithm": "AES256"}}]}
    parts.append((sse, "aes", {"bucket": "example", **aes}))
    assert [message[:11] for message, _ in stack_judged(parts)] == ["[LF-S3-002]"]
    logging = ("aws:s3/bucketLogging:BucketLogging", "logs", {"targetBucket": "example"})
    assert stack_judged([*parts, logging]) == []


def test_what_is_undecided_is_counted_in_one_line() -> None:
    policies = build()
    resource = next(p for p in policies if isinstance(p, ResourceValidationPolicy))
    for name in ("one", "two"):
        type_ = RESOURCES["LF-IAM-001"].type
        props = unknown_checking_proxy({"policy": UNKNOWN_STRING_VALUE})
        resource.validate(
            ResourceValidationArgs(type_, props, _urn(type_, name), name, None, None),
            lambda message, urn=None: pytest.fail(message),
        )
    advice = [p for p in policies if isinstance(p, StackValidationPolicy)][1]
    lines: list[str] = []
    advice.validate(StackValidationArgs([]), lambda message, urn=None: lines.append(message))
    assert len(lines) == 1
    assert "LF-IAM-001 (2)" in lines[0]
