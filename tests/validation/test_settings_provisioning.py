"""The stack's own delivery: valid settings, and mistakes with their place and fix."""

from __future__ import annotations

import pytest

from tests.settings.stacks import SMALL, line_of, problems, stack

SOURCE = "source: {connection: github, repository: example/landing-zone}"
TOLD = "notify: [platform@example.com]"
OIDC = "    oidcProviders: {ci: {issuer: github}}\n  landfall:delivery:"
PROD = "repo:example/landing-zone:environment:prod"


def _with(*lines: str) -> str:
    settings = "".join(f"    {line}\n" for line in lines)
    text = SMALL.replace("  landfall:delivery:", OIDC)
    return f"{text}  landfall:provisioning:\n{settings}"


@pytest.mark.parametrize(
    "lines",
    [
        (SOURCE, TOLD),
        (SOURCE, TOLD, "approval: {}", "drift: cron(0 6 * * ? *)", "branch: release"),
        (SOURCE, TOLD, "drift: rate(6 hours)", "state: {account: audit, region: eu-central-1}"),
        (f"jobs: {{provider: ci, apply: '{PROD}'}}",),
        ("jobs: {provider: ci, apply: 'repo:example@1/landing-zone@2:environment:prod'}",),
        (f"jobs: {{provider: ci, read: '{PROD}-plan', apply: '{PROD}'}}",),
    ],
)
def test_provisioning_with_valid_settings_has_no_problems(lines: tuple[str, ...]) -> None:
    assert [str(problem) for problem in problems(_with(*lines))] == []


@pytest.mark.parametrize(
    ("lines", "at", "said", "fix"),
    [
        ((TOLD,), "landfall:provisioning", "neither a source nor jobs", "add source:"),
        ((SOURCE,), "landfall:provisioning", "nobody is notified", "add an e-mail address"),
        (
            (SOURCE.replace("github", "gitlab"), TOLD),
            "source: {connection: gitlab",
            "there is no connection 'gitlab'",
            "did you mean 'github'?",
        ),
        (
            (SOURCE, TOLD, "drift: daily"),
            "drift:",
            "'daily' is not valid",
            "an EventBridge schedule",
        ),
        ((SOURCE, TOLD, "drift: rate(1 hours)"), "drift:", "is not valid", "as in rate(1 day)"),
        (
            (SOURCE, TOLD, "state: {account: tools}"),
            "state:",
            "there is no account 'tools'",
            "",
        ),
        ((SOURCE, TOLD, "state: {region: cn-north-1}"), "state:", "partition aws-cn", ""),
        (
            ("jobs: {provider: gitlab, apply: x}",),
            "jobs:",
            "there is no OIDC provider 'gitlab'",
            "",
        ),
        (
            ("jobs: {provider: ci, apply: 'repo:example/landing-zone:*'}",),
            "jobs:",
            "is a pattern",
            "without wildcards",
        ),
        (
            (
                f"jobs: {{provider: ci, read: 'repo:example/landing-zone:pull_request', "
                f"apply: '{PROD}'}}",
            ),
            "jobs:",
            "allows every pull request",
            "use an environment",
        ),
        (
            ("jobs: {provider: ci, apply: 'repo:example'}",),
            "jobs:",
            "does not identify one project",
            "write it as in repo:OWNER",
        ),
        (
            (f"jobs: {{provider: ci, read: '{PROD}', apply: '{PROD}'}}",),
            "jobs:",
            "includes read",
            "keep one",
        ),
        ((SOURCE, TOLD, "batch: {}"), "batch:", "no slices that a batch", "add landfall:fleet"),
    ],
)
def test_provisioning_with_a_mistake_is_refused_with_line_and_fix(
    lines: tuple[str, ...], at: str, said: str, fix: str
) -> None:
    text = _with(*lines)
    (told,) = [str(problem) for problem in problems(text)]
    assert said in told
    assert fix in told
    assert told.startswith(f"Pulumi.test.yaml:{line_of(text, at)}:")


FLEET = "  landfall:fleet: {slices: {a: {units: Security}, b: {units: Workloads}}, waves: [a, b]}\n"


def test_batch_of_a_stack_with_slices_is_valid() -> None:
    assert problems(_with(SOURCE, TOLD, "batch: {builds: 10, parts: 2}") + FLEET) == []


@pytest.mark.parametrize(
    ("lines", "said", "fix"),
    [
        (
            (f"jobs: {{provider: ci, apply: '{PROD}'}}", "batch: {}"),
            "no pipeline starts the batch",
            "add source:",
        ),
        (
            (SOURCE, TOLD, "batch: {builds: 3}"),
            "the stack has 4 waves after the foundation, and its batch 3 builds",
            "set builds to 4 or more",
        ),
    ],
)
def test_batch_that_cannot_run_is_refused(lines: tuple[str, ...], said: str, fix: str) -> None:
    text = _with(*lines) + FLEET
    (told,) = [str(problem) for problem in problems(text)]
    assert said in told
    assert fix in told
    assert told.startswith(f"Pulumi.test.yaml:{line_of(text, 'batch:')}:")


def test_provisioning_name_equal_to_a_pipeline_or_role_is_refused() -> None:
    text = _with(SOURCE, TOLD).replace("      orders:\n", "      provision:\n")
    text = text.replace(
        "          dev: {account: orders-dev}", "          test: {account: orders-dev}"
    )
    (told,) = [str(problem) for problem in problems(text)]
    assert "'provision-test' conflicts with that of provision/test" in told
    text = _with(SOURCE, TOLD).replace("      reader:\n", "      provision-test-read:\n")
    (told,) = [str(problem) for problem in problems(text)]
    assert "creates a role of this name" in told


def test_provisioning_by_jobs_needs_no_notification_address() -> None:
    settings = stack(_with(f"jobs: {{provider: ci, apply: '{PROD}'}}")).provisioning
    assert settings is not None
    assert settings.source is None
