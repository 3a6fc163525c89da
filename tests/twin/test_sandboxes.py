"""Sandboxes that start from a snapshot; a start that fails leaves the earlier one as it was."""

from __future__ import annotations

import json
import os
import signal
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import psutil
import pytest

from landfall.problems import ProblemsError
from landfall.sandbox import accounts, lifecycle
from landfall.sandbox.directories import Directories
from landfall.sandbox.server_process import Server, State, inspect
from landfall.sandbox.twin import chosen
from landfall.sandbox.twin.chosen import Twin
from landfall.snapshots.document import text
from tests.adoption.found import ID, MANAGEMENT
from tests.twin.test_document import snapshot
from tests.twin.test_files import stack


def ignore(line: str) -> None:
    pass


@pytest.fixture
def places(tmp_path: Path) -> Iterator[Directories]:
    found = Directories(tmp_path, tmp_path / ".landfall", "live")
    yield found
    lifecycle.stop(found, ignore)


def write(folder: Path, name: str = "org.json", **resources: Any) -> Path:
    """Write a snapshot with resources of the management account, by kind."""
    kinds = {MANAGEMENT: {"eu-west-1": {k: tuple(v) for k, v in resources.items()}}}
    file = folder / name
    file.write_text(text(snapshot(resources=kinds)))
    return file


def twin(file: Path) -> Twin:
    return chosen.of_file(file, None, ignore)


def organization_of(server: Server) -> str:
    """Return the id of the organization in a sandbox."""
    client = boto3.client(
        "organizations",
        region_name="eu-west-1",
        endpoint_url=server.url,
        aws_access_key_id=accounts.ACCESS_KEY,
        aws_secret_access_key=accounts.SECRET_KEY,
    )
    return str(client.describe_organization()["Organization"]["Id"])


def test_sandbox_of_a_snapshot_has_its_organization_and_management_account(
    places: Directories, tmp_path: Path
) -> None:
    file = write(tmp_path)
    told: list[str] = []
    started = lifecycle.start(places, told.append, twin=twin(file))
    assert started.fresh
    assert started.server.account == MANAGEMENT
    assert f"twin of {ID}" in told[-1]
    assert organization_of(started.server) == ID
    again = lifecycle.start(places, ignore, twin=twin(file))
    assert not again.fresh
    assert lifecycle.start(places, ignore).server == again.server


def test_twin_whose_server_died_starts_again_from_its_snapshot(
    places: Directories, tmp_path: Path
) -> None:
    first = lifecycle.start(places, ignore, twin=twin(write(tmp_path))).server
    os.kill(first.pid, signal.SIGKILL)
    psutil.Process(first.pid).wait(timeout=30)
    told: list[str] = []
    second = lifecycle.start(places, told.append)
    assert second.fresh
    assert "It starts again from its snapshot." in told
    assert organization_of(second.server) == ID


def test_running_sandbox_that_began_otherwise_is_kept_and_the_command_told(
    places: Directories, tmp_path: Path
) -> None:
    file = write(tmp_path)
    first = lifecycle.start(places, ignore).server
    with pytest.raises(ProblemsError) as caught:
        lifecycle.start(places, ignore, twin=twin(file))
    error = str(caught.value)
    assert "runs already, and began with no snapshot" in error
    assert f"landfall sandbox reset -s live --twin {file}" in error
    assert lifecycle.start(places, ignore).server == first
    second = lifecycle.reset(places, ignore, twin=twin(file))
    assert organization_of(second) == ID
    other = tmp_path / "other.json"
    other.write_text(file.read_text().replace("2026-11-29", "2026-11-30"))
    with pytest.raises(ProblemsError, match="began with another snapshot"):
        lifecycle.start(places, ignore, twin=twin(other))


@pytest.mark.parametrize(
    ("resources", "told"),
    [
        ({"tomorrow's service": [{"id": "x"}]}, "knows no kind of resource"),
        ({"backup vault": [{"tags": {}}]}, "backup vault ? lacks 'BackupVaultName'"),
    ],
)
def test_reset_to_a_twin_that_cannot_start_leaves_the_sandbox_and_its_state(
    places: Directories, tmp_path: Path, resources: dict[str, Any], told: str
) -> None:
    first = lifecycle.reset(places, ignore, twin=twin(write(tmp_path)))
    places.backend.mkdir()
    (places.backend / "state").write_text("kept")
    file = write(tmp_path, "bad.json", **resources)
    with pytest.raises(ProblemsError) as caught:
        lifecycle.reset(places, ignore, twin=twin(file))
    assert "the running one is unchanged" in str(caught.value)
    assert told in str(caught.value)
    status = inspect(places)
    assert status.state is State.RUNNING
    assert status.server == first
    assert organization_of(first) == ID
    assert (places.backend / "state").read_text() == "kept"


def test_first_start_with_a_twin_that_cannot_start_tells_why(
    places: Directories, tmp_path: Path
) -> None:
    file = write(tmp_path, "bad.json", **{"backup vault": [{"tags": {}}]})
    with pytest.raises(ProblemsError) as caught:
        lifecycle.start(places, ignore, twin=twin(file))
    assert "lacks 'BackupVaultName'" in str(caught.value)
    assert inspect(places).state is State.STOPPED


def test_bad_files_and_misfits_are_refused_before_anything_starts(
    places: Directories, tmp_path: Path
) -> None:
    file = write(tmp_path)
    told: list[str] = []
    assert chosen.of_file(file, stack(), told.append).organization == ID
    assert "lacks accounts of the twin: 'audit'" in told[0]
    with pytest.raises(ProblemsError, match="no account 222222222222"):
        chosen.of_file(file, stack(other="222222222222"), told.append)
    document = json.loads(file.read_text())
    file.write_text(json.dumps(document | {"version": 2}))
    with pytest.raises(ProblemsError, match="version 2"):
        chosen.of_file(file, stack(), told.append)
    assert not places.root.exists()
