"""The pack and `landfall iam check` give the same verdict on each of many resource policies."""

from __future__ import annotations

import json
from typing import Final

from hypothesis import given
from hypothesis import strategies as st

from landfall.iam.documents import parse
from landfall.iam.policy_checks import Subject, check
from policies.pack import load
from policies.rules import RESOURCE_RULES
from policies.values import Resource
from tests.iam.generated import resource_policy
from tests.policies.analyzer import urn

QUEUE: Final = "aws:sqs/queuePolicy:QueuePolicy"
CORPUS: Final = 10_000


def _by_check(text: str) -> set[tuple[str, str]]:
    policy = ("policy", parse(text, kind="resource"))
    found = check(Subject(resource_policy=policy, resource_type="sqs")).findings
    public = {(one.rule, one.path.partition(".")[0]) for one in found}
    return {one for one in public if one[0] in ("public-resource", "confused-deputy-resource")}


def _by_pack(text: str) -> set[str]:
    resource = Resource(QUEUE, urn(QUEUE), {"policy": text, "queueUrl": "jobs"})
    found = set()
    for rule, judge in RESOURCE_RULES[QUEUE]:
        if rule.id in ("LF-PUB-001", "LF-TRU-003"):
            found |= {(rule.id, one.property.rpartition(".")[2]) for one in judge(resource)}
    return {f"{rule} {place}" for rule, place in found}


def _expected(text: str) -> set[str]:
    """Return the expected findings of the pack, from those of the check."""
    statements = json.loads(text)["Statement"]
    names = {"public-resource": "LF-PUB-001", "confused-deputy-resource": "LF-TRU-003"}
    expected = set()
    for rule, place in _by_check(text):
        principal = statements[int(place[len("Statement[") : -1])]["Principal"]
        # An advisory rule of the pack is about statements that name a service.
        if rule == "public-resource" or "Service" in principal:
            expected.add(f"{names[rule]} {place}")
    return expected


def test_pack_and_check_agree_on_generated_resource_policies() -> None:
    load()
    verdicts = 0
    for seed in range(CORPUS):
        text = resource_policy(seed)
        told = _by_pack(text)
        assert told == _expected(text), text
        verdicts += bool(told)
    # Neither verdict is rare in the corpus.
    assert CORPUS * 0.2 < verdicts < CORPUS * 0.8


@given(st.integers(min_value=CORPUS, max_value=10**9))
def test_pack_and_check_agree_on_any_generated_policy(seed: int) -> None:
    load()
    text = resource_policy(seed)
    assert _by_pack(text) == _expected(text), text
