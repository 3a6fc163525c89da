"""Fuzzing runs until its time is over or a property fails."""

from __future__ import annotations

import pytest

from tests.suite import fuzz


class Clock:
    """Advances a minute with each round."""

    def __init__(self, *statuses: int) -> None:
        self.now = 0.0
        self.statuses = list(statuses)

    def __call__(self) -> float:
        return self.now

    def run(self) -> int:
        self.now += 60
        return self.statuses.pop(0) if self.statuses else 0


@pytest.mark.parametrize(("minutes", "rounds"), [(0, 1), (1, 1), (2.5, 3)])
def test_rounds_are_run_until_the_time_is_over(minutes: float, rounds: int) -> None:
    clock = Clock()
    assert fuzz.explore(minutes, clock.run, clock) == (0, rounds)


def test_the_first_failed_round_ends_the_search() -> None:
    clock = Clock(0, 1, 0)
    assert fuzz.explore(60, clock.run, clock) == (1, 2)


def test_properties_are_run_with_new_seeds_and_hashes() -> None:
    environment = fuzz.environment()
    assert environment["PYTHONHASHSEED"] == "random"
    assert environment[fuzz.PROFILE_VARIABLE] == "fuzz"
    assert fuzz.command("tests/iam")[-1] == "tests/iam"


def test_failing_example_is_printed_with_how_to_keep_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(fuzz, "explore", lambda minutes, run: (1, 1))
    assert fuzz.main(["--minutes", "0"]) == 1
    said = capsys.readouterr().err
    assert "@example" in said
    assert "tests/examples" in said
