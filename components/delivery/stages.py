"""The stages of a pipeline before its deployment, and the test actions, in CodePipeline's V2
structure.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

from components.delivery.rollback import RETRY_FAILED
from components.delivery.source import (
    ARTIFACT,
    IMAGE_ARTIFACT,
    SourceArgs,
    triggers_of,
)
from components.delivery.suites import TestProjectArgs
from landfall.blueprint import artifacts
from landfall.blueprint.sources import CODECOMMIT, CONNECTION
from landfall.settings.variables import action_value

BUILT = artifacts.BUILT
_PLANS_SHOWN = 5

_NAMES = {
    "build": "Build",
    "dependencies": "Dependencies",
    "e2e": "EndToEnd",
    "iac": "Infrastructure",
    "integration": "Integration",
    "lint": "Lint",
    "review": "Review",
    "sast": "StaticAnalysis",
    "secrets": "Secrets",
    "unit": "Unit",
}


def build_stage(
    project_name: pulumi.Input[str],
    *,
    batch: bool = False,
    image: bool = False,
    variables: Mapping[str, str] | None = None,
    further: Sequence[str] = (),
) -> dict[str, Any]:
    """Return the stage that runs the build project over the sources, and the image beside them.

    `variables` are environment variables that CodePipeline resolves. `further` are the artifacts
    that the build gives beside its main one.
    """
    configuration: dict[str, Any] = {"ProjectName": project_name}
    if batch:
        configuration |= {"BatchEnabled": "true", "CombineArtifacts": "true"}
    if image:
        configuration["PrimarySource"] = ARTIFACT
    if variables:
        configuration["EnvironmentVariables"] = action_value(variables)
    action = {
        "name": "Build",
        "category": "Build",
        "owner": "AWS",
        "provider": "CodeBuild",
        "version": "1",
        "namespace": "BuildVariables",
        "input_artifacts": [ARTIFACT, IMAGE_ARTIFACT] if image else [ARTIFACT],
        "output_artifacts": [BUILT, *further],
        "configuration": configuration,
    }
    return {"name": "Build", "actions": [action]}


def test_stage(
    tests: Sequence[TestProjectArgs],
    source: SourceArgs,
    *,
    at_once: int,
    retry: bool,
) -> dict[str, Any]:
    """Return the stage that runs the source tests, `at_once` of them in parallel.

    CodeBuild refuses a build over the account's quota, and the action fails.
    """
    actions = [
        test_action(test, source, run_order=1 + number // at_once)
        for number, test in enumerate(tests)
    ]
    stage: dict[str, Any] = {"name": "Test", "actions": actions}
    if retry:
        stage["on_failure"] = RETRY_FAILED
    return stage


def test_action(test: TestProjectArgs, source: SourceArgs, *, run_order: int) -> dict[str, Any]:
    """Return the action that runs a test."""
    configuration: dict[str, Any] = {"ProjectName": test["project_name"]}
    if test["batch"]:
        configuration["BatchEnabled"] = "true"
    if test["kind"] == "review":
        configuration["EnvironmentVariables"] = pulumi.Output.json_dumps(_review_variables(source))
    elif variables := test.get("variables"):
        configuration["EnvironmentVariables"] = action_value(variables)
    return {
        "name": _NAMES[test["kind"]],
        "category": "Test",
        "owner": "AWS",
        "provider": "CodeBuild",
        "version": "1",
        "input_artifacts": [ARTIFACT],
        "configuration": configuration,
        "run_order": run_order,
    }


def _review_variables(source: SourceArgs) -> list[dict[str, str]]:
    """Return the review's input: the branch, if the source action provides it.

    A tag is not a branch. CodeCommit's action returns its configured branch, not a pull request's.
    """
    triggers = triggers_of(source)
    tags = any(trigger.get("tags") for trigger in triggers)
    pull_requests = any(trigger.get("pull_requests") for trigger in triggers)
    told = source["kind"] == CONNECTION or (source["kind"] == CODECOMMIT and not pull_requests)
    branch = "#{SourceVariables.BranchName}" if told and not tags else ""
    return [
        {"name": "BRANCH", "value": branch, "type": "PLAINTEXT"},
        {"name": "TAGS", "value": "1" if tags else "", "type": "PLAINTEXT"},
    ]


def approval_stage(
    name: str,
    question: str,
    timeout_minutes: int,
    topic_arn: pulumi.Input[str] | None,
    plans: Sequence[str] = (),
    planned_in: str = "Plan",
) -> dict[str, Any]:
    """Return the approval stage, which fails without an answer in time.

    `plans` are texts about what would be changed, made in the stage `planned_in`; the approver sees
    as many as an action takes.
    """
    configuration: dict[str, pulumi.Input[str]] = {
        "CustomData": _asked(question, plans, planned_in)
    }
    if topic_arn is not None:
        configuration["NotificationArn"] = topic_arn
    action = {
        "name": "Approve",
        "category": "Approval",
        "owner": "AWS",
        "provider": "Manual",
        "version": "1",
        "configuration": configuration,
        "timeout_in_minutes": timeout_minutes,
    }
    return {"name": name, "actions": [action]}


def _asked(question: str, plans: Sequence[str], planned_in: str) -> str:
    """Return the question with the plans behind it, within what CustomData takes.

    A summary that CodePipeline resolves is shorter than 100 characters.
    """
    shown = plans[:_PLANS_SHOWN]
    rest = len(plans) - len(shown)
    parts = [question, *(f"Plan: {plan}." for plan in shown)]
    if shown:
        parts.append(f"The plan is in the log of stage {planned_in}.")
    if rest:
        parts.append(f"{rest} more destinations have plans in their logs.")
    return " ".join(parts)
