"""Accounts from their file to their closing, read from AWS.

The tests of this file follow one small stack through its life and build on each other in their
order.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

import pytest
from botocore.exceptions import ClientError

from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.legacy import type_of

pytestmark = pytest.mark.engine

STACK = "small"
FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    units:
      Workloads: {}
      Sandbox: {}
      Old: {suspended: true, guardrails: [deny-all]}
  landfall:accountsFolder: accounts
  landfall:accounts:
    audit: {email: audit@example.com, unit: Sandbox}
  landfall:baseline:
    contacts:
      security: {name: Security Team, title: Security, email: security@example.com, phone: '+49 30 1'}
    budget: {amount: 50, notify: [platform@example.com]}
  landfall:access:
    roles:
      reader:
        principals: [{account: audit, role: landfall/auditor}]
        managedPolicies: [SecurityAudit]
  landfall:tags: {stack: small}
"""  # noqa: E501
ORDERS = """\
email: orders@example.com
unit: Workloads
closeOnDeletion: true
tags: {team: orders}
baseline: {budget: {amount: 200}}
"""
ACCOUNT = "aws:organizations/account:Account"


class Stack(Project):
    """The small stack, with its account files."""

    def account_file(self, name: str, text: str) -> None:
        """Write the file of an account; an empty text deletes it."""
        path = self.folder / "accounts" / f"{name}.yaml"
        path.parent.mkdir(exist_ok=True)
        path.write_text(text) if text else path.unlink()

    def id_of(self, email: str) -> str:
        """Return the id of the one account with an address."""
        listed = self.aws("organizations").list_accounts()["Accounts"]
        (found,) = [each["Id"] for each in listed if each["Email"] == email]
        return str(found)

    def unit_of(self, account: str) -> str:
        """Return the name of an account's unit."""
        organizations = self.aws("organizations")
        (parent,) = organizations.list_parents(ChildId=account)["Parents"]
        unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])
        return str(unit["OrganizationalUnit"]["Name"])

    def requests(self) -> str:
        """Return the log of the requests to AWS."""
        return (self.folder / ".landfall" / "sandboxes" / STACK / "requests.log").read_text()


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Stack]:
    made = copied(tmp_path_factory.mktemp("project"), STACK)
    project = Stack(made.folder, STACK, made.env)
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(FILE)
    (project.folder / "accounts").mkdir()
    project.up(preview=False)
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


@pytest.fixture(scope="module")
def orders(project: Stack) -> str:
    return project.id_of("orders@example.com")


def test_account_in_a_new_file_is_created(project: Stack) -> None:
    project.account_file("orders", ORDERS)
    project.up(preview=False)
    assert set(project.changes()) <= {"created", "updated", "changes"}
    assert project.changes()["updated"] == 2, "the registers of accounts and of names alone"
    account = project.id_of("orders@example.com")
    assert project.unit_of(account) == "Workloads"
    tags = project.aws("organizations").list_tags_for_resource(ResourceId=account)["Tags"]
    assert {tag["Key"]: tag["Value"] for tag in tags} == {"stack": "small", "team": "orders"}
    role = project.aws("iam", account).get_role(RoleName="reader")["Role"]
    assert role["Arn"] == f"arn:aws:iam::{account}:role/landfall/reader"


def test_contacts_and_budget_are_in_the_management_account(project: Stack, orders: str) -> None:
    contacts = project.aws("account", region="us-east-1")
    kind = {"AlternateContactType": "SECURITY"}
    for whom in ({"AccountId": orders}, {}):
        found = contacts.get_alternate_contact(**whom, **kind)["AlternateContact"]
        assert found["EmailAddress"] == "security@example.com"
    budgets, top = project.aws("budgets"), project.outputs()["managementAccountId"]
    limits = {}
    for budget in budgets.describe_budgets(AccountId=top)["Budgets"]:
        limits[budget["BudgetName"]] = float(budget["BudgetLimit"]["Amount"])
    assert limits == {
        "landfall-small-audit": 50,
        "landfall-small-management account": 50,
        "landfall-small-orders": 200,
    }
    where = {"AccountId": top, "BudgetName": "landfall-small-orders"}
    assert budgets.describe_budget(**where)["Budget"]["CostFilters"] == {"LinkedAccount": [orders]}
    alerts = budgets.describe_notifications_for_budget(**where)["Notifications"]
    assert sorted((a["NotificationType"], a["Threshold"]) for a in alerts) == [
        ("ACTUAL", 80),
        ("ACTUAL", 100),
        ("FORECASTED", 100),
    ]
    for alert in alerts:
        told = budgets.describe_subscribers_for_notification(**where, Notification=alert)
        assert [each["Address"] for each in told["Subscribers"]] == ["platform@example.com"]


def test_baseline_is_deployed_in_every_account(project: Stack, orders: str) -> None:
    for account in (orders, project.id_of("audit@example.com"), None):
        passwords = project.aws("iam", account).get_account_password_policy()["PasswordPolicy"]
        assert passwords["MinimumPasswordLength"] == 14
        assert passwords["PasswordReusePrevention"] == 24
        ec2 = project.aws("ec2", account)
        assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
        assert ec2.get_snapshot_block_public_access_state()["State"] == "block-all-sharing"
        defaults = ec2.get_instance_metadata_defaults()["AccountLevel"]
        assert defaults["HttpTokens"] == "required"
        owner = account or project.outputs()["managementAccountId"]
        block = project.aws("s3control", account).get_public_access_block(AccountId=owner)
        assert set(block["PublicAccessBlockConfiguration"].values()) == {True}


