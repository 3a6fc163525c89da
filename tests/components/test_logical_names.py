"""Logical names of both shipped stacks do not change: a new name replaces the resource.

`logical_names/STACK.txt` lists the URN of each resource (without stack and project) and its name in
AWS. A resource that is added goes into the list; one that is renamed needs an alias. Write the
lists anew with `python -m tests.components.test_logical_names`.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.components.conftest import Registered, registered_by_shipped

FOLDER = Path(__file__).parent / "logical_names"
STACKS = ["dev", "prod"]


def lines(registered: Registered) -> list[str]:
    """Return the lines of the list."""
    found = ((urn.split("::", 2)[2], name) for urn, name in registered.names.items())
    return sorted(f"{urn} {name}".rstrip() for urn, name in found)


@pytest.mark.parametrize("stack", STACKS)
def test_logical_names_of_a_shipped_stack_are_unchanged(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    recorded = (FOLDER / f"{stack}.txt").read_text(encoding="utf-8").splitlines()
    found = lines(shipped(stack))
    assert sorted(set(recorded) - set(found)) == []
    assert sorted(set(found) - set(recorded)) == []
    assert len(found) == len(recorded)


if __name__ == "__main__":
    for each in STACKS:
        text = "\n".join(lines(registered_by_shipped(each))) + "\n"
        (FOLDER / f"{each}.txt").write_text(text, encoding="utf-8")
