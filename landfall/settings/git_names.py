"""Which names Git takes for a branch or a tag, character by character.

https://git-scm.com/docs/git-check-ref-format
"""

from __future__ import annotations

from dataclasses import dataclass

_LOCK = ".lock"
_NEVER = frozenset(" ~^:?*[\\\x7f") | frozenset(map(chr, range(0x20)))


@dataclass(frozen=True, slots=True)
class RefState:
    """What the characters so far decide about the next one, and whether they are a name.

    `locked` counts how many characters of `.lock` stand at the end.
    """

    first: bool
    begins: bool
    locked: int
    at: bool

    @property
    def complete(self) -> bool:
        """Whether a name may end here: not with a slash, a dot or `.lock`."""
        return not self.begins and self.locked not in (1, len(_LOCK))

    def step(self, char: str) -> RefState | None:
        """Return the state after one more character; None if no name goes on with it."""
        if char in _NEVER or (self.first and char == "-") or (self.at and char == "{"):
            return None
        if char == "/":
            if self.begins or self.locked == len(_LOCK):
                return None
            return RefState(first=False, begins=True, locked=0, at=False)
        if char == "." and (self.begins or self.locked == 1):
            return None
        goes_on = 0 < self.locked < len(_LOCK) and char == _LOCK[self.locked]
        locked = self.locked + 1 if goes_on else int(char == ".")
        return RefState(first=False, begins=False, locked=locked, at=char == "@")


START = RefState(first=True, begins=True, locked=0, at=False)
"""The state before the first character."""


def is_name(text: str) -> bool:
    """Return whether Git takes a text for the name of a branch or a tag."""
    state: RefState | None = START
    for char in text:
        state = state.step(char) if state else None
    return state is not None and state.complete
