"""`landfall check` on the project itself, and on copies of it that are broken on purpose."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from tests.checking.conftest import Project, Reports, reports

pytestmark = pytest.mark.engine

SECRET = "hunter2-is-the-secret"

STATEMENTS = """        managedPolicies: [SecurityAudit, AdministratorAccess]
        statements:
          - sid: Fine
            actions: [s3:GetObject]
            resources: ['arn:aws:s3:::example/*']
          - sid: TooMuch
            actions: ['iam:*']
            resources: ['*']
"""

# A password that a rule would quote if it quoted values, and a secret of the configuration.
PROGRAM = f"""
import os
import pulumi_aws as aws

assert "AWS_PROFILE" not in os.environ
token = pulumi.Config("example").require_secret("token")
aws.sns.Topic("leaky", display_name=token)
aws.rds.Instance(
    "leaky",
    instance_class="db.t4g.micro",
    password=pulumi.Output.secret("{SECRET}"),
    username="example",
    publicly_accessible=True,
)
aws.iam.RolePolicy(
    "leaky",
    role="leaky",
    policy=pulumi.Output.secret(
        '{{"Statement": {{"Effect": "Allow", "Action": "*", "Resource": ["*", "{SECRET}"]}}}}'
    ),
)
"""


@pytest.fixture(scope="module")
def own(make_project: Callable[[], Project]) -> Reports:
    return reports(make_project(), "dev", "prod")


@pytest.fixture(scope="module")
def broken_project(make_project: Callable[[], Project]) -> Project:
    project = make_project()
    project.edit("        managedPolicies: [SecurityAudit]\n", STATEMENTS)
    project.edit("orders-dev: {email", "orders-dev: {closeOnDeletion: true, email")
    project.edit("        strategy: gitflow\n", "        build:\n          privileged: true\n")
    project.edit("  landfall:artifacts:\n    forceDestroy: true\n", "")
    project.edit(
        "  landfall:tags:\n    stack: dev\n",
        "  policies:requiredTags: [owner]\n"
        "  policies:levels: {LF-NONE-001: mandatory}\n"
        "  example:token: {secure: v1:nonce:ciphertext}\n",
    )
    project.append(PROGRAM)
    return project


@pytest.fixture(scope="module")
def broken(broken_project: Project) -> Reports:
    return reports(broken_project, "dev")


def test_the_projects_own_stacks_pass_and_everything_can_be_judged(own: Reports) -> None:
    assert (own.status, own.errors) == (0, "")
    # Whoever applies acts in every account: that is advice to guard these roles, and stays so.
    found = {(each["rule"], each["level"], _name(each)) for each in own.json["findings"]}
    assert found == {
        ("LF-IAM-011", "advisory", "provisioning-apply"),
        ("LF-IAM-011", "advisory", "provisioning-provision-dev-apply"),
        ("LF-IAM-011", "advisory", "provisioning-provision-prod-apply"),
    }
    assert own.json["passed"] is True
    assert own.text.endswith("Policies passed: 4 advisory\n")


def _name(finding: dict[str, Any]) -> str:
    return str(finding["subject"]).rpartition("::")[2]


@pytest.mark.parametrize(
    ("rule", "name", "line"),
    [
        ("LF-IAM-003", "audit-security-audit-AdministratorAccess", "managedPolicies: [Security"),
        ("LF-IAM-002", "audit-security-audit", "actions: ['iam:*']"),
        ("LF-IAM-005", "delivery-security-audit", "resources: ['*']"),
        ("LF-ORG-002", "orders-dev", "orders-dev: {closeOnDeletion"),
        ("LF-CB-004", "orders-prod", "privileged: true"),
        ("LF-TAG-001", "audit-break-glass", "break-glass:"),
        ("LF-TAG-001", "orders-dev-build", "dev: {account: orders-dev"),
        ("LF-PACK-001", "", "policies:levels: {LF-NONE"),
    ],
)
def test_a_finding_has_the_line_of_its_setting(
    broken: Reports, broken_project: Project, rule: str, name: str, line: str
) -> None:
    found = broken.of_rule(rule)
    mine = [each for each in found if each.get("subject", "").rsplit("::", 1)[-1] == name]
    assert mine, found
    assert broken_project.line(mine[0]).startswith(line)
    assert "untraced" not in mine[0]


def test_finding_without_a_setting_has_the_stack_file_without_a_line(
    broken: Reports,
) -> None:
    keys = [each for each in broken.of_rule("LF-TAG-001") if "kms/key" in each["subject"]]
    assert keys[0]["file"] == "Pulumi.dev.yaml"
    assert "line" not in keys[0]
    assert keys[0]["untraced"].startswith("no line:")
    said = [each for each in broken.sarif["runs"][0]["results"] if "no line" in str(each)]
    assert said
    for result in said:
        assert "region" not in result["locations"][0]["physicalLocation"]


def test_mandatory_findings_fail_and_are_in_every_format(broken: Reports) -> None:
    assert broken.status == 1
    assert broken.errors == ""
    for rule in ("LF-IAM-003", "LF-IAM-002", "LF-ORG-002", "LF-PACK-001"):
        assert f"[{rule}]" in broken.text
        assert f"`{rule}`" in broken.markdown
        assert rule in str(broken.sarif)
    assert "Policies refused:" in broken.text.splitlines()[-1]


def test_secrets_are_in_no_format(broken: Reports) -> None:
    for name in ("LF-SNS-001", "LF-IAM-001"):
        assert any("leaky" in each["subject"] for each in broken.of_rule(name)), name
    assert SECRET not in broken.everything()
    assert "ciphertext" not in broken.everything()


def test_a_check_leaves_nothing_behind(broken: Reports, broken_project: Project) -> None:
    home = broken_project.folder / ".landfall"
    assert not (home / "sandboxes").exists()
    assert [path.name for path in (home / "check").iterdir()] == ["pulumi-home"]
    for path in home.rglob("*"):
        if path.is_file():
            assert SECRET.encode() not in path.read_bytes(), path
    assert "encryptionsalt" not in broken_project.file().read_text()


def test_advice_alone_passes(project: Project) -> None:
    project.edit("orders: {email", "orders: {closeOnDeletion: true, email", "small")
    done = project.check("-s", "small", "--format", "json")
    answer = json.loads(done.stdout)
    assert done.returncode == 0
    assert answer["counts"] == {"advisory": 1}


def test_an_adopted_organization_is_judged_without_being_read(project: Project) -> None:
    project.edit(
        "  landfall:organization:\n",
        "  landfall:organization:\n    mode: adopt\n    id: o-abcdefghij\n",
        "small",
    )
    project.edit("audit: {email", "audit: {id: '111122223333', email", "small")
    done = project.check("-s", "small", "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    answer = json.loads(done.stdout)
    assert answer["findings"] == []
    # The id that the settings give is the one in the trust of the role.
    assert answer["access-small"]["changes"][0]["trust"]["gains"] == [
        "auditor of audit, within organization o-abcdefghij"
    ]


def test_program_that_fails_does_not_pass(project: Project) -> None:
    project.append("\nraise ValueError('broken on purpose')\n")
    found = reports(project, "small")
    assert found.status == 2
    assert "failed before the end of the program" in found.errors
    assert "broken on purpose" in found.errors
    assert "Incomplete check" in found.markdown
    assert "incomplete:" in found.text
    assert found.json["passed"] is False
    assert found.sarif["runs"][0]["invocations"][0]["executionSuccessful"] is False


def test_without_the_pack_nothing_passes(project: Project) -> None:
    (project.folder / "policies").unlink()
    done = project.check("-s", "small")
    assert done.returncode == 2
    assert "error:" in done.stderr
    assert "passed" not in done.stdout
