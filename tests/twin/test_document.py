"""The file of a snapshot: what is written is read, and what is wrong is told."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.snapshots.document import Snapshot, parse, text
from landfall.snapshots.found import Organization
from tests.adoption.found import MANAGEMENT, ROOT, account, organization, policy, unit

NAME = "org.json"


def snapshot(found: Organization | None = None, **more: Any) -> Snapshot:
    """Return a snapshot of two units, three accounts and two policies."""
    given = found or organization(
        units=(unit("Security", 1, level="a"), unit("Logs", 2, f"ou-ab12-{1:08}")),
        accounts=(account("audit", 1, f"ou-ab12-{1:08}"), account("logs", 2, ROOT, state="CLOSED")),
        policies=(policy("deny", 1, ROOT, f"{1:012}"), policy("é\n'quoted'", 2)),
        delegations={"guardduty.amazonaws.com": (f"{1:012}",)},
    )
    detector = {"id": "d1", "Status": "ENABLED"}
    resources = {MANAGEMENT: {"eu-west-1": {"GuardDuty detector": (detector,)}}}
    made: dict[str, Any] = {"resources": resources, "quotas": {"accounts": 60}} | more
    return Snapshot("2026-11-29T10:00:00+00:00", ("eu-west-1",), given, **made)


def edited(change: Any) -> str:
    """Return the text of the snapshot after a change of its JSON."""
    document = json.loads(text(snapshot()))
    change(document)
    return json.dumps(document)


def refused(written: str) -> ProblemsError:
    with pytest.raises(ProblemsError) as caught:
        parse(written, NAME)
    assert caught.value.exit_status == 2
    assert all(problem.fix for problem in caught.value.problems)
    return caught.value


def test_written_snapshot_is_read_unchanged() -> None:
    assert parse(text(snapshot()), NAME) == snapshot()


def test_resources_of_a_kind_come_with_account_and_region() -> None:
    found = list(snapshot().of_kind("GuardDuty detector"))
    assert found == [(MANAGEMENT, "eu-west-1", {"id": "d1", "Status": "ENABLED"})]
    assert list(snapshot().of_kind("trail")) == []


@pytest.mark.parametrize("share", [n / 20 for n in range(1, 20)])
def test_snapshot_cut_short_anywhere_is_refused(share: float) -> None:
    whole = text(snapshot())
    error = refused(whole[: int(len(whole) * share)])
    assert "org.json:" in str(error)
    assert "the snapshot is cut short" in str(error)
    assert "landfall snapshot -o FILE" in str(error)


@pytest.mark.parametrize(
    ("written", "told"),
    [
        ("", "the snapshot is cut short"),
        ("[" * 100_000, "nested too deeply"),
        ("config:\n  aws:region: eu-west-1\n", "the file is not JSON"),
        ('{"a": 1} x', "the file is not JSON"),
        ("[]", "the file is no snapshot"),
        ('{"format": "other"}', "the file is no snapshot"),
        ('{"version": 3, "deployment": {}}', "the file is no snapshot"),
        ('{"format": "landfall-snapshot"}', "None is no version"),
        ('{"format": "landfall-snapshot", "version": "1"}', "'1' is no version"),
        ('{"format": "landfall-snapshot", "version": true}', "True is no version"),
        ('{"format": "landfall-snapshot", "version": 0}', "0 is no version"),
    ],
)
def test_file_that_is_no_snapshot_is_refused(written: str, told: str) -> None:
    assert told in str(refused(written))


def test_snapshot_of_a_newer_version_is_refused_with_both_versions() -> None:
    error = str(refused(edited(lambda document: document.update(version=2))))
    assert "the snapshot has version 2, and this Landfall reads 1" in error
    assert "update Landfall" in error


def test_all_missing_and_wrong_members_are_told_with_their_paths() -> None:
    def spoil(document: Any) -> None:
        del document["organization"]["root"]
        document["organization"]["accounts"][1]["email"] = 5
        document["regions"] = "eu-west-1"

    error = refused(edited(spoil))
    assert [problem.path for problem in error.problems] == [
        "regions",
        "organization.root",
        "organization.accounts.1.email",
    ]


def test_account_unit_and_policy_that_are_there_twice_are_told_together() -> None:
    def spoil(document: Any) -> None:
        for kind in ("accounts", "units", "policies"):
            document["organization"][kind].append(document["organization"][kind][-1])

    error = str(refused(edited(spoil)))
    assert "organization.accounts: 000000000002 is there twice" in error
    assert f"organization.units: ou-ab12-{2:08} is there twice" in error
    assert "organization.policies: " in error


def test_references_to_missing_units_accounts_and_targets_are_told_together() -> None:
    def spoil(document: Any) -> None:
        found = document["organization"]
        found["units"] = found["units"][1:]
        found["policies"][0]["targets"].append("999900000000")
        found["management_account"] = "123123123123"
        document["resources"]["555555555555"] = {}

    whats = [problem.what for problem in refused(edited(spoil)).problems]
    assert whats == [
        "the management account 123123123123 is missing",
        "ou-ab12-00000002 is in ou-ab12-00000001, which is missing",
        "000000000001 is in ou-ab12-00000001, which is missing",
        "p-00000001 is attached to 999900000000, which is missing",
        "the account is not in the organization",
    ]
