"""The jobs of a fleet: each runs some parts of one wave on one machine."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landfall.blueprint.parts import Part
from landfall.fleet.choosing import Waves, label
from landfall.problems import refuse

FOLDER = "build/fleet"
"""The folder to which jobs write their results."""


@dataclass(frozen=True, slots=True)
class Job:
    """One job; `wave` and `number` count from 1."""

    wave: int
    number: int
    parts: tuple[Part, ...]

    @property
    def name(self) -> str:
        """Its name, also of its file of results: of letters, digits and underscores."""
        return f"wave_{self.wave}_job_{self.number}"

    @property
    def only(self) -> str:
        """The options that choose its parts."""
        return " ".join(f"--only {label(part)}" for part in self.parts)

    @property
    def title(self) -> str:
        """Its parts for users."""
        names = [label(part) for part in self.parts]
        return names[0] if len(names) == 1 else f"{names[0]} to {names[-1]}"


def divided(
    waves: Waves, most: int, system: str, *, each: int = 1, first: int = 1
) -> list[list[Job]]:
    """Return the jobs of each wave: at most `most` in all, of at least `each` parts.

    `first` is the number of the first of these waves.

    Raises:
        ProblemsError: there are more waves than `system` runs jobs.

    """
    size = max(1, each)
    while sum(-(-len(wave) // size) for wave in waves) > most:
        if size >= max(map(len, waves)):
            raise refuse(
                f"the fleet has {len(waves)} waves, and {system} runs {most} jobs",
                "join some of the waves in landfall:fleet",
                exit_status=1,
            )
        size += 1
    return [
        [Job(wave, number, group) for number, group in enumerate(_groups(parts, size), start=1)]
        for wave, parts in enumerate(waves, start=first)
    ]


def command(stack: str, only: str, file: str) -> str:
    """Return the shell command of a job. `only` and `file` may be variables of the shell.

    A job has no journal of earlier runs, so nothing is skipped.
    """
    run = f".venv/bin/landfall fleet up -s {stack} {only} --all --format json"
    return f"mkdir -p {FOLDER} && {run} > {FOLDER}/{file}.json"


def gather(stack: str) -> str:
    """Return the shell command that reads the results of all jobs."""
    return f".venv/bin/landfall fleet results -s {stack} {FOLDER}"


def _groups(parts: Sequence[Part], size: int) -> Iterator[tuple[Part, ...]]:
    # Groups of nearly the same size end at nearly the same time.
    count = -(-len(parts) // size)
    for number in range(count):
        first, last = (len(parts) * each // count for each in (number, number + 1))
        yield tuple(parts[first:last])
