"""Recovery after a killed engine: no resource is created twice, and none is lost."""

import os
import re
import signal
import subprocess
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from landfall.recovery import identities
from landfall.sandbox import accounts, engine, lifecycle, orphans, recovery, state, update
from landfall.sandbox.directories import Directories
from landfall.sandbox.engine import Engine
from tests.sandbox.creations import HELD, finishing
from tests.sandbox_lifecycle.conftest import Said, up_process
from tests.sandbox_lifecycle.kills import await_request, cut_short, kill_at, resources, run

Make = Callable[..., Directories]

PROGRAM = """
import pulumi, pulumi_aws as aws

organization = aws.organizations.Organization("o", feature_set="ALL",
    enabled_policy_types=["SERVICE_CONTROL_POLICY"])
root = organization.roots[0].id
unit = aws.organizations.OrganizationalUnit("Workloads", name="Workloads", parent_id=root)
account = aws.organizations.Account("orders", name="orders", email="orders@example.com",
    parent_id=unit.id, role_name="OrganizationAccountAccessRole",
    # AWS does not tell it, so no import can know it; the Account component does the same.
    opts=pulumi.ResourceOptions(ignore_changes=["roleName"]))
member = aws.Provider("orders", region="eu-west-1", assume_roles=[
    aws.ProviderAssumeRoleArgs(role_arn=pulumi.Output.format(
        "arn:aws:iam::{0}:role/OrganizationAccountAccessRole", account.id))])
inside = pulumi.ResourceOptions(provider=member)
trust = '{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Action":"sts:AssumeRole",' \\
    '"Principal":{"Service":"codebuild.amazonaws.com"}}]}'
deny = '{"Version":"2012-10-17","Statement":[{"Effect":"Deny","Action":"s3:DeleteBucket",' \\
    '"Resource":"*"}]}'

# Nothing depends on these: each may be the one that a kill cuts short.
aws.organizations.OrganizationalUnit("leaf", name="Leaf", parent_id=unit.id)
aws.organizations.Account("leaf", name="leaf", email="leaf@example.com", parent_id=unit.id)
later = pulumi.ResourceOptions(depends_on=[organization])
kind = {"type": "SERVICE_CONTROL_POLICY", "content": deny}
aws.organizations.Policy("leaf", name="leaf", **kind, opts=later)
held = aws.organizations.Policy("held", name="held", **kind, opts=later)
aws.organizations.PolicyAttachment("leaf", policy_id=held.id, target_id=unit.id)
aws.iam.Role("leaf", name="leaf", assume_role_policy=trust, opts=inside)
aws.s3.Bucket("leaf", bucket="leaf-of-orders", opts=inside)
aws.cloudwatch.LogGroup("leaf", name="leaf", region="us-east-1", opts=inside)
KEYS
"""
KEYS = """
aws.kms.Key("other", description="artifacts", tags={"store": "other"}, opts=inside)
key = aws.kms.Key("leaf", description="artifacts", tags={"store": "leaf"}, opts=inside)
aws.kms.Alias("alias", name="alias/other", target_key_id=aws.kms.Key("aliased").id)
"""


def _client(
    server: Any, service: str, account: str | None = None, region: str = "eu-west-1"
) -> Any:
    keys = {"aws_access_key_id": accounts.ACCESS_KEY, "aws_secret_access_key": accounts.SECRET_KEY}
    if account:
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        sts: Any = boto3.client("sts", region, endpoint_url=server.url, **keys)
        got = sts.assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        keys = {
            "aws_access_key_id": got["AccessKeyId"],
            "aws_secret_access_key": got["SecretAccessKey"],
            "aws_session_token": got["SessionToken"],
        }
    maker: Any = boto3.client
    return maker(service, region_name=region, endpoint_url=server.url, **keys)


def _in_aws(server: Any) -> Counter[str]:
    """Every resource of the program as AWS has it, by kind and name."""
    found: Counter[str] = Counter()
    organizations = _client(server, "organizations")
    (root,) = organizations.list_roots()["Roots"]
    parents = [root["Id"]]
    while parents:
        parent = parents.pop()
        units = organizations.list_organizational_units_for_parent(ParentId=parent)
        for unit in units["OrganizationalUnits"]:
            found[f"unit {unit['Name']}"] += 1
            parents.append(unit["Id"])
    members = {}
    for account in organizations.list_accounts()["Accounts"]:
        found[f"account {account['Email']}"] += 1
        members[account["Email"]] = account["Id"]
    for policy in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        found[f"policy {policy['Name']}"] += 1
        targets = organizations.list_targets_for_policy(PolicyId=policy["Id"])["Targets"]
        found[f"targets of {policy['Name']}"] += len(targets)
    orders = members["orders@example.com"]
    for role in _client(server, "iam", orders).list_roles()["Roles"]:
        found[f"role {role['RoleName']}"] += 1
    for bucket in _client(server, "s3", orders).list_buckets()["Buckets"]:
        found[f"bucket {bucket['Name']}"] += 1
    logs = _client(server, "logs", orders, "us-east-1")
    for group in logs.describe_log_groups()["logGroups"]:
        found[f"log group {group['logGroupName']}"] += 1
    found["keys of orders"] = len(_client(server, "kms", orders).list_keys()["Keys"])
    found["keys"] = len(_client(server, "kms").list_keys()["Keys"])
    return found


