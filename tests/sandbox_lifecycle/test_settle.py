"""Repair of a sandbox's state after an interrupted run, without an engine."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from landfall.recovery.clients import Clients
from landfall.sandbox import recovery
from landfall.sandbox.directories import Directories
from tests.recovery.test_settling import HERE, Aws, role
from tests.sandbox_lifecycle.conftest import Said


class _Engine:
    """A state backend: exports a state, and records the imported one."""

    def __init__(self, directories: Directories, latest: dict[str, Any]) -> None:
        self.directories, self.server = directories, SimpleNamespace(url="http://127.0.0.1:9")
        self._latest = latest
        self.imported: dict[str, Any] = {}

    def query(self, *arguments: str, **_: Any) -> str:
        if arguments[:2] == ("stack", "import"):
            file = Path(arguments[arguments.index("--file") + 1])
            self.imported = json.loads(file.read_text())["deployment"]
        return json.dumps({"version": 3, "deployment": self._latest})


def test_settle_imports_created_resources_and_refreshes_uncertain_ones(
    make: Callable[..., Directories], said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    begun = role("begun")
    directories.begun.write_text(json.dumps([begun]))
    made = role("made-after-all", id="made-after-all")
    latest = {
        "resources": [HERE, made, role("half", id="half", initErrors=["context canceled"])],
        "pending_operations": [
            {"type": "creating", "resource": role("pending")},
            {"type": "creating", "resource": role("absent")},
            {"type": "creating", "resource": role("made-after-all")},
            {"type": "updating", "resource": role("changed")},
        ],
    }
    engine: Any = _Engine(directories, latest)
    aws = Aws("pending", "begun", "made-after-all")
    monkeypatch.setattr(recovery, "_clients", lambda _: Clients(lambda profile, region: aws))
    recovery.settle(engine, said)
    assert engine.imported["pending_operations"] == []
    added = engine.imported["resources"][3:]
    assert [(each["id"], each["outputs"]) for each in added] == [("pending", {}), ("begun", {})]
    unsure = [urn.rpartition("::")[2] for urn in json.loads(directories.unsettled.read_text())]
    assert unsure == ["half", "changed", "pending", "begun"]
    assert not directories.begun.exists()
    assert said == [
        "  changed: interrupted while updating; reading it again from AWS",
        "  pending: found in AWS (pending); imported",
        "  absent: not in AWS; it will be created",
        "  begun: found in AWS (begun); imported",
    ]
