"""`landfall guardrails`, run as a user runs it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from landfall.cli.guardrails import app

PROJECT = Path(__file__).parents[2]


def run(*arguments: str) -> str:
    done = CliRunner().invoke(app, [*arguments, "--directory", str(PROJECT)])
    assert done.exit_code == 0, done.output
    return done.output


def test_guardrails_command_lists_the_guardrails_of_each_policy() -> None:
    shown = run("-s", "prod")
    assert "\nSuspended\n  landfall-prod-suspended-scp-1  239 of 10240 characters\n" in shown
    assert "    SERVICE_CONTROL_POLICY, 2 of 10 attachments used\n" in shown
    assert max(map(len, shown.splitlines())) <= 100
    assert "\n    deny-all\n" in shown
    assert "30 guardrails compile to 13 policies." in shown


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_guardrails_command_prints_the_policies(stack: str) -> None:
    shown = json.loads(run("-s", stack, "--documents"))
    policy = shown["Suspended"][f"landfall-{stack}-suspended-scp-1"]
    assert policy["guardrails"] == ["deny-all"]
    assert policy["document"]["Statement"][0]["Sid"] == "DenyAll"
