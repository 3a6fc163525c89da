"""What an identity holds in effect, as a set that is compared with another one."""

from __future__ import annotations

from landfall.iam.effective_access.comparing import Grant, differences
from landfall.iam.effective_access.deciding import Held, Hold
from landfall.iam.effective_access.holdings import Holdings, Question
from landfall.iam.effective_access.identities import Identity


class AccessSet(Holdings):
    """All that an identity is allowed in effect; made by `effective`."""

    def difference(self, other: AccessSet, *, action: str = "*") -> tuple[Grant, ...]:
        """Return what this set has and the other has not, for a person to read.

        `action` is a pattern of the actions to look at. Nothing is missed: what was not proven to
        be a difference, or is one only under some conditions, is there and not marked `certain`.
        """
        return differences(self, other, action)

    def contains(self, other: AccessSet, *, action: str = "*") -> bool:
        """Return whether all that the other set has is certainly in this one.

        `action` is a pattern of the actions to look at. False is what was not proven.
        """
        return not differences(other, self, action, most=1)


def effective(identity: Identity) -> AccessSet:
    """Return what an identity holds after boundary, SCPs and explicit denies."""
    return AccessSet(identity)


__all__ = ["AccessSet", "Grant", "Held", "Hold", "Question", "effective"]
