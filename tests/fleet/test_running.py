"""Runs of a fleet with an engine that takes no time: order, failure, skipping, going on."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path
from typing import Any

import pytest

from landfall.blueprint import foundation_outputs, parts
from landfall.fleet import journal as journals
from landfall.fleet import results
from landfall.fleet.engines import Engines
from landfall.fleet.results import Summary
from landfall.fleet.running import Fleet, Wanted
from landfall.fleet.scheduling import MIB, Room
from landfall.problems import ProblemsError
from landfall.settings import Stack
from tests.fleet.stacks import ACCOUNTS, stack_of

# Answers as the CLI does: `state` has a file with the outputs of each stack.
PULUMI = """\
#!/bin/sh
state={folder}/state
name=$(printf '%s\\n' "$@" | sed -n '/^--stack$/{{n;p;}}')
case "$*" in
  *"stack ls"*)
    printf '['; between=
    for file in $state/*; do
      [ -e "$file" ] || continue
      at=$(stat -c %Y%s%i $file)
      printf '%s{{"name":"%s","lastUpdate":"%s"}}' "$between" "${{file##*/}}" "$at"
      between=,
    done
    printf ']' ;;
  *"stack output"*)
    [ -e $state/$name ] || {{ echo "error: no stack named '$name' found" >&2; exit 1; }}
    cat $state/$name ;;
  *"stack init"*) for name in "$@"; do [ "$before" = init ] && break; before=$name; done
    echo '{{}}' >$state/$name ;;
  *)
    command=; for command in "$@"; do break; done
    echo "$command $name" >>{folder}/calls
    if [ -e {folder}/hang-$name ]; then touch {folder}/hung; trap 'exit 1' INT; sleep 60 & wait; fi
    [ ! -e {folder}/fail-$name ] || {{ echo "error: it broke" ; exit 1; }}
    [ "$command" != up ] || {{ cat {folder}/outputs 2>/dev/null || echo '{{}}'; }} >$state/$name ;;
esac
"""


class Fake:
    """A checkout with a stand-in for the CLI; `calls` are its commands that run the program."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "state").mkdir()
        (folder / "Pulumi.yaml").write_text("name: landfall\nruntime: python\n")
        (folder / "Pulumi.big.yaml").write_text("config: {}\n")
        self.pulumi = folder / "pulumi"
        self.pulumi.write_text(PULUMI.format(folder=folder))
        self.pulumi.chmod(0o755)
        self.outputs(ACCOUNTS)

    def outputs(self, accounts: Any, **more: Any) -> None:
        value = {
            "version": 1,
            "accounts": {name: f"id-{name}" for name in accounts},
            "slices": foundation_outputs.slices(stack_of()),
            **more,
        }
        found = {"accounts": value["accounts"], foundation_outputs.NAME: value}
        (self.folder / "outputs").write_text(json.dumps(found))

    def run(
        self, command: str, stack: Stack | None = None, *, resume: bool = False, skip: bool = True
    ) -> Summary:
        stack = stack or stack_of()
        logs = self.folder / "logs"

        def events(part: Any) -> Path:
            return logs / "events" / f"{part.name}.jsonl"

        engines = Engines(self.pulumi, self.folder, "big", dict(os.environ), logs, events)
        journal = journals.opened(self.folder, "big")
        wanted = Wanted(command, parts.waves(stack), Room(2, 9**6 * MIB), skip, resume)
        return Fleet(stack, engines, journal, print).run(wanted)

    def calls(self) -> list[str]:
        file = self.folder / "calls"
        found = file.read_text().splitlines() if file.exists() else []
        file.unlink(missing_ok=True)
        return found


