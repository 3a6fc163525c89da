"""Splits and joins in a backend in memory: killed at each step, refused, gone on with."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landfall.blueprint import foundation_outputs, parts
from landfall.fleet.moving import record, states
from landfall.fleet.moving.moves import Mover
from landfall.problems import ProblemsError
from landfall.settings import Stack
from tests.fleet.stacks import stack_of
from tests.fleet.states import Backend, Killed, outputs, prepare, state, uncut

ROLES = {"a-role": "big.canary", "hub-role": "big.rest", "b-role": "big.rest", "c-role": "big.rest"}
Content = dict[str, dict[str, Any]]


@pytest.fixture
def checkout(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.delenv("LANDFALL_HOME", raising=False)
    (tmp_path / "Pulumi.big.yaml").write_text("config: {}\n")
    return tmp_path


def mover(checkout: Path, stack: Stack, backend: Backend) -> Mover:
    file = record.file(checkout, stack.name)
    return Mover(stack, checkout, backend, prepare, file, lambda line: None)


def whole() -> Content:
    stack = uncut()
    return {"big": state(stack, parts.whole(stack))}


def cut(*, salt: str = "one") -> Content:
    stack = stack_of()
    return {
        part.stack_of("big"): state(stack, part, salt=salt if part.name else "one")
        for part in parts.parts(stack)
    }


def digests(content: Content) -> dict[str, str]:
    return {name: states.digest(each) for name, each in content.items()}


def split(checkout: Path, backend: Backend) -> None:
    mover(checkout, stack_of(), backend).split()


def join(checkout: Path, backend: Backend) -> None:
    mover(checkout, uncut(), backend).join()


def test_split_moves_each_resource_to_its_part(checkout: Path) -> None:
    backend = Backend(whole())
    split(checkout, backend)
    assert {name: stack for stack, name in backend.owned() if "role" in name} == ROLES
    assert {name for stack, name in backend.owned() if stack == "big"} == {"hub", "a", "b", "c"}
    assert len(list(backend.owned())) == 8
    slices = states.outputs(backend.content["big"])[foundation_outputs.NAME]["slices"]
    assert slices == {"rest": ["hub", "b", "c"], "canary": ["a"]}
    assert not record.file(checkout, "big").exists()


def test_join_gives_back_the_state_before_the_split(checkout: Path) -> None:
    backend = Backend(whole())
    split(checkout, backend)
    join(checkout, backend)
    assert list(backend.content) == ["big"]
    before, after = whole(), backend.content
    for each in states.resources(before["big"]):
        # The next update writes what a resource needs in what was another state.
        each.pop("dependencies", None)
    for each in states.resources(after["big"]):
        each.pop("dependencies", None)
    assert _by_urn(after) == _by_urn(before)


def _by_urn(content: Content) -> dict[str, Any]:
    return {each["urn"]: each for each in states.resources(content["big"])}


@pytest.mark.parametrize(("begin", "move"), [(whole, split), (cut, join)], ids=["split", "join"])
def test_move_killed_at_any_step_is_completed_by_the_next_run(
    checkout: Path, begin: Callable[[], Content], move: Callable[[Path, Backend], None]
) -> None:
    expected = Backend(begin())
    move(checkout, expected)
    assert expected.places > 10
    for place in range(1, expected.places + 1):
        backend = Backend(begin())
        backend.dies_at = place
        with pytest.raises(Killed):
            move(checkout, backend)
        everything = {name for _, name in backend.owned()}
        assert everything == {name for _, name in expected.owned()}, f"lost at place {place}"
        move(checkout, backend)
        assert digests(backend.content) == digests(expected.content), f"killed at place {place}"
        assert not record.file(checkout, "big").exists()


def test_split_killed_before_the_foundation_is_undone_by_join(checkout: Path) -> None:
    complete = Backend(whole())
    split(checkout, complete)
    for place in range(3, complete.places - 1):
        backend = Backend(whole())
        backend.dies_at = place
        with pytest.raises(Killed):
            split(checkout, backend)
        join(checkout, backend)
        assert digests(backend.content) == digests(whole()), f"killed at place {place}"


def test_split_killed_and_then_cut_otherwise_leaves_nothing_of_the_first(checkout: Path) -> None:
    backend = Backend(whole())
    backend.dies_at = 6
    with pytest.raises(Killed):
        split(checkout, backend)
    assert states.resources(backend.content["big.canary"])
    other = stack_of({"slices": {"pilot": {"accounts": ["a"]}}})
    mover(checkout, other, backend).split()
    assert {n: s for s, n in backend.owned() if "role" in n} == {**ROLES, "a-role": "big.pilot"}
    assert not states.resources(backend.content["big.canary"])


def test_part_that_was_never_applied_is_removed_by_join(checkout: Path) -> None:
    backend = Backend({**cut(), "big.rest-9": {"version": 3, "deployment": None}})
    join(checkout, backend)
    assert list(backend.content) == ["big"]


def test_dry_run_changes_no_state_and_leaves_no_record(checkout: Path) -> None:
    backend = Backend(whole())
    mover(checkout, stack_of(), backend).split(dry_run=True)
    other = Backend(cut())
    mover(checkout, uncut(), other).join(dry_run=True)
    assert backend.places == other.places == 0
    assert not record.file(checkout, "big").exists()


def test_part_with_another_secrets_provider_is_read_in_plaintext_in_memory(checkout: Path) -> None:
    backend = Backend(cut(salt="two"))
    join(checkout, backend)
    assert sorted(set(backend.plain)) == ["big.canary", "big.closing", "big.rest"]
    own = Backend(cut())
    join(checkout, own)
    assert own.plain == []


def refused(move: Callable[[Path, Backend], None], checkout: Path, content: Content) -> str:
    backend = Backend(content)
    before = digests(content)
    with pytest.raises(ProblemsError) as raised:
        move(checkout, backend)
    assert digests(backend.content) == before
    return str(raised.value)


def test_state_with_a_pending_operation_is_refused(checkout: Path) -> None:
    content = whole()
    deployment = content["big"]["deployment"]
    deployment["pending_operations"] = [
        {"type": "creating", "resource": deployment["resources"][-1]}
    ]
    said = refused(split, checkout, content)
    assert "an interrupted run left c-role unfinished" in said
    assert "landfall recover -s big" in said


def test_state_with_an_unfinished_replacement_is_refused(checkout: Path) -> None:
    content = cut()
    content["big.rest"]["deployment"]["resources"][-1]["delete"] = True
    assert "a replacement of c-role has not deleted" in refused(join, checkout, content)


def test_locked_state_is_refused_before_a_part_is_written(checkout: Path) -> None:
    backend = Backend(whole())
    backend.locked = "big"
    with pytest.raises(ProblemsError, match="another run has locked the state of stack big"):
        split(checkout, backend)
    assert list(backend.content) == ["big"]


def test_state_that_changes_during_a_split_is_refused(checkout: Path) -> None:
    backend = Backend(whole())

    class Changing(Backend):
        def create(self, part: parts.Part) -> None:
            super().create(part)
            self.content["big"]["deployment"]["resources"][-1]["id"] = "another"

    backend = Changing(whole())
    with pytest.raises(ProblemsError, match="the state of stack big has changed"):
        split(checkout, backend)
    assert {name for stack, name in backend.owned() if stack == "big"} >= set(ROLES)


def test_part_with_resources_of_unknown_origin_is_refused(checkout: Path) -> None:
    content = {**whole(), "big.rest": cut()["big.rest"]}
    assert "stack big.rest has resources already" in refused(split, checkout, content)
    assert "stack big.rest has resources already" in refused(join, checkout, content)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"version": 0}, "another version of Landfall"),
        ({"accounts": {"a": "id-a"}}, "was applied with earlier settings"),
    ],
)
def test_foundation_with_other_outputs_is_not_joined(
    checkout: Path, changed: dict[str, Any], said: str
) -> None:
    content = cut()
    root = content["big"]["deployment"]["resources"][0]
    root["outputs"] = outputs(stack_of(), parts.Part("", foundation=True))
    root["outputs"][foundation_outputs.NAME] |= changed
    assert said in refused(join, checkout, content)


def test_stack_that_is_cut_otherwise_is_not_split(checkout: Path) -> None:
    backend = Backend(cut())
    other = stack_of({"slices": {"pilot": {"accounts": ["a"]}}})
    with pytest.raises(ProblemsError, match="cut, but not as its settings say"):
        mover(checkout, other, backend).split()
    assert backend.places == 0


def test_settings_decide_the_way(checkout: Path) -> None:
    with pytest.raises(ProblemsError, match="stack big has no landfall:fleet"):
        mover(checkout, uncut(), Backend(whole())).split()
    with pytest.raises(ProblemsError, match="stack big has landfall:fleet"):
        mover(checkout, stack_of(), Backend(cut())).join()


def test_stack_that_is_not_applied_is_refused(checkout: Path) -> None:
    with pytest.raises(ProblemsError, match="stack big is not applied yet"):
        split(checkout, Backend({}))


def test_split_of_a_stack_that_is_cut_changes_nothing(checkout: Path) -> None:
    backend = Backend(cut())
    split(checkout, backend)
    assert backend.places == 0


def test_other_commands_refuse_while_a_move_is_unfinished(checkout: Path) -> None:
    backend = Backend(whole())
    backend.dies_at = 5
    with pytest.raises(Killed):
        split(checkout, backend)
    place = record.file(checkout, "big")
    with pytest.raises(ProblemsError, match="`landfall fleet split` of stack big was interrupted"):
        record.require_none(place, "big")
    place.write_text("{")
    with pytest.raises(ProblemsError, match="cannot be read"):
        record.require_none(place, "big")