def test_no_edit_replaces_an_account(project: Stack) -> None:
    """In the engine's plan, for an account that is protected and for one that is not."""
    before = (project.folder / f"Pulumi.{STACK}.yaml").read_text()
    project.edit(
        "audit: {email: audit@example.com, unit: Sandbox}",
        "audit: {email: other@example.com, unit: Workloads, name: Other, closeOnDeletion: true}",
    )
    project.account_file(
        "orders", "email: new@example.com\nname: New\nunit: Sandbox\ncloseOnDeletion: false\n"
    )
    shown = project.pulumi(f"preview --json -s {STACK}").stdout
    steps = json.loads(shown)["steps"]
    accounts = {step["urn"]: step for step in steps if type_of(step) == ACCOUNT}
    assert [step["op"] for step in accounts.values()] == ["update", "update"]
    for step in accounts.values():
        assert {"name", "parentId"} <= set(step["diffReasons"])
        assert not {"email", "roleName"} & set(step["diffReasons"])
        assert not step.get("replaceReasons")
    assert not {"replace", "create-replacement", "delete-replaced", "delete"} & {
        step["op"] for step in steps if type_of(step).startswith("aws:organizations")
    }
    project.account_file("orders", ORDERS)
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(before)


def test_an_account_is_renamed_and_moved_in_place(project: Stack, orders: str) -> None:
    text = ORDERS.replace("unit: Workloads", "unit: Sandbox\nname: Orders of Europe")
    project.account_file("orders", text.replace("orders@example.com", "moved@example.com"))
    done = project.up()
    assert set(project.changes()) <= {"updated", "changes"}
    assert "the new e-mail address moved@example.com is recorded, but not set" in done.stdout
    assert project.id_of("orders@example.com") == orders
    described = project.aws("organizations").describe_account(AccountId=orders)["Account"]
    assert described["Name"] == "Orders of Europe"
    assert project.unit_of(orders) == "Sandbox"
    project.pulumi(f"preview --expect-no-changes -s {STACK}")


def test_suspended_account_is_kept_without_resources(project: Stack, orders: str) -> None:
    project.account_file("orders", ORDERS.replace("unit: Workloads", "unit: Old"))
    seen = len(project.requests())
    project.up(preview=False)
    assert set(project.changes()) <= {"updated", "deleted", "changes"}
    log = project.requests()[seen:]
    assert log.index("organizations:MoveAccount 200") < log.index("iam:DeleteRole 200")
    assert project.unit_of(orders) == "Old"
    described = project.aws("organizations").describe_account(AccountId=orders)["Account"]
    assert described["Status"] == "ACTIVE"
    iam = project.aws("iam", orders)
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_role(RoleName="reader")
    with pytest.raises(ClientError, match="NoSuchEntity"):
        iam.get_account_password_policy()
    contact = project.aws("account", region="us-east-1").get_alternate_contact(
        AccountId=orders, AlternateContactType="SECURITY"
    )
    assert contact["AlternateContact"]["Name"] == "Security Team"
    project.pulumi(f"preview --expect-no-changes -s {STACK}")
    project.pulumi(f"refresh --yes --expect-no-changes --skip-preview -s {STACK}")


def test_account_after_its_suspension_gets_its_resources_again(project: Stack, orders: str) -> None:
    project.account_file("orders", ORDERS)
    project.account_file("second", ORDERS.replace("orders@", "second@"))
    project.up(preview=False)
    assert project.aws("iam", orders).get_role(RoleName="reader")["Role"]["RoleName"] == "reader"
    assert project.unit_of(project.id_of("second@example.com")) == "Workloads"


def test_protected_account_cannot_be_removed(project: Stack) -> None:
    path = project.folder / f"Pulumi.{STACK}.yaml"
    text = FILE.replace("    audit: {email: audit@example.com, unit: Sandbox}\n", "    {}\n")
    path.write_text(text.replace("account: audit", "account: orders"))
    refused = project.pulumi(f"preview -s {STACK}", ok=False)
    path.write_text(FILE)
    assert refused.returncode != 0
    assert "Account::audit" in refused.stdout
    assert "protect" in refused.stdout


def test_closing_more_than_aws_allows_is_refused_in_the_preview(project: Stack) -> None:
    quotas = "  landfall:quotas: {accountClosures: 1, accountClosuresPercent: 1}\n"
    path = project.folder / f"Pulumi.{STACK}.yaml"
    path.write_text(FILE + quotas)
    for name in ("orders", "second"):
        project.account_file(name, "")
    refused = project.pulumi(f"preview -s {STACK}", ok=False)
    path.write_text(FILE)
    project.account_file("second", ORDERS.replace("orders@", "second@"))
    assert refused.returncode != 0
    assert "2 accounts would be closed (orders, second), but AWS closes 1" in refused.stdout


def test_an_account_is_emptied_and_then_closed(project: Stack, orders: str) -> None:
    seen = len(project.requests())
    project.up(preview=False)
    log = project.requests()[seen:]
    inside = [m.start() for m in re.finditer(rf"iam:DeleteRole 200 - account={orders}", log)]
    closed = log.index("organizations:CloseAccount 200")
    assert inside
    assert max(inside) < closed
    assert log.rindex(f"account={orders}", 0, closed) < closed
    assert f"account={orders}" not in log[closed:]
    described = project.aws("organizations").describe_account(AccountId=orders)["Account"]
    assert described["Status"] in ("PENDING_CLOSURE", "SUSPENDED")
    project.pulumi(f"preview --expect-no-changes -s {STACK}")
    project.pulumi(f"refresh --yes --expect-no-changes --skip-preview -s {STACK}")
