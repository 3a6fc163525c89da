"""A snapshot beside the stack file that is tried on it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.settings import Stack
from landfall.snapshots import files
from landfall.snapshots.document import Snapshot, text
from landfall.validation import parse
from tests.adoption.found import ID, MANAGEMENT
from tests.twin.test_document import snapshot

FILE = "Pulumi.live.yaml"
AUDIT, UNIT = f"{1:012}", f"ou-ab12-{1:08}"


def stack(
    organization: dict[str, Any] | None = None,
    center: dict[str, str] | None = None,
    **ids: str,
) -> Stack:
    """Return a stack that adopts the organization, and accounts by name."""
    given = {"mode": "adopt", "id": ID} if organization is None else organization
    accounts = {name: {"id": id, "email": f"aws+{name}@example.com"} for name, id in ids.items()}
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": given,
        "landfall:accounts": accounts,
        "landfall:baseline": {"enabled": False},
        "landfall:access": {"identityCenter": center} if center else {},
    }
    return parse(config, stack="live")


def refused(given: Stack, found: Snapshot | None = None) -> str:
    with pytest.raises(ProblemsError) as caught:
        files.require_fit(found or snapshot(), given, FILE)
    assert caught.value.exit_status == 2
    return str(caught.value)


def test_stack_file_of_the_same_organization_fits() -> None:
    files.require_fit(snapshot(), stack(audit=AUDIT), FILE)


def test_account_that_the_stack_file_lacks_is_told_with_the_command() -> None:
    told = files.note(snapshot(), stack(), FILE)
    assert "Pulumi.live.yaml lacks accounts of the twin: 'audit' (000000000001)" in told
    assert "landfall adopt -s live --force" in told
    assert files.note(snapshot(), stack(audit=AUDIT), FILE) == ""


def test_closed_and_management_accounts_are_not_missed() -> None:
    assert [each.name for each in files.unlisted(snapshot(), stack())] == ["audit"]


def test_accounts_and_units_that_the_snapshot_lacks_are_refused_together() -> None:
    organization = {
        "mode": "adopt",
        "id": ID,
        "units": {
            "Security": {"id": UNIT, "units": {"New": {"id": "ou-ab12-99999999"}}},
        },
    }
    error = refused(stack(organization, audit=AUDIT, other="222222222222"))
    assert "landfall:accounts.other.id: the snapshot has no account 222222222222" in error
    path = "landfall:organization.units.Security.units.New.id"
    assert f"{path}: the snapshot has no unit ou-ab12-99999999" in error
    assert "landfall snapshot" in error


def test_snapshot_of_another_organization_is_refused_with_both_ids() -> None:
    error = refused(stack({"mode": "adopt", "id": "o-zzzzzzzzzz"}))
    assert f"the stack adopts organization o-zzzzzzzzzz, and the snapshot is of {ID}" in error


def test_stack_that_creates_its_organization_is_refused() -> None:
    error = refused(stack({"mode": "create"}))
    assert f"the twin has one already, {ID}" in error
    assert "landfall adopt" in error


def test_other_ids_of_identity_center_are_refused_before_a_start() -> None:
    center = {"InstanceArn": "arn:aws:sso:::instance/ssoins-00000019df6690e5"}
    kept = {"Identity Center instance": (center | {"IdentityStoreId": "d-19df6690e5"},)}
    found = snapshot(resources={MANAGEMENT: {"eu-west-1": kept}})
    own = {"instance": "ssoins-00000019df6690e5", "identityStore": "d-19df6690e5"}
    files.require_fit(found, stack(center=own), FILE)
    files.require_fit(snapshot(), stack(center=own), FILE)
    other = {"instance": "ssoins-1111111111111111", "identityStore": "d-1111111111"}
    error = refused(stack(center=other), found)
    path = "landfall:access.identityCenter"
    assert f"{path}.instance: the snapshot has ssoins-00000019df6690e5, not ssoins-11111" in error
    assert f"{path}.identityStore: the snapshot has d-19df6690e5, not d-1111111111" in error


def test_missing_or_binary_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="cannot read the snapshot"):
        files.read(tmp_path / "missing.json")
    (tmp_path / "binary").write_bytes(b"\xff\xfe")
    with pytest.raises(ProblemsError, match="not UTF-8"):
        files.read(tmp_path / "binary")
    (tmp_path / "good.json").write_text(text(snapshot()))
    assert files.read(tmp_path / "good.json") == snapshot()
    (tmp_path / "marked.json").write_text(text(snapshot()), encoding="utf-8-sig")
    assert files.read(tmp_path / "marked.json") == snapshot()
