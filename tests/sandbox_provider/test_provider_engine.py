"""The real engine with this plugin: previews, ups, refreshes and imports."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from landfall import versions
from tests.sandbox_provider.conftest import ACCOUNT, processes, wait_until
from toolchain import pulumi_cli

pytestmark = pytest.mark.engine

PROGRAM = """
import json
import pulumi
import pulumi_aws as aws

config = pulumi.Config()
caller = aws.get_caller_identity()
member = aws.organizations.Account(
    "member", email="member@example.com", name="member", close_on_deletion=True
)
provider = aws.Provider(
    "member",
    region="eu-west-1",
    assume_roles=[
        aws.ProviderAssumeRoleArgs(
            role_arn=member.id.apply(
                lambda id: f"arn:aws:iam::{id}:role/OrganizationAccountAccessRole"
            ),
            session_name="landfall",
        )
    ],
    default_tags={"tags": {"managed-by": "landfall"}},
    allowed_account_ids=[member.id],
)
trust = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"AWS": f"arn:aws:iam::{caller.account_id}:root"},
            }
        ],
    }
)
role = aws.iam.Role(
    "deployer",
    assume_role_policy=trust,
    tags={"team": config.get("team") or "platform"},
    opts=pulumi.ResourceOptions(provider=provider),
)
bucket = aws.s3.Bucket("artifacts", force_destroy=True, region="us-east-1")
aws.s3.BucketVersioning(
    "artifacts",
    bucket=bucket.id,
    region="us-east-1",
    versioning_configuration={"status": "Enabled"},
)
secret = aws.ssm.Parameter("token", type="SecureString", value=config.require_secret("token"))
pulumi.export("role", role.name)
pulumi.export("bucket", bucket.bucket)
pulumi.export("account", member.id)
"""


class Project:
    """A Pulumi project of its own, with this plugin in its `PULUMI_HOME`."""

    def __init__(
        self, folder: Path, environment: Mapping[str, str], *plugin_arguments: str
    ) -> None:
        cli = pulumi_cli.on_path(os.environ, lambda _: None) or pulumi_cli.in_cache()
        assert cli is not None, "these tests need the Pulumi CLI (`make setup` obtains it)"
        self.folder = folder
        home, programs, state = folder / "home", folder / "bin", folder / "state"
        plugin = home / "plugins" / f"resource-aws-v{versions.PULUMI_AWS}" / "pulumi-resource-aws"
        _script(plugin, "landfall.sandbox.provider", *plugin_arguments)
        _script(programs / "pulumi-language-python", "toolchain.language_host")
        state.mkdir()
        (folder / "Pulumi.yaml").write_text("name: engine-test\nruntime: python\n")
        self.program(PROGRAM)
        self._pulumi = str(cli.path)
        self.environment = {
            **environment,
            "PATH": f"{programs}:{environment['PATH']}",
            "PULUMI_HOME": str(home),
            "PULUMI_BACKEND_URL": f"file://{state}",
            "PULUMI_CONFIG_PASSPHRASE": "test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
            "PULUMI_DEBUG_COMMANDS": "true",  # offers --event-log
            "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION": "true",
        }
        self.run("stack", "init", "dev")
        self.run("config", "set", "aws:region", "eu-west-1")
        self.run("config", "set", "--secret", "token", "hunter2-secret")

    def program(self, text: str) -> None:
        (self.folder / "__main__.py").write_text(text)

    def run(self, *arguments: str, ok: bool = True) -> str:
        done = subprocess.run(
            [self._pulumi, *arguments, "--non-interactive", "-s", "dev"]
            if arguments[0] != "stack"
            else [self._pulumi, *arguments, "--non-interactive"],
            cwd=self.folder,
            env=self.environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert (done.returncode == 0) is ok, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def up(self, *arguments: str, command: str = "up") -> dict[str, int]:
        """Run an update; returns the engine's count of operations, without `same`."""
        log = self.folder / "events.json"
        log.unlink(missing_ok=True)
        options = ["--skip-preview"] if command != "preview" else []
        self.run(command, *options, "--event-log", str(log), *arguments)
        events = [json.loads(line) for line in log.read_text().splitlines()]
        changes: dict[str, int] = next(
            e["summaryEvent"]["resourceChanges"] for e in events if "summaryEvent" in e
        )
        return {name: n for name, n in changes.items() if name != "same"}

    def outputs(self) -> dict[str, Any]:
        loaded: dict[str, Any] = json.loads(self.run("stack", "output", "--json", "--stack", "dev"))
        return loaded