@pytest.mark.engine
def test_resource_created_before_the_kill_is_imported(
    make: Make, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = make(program=PROGRAM.replace("KEYS", KEYS))
    assert run(directories, said)[0] == 0
    server = engine.attach(directories, said)
    before = _in_aws(server)
    assert before["account leaf@example.com"] == before["unit Leaf"] == 1
    ids = {each["urn"]: each["id"] for each in resources(directories) if each.get("id")}
    cut = cut_short(directories)
    assert len(cut) == 9
    # The recovery itself is interrupted after it has edited the state.
    with monkeypatch.context() as patch:
        patch.setattr(recovery, "read_again", _interrupt)
        with pytest.raises(KeyboardInterrupt):
            run(directories, said)
    assert not state.pending_operations(state.deployment(directories))
    status, screen = run(directories, said)
    assert status == 0
    assert said.text.count("found in AWS") == 9
    assert _in_aws(server) == before
    after = {each["urn"]: each["id"] for each in resources(directories) if each.get("id")}
    assert {urn: after[urn] for urn in cut} == {urn: ids[urn] for urn in cut}
    assert "created" not in screen
    assert "replaced" not in screen
    assert not directories.unsettled.exists()
    opened = engine.open_sandbox(directories, said)
    opened.query("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev")


@pytest.mark.engine
def test_resource_not_created_before_the_kill_is_created(make: Make, said: Said) -> None:
    directories = make(program=PROGRAM.replace("KEYS", ""))
    assert run(directories, said)[0] == 0
    server = engine.attach(directories, said)
    before = _in_aws(server)
    organizations = _client(server, "organizations")
    (leaf,) = (
        unit["Id"]
        for unit in organizations.list_organizational_units_for_parent(
            ParentId=_id_of(directories, "Workloads")
        )["OrganizationalUnits"]
    )
    cut_short(directories)
    organizations.delete_organizational_unit(OrganizationalUnitId=leaf)
    status, screen = run(directories, said)
    assert status == 0
    assert "leaf: not in AWS; it will be created" in said.text
    assert "1 created" in screen
    assert _in_aws(server) == before


@pytest.mark.engine
def test_killed_run_resumes_without_duplicates(make: Make, said: Said, tmp_path: Path) -> None:
    directories = make(program=PROGRAM.replace("KEYS", ""))
    lifecycle.start(directories, said)
    server = engine.attach(directories, said)
    running = up_process(directories, tmp_path / "output", preview_first=False)
    kill_at("CreateAccount", directories, running)
    status, _ = run(directories, said)
    assert status == 0, said.text
    assert "An earlier run was interrupted" in said.text
    found = _in_aws(server)
    assert found["account leaf@example.com"] == found["account orders@example.com"] == 1
    assert found["unit Leaf"] == found["unit Workloads"] == 1
    assert found["policy leaf"] == found["targets of held"] == 1
    status, screen = run(directories, said)
    assert status == 0
    assert "created" not in screen


@pytest.mark.engine
def test_interrupted_run_resumes_without_duplicates(
    make: Make, said: Said, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The provider gives up, and the engine keeps no pending operation; AWS continues.

    The other signals have the same effect, as `test_interrupted_up` shows.
    """
    monkeypatch.setenv("LANDFALL_QUOTAS", HELD)
    directories = make(program=PROGRAM.replace("KEYS", ""))
    lifecycle.start(directories, said)
    server = engine.attach(directories, said)
    running = up_process(directories, tmp_path / "output", preview_first=False)
    await_request("CreateAccount", directories, running)
    running.send_signal(signal.SIGTERM)
    assert running.wait(60) == update.INTERRUPTED
    assert not state.pending_operations(state.deployment(directories))
    assert directories.begun.exists()
    with finishing(server.url):
        status, _ = run(directories, said)
    assert status == 0, said.text
    assert "found in AWS" in said.text
    found = _in_aws(server)
    assert found["account leaf@example.com"] == found["account orders@example.com"] == 1
    assert found["unit Leaf"] == found["unit Workloads"] == 1
    assert not directories.begun.exists()
    status, screen = run(directories, said)
    assert status == 0
    assert "created" not in screen


def test_only_orphans_of_this_sandbox_are_ended(make: Make, said: Said) -> None:
    directories = make()

    def start(program: str, home: Path) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-c", "import time; print(flush=True); time.sleep(600)", program],
            env={**os.environ, "PULUMI_HOME": str(home)},
            stdout=subprocess.PIPE,
        )

    orphan = start("pulumi-resource-aws", directories.pulumi_home)
    editor = start("vi", directories.pulumi_home)  # opened from a `landfall env` shell
    other = start("pulumi-resource-aws", directories.home / "another")
    running = [orphan, editor, other]
    for process in running:
        assert process.stdout is not None
        process.stdout.readline()
    orphans.end(directories.pulumi_home)
    assert not psutil.pid_exists(orphan.pid)
    assert editor.poll() is None
    assert other.poll() is None
    for process in running:
        process.kill()
        process.wait()
        assert process.stdout is not None
        process.stdout.close()


def test_every_component_type_is_found_or_safe_to_create_again() -> None:
    source = Path(__file__).parents[2] / "components"
    used = {
        match.groups()
        for file in source.rglob("*.py")
        for match in re.finditer(r"\baws\.([a-z0-9_]+)\.([A-Z]\w+)\(", file.read_text())
        if not match[2].endswith("Args")
    }
    assert ("s3", "Bucket") in used
    tokens = {
        f"aws:{module.rstrip('_')}/{name[0].lower()}{name[1:]}:{name}" for module, name in used
    }
    unknown = {
        token
        for token in tokens
        if token not in identities.REPEATABLE and not identities.is_known(token)
    }
    assert unknown == set()


def _interrupt(engine: Engine) -> None:
    raise KeyboardInterrupt


def _id_of(directories: Directories, name: str) -> str:
    (found,) = (r["id"] for r in resources(directories) if r["urn"].endswith(f"::{name}"))
    return str(found)


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    from landfall.sandbox import plugins

    monkeypatch.setattr(plugins.pulumi_cli, "installer_obstacle", lambda: "test")
