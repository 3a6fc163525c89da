"""A checkpoint that a killed engine left unreadable is replaced by the engine's own backup."""

from __future__ import annotations

import gzip
import json
from pathlib import Path

import pytest

from landfall.problems import ProblemsError
from landfall.sandbox import state
from landfall.sandbox.directories import Directories

GOOD = gzip.compress(json.dumps({"checkpoint": {"latest": {"resources": [{"urn": "a"}]}}}).encode())


@pytest.fixture
def checkpoint(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: landfall\n")
    folder = _directories(tmp_path).backend / ".pulumi" / "stacks" / "landfall"
    folder.mkdir(parents=True)
    return folder / "dev.json.gz"


def _directories(checkout: Path) -> Directories:
    return Directories(checkout, checkout / ".landfall", "dev")


# Names of their own: gzip writes the time into what it compresses, and workers compare names.
@pytest.mark.parametrize(
    "broken",
    [b"", GOOD[:20], gzip.compress(b"{"), b"{}"],
    ids=["empty", "interrupted", "no document", "not compressed"],
)
def test_unreadable_checkpoint_is_replaced_by_the_backup(
    checkpoint: Path, tmp_path: Path, broken: bytes
) -> None:
    checkpoint.write_bytes(broken)
    checkpoint.with_name("dev.json.gz.bak").write_bytes(GOOD)
    assert state.restore(_directories(tmp_path))
    assert state.deployment(_directories(tmp_path)) == {"resources": [{"urn": "a"}]}
    assert not state.restore(_directories(tmp_path))


def test_readable_checkpoint_is_unchanged(checkpoint: Path, tmp_path: Path) -> None:
    assert not state.restore(_directories(tmp_path))
    checkpoint.write_bytes(GOOD)
    checkpoint.with_name("dev.json.gz.bak").write_bytes(b"")
    assert not state.restore(_directories(tmp_path))
    assert checkpoint.read_bytes() == GOOD


def test_unreadable_checkpoint_without_a_backup_is_reported_with_a_fix(
    checkpoint: Path, tmp_path: Path
) -> None:
    checkpoint.write_bytes(b"")
    with pytest.raises(ProblemsError, match="landfall sandbox reset -s dev"):
        state.restore(_directories(tmp_path))


@pytest.mark.parametrize("name", ["dev.json.gz", "dev.json.gz.bak"])
def test_attributes_that_were_cut_off_are_dropped(
    checkpoint: Path, tmp_path: Path, name: str
) -> None:
    whole = '{"user.content_type": "application/json"}'
    attributes = {file: checkpoint.with_name(f"{file}.attrs") for file in ("dev.json.gz", name)}
    checkpoint.write_bytes(GOOD)
    for file in attributes.values():
        file.write_text(whole)
    assert not state.restore(_directories(tmp_path))
    for cut in ("", whole[:9]):
        attributes[name].write_text(cut)
        assert state.restore(_directories(tmp_path))
        assert not attributes[name].exists()
    assert checkpoint.read_bytes() == GOOD
    assert not state.restore(_directories(tmp_path))
