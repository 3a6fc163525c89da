"""The pack under the real engine: `up` refuses each violating resource before it is created."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from landfall import versions
from policies.findings import VARIABLE
from policies.pack import load
from policies.rules import all_rules
from tests.policies.cases import BAD, BUCKET_TYPE, PARTS, PRESENT, PROTECTED, bad
from tests.policies.documents import allow, document
from tests.policies.good_resources import GOOD, PASSWORD
from toolchain import wrappers

ROOT = Path(__file__).parents[2]
PROVIDER = Path(__file__).with_name("accepting_provider.py")

pytestmark = pytest.mark.engine

# `DOCUMENT` in a property is replaced by a text that is known only when `made` exists.
_PROGRAM = """
import json, pulumi

made = None
for name, each in json.load(open("resources.json")).items():
    props = each["props"]
    for key, value in props.items():
        if isinstance(value, str) and "ID_OF_FIRST" in value:
            props[key] = made.id.apply(lambda id, value=value: value.replace("ID_OF_FIRST", id))
    options = pulumi.ResourceOptions(protect=each.get("protect"), import_=each.get("import"))
    resource = pulumi.CustomResource(each["type"], name, props, options)
    made = made or resource
"""


def resource(type_: str, props: Mapping[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": type_, "props": dict(props), "protect": type_ in PROTECTED, **more}


def mandatory() -> list[str]:
    """Return the ids of the mandatory rules that one resource decides."""
    load()
    cases = {*BAD, *PRESENT}
    return [rule.id for rule in all_rules() if rule.id in cases and rule.level == "mandatory"]


@dataclass
class Stack:
    """A project of raw resources, in another folder than this one, under the pack."""

    folder: Path
    env: dict[str, str]

    def up(
        self, resources: Mapping[str, dict[str, Any]], *options: str
    ) -> subprocess.CompletedProcess[str]:
        """Run `pulumi up` over these resources."""
        (self.folder / "resources.json").write_text(json.dumps(resources))
        pack = ["--policy-pack", str(ROOT / "policies")]
        command = ["pulumi", "up", "--yes", "--color", "never", "-s", "test", *pack, *options]
        return subprocess.run(
            command, cwd=self.folder, env=self.env, capture_output=True, text=True, check=False
        )

    def configure(self, **config: Any) -> None:
        """Write the pack's settings into the stack file, and keep the engine's entries."""
        file = self.folder / "Pulumi.test.yaml"
        lines = [line for line in file.read_text().splitlines() if line.startswith("encryption")]
        lines.append("config:")
        lines += [f"  policies:{key}: {json.dumps(value)}" for key, value in config.items()]
        file.write_text("\n".join(lines) + "\n")

    def created(self) -> list[str]:
        """Return the names of the resources that reached the provider."""
        path = Path(self.env["CREATED"])
        return [u.rsplit("::", 1)[-1] for u in path.read_text().split()] if path.exists() else []

    def findings(self) -> list[dict[str, Any]]:
        """Return the findings that the pack recorded."""
        lines = Path(self.env[VARIABLE]).read_text().splitlines()
        return [json.loads(line) for line in lines]


@pytest.fixture
def stack(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Stack:
    monkeypatch.setenv("LANDFALL_HOME", str(tmp_path / "landfall"))
    toolchain = wrappers.ensure(ROOT, print)
    home = tmp_path / "home"
    plugin = home / "plugins" / f"resource-aws-v{versions.PULUMI_AWS}" / "pulumi-resource-aws"
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
    made = Stack(folder, env)
    init = ["pulumi", "stack", "init", "test"]
    subprocess.run(init, cwd=folder, env=env, check=True, capture_output=True)
    return made


def _all_bad() -> dict[str, dict[str, Any]]:
    resources = {}
    for id in mandatory():
        type_, props = bad(id)
        resources[id] = resource(type_, props)
    account = "aws:organizations/account:Account"
    resources["LF-ORG-001"] = resource(account, GOOD[account]) | {"protect": False}
    return resources


def test_up_refuses_a_resource_of_every_rule_before_creating_it(stack: Stack) -> None:
    resources = _all_bad()
    done = stack.up(resources)
    assert done.returncode != 0
    for rule in resources:
        assert f"[{rule}]" in done.stdout, rule
    assert stack.created() == []
    assert PASSWORD not in done.stdout + done.stderr
    told = {(f["rule"], f["urn"].rsplit("::", 1)[-1]) for f in stack.findings()}
    assert {(rule, rule) for rule in resources} <= told


# An update ends at the first refusal, so each of these is a run of its own.
@pytest.mark.parametrize("rule", ["LF-SNS-001", "LF-TLS-001", "LF-IAM-001", "LF-ORG-001"])
def test_the_update_itself_refuses_what_no_preview_has_shown(stack: Stack, rule: str) -> None:
    done = stack.up({rule: _all_bad()[rule]}, "--skip-preview")
    assert done.returncode != 0
    assert f"[{rule}]" in done.stdout
    assert stack.created() == []


def test_up_refuses_a_stack_at_its_preview(stack: Stack) -> None:
    done = stack.up({"bare": resource(BUCKET_TYPE, {"bucket": "example"})})
    assert done.returncode != 0
    load()
    for rule in all_rules():
        if rule.id in PARTS and rule.level == "mandatory":
            assert f"[{rule.id}]" in done.stdout, rule.id
    assert stack.created() == []


def test_without_its_preview_a_stack_rule_comes_after_the_bucket(stack: Stack) -> None:
    done = stack.up({"bare": resource(BUCKET_TYPE, {"bucket": "example"})}, "--skip-preview")
    assert done.returncode != 0
    assert "[LF-S3-002]" in done.stdout
    assert stack.created() == ["bare"]


def test_resource_without_findings_is_created(stack: Stack) -> None:
    good = {type_: resource(type_, props) for type_, props in GOOD.items()}
    good["bucket"] = resource(BUCKET_TYPE, {"bucket": "example"})
    done = stack.up(good)
    assert done.returncode == 0, done.stdout
    assert len(stack.created()) == len(good)
    assert "mandatory" not in done.stdout


def test_a_value_known_only_during_the_update_is_refused_then(stack: Stack) -> None:
    wide = document(allow("*", ["*", "arn:aws:s3:::ID_OF_FIRST/*"]))
    resources = {
        "first": resource("aws:sns/topic:Topic", GOOD["aws:sns/topic:Topic"]),
        "second": resource("aws:iam/rolePolicy:RolePolicy", {"role": "a", "policy": wide}),
    }
    done = stack.up(resources)
    assert done.returncode != 0
    assert "policy of iam/rolePolicy (second) waits for" in done.stdout
    assert "[LF-IAM-001] policy.Statement[0].Action: allows every action" in done.stdout
    assert stack.created() == ["first"]
    verdicts = [(f["verdict"], f["phase"]) for f in stack.findings() if f["rule"] == "LF-IAM-001"]
    assert verdicts == [("undecidable", "preview"), ("fail", "update")]


def test_imported_resource_is_checked(stack: Stack) -> None:
    type_, props = bad("LF-SNS-001")
    done = stack.up({"taken-over": resource(type_, {**props, "name": "t"}, **{"import": "t"})})
    assert done.returncode != 0
    assert "[LF-SNS-001]" in done.stdout


def test_a_stack_sets_levels_and_waivers_in_its_own_file(stack: Stack) -> None:
    waiver = {
        "rule": "LF-SQS-001",
        "resource": "aws:sqs/queue:Queue::legacy",
        "owner": "orders@example.com",
        "reason": "Read by an appliance that cannot decrypt.",
        "expires": "2099-12-31",
    }
    stack.configure(levels={"LF-SNS-001": "advisory"}, waivers=[waiver], requiredTags=["team"])
    resources = {
        "topic": resource("aws:sns/topic:Topic", {"tags": {"team": "orders"}}),
        "legacy": resource("aws:sqs/queue:Queue", {}),
    }
    done = stack.up(resources)
    assert done.returncode == 0, done.stdout
    assert sorted(stack.created()) == ["legacy", "topic"]
    assert "[LF-PACK-004] this stack lowers the level of LF-SNS-001 (advisory)" in done.stdout
    assert "[LF-SQS-001]" not in done.stdout
    told = {(f["rule"], f["verdict"], f["urn"].rsplit("::", 1)[-1]) for f in stack.findings()}
    assert told == {
        ("LF-SNS-001", "fail", "topic"),
        ("LF-SQS-001", "waived", "legacy"),
        ("LF-TAG-001", "fail", "legacy"),
        ("LF-PACK-004", "fail", ""),
    }
