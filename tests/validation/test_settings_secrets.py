"""Secrets are declared without values, and credentials in plaintext are refused and not shown."""

from __future__ import annotations

import pytest

from tests.settings.stacks import changed, line_of, problems

TEMPLATE = "{cloudformation: orders, permissions: [{actions: 's3:CreateBucket'}]}"


def _with(secrets: str, deploy: str = "{lambda: orders}", build: str = "{}") -> str:
    lines = f"deploy: {deploy}\n        build: {build}\n        secrets: {secrets}"
    return changed(("deploy: {lambda: orders}", lines))


@pytest.mark.parametrize(
    ("secrets", "deploy"),
    [
        ("{token: {variable: TOKEN}}", "{lambda: orders}"),
        ("{token: {variable: TOKEN, store: parameter}}", "{lambda: orders}"),
        ("{db: {readers: [service/orders], rotation: {function: rotate}}}", "{lambda: orders}"),
        ("{db: {}}", TEMPLATE),
    ],
)
def test_secret_with_a_reader_is_valid(secrets: str, deploy: str) -> None:
    assert [str(problem) for problem in problems(_with(secrets, deploy))] == []


@pytest.mark.parametrize(
    ("secrets", "build", "said", "fix"),
    [
        ("{db: {}}", "{}", "nothing reads this secret", "add variable:"),
        (
            "{db: {variable: DB, readers: [a]}}",
            "{}",
            "is in the delivery account",
            "two secrets",
        ),
        (
            "{db: {readers: [a], store: parameter, rotation: {function: f}}}",
            "{}",
            "Parameter Store does not support rotation",
            "store: secret",
        ),
        ("{a: {variable: DB}, b: {variable: DB}}", "{}", "also set by secrets.a", "keep one"),
        ("{a: {variable: DB}}", "{environment: {DB: x}}", "also set by build.environment", "keep"),
        ("{a: {variable: DB, value: x}}", "{}", "'value' is not a known key here", ""),
    ],
)
def test_secret_mistake_is_reported(secrets: str, build: str, said: str, fix: str) -> None:
    text = _with(secrets, build=build)
    (told,) = [str(problem) for problem in problems(text)]
    assert said in told
    assert fix in told
    assert told.startswith(f"Pulumi.test.yaml:{line_of(text, 'secrets:')}:")


@pytest.mark.parametrize(
    ("build", "deploy", "fix"),
    [
        ("{environment: {REGISTRY_TOKEN: hush}}", "{lambda: orders}", "variable: REGISTRY_TOKEN"),
        ("{environment: {CI: AKIAABCDEFGHIJKLMNOP}}", "{lambda: orders}", "variable: CI"),
        (
            "{}",
            TEMPLATE.replace("orders,", "orders, parameters: {DbPassword: hush},"),
            "{{resolve:secretsmanager:",
        ),
    ],
)
def test_credentials_in_plaintext_are_refused_and_not_shown(
    build: str, deploy: str, fix: str
) -> None:
    (told,) = [str(problem) for problem in problems(_with("{}", deploy, build))]
    assert "credential in plaintext" in told
    assert fix in told
    assert "hush" not in told
    assert "AKIA" not in told


def test_parameter_with_a_secret_reference_is_valid() -> None:
    reference = "'{{resolve:secretsmanager:orders/prod/db:SecretString:password}}'"
    deploy = TEMPLATE.replace("orders,", f"orders, parameters: {{DbPassword: {reference}}},")
    assert problems(_with("{}", deploy)) == []
