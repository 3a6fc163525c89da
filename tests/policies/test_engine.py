"""The pack under the real engine: `up` refuses each violating resource before it is created."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from policies.findings import VARIABLE
from tests.policies.cases import BUCKET, RESOURCES, STACKS
from toolchain import wrappers

ROOT = Path(__file__).parents[2]
PROVIDER = Path(__file__).with_name("accepting_provider.py")

pytestmark = [pytest.mark.engine, pytest.mark.timeout(300)]

_PROGRAM = """
import json, pulumi

for name, (token, props) in json.load(open("resources.json")).items():
    pulumi.CustomResource(token, name, props)
"""


@dataclass
class Stack:
    """A project of raw resources, in another folder than this one, under the pack."""

    folder: Path
    env: dict[str, str]

    def up(self, resources: dict[str, object], *options: str) -> subprocess.CompletedProcess[str]:
        """Run `pulumi up` over these resources."""
        (self.folder / "resources.json").write_text(json.dumps(resources))
        pack = ["--policy-pack", str(ROOT / "policies")]
        command = ["pulumi", "up", "--yes", "--color", "never", "-s", "test", *pack, *options]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )

    def created(self) -> list[str]:
        """Return the URNs that reached the provider."""
        path = Path(self.env["CREATED"])
        return path.read_text().splitlines() if path.exists() else []

    def findings(self) -> list[dict[str, str]]:
        """Return what the pack wrote down."""
        lines = Path(self.env[VARIABLE]).read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("LANDFALL_HOME", str(tmp_path / "landfall"))
    toolchain = wrappers.ensure(ROOT, print)
    home = tmp_path / "home"
    plugin = home / "plugins" / "resource-aws-v7.51.1" / "pulumi-resource-aws"
    plugin.parent.mkdir(parents=True)
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{PROVIDER}"\n')
    plugin.chmod(0o755)
    folder = tmp_path / "project"
    folder.mkdir()
    venv = Path(sys.executable).parent.parent
    (folder / "Pulumi.yaml").write_text(
        f"name: elsewhere\nruntime:\n  name: python\n  options: {{virtualenv: {venv}}}\n"
    )
    (folder / "__main__.py").write_text(_PROGRAM)
    backend = tmp_path / "backend"
    backend.mkdir()
    own = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_"))}
    env = {
        **own,
        "CREATED": str(tmp_path / "created"),
        "PATH": f"{toolchain.bin}:{os.environ['PATH']}",
        "PULUMI_BACKEND_URL": backend.as_uri(),
        "PULUMI_CONFIG_PASSPHRASE": "test",
        "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        "PULUMI_HOME": str(home),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        VARIABLE: str(tmp_path / "findings.jsonl"),
    }
    stack = Stack(folder, env)
    init = ["pulumi", "stack", "init", "test"]
    subprocess.run(init, cwd=folder, env=env, check=True, capture_output=True)
    return stack


def test_up_refuses_a_resource_of_every_rule_before_creating_it(stack: Stack) -> None:
    done = stack.up({rule: (case.type, case.bad) for rule, case in RESOURCES.items()})
    assert done.returncode != 0
    for rule in RESOURCES:
        assert f"[{rule}]" in done.stdout, rule
    assert stack.created() == []
    assert "hunter2" not in done.stdout + done.stderr


@pytest.mark.parametrize("rule", ["LF-SNS-001", "LF-TLS-001", "LF-IAM-001", "LF-PUB-002"])
def test_the_update_itself_refuses_what_no_preview_has_shown(stack: Stack, rule: str) -> None:
    case = RESOURCES[rule]
    done = stack.up({"bad": (case.type, case.bad)}, "--skip-preview")
    assert done.returncode != 0
    assert f"[{rule}]" in done.stdout
    assert stack.created() == []


def test_up_refuses_a_stack_at_its_preview(stack: Stack) -> None:
    done = stack.up({"bare": BUCKET})
    assert done.returncode != 0
    for rule in STACKS:
        assert f"[{rule}]" in done.stdout, rule
    assert stack.created() == []


def test_what_is_good_is_created(stack: Stack) -> None:
    good: dict[str, object] = {rule: (case.type, case.good) for rule, case in RESOURCES.items()}
    whole = dict(STACKS)
    done = stack.up({**good, **whole, "bucket": BUCKET})
    assert done.returncode == 0, done.stdout
    assert len(stack.created()) == len(good) + len(whole) + 1
