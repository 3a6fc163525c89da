"""What accounts use is listed: what a setting takes over, what stays, and what was not read."""

from __future__ import annotations

from typing import Any

from landfall.adoption.stack_file import text
from landfall.snapshots.found import InUse, Organization, Unread
from tests.adoption.found import MANAGEMENT, account, described, organization, settings


def _found(*uses: InUse, **more: Any) -> Organization:
    accounts = tuple(account(f"app {n}", n) for n in range(1, 6))
    return organization(accounts=accounts, in_use=uses, **more)


def _use(kind: str, number: int, name: str, setting: str = "", why: str = "") -> InUse:
    return InUse(kind, f"{number:012}", "eu-west-1", name, setting, why)


def test_resources_with_a_setting_are_listed_by_kind_with_their_accounts() -> None:
    uses = [_use("GuardDuty detector", n, f"d{n}", "landfall:security.guardDuty") for n in (1, 2)]
    found = described(_found(*uses))
    assert found.in_use == (
        ("GuardDuty detector", "2 in 'app 1', 'app 2', eu-west-1", "landfall:security.guardDuty"),
    )
    written = text(found.config, found.left, {}, found.in_use)
    assert "# In use. When you switch on its setting, `landfall takeover` imports it:\n" in written


def test_long_lists_of_accounts_are_shortened() -> None:
    uses = [_use("Config recorder", n, "default", "landfall:security.config") for n in range(1, 6)]
    ((_, what, _),) = described(_found(*uses)).in_use
    assert what == "5 in 'app 1', 'app 2', 'app 3' and 2 more accounts, eu-west-1"


def test_resources_without_a_setting_are_left_with_the_reason() -> None:
    left = described(_found(_use("backup vault", 1, "Default", why="no setting"))).left
    assert ("backup vault", "1 in 'app 1', eu-west-1", "no setting") in left


def test_resources_of_control_tower_are_left() -> None:
    name = "aws-controltower-BaselineConfigRecorder"
    found = described(_found(_use("Config recorder", 1, name, "landfall:security.config")))
    assert found.in_use == ()
    assert ("Config recorder", f"'{name}'", "managed by AWS Control Tower") in found.left


def test_kinds_that_could_not_be_read_are_listed_with_the_error() -> None:
    unread = (Unread("trail", f"{1:012}", "us-east-1", "AccessDeniedException"),)
    left = described(_found(unread=unread)).left
    assert ("trail", "in 'app 1'", "AWS answered AccessDeniedException") in left


def test_accounts_of_the_same_name_are_named_with_their_id() -> None:
    accounts = (account("same", 1), account("Same", 2))
    uses = tuple(_use("trail", n, "t", "landfall:security.trail") for n in (1, 2))
    ((_, what, _),) = described(organization(accounts=accounts, in_use=uses)).in_use
    assert what == "2 in 'Same' (000000000002), 'same' (000000000001), eu-west-1"


def test_tags_of_the_management_account_are_left() -> None:
    found = organization()
    manager = account("management", int(MANAGEMENT), tags={"owner": "finance"})
    found = Organization(
        **{name: getattr(found, name) for name in found.__slots__} | {"accounts": (manager,)}
    )
    left = described(found).left
    assert ("tags", "1 of the management account", "settings cannot tag it; they stay") in left


def test_role_of_an_account_is_written_where_it_differs() -> None:
    roles = {f"{1:012}": "AWSControlTowerExecution", f"{2:012}": "OrganizationAccountAccessRole"}
    stack = settings(_found(account_roles=roles))
    assert stack.accounts["app-1"].account_role == "AWSControlTowerExecution"
    assert stack.accounts["app-2"].account_role is None
    assert stack.account_roles == ("OrganizationAccountAccessRole", "AWSControlTowerExecution")