def _script(path: Path, module: str, *arguments: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    words = " ".join(arguments)
    path.write_text(f'#!/bin/sh\nexec {sys.executable} -P -u -m {module} {words} "$@"\n')
    path.chmod(0o755)


def test_stack_of_two_accounts_from_preview_to_destroy(
    tmp_path: Path, environment: dict[str, str], aws: Any
) -> None:
    organizations = aws("organizations")
    with contextlib.suppress(organizations.exceptions.AlreadyInOrganizationException):
        organizations.create_organization(FeatureSet="ALL")
    project = Project(tmp_path, environment)

    # The member account, whose id the role's provider needs, does not exist yet.
    assert project.up(command="preview")["create"] == 7

    assert project.up()["create"] == 7
    outputs = project.outputs()
    member = outputs["account"]
    assert member != ACCOUNT
    sts = aws("sts").assume_role(
        RoleArn=f"arn:aws:iam::{member}:role/OrganizationAccountAccessRole",
        RoleSessionName="test",
    )["Credentials"]
    tags = aws("iam", credentials=sts).get_role(RoleName=outputs["role"])["Role"]["Tags"]
    assert {t["Key"]: t["Value"] for t in tags} == {"managed-by": "landfall", "team": "platform"}
    s3 = aws("s3", "us-east-1")
    versioning = s3.get_bucket_versioning(Bucket=outputs["bucket"])
    assert versioning["Status"] == "Enabled"
    assert s3.get_bucket_location(Bucket=outputs["bucket"])["LocationConstraint"] is None

    assert project.up() == {}
    assert project.up(command="refresh") == {}

    project.run("config", "set", "team", "core")
    shown = project.run("preview", "--diff")
    assert '~ team: "platform" => "core"' in shown
    assert "managed-by" not in shown
    assert project.up() == {"update": 1}
    assert project.up("--refresh") == {}

    state = project.run("stack", "export", "--stack", "dev")
    assert "hunter2-secret" not in state
    log = Path(environment["LANDFALL_PROVIDER_LOG"]).read_text()
    assert "hunter2-secret" not in log
    assert "Create aws:iam/role:Role deployer" in log

    project.run("destroy", "--yes", "--skip-preview")
    names = [b["Name"] for b in s3.list_buckets()["Buckets"]]
    assert outputs["bucket"] not in names
    wait_until(lambda: not processes(project.environment["PULUMI_HOME"], "provider.plugin.daemon"))


IMPORTING = """
import pulumi
import pulumi_aws as aws

aws.s3.Bucket(
    "adopted",
    bucket="adopted-bucket",
    region="eu-central-1",
    tags={"owner": "platform"},
    opts=pulumi.ResourceOptions(import_="adopted-bucket@eu-central-1", protect=True),
)
aws.sns.Topic(
    "adopted",
    name="adopted-topic",
    opts=pulumi.ResourceOptions(
        import_="arn:aws:sns:eu-west-1:123456789012:adopted-topic", protect=True
    ),
)
"""


def test_import_shows_nothing_to_change_where_the_program_agrees(
    tmp_path: Path, environment: dict[str, str], aws: Any
) -> None:
    s3 = aws("s3", "eu-central-1")
    s3.create_bucket(
        Bucket="adopted-bucket",
        CreateBucketConfiguration={"LocationConstraint": "eu-central-1"},
    )
    s3.put_bucket_tagging(
        Bucket="adopted-bucket", Tagging={"TagSet": [{"Key": "owner", "Value": "platform"}]}
    )
    aws("sns").create_topic(Name="adopted-topic")
    project = Project(tmp_path, environment)
    project.program(IMPORTING)

    assert project.up(command="preview") == {"create": 1, "import": 2}
    assert "do not match" not in project.run("preview", "--diff")
    assert project.up() == {"create": 1, "import": 2}
    assert project.up() == {}
    assert project.up(command="refresh") == {}


def test_plan_only_previews_and_refuses_to_build(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    project = Project(tmp_path, environment, "--plan-only")
    assert project.up(command="preview")["create"] == 7
    refused = project.run("up", "--skip-preview", ok=False)
    assert "no AWS provider" in refused
    assert "pulumi plugin install resource aws" in refused
