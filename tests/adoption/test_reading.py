"""Reading an organization of the sandbox: denied calls, missing parts, number of requests."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landfall import commands
from landfall.adoption.calls import THREADS
from landfall.adoption.command import Request, run
from landfall.problems import ProblemsError
from landfall.snapshots.files import read
from landfall.stack_files import load
from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, create_account

ROLE = "OrganizationAccountAccessRole"
Deny = Callable[[str], None]


@pytest.fixture
def organization(sandbox: Sandbox) -> Any:
    client = sandbox.client("organizations")
    client.create_organization(FeatureSet="ALL")
    return client


def adopt(folder: Path, **options: Any) -> None:
    given = {
        "stack": "old",
        "region": "eu-west-1",
        "account_roles": (ROLE,),
        "regions": (),
    } | options
    run(Request(**({"roles": True, "force": False, "directory": folder} | given)))


def refused(folder: Path, **options: Any) -> ProblemsError:
    with pytest.raises(ProblemsError) as caught:
        adopt(folder, **options)
    assert list(folder.iterdir()) == []
    return caught.value


def test_denied_calls_are_reported_together(organization: Any, deny: Deny, tmp_path: Path) -> None:
    for operation in ("ListRoots", "DescribePolicy", "ListTagsForResource", "ListPolicies"):
        deny(f"organizations.{operation}")
    error = refused(tmp_path)
    assert error.exit_status == 2
    # Without roots no unit is asked for, and without policies none is described: tried anyway.
    assert [problem.fix for problem in error.problems] == [
        "allow organizations:DescribePolicy",
        "allow organizations:ListPolicies",
        "allow organizations:ListRoots",
        "allow organizations:ListTagsForResource",
    ]


def test_denied_call_in_a_member_account_is_reported(
    organization: Any, deny: Deny, tmp_path: Path
) -> None:
    for number in range(3):
        create_account(organization, f"member{number}")
    deny("iam.ListRoles")
    error = refused(tmp_path)
    assert "AWS denies iam:ListRoles (3 times)" in str(error)
    adopt(tmp_path, roles=False)


def test_a_role_that_cannot_be_assumed_is_no_error(
    organization: Any, sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    member = create_account(organization, "closed")
    nobody = {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Principal": {"Service": "ec2.amazonaws.com"},
                "Action": "sts:AssumeRole",
            }
        ],
    }
    sandbox.client("iam", account=member).update_assume_role_policy(
        RoleName=ROLE, PolicyDocument=json.dumps(nobody)
    )
    adopt(tmp_path)
    assert f"roles all of 'closed' ({member}): cannot assume {ROLE}" in capsys.readouterr().out
    assert list(load("old", tmp_path).accounts) == ["closed"]


def test_account_without_an_organization_is_reported(sandbox: Sandbox, tmp_path: Path) -> None:
    assert "not in an organization" in str(refused(tmp_path))


def test_call_from_a_member_account_names_the_required_credentials(
    organization: Any, sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    member = create_account(organization, "member")
    given = sandbox.client("sts").assume_role(
        RoleArn=f"arn:aws:iam::{member}:role/{ROLE}", RoleSessionName="test"
    )["Credentials"]
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", given["AccessKeyId"])
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", given["SecretAccessKey"])
    monkeypatch.setenv("AWS_SESSION_TOKEN", given["SessionToken"])
    error = str(refused(tmp_path))
    assert f"account {member} is a member" in error
    assert MANAGEMENT in error


def test_consolidated_billing_is_not_enough(sandbox: Sandbox, tmp_path: Path) -> None:
    sandbox.client("organizations").create_organization(FeatureSet="CONSOLIDATED_BILLING")
    assert "enable all features" in str(refused(tmp_path))


def test_missing_credentials_or_network_are_reported(
    sandbox: Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AWS_ACCESS_KEY_ID")
    assert "AWS credentials are missing" in str(refused(tmp_path))
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
    monkeypatch.setenv("AWS_ENDPOINT_URL", "http://127.0.0.1:9")
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    assert "cannot read AWS" in str(refused(tmp_path))


def test_next_steps_name_every_command_in_order(
    organization: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: f"/usr/bin/{name}")
    adopt(tmp_path)
    assert next_steps(capsys) == [
        "landfall validate -s",
        "landfall bootstrap -s",
        "pulumi login BACKEND",
        "pulumi stack init",
        "pulumi preview -s",
        "pulumi up -s",
    ]


def test_next_steps_off_path_name_commands_by_their_paths(
    organization: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: None)
    adopt(tmp_path)
    validate, _, login, *_ = next_steps(capsys)
    assert validate == f"{commands.landfall()} validate -s"
    assert commands.landfall().endswith("/landfall")
    assert login == f"{commands.pulumi()} login BACKEND"


def test_next_steps_of_a_stack_with_a_backend_omit_creating_one(
    organization: Any,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(commands.shutil, "which", lambda name: f"/usr/bin/{name}")
    (tmp_path / "Pulumi.old.yaml").write_text("secretsprovider: awskms://alias/a\n")
    adopt(tmp_path)
    assert next_steps(capsys) == ["landfall validate -s", "pulumi preview -s", "pulumi up -s"]


def next_steps(capsys: pytest.CaptureFixture[str]) -> list[str]:
    steps = capsys.readouterr().out.partition("Next:\n")[2].splitlines()
    return [" ".join(step.split()[:3]) for step in steps]


def test_values_that_pulumi_wrote_into_the_file_are_kept(organization: Any, tmp_path: Path) -> None:
    file = tmp_path / "Pulumi.old.yaml"
    file.write_text("secretsprovider: awskms://alias/a\nencryptedkey: abc\n")
    adopt(tmp_path)
    assert "encryptedkey: abc" in file.read_text()
    assert load("old", tmp_path).organization.mode == "adopt"
    before = file.read_text()
    with pytest.raises(ProblemsError, match="--force"):
        adopt(tmp_path)
    assert file.read_text() == before
    file.write_text(f"{before}  aws:profile: mine\n")
    adopt(tmp_path, force=True)
    assert "aws:profile: mine" in file.read_text()


def test_file_that_cannot_be_written_or_read_is_reported(organization: Any, tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="there is no folder"):
        adopt(tmp_path / "missing")
    assert "not a stack name" in str(refused(tmp_path, stack="../old"))
    (tmp_path / "Pulumi.old.yaml").write_bytes(b"\xff\xfe")
    with pytest.raises(ProblemsError, match="cannot read"):
        adopt(tmp_path, force=True)


def test_snapshot_beside_the_stack_file_is_refused_without_roles_or_over_a_file(
    organization: Any, tmp_path: Path
) -> None:
    file = tmp_path / "org.json"
    assert "a snapshot contains roles" in str(refused(tmp_path, roles=False, snapshot=file))
    missing = tmp_path / "missing" / "org.json"
    assert "there is no folder" in str(refused(tmp_path, snapshot=missing))
    file.write_text("kept")
    with pytest.raises(ProblemsError, match="already exists"):
        adopt(tmp_path, snapshot=file)
    assert file.read_text() == "kept"
    adopt(tmp_path, snapshot=file, force=True)
    assert read(file).organization.management_account == MANAGEMENT


def test_number_of_requests_grows_linearly_with_accounts(
    organization: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    counts = []
    for number in range(1, 9):
        create_account(organization, f"member{number}")
        if number in (4, 8):
            before = sandbox.health()["requests"]
            adopt(tmp_path, force=True)
            counts.append(sandbox.health()["requests"] - before)
    # For each account: its tags, a session, its roles; 3 kinds of services, and in a region 7 kinds
    # that a snapshot has and 7 that are only listed.
    assert counts[1] - counts[0] == 4 * (3 + 3 + 7 + 7)


def test_adopt_makes_only_read_requests(
    organization: Any, sandbox: Sandbox, tmp_path: Path
) -> None:
    create_account(organization, "member")
    before = len(sandbox.log.read_text())
    adopt(tmp_path)
    asked = set(re.findall(r" (\w+:\w+) \d{3} ", sandbox.log.read_text()[before:]))
    reading = re.compile(r"\w+:(List|Describe|Get|BatchGet|AssumeRole$)")
    assert asked
    assert [call for call in asked if not reading.match(call)] == []
    assert THREADS > 1


@pytest.mark.parametrize(
    ("region", "told"), [("eu-west", "there is no region"), ("cn-north-1", "partition aws-cn")]
)
def test_wrong_region_is_reported(
    organization: Any, tmp_path: Path, region: str, told: str
) -> None:
    assert told in str(refused(tmp_path, region=region))


def test_accounts_are_entered_by_another_role_and_their_services_listed(
    organization: Any, sandbox: Sandbox, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    towers, own = create_account(organization, "towers"), create_account(organization, "own")
    for account, role in ((towers, "AWSControlTowerExecution"), (own, "Provisioner")):
        iam = sandbox.client("iam", account=account)
        trust = iam.get_role(RoleName=ROLE)["Role"]["AssumeRolePolicyDocument"]
        iam.create_role(RoleName=role, AssumeRolePolicyDocument=json.dumps(trust))
        iam.attach_role_policy(
            RoleName=role, PolicyArn="arn:aws:iam::aws:policy/AdministratorAccess"
        )
        nobody = {**trust["Statement"][0], "Principal": {"Service": "ec2.amazonaws.com"}}
        document = json.dumps({"Version": "2012-10-17", "Statement": [nobody]})
        iam.update_assume_role_policy(RoleName=ROLE, PolicyDocument=document)
        iam.update_account_password_policy(MinimumPasswordLength=12)
        region = "us-east-1" if account == own else "eu-west-1"
        sandbox.client("guardduty", account=account, region=region).create_detector(Enable=True)
    adopt(tmp_path, account_roles=(ROLE, "Provisioner"), regions=("us-east-1",))
    stack = load("old", tmp_path)
    assert stack.regions == ("eu-west-1", "us-east-1")
    assert stack.account_role_of("towers") == "AWSControlTowerExecution"
    assert stack.account_role_of("own") == "Provisioner"
    said = capsys.readouterr().out.partition("In use.")[2]
    places = "2 in 'own', 'towers'"
    assert f"GuardDuty detector {places}, eu-west-1, us-east-1: landfall:security" in said
    assert f"password policy {places}: landfall:baseline" in said


def test_services_that_cannot_be_read_are_listed(
    organization: Any, deny: Deny, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    create_account(organization, "member")
    deny("guardduty.ListDetectors")
    adopt(tmp_path)
    (line,) = re.findall("GuardDuty detector in .*", capsys.readouterr().out)
    assert "'member'" in line
    assert line.endswith("AWS answered AccessDeniedException")
