"""A twin of an organization made by hand: its stack file is rehearsed as it would run on AWS.

The tests of this file follow one organization and build on each other in their order.
"""

from __future__ import annotations

import json
import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from landfall.sandbox import accounts
from landfall.snapshots import files
from landfall.snapshots.document import Snapshot
from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.in_use import HOME, OTHER, InUse
from tests.sandbox.legacy import type_of
from tests.twin import by_hand
from tests.twin.conftest import client_of, running
from tests.twin.test_round_trip import as_found

pytestmark = [pytest.mark.engine, pytest.mark.timeout(3600)]

STACK = "live"
ACCOUNTS = int(os.environ.get("LANDFALL_TWIN_ACCOUNTS", "4"))


@dataclass
class Rehearsal:
    """A project, and the snapshot of an organization made by hand in another sandbox."""

    project: Project
    made: InUse
    original: Snapshot
    said: str

    def snapshot(self, name: str) -> Snapshot:
        """Return a snapshot of the twin."""
        record = self.project.folder / ".landfall" / "sandboxes" / STACK / "server.json"
        url = f"http://127.0.0.1:{json.loads(record.read_text())['port']}"
        run_in(self.project, url, "snapshot", "-o", name, "--region", HOME, "--also", OTHER)
        return files.read(self.project.folder / name)

    def landfall(self, *command: str, ok: bool = True) -> Any:
        return self.project.run(str(BIN / "landfall"), *command, ok=ok)

    def steps(self) -> list[dict[str, Any]]:
        """Return the steps of a preview by the real engine, of resources of AWS."""
        shown = self.project.pulumi(f"preview --json -s {STACK}").stdout
        steps: list[dict[str, Any]] = json.loads(shown)["steps"]
        return [step for step in steps if type_of(step).startswith("aws:")]


def run_in(project: Project, url: str, *command: str) -> str:
    """Run a command with the credentials of a sandbox, and return what it said."""
    environment = {
        "AWS_ENDPOINT_URL": url,
        "AWS_ACCESS_KEY_ID": accounts.ACCESS_KEY,
        "AWS_SECRET_ACCESS_KEY": accounts.SECRET_KEY,
    }
    given = [f"{name}={value}" for name, value in environment.items()]
    return project.run("env", *given, str(BIN / "landfall"), *command).stdout


@pytest.fixture(scope="module")
def rehearsal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rehearsal]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    with running(tmp_path_factory.mktemp("original") / "original.log") as sandbox:
        made = by_hand.build(client_of(sandbox), ACCOUNTS)
        said = run_in(
            project,
            sandbox.url,
            *("adopt", "-s", STACK, "--region", HOME, "--also", OTHER),
            *("--snapshot", "org.json"),
        )
    try:
        yield Rehearsal(project, made, files.read(project.folder / "org.json"), said)
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK)


def test_adopt_writes_the_stack_file_and_the_snapshot(rehearsal: Rehearsal) -> None:
    assert f"org.json has organization {rehearsal.made.organization}" in rehearsal.said
    assert f"Pulumi.{STACK}.yaml adopts organization" in rehearsal.said


def test_first_preview_on_the_twin_only_imports(rehearsal: Rehearsal) -> None:
    shown = rehearsal.landfall("preview", "-s", STACK, "--twin", "org.json").stdout
    assert f"twin of {rehearsal.made.organization}" in shown
    steps = rehearsal.steps()
    done = Counter(step["op"] for step in steps)
    assert set(done) == {"import", "read"}
    kinds = Counter((step["op"], type_of(step).rpartition(":")[2]) for step in steps)
    assert kinds["import", "OrganizationalUnit"] == 3
    assert kinds["import", "Account"] == ACCOUNTS - 1
    # AWS Control Tower governs one account and its unit.
    assert kinds["read", "Account"] == 1


def test_up_on_the_twin_leaves_it_equal_to_the_original(rehearsal: Rehearsal) -> None:
    rehearsal.project.up()
    assert not {"updated", "deleted", "replaced"} & rehearsal.project.counts().keys()
    assert as_found(rehearsal.snapshot("after.json")) == as_found(rehearsal.original)
    rehearsal.project.up()
    assert rehearsal.project.changes() == {}


def test_account_with_an_address_of_the_organization_is_refused_in_the_twin(
    rehearsal: Rehearsal,
) -> None:
    closed = next(a for a in rehearsal.original.organization.accounts if a.state == "CLOSED")
    file = rehearsal.project.folder / f"Pulumi.{STACK}.yaml"
    written = file.read_text()
    content = yaml.safe_load(written)
    content["config"]["landfall:accounts"]["new"] = {"email": closed.email}
    # `landfall adopt` writes the number of accounts as the quota.
    content["config"]["landfall:quotas"] = {"accounts": ACCOUNTS + 10}
    try:
        file.write_text(yaml.safe_dump(content, sort_keys=False))
        done = rehearsal.project.up(ok=False)
    finally:
        file.write_text(written)
    assert done.returncode == 1
    assert "EMAIL_ALREADY_EXISTS" in done.stdout + done.stderr


def test_snapshot_that_does_not_fit_leaves_the_twin_running(
    rehearsal: Rehearsal, tmp_path: Path
) -> None:
    before = rehearsal.landfall("sandbox", "status", "-s", STACK).stdout
    whole = (rehearsal.project.folder / "org.json").read_text()
    (tmp_path / "cut.json").write_text(whole[:5000])
    for command in (("up", "-s", STACK), ("sandbox", "reset", "-s", STACK)):
        done = rehearsal.landfall(*command, "--twin", str(tmp_path / "cut.json"), ok=False)
        assert done.returncode == 2
        assert "the snapshot is cut short" in done.stderr
    after = rehearsal.landfall("sandbox", "status", "-s", STACK).stdout
    assert after.split()[:12] == before.split()[:12]
