"""`landfall validate` and `landfall schema`, called as users call them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml
from typer.testing import CliRunner

from landfall.cli import main
from landfall.cli import schema as schema_command
from landfall.cli import validate as validate_command
from landfall.cli.main import COMMANDS
from tests.settings.stacks import SMALL, changed

PROJECT = Path(__file__).parents[2]
SCHEMA = json.loads((PROJECT / schema_command.FILE).read_text())


def landfall(*arguments: str, directory: Path = PROJECT) -> subprocess.CompletedProcess[str]:
    code = "from landfall.cli.main import main; main()"
    command = [sys.executable, "-c", code, *arguments]
    return subprocess.run(command, cwd=directory, capture_output=True, text=True, check=False)


def test_validate_of_a_valid_stack_prints_a_summary() -> None:
    done = landfall("validate", "-s", "prod")
    assert (done.returncode, done.stderr) == (0, "")
    for part in (
        "Pulumi.prod.yaml is valid.",
        "Workloads [1 policy]",
        "Prod [2 policies]: orders-prod, catalog-prod",
        "break-glass in every account, assumed by user incident-responder of the management"
        " account with MFA, within incident-response",
        "provision-prod-apply, assumed by repo:example/landing-zone:environment:prod",
        "orders-staging: release/*, hotfix/* to orders-staging",
        "catalog-prod: main to catalog-prod in us-east-1, after approval",
        "budget of 200 a month, notifies platform@example.com: playground",
        "CloudTrail, Config, Security Hub, GuardDuty, Access Analyzer, administered from audit",
    ):
        assert part in done.stdout


def test_help_of_a_command_lists_only_its_options() -> None:
    for command in COMMANDS:
        done = CliRunner().invoke(main.app, [command, "--help"])
        assert done.exit_code == 0
        assert "-completion" not in done.stdout, command


def test_validate_with_mistakes_exits_1_without_a_traceback(tmp_path: Path) -> None:
    text = changed(("unit: Workloads/Dev", "unit: Workloads/Deb"))
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    done = landfall("validate", "-s", "test", directory=tmp_path)
    assert (done.returncode, done.stdout) == (1, "")
    assert done.stderr.startswith("error: Pulumi.test.yaml:15: landfall:accounts.orders-dev.unit: ")
    assert "did you mean 'Workloads/Dev'?" in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_of_a_missing_stack_exits_2(tmp_path: Path) -> None:
    done = landfall("validate", "-s", "nope", "--directory", str(tmp_path))
    assert done.returncode == 2
    assert "this folder has no stack file" in done.stderr
    assert "Traceback" not in done.stderr


def test_validate_summary_names_adoption_and_an_s3_source(tmp_path: Path) -> None:
    text = changed(
        ("    regions: [eu", "    mode: adopt\n    id: o-a1b2c3d4e5\n    regions: [eu"),
        ("{connection: github, repository: example/orders}", "{bucket: src, key: o.zip}"),
    )
    (tmp_path / "Pulumi.test.yaml").write_text(text)
    command = ["-s", "test", "--directory", str(tmp_path)]
    shown = CliRunner().invoke(validate_command.app, command).stdout
    assert "adopts" in shown
    assert "orders-dev: s3://src/o.zip to orders-dev" in shown


def test_validate_imports_neither_pulumi_nor_an_sdk() -> None:
    code = (
        "import sys; from landfall.cli import validate; "
        "print([m for m in ('pulumi', 'boto3', 'botocore', 'moto') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_schema_in_the_tree_matches_the_settings() -> None:
    assert (PROJECT / schema_command.FILE).read_text() == schema_command.text()
    assert landfall("schema", "--check").returncode == 0


def test_schema_that_differs_is_reported(tmp_path: Path) -> None:
    written = tmp_path / "deep" / "s.json"
    assert landfall("schema", "-o", str(written)).returncode == 0
    assert json.loads(written.read_text()) == SCHEMA
    written.write_text("{}")
    done = landfall("schema", "--check", "-o", str(written))
    assert done.returncode == 1
    assert "landfall schema -o" in done.stderr


def test_schema_is_valid_and_describes_every_setting() -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMA)

    def settings(value: Any) -> list[Any]:
        if isinstance(value, dict):
            own = list(value.get("properties", {}).items()) if "properties" in value else []
            return own + [found for item in value.values() for found in settings(item)]
        return (
            [found for item in value for found in settings(item)] if isinstance(value, list) else []
        )

    undescribed = [
        name for name, value in settings(SCHEMA["$defs"]) if not value.get("description")
    ]
    assert undescribed == []


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stacks_match_the_schema(name: str) -> None:
    jsonschema.validate(yaml.safe_load((PROJECT / f"Pulumi.{name}.yaml").read_text()), SCHEMA)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("Security: {}", "Security: {gaurdrails: []}"),
        ("provider: GitHub", "provider: github"),
        ("landfall:delivery:", "landfall:delivry:"),
        ("purpose: audit", "purpose: auditing"),
        ("  aws:region: eu-west-1\n", ""),
    ],
)
def test_schema_refuses_mistakes_of_single_values(old: str, new: str) -> None:
    jsonschema.validate(yaml.safe_load(SMALL), SCHEMA)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(changed((old, new))), SCHEMA)
