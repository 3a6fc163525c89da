"""Adoption of an organization created by hand: imported as a whole, and not changed.

The tests of this file follow one organization and build on each other in their order.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

import pytest

from tests.sandbox import messy
from tests.sandbox.conftest import BIN, copied
from tests.sandbox.legacy import STACK, Legacy, type_of

pytestmark = pytest.mark.engine


@pytest.fixture(scope="module")
def legacy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Legacy]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    try:
        yield Legacy(project, messy.build)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK)


def test_adopt_writes_a_valid_stack_file(legacy: Legacy) -> None:
    said = legacy.adopt().stdout
    assert "units 11, accounts 6, policies 10, roles 1" in said
    for told in (
        f"account 'gone' ({legacy.made.accounts['gone']}): it is closed",
        "a stack does not manage the management account",
        "role /landfall/own-landfall-by-hand",
    ):
        assert told in said
    written = (legacy.project.folder / f"Pulumi.{STACK}.yaml").read_text()
    assert written.count("fullAccess: false") == 2
    shown = legacy.project.run(str(BIN / "landfall"), "validate", "-s", STACK).stdout
    assert "It adopts an organization" in shown


def test_adopt_does_not_overwrite_a_stack_file(legacy: Legacy) -> None:
    file = legacy.project.folder / f"Pulumi.{STACK}.yaml"
    written = file.read_text()
    file.write_text(written.replace("config:\n", "config:\n  aws:profile: x\n"))
    done = legacy.adopt(ok=False)
    assert done.returncode == 2
    assert "already exists" in done.stderr
    legacy.adopt("--force")
    assert "aws:profile: x" in file.read_text()
    file.write_text(written)


def test_preview_of_an_adopted_stack_only_imports(legacy: Legacy) -> None:
    steps = legacy.preview()
    of_aws = [step for step in steps if type_of(step).startswith("aws:")]
    assert {step["op"] for step in of_aws} == {"import"}
    # What is new is Pulumi's own: the stack, components, and the providers of accounts.
    others = {type_of(step) for step in steps if step["op"] != "import"}
    assert all(token.startswith(("pulumi:", "landfall:")) for token in others)
    counted = Counter(type_of(step).rpartition(":")[2] for step in of_aws)
    before = legacy.before
    carried = {account["Id"] for account in before["accounts"] if account["Status"] == "ACTIVE"}
    management = legacy.client("organizations").describe_organization()["Organization"]
    targets = carried - {management["MasterAccountId"]} | set(before["tree"])
    attachments = [
        target["TargetId"]
        for policy, attached in before["policies"].values()
        if not policy["PolicySummary"]["AwsManaged"]
        for target in attached
        if target["TargetId"] in targets
    ]
    assert counted == {
        "Organization": 1,
        "OrganizationalUnit": len(before["tree"]) - 1,
        "Account": len(carried) - 1,
        "Policy": len(legacy.made.policies),
        "PolicyAttachment": len(attachments),
        "DelegatedAdministrator": 3,
        "Role": 3,
        "RolePolicy": 3,
        "RolePolicyAttachment": 3,
    }


def test_up_of_an_adopted_stack_imports_and_leaves_aws_unchanged(legacy: Legacy) -> None:
    legacy.project.up()
    assert legacy.project.counts()["imported"] == 52
    assert set(legacy.project.changes()) <= {"created", "imported", "changes"}
    assert legacy.everything() == legacy.before


def test_the_second_up_and_a_refresh_change_nothing(legacy: Legacy) -> None:
    legacy.project.up()
    assert legacy.project.changes() == {}
    legacy.project.pulumi(f"refresh --yes --expect-no-changes --skip-preview -s {STACK}")


def test_imported_resource_can_be_removed_from_the_stack_file(legacy: Legacy) -> None:
    file = legacy.project.folder / f"Pulumi.{STACK}.yaml"
    whole = file.read_text()
    rest, _, adopted = whole.partition("  landfall:adopted:\n")
    assert adopted
    file.write_text(rest)
    legacy.project.up()
    assert legacy.project.changes() == {}


def test_adopted_organization_can_be_changed_afterwards(legacy: Legacy) -> None:
    unit = legacy.made.units["Security"]
    legacy.project.edit(f"id: {unit}\n", f"id: {unit}\n        guardrails: [deny-root-user]\n")
    legacy.project.up(preview=False)
    assert legacy.project.changes() == {"created": 2}
    attached = legacy.client("organizations").list_policies_for_target(
        TargetId=unit, Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    assert {policy["Name"] for policy in attached} == {
        "FullAWSAccess",
        f"landfall-{STACK}-security-scp-1",
    }
