"""`landfall guardrails`, run as a user runs it."""

from __future__ import annotations

import json
import typing
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from landfall.cli.guardrails import app
from landfall.settings.organization_tree import PolicyType
from tests.organization_policies.documents import ACCEPTED

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
    assert "31 guardrails compile to 13 policies." in shown


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_guardrails_command_prints_the_policies(stack: str) -> None:
    shown = json.loads(run("-s", stack, "--documents"))
    policy = shown["Suspended"][f"landfall-{stack}-suspended-scp-1"]
    assert policy["guardrails"] == ["deny-all"]
    assert policy["document"]["Statement"][0]["Sid"] == "DenyAll"


REGIONS = ["eu-west-1", "eu-central-1"]
# What the document of a backup policy names.
VAULTS = ["central", "copies", "isolated"]
TYPES_WITH_DOCUMENTS = [
    (kind, documents[0])
    for kind, documents in ACCEPTED.items()
    if kind in typing.get_args(PolicyType)
]


@pytest.mark.parametrize(("kind", "document"), TYPES_WITH_DOCUMENTS)
def test_guardrails_command_shows_a_policy_of_any_type(
    tmp_path: Path, kind: str, document: dict[str, Any]
) -> None:
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"guardrails": ["mine"], "regions": REGIONS},
        "landfall:baseline": {"backups": {"existingVaults": VAULTS, "existingRoles": "backup"}},
        "landfall:guardrails": {"mine": {"type": kind, "document": document}},
    }
    (tmp_path / "Pulumi.yaml").write_text((PROJECT / "Pulumi.yaml").read_text("utf-8"), "utf-8")
    (tmp_path / "Pulumi.one.yaml").write_text(json.dumps({"config": config}), "utf-8")
    done = CliRunner().invoke(app, ["-s", "one", "--directory", str(tmp_path)])
    assert done.exit_code == 0, done.output
    assert f"    {kind}, 1 of " in done.output
