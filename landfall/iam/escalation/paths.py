"""The known escalation paths: data, loaded once.

`paths.json` beside this file lists them. The facts of which actions make a path are those of the
public catalogue pathfinding.cloud (Apache-2.0), whose ids are kept, and paths of AWS's own actions
that it lacks, with ids of words. To each action belongs what AWS checks it on, and what a request
that serves the path has to say (Service Authorization Reference).

`targets` are ARNs with places for partition, region, account and name. A step's `reach` says which
resource of that kind does the harm:

- `any`: whichever it is, the caller may name it itself;
- `broad`: one that exists and has more rights than the caller. Which one that is, a policy alone
  does not say: it is one where the policy leaves the name free;
- `privileged`: a role, as `broad` or by the name of an administrator's;
- `carried`: one that gives the caller its own rights; certain only where the name is free or the
  caller's own.

Steps of a path with the same target are on the same resource.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any, Final, Literal

from landfall.iam import patterns

Reach = Literal["any", "broad", "privileged", "carried"]

# A name that no policy gives to something particular.
UNNAMED: Final = "0f9c41d7a2e3"


@dataclass(frozen=True, slots=True)
class Step:
    """One action of a path; `context` gives for each key the values of which one has to be said.

    A value None means that the key must be absent. `target` is empty for actions that AWS checks
    on no resource.
    """

    action: str
    target: str
    reach: Reach
    context: tuple[tuple[str, tuple[str | None, ...]], ...]


@dataclass(frozen=True, slots=True)
class Path:
    """A known path: every step is needed. `groups` has together what is on the same resource."""

    id: str
    kind: str
    steps: tuple[Step, ...]
    groups: tuple[tuple[Step, ...], ...]
    keys: frozenset[str]

    @property
    def actions(self) -> tuple[str, ...]:
        """The names of the actions, each once."""
        return tuple(dict.fromkeys(step.action for step in self.steps))


@lru_cache(maxsize=1)
def known() -> tuple[Path, ...]:
    """Return all paths, in the order of the data."""
    return tuple(_path(name, written) for name, written in _data()["paths"].items())


@lru_cache(maxsize=1)
def key_actions() -> frozenset[str]:
    """Return the actions, in lower case, without which no path exists."""
    return frozenset(key for path in known() for key in path.keys)


@lru_cache(maxsize=65536)
def keys_of(pattern: str) -> frozenset[str]:
    """Return those of them that an action pattern in lower case stands for."""
    if not patterns.has_wildcard(pattern):
        return key_actions() & {pattern}
    test = patterns.matcher(pattern)
    return frozenset(key for key in key_actions() if test(key))


def target(kind: str, **places: str) -> tuple[str, ...]:
    """Return the ARNs of a kind of target with its places filled; any resource without a kind."""
    if not kind:
        return ("*",)
    written = _data()["targets"][kind]
    texts = [written] if isinstance(written, str) else written
    return tuple(fill(text, **places) for text in texts)


def fill(text: str, **places: str) -> str:
    """Fill the places of an ARN of the data."""
    for place, value in places.items():
        text = text.replace(f"{{{place}}}", value)
    return text


def _path(name: str, written: Mapping[str, Any]) -> Path:
    steps = tuple(_step(one) for one in written["steps"])
    groups: dict[str, list[Step]] = {}
    for place, step in enumerate(steps):
        groups.setdefault(step.target or f"#{place}", []).append(step)
    return Path(
        id=name,
        kind=written["kind"],
        steps=steps,
        groups=tuple(tuple(group) for group in groups.values()),
        keys=frozenset(step.action.lower() for step in steps),
    )


def _step(written: Mapping[str, Any]) -> Step:
    context = written.get("context", {})
    return Step(
        action=written["action"],
        target=written.get("on", ""),
        reach=written.get("reach", "any"),
        context=tuple((key, tuple(values)) for key, values in context.items()),
    )


@lru_cache(maxsize=1)
def _data() -> Any:
    return json.loads(resources.files(__package__).joinpath("paths.json").read_text("utf-8"))
