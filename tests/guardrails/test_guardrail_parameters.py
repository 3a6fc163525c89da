"""Guardrails of the catalogue with custom values, and guardrails as documents."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.guardrails.explaining import explained
from landfall.guardrails.of_stack import documents, policies
from tests.settings.stacks import SMALL, changed, problems, stack

DEV = "{guardrails: [restrict-regions]}"


def with_guardrail(text: str, names: str = "[mine]") -> str:
    return (
        changed((DEV, f"{{guardrails: {names}}}")) + f"  landfall:guardrails:\n    mine: {text}\n"
    )


def dev_statements(text: str) -> list[dict[str, Any]]:
    found = [policy for target, policy in policies(stack(text)) if target == "Workloads/Dev"]
    statements: list[dict[str, Any]] = json.loads(found[0].content)["Statement"]
    return statements


def test_a_value_takes_the_place_of_the_stacks() -> None:
    text = "{catalogue: restrict-regions, parameters: {regions: eu-west-1, exceptActions: [a4b:*]}}"
    (statement,) = dev_statements(with_guardrail(text))
    assert statement["Condition"]["StringNotEquals"] == {"aws:RequestedRegion": ["eu-west-1"]}
    assert {"a4b:*", "iam:*"} <= set(statement["NotAction"])


def test_guardrail_can_be_used_twice_under_two_names() -> None:
    text = with_guardrail(
        "{catalogue: restrict-regions, parameters: {regions: [eu-west-1]}}",
        "[restrict-regions, mine]",
    )
    assert [s["Sid"] for s in dev_statements(text)] == ["DenyOtherRegions", "DenyOtherRegions2"]


@pytest.mark.parametrize(
    ("text", "where", "what", "fix"),
    [
        ("{catalogue: restrict-region}", "mine.catalogue", "no guardrail", "'restrict-regions'"),
        (
            "{catalogue: restrict-regions, parameters: {region: eu-west-1}}",
            "mine.parameters.region",
            "no parameter 'region'",
            "did you mean 'regions'?",
        ),
        (
            "{catalogue: deny-all, parameters: {regions: eu-west-1}}",
            "mine.parameters.regions",
            "no parameter",
            "it has no parameters",
        ),
        (
            "{catalogue: restrict-regions, parameters: {regions: everywhere}}",
            "mine.parameters.regions",
            "'everywhere' is invalid for 'regions'",
            "eu-west-1",
        ),
        (
            "{catalogue: restrict-regions, parameters: {regions: []}}",
            "mine.parameters.regions",
            "'regions' has no value",
            "eu-west-1",
        ),
        (
            "{catalogue: restrict-instance-types}",
            "guardrails.mine",
            "'restrict-instance-types' needs 'instanceTypes'",
            "parameters: {instanceTypes: [t4g.*]}",
        ),
        (
            "{catalogue: deny-all, type: RESOURCE_CONTROL_POLICY}",
            "guardrails.mine",
            "'type' comes from the catalogue guardrail",
            "remove it",
        ),
        (
            "{parameters: {regions: eu-west-1}, statements: [{actions: 's3:*'}]}",
            "guardrails.mine",
            "'parameters' needs a catalogue guardrail",
            "add catalogue:",
        ),
    ],
)
def test_wrong_parameter_value_is_reported(text: str, where: str, what: str, fix: str) -> None:
    (problem,) = problems(with_guardrail(text))
    assert problem.path.endswith(where)
    assert what in problem.what
    assert fix in problem.fix


def test_guardrail_without_its_required_value_is_refused() -> None:
    (problem,) = problems(changed((DEV, "{guardrails: [restrict-instance-types]}")))
    assert "guardrail 'restrict-instance-types' needs 'instanceTypes'" in problem.what
    assert "catalogue: restrict-instance-types" in problem.fix


def test_other_policy_types_are_policies_of_their_own() -> None:
    text = changed((DEV, "{guardrails: [ai-opt-out, mine, restrict-regions]}"))
    text += "  landfall:guardrails:\n    mine: {catalogue: tag-keys, parameters: {keys: [Team]}}\n"
    made = {guardrail.name: guardrail for _, guardrail in documents(stack(text))}
    assert set(made) == {"landfall-test-ai-opt-out", "landfall-test-mine"}
    assert made["landfall-test-mine"].type == "TAG_POLICY"
    assert made["landfall-test-mine"].document == {
        "tags": {"Team": {"tag_key": {"@@assign": "Team"}}}
    }
    dev = dict(explained(stack(text)))["Workloads/Dev"]
    kinds = [policy.type for policy in dev.policies]
    assert sorted(kinds) == ["AISERVICES_OPT_OUT_POLICY", "SERVICE_CONTROL_POLICY", "TAG_POLICY"]


def test_guardrail_without_a_target_creates_no_document() -> None:
    assert dict(documents(stack(SMALL))) == {}


def test_policies_of_others_take_places() -> None:
    others = "otherPolicies: {SERVICE_CONTROL_POLICY: 9}"
    text = changed((DEV, f"{{guardrails: [restrict-regions], {others}}}"))
    (problem,) = problems(text)
    assert "Workloads/Dev" in problem.what
    text = text.replace(": 9}", ": 8}")
    assert problems(text) == []
    dev = dict(explained(stack(text)))["Workloads/Dev"]
    assert ("SERVICE_CONTROL_POLICY", 10, 10) in list(dev.places())


def test_prod_needs_at_most_half_the_places_of_one_policy_a_guardrail() -> None:
    prod = stack_files.load("prod", Path(__file__).parents[2])
    alone = packed = 0
    for _, attached in explained(prod):
        # Only documents of these two types can be merged.
        for kind in ("SERVICE_CONTROL_POLICY", "RESOURCE_CONTROL_POLICY"):
            chosen = [policy for policy in attached.policies if policy.type == kind]
            packed += len(chosen)
            alone += sum(len(policy.guardrails) for policy in chosen)
    assert packed * 2 <= alone


@pytest.mark.parametrize(
    ("name", "target", "is_exempt"), [("dev", "Workloads", False), ("prod", "Sandbox", True)]
)
def test_role_that_looks_for_drift_reads_regions_of_the_stack_that_a_guardrail_denies(
    name: str, target: str, is_exempt: bool
) -> None:
    """The sandbox account keeps to one region, and its baseline is in two."""
    settings = stack_files.load(name, Path(__file__).parents[2])
    text = "".join(each.content for at, each in policies(settings) if at == target)
    assert "DenyOtherRegions" in text
    assert (f"role/landfall/provision-{name}-read" in text) == is_exempt
