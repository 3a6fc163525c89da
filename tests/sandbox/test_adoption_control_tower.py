"""An organization under AWS Control Tower: its resources are used and never changed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.sandbox import messy
from tests.sandbox.conftest import BIN, copied
from tests.sandbox.legacy import STACK, Legacy, type_of
from tests.sandbox.messy import Client, Messy
from tests.sandbox_gate.conftest import create_account

pytestmark = pytest.mark.engine


def build(organizations: Any, iam: Client) -> Messy:
    """Make the organization as Control Tower leaves it, with a policy and a unit of a team."""
    made = Messy()
    made.organization = organizations.create_organization(FeatureSet="ALL")["Organization"]["Id"]
    made.root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in messy.TYPES:
        organizations.enable_policy_type(RootId=made.root, PolicyType=kind)
    organizations.enable_aws_service_access(ServicePrincipal="controltower.amazonaws.com")
    for name in ("Security", "Sandbox", "Own"):
        made.units[name] = organizations.create_organizational_unit(
            ParentId=made.root, Name=name, Tags=[{"Key": "k", "Value": name}]
        )["OrganizationalUnit"]["Id"]
    for name, unit in (("Audit", "Security"), ("Log Archive", "Security"), ("free", "Own")):
        made.accounts[name] = create_account(organizations, name.replace(" ", ""), AccountName=name)
        organizations.move_account(
            AccountId=made.accounts[name],
            SourceParentId=made.root,
            DestinationParentId=made.units[unit],
        )
    for name, units in (
        ("aws-guardrails-NllhqI", ["Security"]),
        ("aws-guardrails-ZkxPzj", ["Sandbox"]),
        ("ours", ["Security", "Own"]),
    ):
        made.policies[name] = organizations.create_policy(
            Name=name,
            Type="SERVICE_CONTROL_POLICY",
            Description="",
            Content=messy.scp(messy.deny("cloudtrail:StopLogging", Sid="GRCLOUDTRAILENABLED"))
            if name != "ours"
            else messy.scp(messy.deny("organizations:LeaveOrganization")),
        )["Policy"]["PolicySummary"]["Id"]
        for unit in units:
            organizations.attach_policy(PolicyId=made.policies[name], TargetId=made.units[unit])
    return made


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Legacy]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    try:
        yield Legacy(project, build)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK)


def test_adopt_lists_what_control_tower_manages(legacy: Legacy) -> None:
    said = legacy.adopt().stdout
    for what in (
        "unit 'Security'",
        "unit 'Sandbox'",
        "account 'Audit'",
        "account 'Log Archive'",
        "policy 'aws-guardrails-NllhqI'",
        "policy 'aws-guardrails-ZkxPzj'",
    ):
        (line,) = [line for line in said.splitlines() if line.strip().startswith(what)]
        assert "managed by AWS Control Tower" in line


def test_preview_reads_control_tower_resources_and_imports_the_rest(legacy: Legacy) -> None:
    steps = [step for step in legacy.preview() if type_of(step).startswith("aws:")]
    done = {(step["op"], step["urn"].rpartition("::")[2]) for step in steps}
    assert done == {
        ("import", "organization"),
        ("import", "organization/Own"),
        ("import", "organization/ours"),
        ("import", "organization/ours@Security"),
        ("import", "organization/ours@Own"),
        ("import", "free"),
        ("read", "Audit"),
        ("read", "Log-Archive"),
    }


def test_up_adds_roles_to_control_tower_accounts_and_changes_nothing_else(legacy: Legacy) -> None:
    file = legacy.project.folder / f"Pulumi.{STACK}.yaml"
    access = {
        "roles": {
            "reader": {
                "principals": [{"account": "Audit", "role": "landfall/auditor"}],
                "managedPolicies": ["SecurityAudit"],
            }
        }
    }
    file.write_text(f"{file.read_text()}  landfall:access: {json.dumps(access)}\n")
    legacy.project.up(preview=False)
    after = legacy.everything()
    for part in ("accounts", "roots", "tree", "services", "policies", "tags"):
        assert after[part] == legacy.before[part], part
    for name, account in legacy.made.accounts.items():
        role = legacy.iam(account).get_role(RoleName="reader")["Role"]
        assert role["Arn"] == f"arn:aws:iam::{account}:role/landfall/reader", name
    legacy.project.up()
    assert legacy.project.changes() == {}
