"""Compare prior and planned state of a plan, as paths for Pulumi's detailed diff.

Steps into sets carry no index of Terraform's: an element of a set has no place, so a change inside
one is reported at the set's own path. Steps into lists carry the index, steps into maps the key.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from landfall.sandbox.provider.catalog.schema import Block, CtyType
from landfall.sandbox.provider.rules.plan import State
from landfall.sandbox.provider.values.properties import UNKNOWN, Value, canonical

Steps = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Change:
    """One changed value; `kind` is add, delete or update; `replace`: it demands a new resource."""

    steps: Steps
    kind: str
    replace: bool = False


def changed(prior: State, planned: State, block: Block) -> list[Change]:
    """List every changed value, deepest paths first found, in the schema's order."""
    found: list[Change] = []
    _compare(prior, planned, block.type, (), found)
    return [change for change in found if change.steps[0] != "timeouts"]


def _compare(before: Value, after: Value, cty: CtyType, steps: Steps, out: list[Change]) -> None:
    if canonical(before) == canonical(after):
        return
    kind = cty[0] if isinstance(cty, list) else ""
    both = before is not UNKNOWN and after is not UNKNOWN and bool(before) and bool(after)
    if both and kind == "object":
        for name, inner in cty[1].items():
            _compare(before.get(name), after.get(name), inner, (*steps, name), out)
    elif both and kind == "map":
        for key in sorted({*before, *after}):
            _compare(before.get(key), after.get(key), cty[1], (*steps, key), out)
    elif both and kind == "list":
        for index in range(max(len(before), len(after))):
            _compare(_at(before, index), _at(after, index), cty[1], (*steps, index), out)
    else:
        out.append(Change(steps, _change_kind(before, after)))


def _at(values: Sequence[Value], index: int) -> Value:
    return values[index] if index < len(values) else None


def _change_kind(before: Value, after: Value) -> str:
    if before is None or before in ([], {}):
        return "add"
    if after is None or after in ([], {}):
        return "delete"
    return "update"


def reported(
    changes: Iterable[Change], block: Block, config: State, replacing: Sequence[Steps]
) -> list[Change]:
    """Mark the changes that `replacing` paths cover; omit changes that the program did not request.

    A computed attribute that the configuration leaves unset (`tags_all`) follows from another
    change. It is reported only if it is the only change.
    """
    marked = [
        Change(change.steps, change.kind, any(_overlap(change.steps, p) for p in replacing))
        for change in changes
    ]
    asked = [c for c in marked if c.replace or not _follows(c, block, config)]
    return asked or marked


def _follows(change: Change, block: Block, config: State) -> bool:
    name = change.steps[0]
    attribute = block.attributes.get(str(name))
    return attribute is not None and attribute.computed and config.get(str(name)) is None


def _overlap(one: Steps, other: Steps) -> bool:
    length = min(len(one), len(other))
    return one[:length] == other[:length]


def effective_replacements(paths: Iterable[Steps], changes: Sequence[Change]) -> list[Steps]:
    """Keep the replacement paths that a change lies on: a provider may name unchanged ones too."""
    return [path for path in paths if any(_overlap(path, change.steps) for change in changes)]
