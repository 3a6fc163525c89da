"""How `landfall recover` looks, round by round, and when it refuses to import."""

from __future__ import annotations

import json
import subprocess
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from landfall.problems import ProblemsError
from landfall.provisioning import copies
from landfall.recovery import recovering, settling
from landfall.recovery.creations import Resource
from landfall.recovery.settling import Outcome, Settled

URN = "urn:pulumi:dev::landfall::aws:iam/role:Role::"


def _role(name: str) -> Resource:
    return {"urn": URN + name, "type": "aws:iam/role:Role", "custom": True, "inputs": {}}


class _Copy:
    """A copy of a state whose previews create some roles; records what the engine is asked."""

    def __init__(self, folder: Path, *creates: str) -> None:
        self.folder = self.checkout = folder
        self._creates = creates
        self.asked: list[str] = []
        self._state: dict[str, Any] = {"deployment": {}}

    def stack_file(self) -> Path:
        return self.folder / "Pulumi.dev.yaml"

    def run(self, *arguments: str, **_: Any) -> subprocess.CompletedProcess[str]:
        self.asked.append(" ".join(each for each in arguments[:2] if not each.startswith("-")))
        if "--event-log" in arguments:
            steps = [{"op": "create", "new": _role(name)} for name in self._creates]
            lines = [json.dumps({"resourcePreEvent": {"metadata": step}}) for step in steps]
            Path(arguments[arguments.index("--event-log") + 1]).write_text("\n".join(lines))
        if "--file" in arguments:
            file = Path(arguments[arguments.index("--file") + 1])
            self._state = json.loads(file.read_text())
        return subprocess.CompletedProcess(arguments, 0, json.dumps(self._state), "")


def _search(
    monkeypatch: pytest.MonkeyPatch,
    copy: _Copy,
    *rounds: dict[str, Outcome],
    state: dict[str, Any] | None = None,
) -> recovering._Search:
    answers = iter(rounds)

    def look_up(creations: list[Resource], *_: Any) -> list[Settled]:
        answer = next(answers)
        assert [each["urn"].removeprefix(URN) for each in creations] == list(answer)
        found = zip(creations, answer.values(), strict=True)
        return [Settled(each, outcome, f"id-{outcome.name}") for each, outcome in found]

    monkeypatch.setattr(settling, "look_up", look_up)
    exported = {"deployment": state or {}}
    return recovering._Search(copy, "dev", None, lambda _: None, exported)  # type: ignore[arg-type]


def test_search_ends_after_one_preview_where_nothing_is_undecided(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = _Copy(tmp_path, "a", "b")
    search = _search(monkeypatch, copy, {"a": Outcome.FOUND, "b": Outcome.ABSENT})
    assert not search.round()
    assert [each.name for each in search.found] == ["a"]
    assert [each["id"] for each in search.added] == ["id-FOUND"]
    assert copy.asked == ["preview"]


def test_search_looks_again_for_what_was_undecided_and_for_nothing_else(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy = _Copy(tmp_path, "a", "b", "c")
    first = {"a": Outcome.FOUND, "b": Outcome.ABSENT, "c": Outcome.UNDECIDED}
    search = _search(monkeypatch, copy, first, {"c": Outcome.FOUND})
    assert search.round()
    assert copy.asked == ["preview", "stack import", "refresh", "stack export"]
    assert not search.round()
    assert [each.name for each in search.found] == ["a", "c"]


def test_pending_creation_that_the_program_no_longer_wants_is_looked_up(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    copy, answer = _Copy(tmp_path, "a"), {"a": Outcome.ABSENT, "gone": Outcome.FOUND}
    pending = [{"type": "creating", "resource": _role("gone")}]
    search = _search(monkeypatch, copy, answer, state={"pending_operations": pending})
    search.round()
    assert [each.name for each in search.found] == ["gone"]


@pytest.fixture
def engine(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, ...]]:
    """The arguments with which the engine was run on the real state."""
    ran: list[tuple[str, ...]] = []
    monkeypatch.setattr(
        recovering.wrappers, "ensure", lambda *_: SimpleNamespace(pulumi=Path("pulumi"))
    )
    monkeypatch.setattr(
        recovering, "_engine", lambda pulumi, checkout, *arguments: ran.append(arguments)
    )
    return ran


def _lacking(deployment: dict[str, Any]) -> recovering.Lacking:
    settled = Settled(_role("a"), Outcome.FOUND, "a")
    half_made = ("creating", URN + "b")
    added = {**_role("a"), "id": "a"}
    return recovering.Lacking("dev", (settled,), (half_made,), (added,), {"deployment": deployment})


def test_import_into_a_state_that_changed_meanwhile_is_refused(
    engine: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    changed = {"deployment": {"resources": [_role("b")]}}
    monkeypatch.setattr(copies, "export", lambda *_: changed)
    with pytest.raises(ProblemsError, match="changed during the search"):
        recovering.take_in(_lacking({"resources": []}), tmp_path, print)
    assert engine == []


def test_import_reads_what_was_found_and_what_was_interrupted(
    engine: list[tuple[str, ...]], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    deployment = {"resources": [_role("b")]}
    monkeypatch.setattr(copies, "export", lambda *_: {"deployment": dict(deployment)})
    recovering.take_in(_lacking(deployment), tmp_path, print)
    imported, refreshed = engine
    assert imported[:2] == ("stack", "import")
    assert refreshed[0] == "refresh"
    assert {each for each in refreshed if "target" in each} == {
        f"--target={URN}a",
        f"--target={URN}b",
    }