@pytest.fixture
def fake(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fake:
    monkeypatch.delenv("LANDFALL_HOME", raising=False)
    monkeypatch.delenv("LANDFALL_STACK_SALT", raising=False)
    return Fake(tmp_path)


ALL = ["up big", "up big.canary", "up big.rest", "up big.closing"]


def statuses(summary: Summary) -> dict[str, str]:
    return {result.part: result.status for result in summary.results}


def test_foundation_comes_first_and_the_closing_stack_last(fake: Fake) -> None:
    summary = fake.run("up")
    assert fake.calls() == ALL
    assert summary.exit_status == 0
    assert [result.wave for result in summary.results] == [1, 2, 3, 4]


def test_second_run_skips_what_has_not_changed(fake: Fake) -> None:
    fake.run("up")
    fake.calls()
    assert set(statuses(fake.run("up")).values()) == {results.SKIPPED}
    assert fake.calls() == []
    fake.run("up", skip=False)
    assert fake.calls() == ALL


def test_part_that_another_checkout_has_applied_is_not_skipped(fake: Fake) -> None:
    fake.run("up")
    fake.calls()
    state = fake.folder / "state" / "big.canary"
    os.utime(state, (1, 1))
    assert statuses(fake.run("up"))["canary"] == results.DONE
    assert fake.calls() == ["up big.canary"]


def test_changed_account_runs_its_own_slice(fake: Fake) -> None:
    fake.run("up")
    fake.calls()
    fake.run("up", stack_of(b={"email": "other@example.com"}))
    assert fake.calls() == ["up big", "up big.rest", "up big.closing"]


def test_failed_wave_stops_the_next_and_resume_goes_on(fake: Fake) -> None:
    broken = fake.folder / "fail-big.canary"
    broken.touch()
    summary = fake.run("up")
    assert statuses(summary) == {
        "foundation": results.DONE,
        "canary": results.FAILED,
        "rest": results.NOT_RUN,
        "closing": results.NOT_RUN,
    }
    assert summary.exit_status == 1
    assert "it broke" in "\n".join(summary.lines())
    fake.calls()
    broken.unlink()
    assert fake.run("up", resume=True).exit_status == 0
    assert fake.calls() == ALL[1:]


def test_resume_of_another_command_is_refused(fake: Fake) -> None:
    (fake.folder / "fail-big").touch()
    fake.run("up")
    with pytest.raises(ProblemsError, match="unfinished run was `landfall fleet up`"):
        fake.run("refresh", resume=True)


def test_preview_of_slices_waits_for_a_foundation_that_is_not_applied(fake: Fake) -> None:
    summary = fake.run("preview")
    assert statuses(summary)["canary"] == results.WAITING
    assert "is not applied" in "\n".join(summary.lines())
    assert fake.calls() == ["preview big"]
    assert summary.exit_status == 0


def test_preview_of_a_new_account_waits_in_its_slice_and_the_closing_stack(fake: Fake) -> None:
    fake.run("up")
    fake.calls()
    summary = fake.run("preview", stack_of(accounts={**ACCOUNTS, "d": "Dev"}))
    assert statuses(summary) == {
        "foundation": results.DONE,
        "canary": results.WAITING,
        "rest": results.SKIPPED,
        "closing": results.WAITING,
    }


def test_outputs_of_another_version_are_refused(fake: Fake) -> None:
    fake.outputs(ACCOUNTS, version=0)
    summary = fake.run("up")
    assert "has version 0, not 1" in "\n".join(summary.lines())
    assert fake.calls() == ["up big"]


def test_stack_that_was_applied_as_one_is_refused_before_anything_runs(fake: Fake) -> None:
    (fake.folder / "state" / "big").write_text(json.dumps({"accounts": {"a": "1"}}))
    with pytest.raises(ProblemsError, match="stack big has the resources of account a"):
        fake.run("up")
    assert fake.calls() == []


def test_slice_that_loses_an_account_is_applied_before_the_foundation(fake: Fake) -> None:
    fake.run("up")
    fake.calls()
    fewer = {name: unit for name, unit in ACCOUNTS.items() if name != "b"}
    summary = fake.run("up", stack_of(accounts=fewer))
    assert fake.calls() == ["up big.rest", "up big", "up big.closing"]
    assert statuses(summary)["rest"] == results.DONE


def test_destroy_goes_backwards_and_leaves_out_what_was_never_applied(fake: Fake) -> None:
    fake.run("up")
    (fake.folder / "state" / "big.rest").unlink()
    fake.calls()
    summary = fake.run("destroy")
    assert fake.calls() == ["destroy big.closing", "destroy big.canary", "destroy big"]
    assert statuses(summary)["rest"] == results.SKIPPED


def test_interrupt_reaches_the_engine_and_resume_goes_on(fake: Fake) -> None:
    hang = fake.folder / "hang-big.canary"
    hang.touch()

    pid = os.getpid()
    helper = os.fork()
    if helper == 0:
        while not (fake.folder / "hung").exists():
            os.sched_yield()
        os.kill(pid, signal.SIGINT)
        os._exit(0)
    summary = fake.run("up")
    os.waitpid(helper, 0)
    assert statuses(summary)["canary"] == results.INTERRUPTED
    assert summary.exit_status == 130
    hang.unlink()
    fake.calls()
    assert fake.run("up", resume=True).exit_status == 0
    assert fake.calls() == ALL[1:]


def test_journal_that_is_damaged_is_refused(fake: Fake) -> None:
    fake.run("up")
    journals.opened(fake.folder, "big").file.write_text("{")
    with pytest.raises(ProblemsError, match="cannot be read"):
        fake.run("up")
