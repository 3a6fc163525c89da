"""Validation reports mistakes in the targets and parameters of stack sets."""

from __future__ import annotations

import pytest

from landfall.blueprint.stack import blueprint
from tests.settings.stacks import problems, stack
from tests.validation.test_settings_deployments import PROD, _with

PERMISSIONS = "permissions: [{actions: 'sns:CreateTopic'}]"
TARGETS = "targets: [{accounts: orders-dev}]"


def _set(more: str = "", targets: str = TARGETS) -> str:
    return f"{{stackSet: baseline, {PERMISSIONS}, {targets}{more and ', '}{more}}}"


@pytest.mark.parametrize(
    "deploy",
    [
        _set(),
        _set("parameters: {Stage: prod, Hosts: a.example.com}"),
        _set("parameterFile: parameters.json, packages: true"),
        _set(targets="targets: [{accounts: orders-dev}, {units: Workloads/Prod}]"),
        _set(targets="targets: {units: Root, regions: [us-east-1, eu-west-1]}"),
        _set("failureTolerancePercent: 20, maxConcurrentPercent: 50"),
    ],
)
def test_stack_set_is_valid(deploy: str) -> None:
    assert problems(_with(deploy)) == []


LONG = ", ".join(
    f"Setting{number:02}: https://settings.example.com/{number}" for number in range(20)
)


@pytest.mark.parametrize(
    ("deploy", "environment", "said", "fix"),
    [
        (
            _set(targets="targets: [{accounts: orders-dve}]"),
            PROD,
            "there is no account 'orders-dve'",
            "did you mean 'orders-dev'?",
        ),
        (
            _set(targets="targets: [{units: Workload}]"),
            PROD,
            "there is no organizational unit 'Workload'",
            "did you mean 'Workloads'?",
        ),
        (
            _set(targets="targets: [{accounts: orders-dev, regions: us-west-2}]"),
            PROD,
            "region 'us-west-2' is not used by the organization",
            "add it to",
        ),
        (
            _set(targets="targets: [{regions: us-east-1}]"),
            PROD,
            "a group of targets has no accounts",
            "add accounts: or units:",
        ),
        (
            _set(targets="targets: [{accounts: orders-dev}, {units: Empty}]"),
            PROD,
            "no account is in Empty",
            "remove the group until an account is there",
        ),
        (
            _set(targets="targets: [{accounts: orders-dev}, {units: Workloads}]"),
            PROD,
            "orders-dev in eu-west-1 is in group 1 already",
            "keep it in one group",
        ),
        (
            _set(targets="targets: [{accounts: orders-dev, parameters: {Stage: dev}}]"),
            PROD,
            "the first targets have the parameters of the stack set",
            "move them to parameters:",
        ),
        (
            _set("parameters: {Stage: prod}, parameterFile: parameters.json"),
            PROD,
            "parameters and parameterFile exclude each other",
            "keep one of them",
        ),
        (_set("parameters: {Names: 'a, b'}"), PROD, "'a, b'", "matching"),
        (
            _set(f"parameters: {{{LONG}}}"),
            PROD,
            "characters in the action's configuration",
            "CodePipeline takes 1000",
        ),
        (
            _set(),
            "prod: {account: orders-prod, waves: [[{account: orders-dev}]]}",
            "a stack set has its own targets",
            "remove waves:",
        ),
        (_set("failureTolerancePercent: 101"), PROD, "101", "at most 100"),
    ],
)
def test_stack_set_mistake_is_reported_with_its_fix(
    deploy: str, environment: str, said: str, fix: str
) -> None:
    text = _with(deploy, environment).replace("Security: {}", "Security: {}\n      Empty: {}")
    (problem,) = problems(text)
    assert said in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line


def test_stack_set_of_two_pipelines_is_a_mistake() -> None:
    both = "prod: {account: orders-prod}\n          next: {account: orders-prod}"
    (problem,) = problems(_with(_set(), both))
    assert problem.what == "orders/prod deploys stack set 'baseline' in orders-prod too"
    other = "next: {account: orders-prod, region: us-east-1}"
    assert problems(_with(_set(), both.replace("next: {account: orders-prod}", other))) == []


def test_access_role_with_the_name_of_a_stack_set_role_is_a_mistake() -> None:
    text = _with(_set()).replace("      reader:\n", "      orders-prod-execution:\n")
    (problem,) = problems(text)
    assert problem.what == "the pipeline of orders in prod has a role of this name"


def test_stack_set_has_a_role_in_each_account_of_its_units() -> None:
    found = blueprint(stack(_with(_set(targets="targets: [{units: Workloads}]"))))
    placed = {each.account for each in found.roles if each.role.name == "orders-prod-execution"}
    assert placed == {"orders-dev", "orders-prod"}
