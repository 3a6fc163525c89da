"""Validation reports mistakes in parameters, files and macros of CloudFormation deployments."""

from __future__ import annotations

import pytest

from tests.settings.stacks import problems
from tests.validation.test_settings_deployments import PROD, _with

PERMISSIONS = "permissions: [{actions: 's3:CreateBucket'}]"


def _stack(more: str) -> str:
    return f"{{cloudformation: orders, {PERMISSIONS}, {more}}}"


def _long(value: str) -> str:
    """Return parameters that have more than 1,000 characters together, no value more than 60."""
    return ", ".join(f"Setting{number:02}: {value}" for number in range(16))


LONG = _long("'https://settings.example.com/manifest/live/setting-number-00'")


@pytest.mark.parametrize(
    "more",
    [
        "configuration: 'deploy/{environment}-{account}-{region}.json'",
        "template: 'cdk.out/Orders-{region}.template.json'",
        "parameters: {Image: {file: versions.json, key: image}}",
        "parameters: {Bucket: {attribute: BucketName}, Key: {attribute: ObjectKey}}",
        "capabilities: CAPABILITY_AUTO_EXPAND, macros: {Expand: expand-orders}",
        "nested: true, outputs: Url",
    ],
)
def test_stack_with_files_functions_and_macros_is_valid(more: str) -> None:
    assert problems(_with(_stack(more))) == []


@pytest.mark.parametrize(
    ("more", "said", "fix"),
    [
        (
            "configuration: 'deploy/{enviroment}.json'",
            "'{enviroment}' is not replaced in a path",
            "did you mean 'environment'?",
        ),
        (
            "parameters: {Image: {file: versions.json}}",
            "a value from the artifact needs a file and its key",
            "write {file: NAME.json, key: KEY}",
        ),
        (
            "parameters: {Image: {}}",
            "a value from the artifact needs a file and its key",
            "or {attribute: ObjectKey}",
        ),
        (
            "parameters: {Image: {file: a.json, key: b, attribute: URL}}",
            "attribute excludes file and key",
            "keep one of them",
        ),
        ("parameters: {Image: {attribute: Key}}", "'Key'", "BucketName"),
        ("parameters: {Image: {flie: a.json}}", "'flie'", "did you mean 'file'?"),
        ("parameters: {Count: 3}", "3", "quotes"),
        (
            f"parameters: {{{LONG}}}",
            "characters in the action's configuration",
            "write them to a file of the artifact, and name that in configuration:",
        ),
        (
            f"parameters: {{{_long('{file: settings-of-the-application.json, key: url}')}}}",
            "characters in the action's configuration",
            "CodePipeline takes 1000",
        ),
        (
            "macros: {Expand: expand-orders}",
            "CloudFormation expands macros only with CAPABILITY_AUTO_EXPAND",
            "add it to capabilities:",
        ),
        ("parameters: {DbPassword: hunter2}", "looks like a credential", "secrets:"),
    ],
)
def test_stack_mistake_is_reported_with_its_fix(more: str, said: str, fix: str) -> None:
    (problem,) = problems(_with(_stack(more)))
    assert said in problem.what
    assert fix in problem.fix
    assert problem.location is not None
    assert problem.location.line


E2E = "tests: {e2e: {environment: {URL: '#{StackVariables.Url}'}}}\n        deploy: "


def test_stack_output_is_a_variable_of_tests_after_the_deployment() -> None:
    text = _with(_stack("outputs: Url"), PROD)
    assert problems(text.replace("deploy: ", E2E, 1)) == []


@pytest.mark.parametrize("deploy", [_stack("outputs: Uri"), _stack("nested: true"), "{s3: orders}"])
def test_variable_of_an_output_that_the_stack_lacks_is_reported(deploy: str) -> None:
    (problem,) = problems(_with(deploy, PROD).replace("deploy: ", E2E, 1))
    assert "StackVariables" in problem.what


def test_stack_output_is_no_variable_of_tests_before_the_build() -> None:
    text = _with(_stack("outputs: Url"), PROD).replace("deploy: ", E2E.replace("e2e", "unit"), 1)
    (problem,) = problems(text)
    assert "no action before this one has namespace 'StackVariables'" in problem.what
