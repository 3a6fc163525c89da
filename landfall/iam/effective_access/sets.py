"""The effective access of an identity, as a set that can be compared."""

from __future__ import annotations

from landfall.iam.effective_access.comparing import Grant, differences
from landfall.iam.effective_access.deciding import Held, Hold
from landfall.iam.effective_access.holdings import Holdings, Question
from landfall.iam.effective_access.identities import Identity


class AccessSet(Holdings):
    """The effective access of an identity; made by `effective`."""

    def difference(self, other: AccessSet, *, action: str = "*") -> tuple[Grant, ...]:
        """Return what this set allows and the other does not.

        `action` is a pattern of the actions to compare. Nothing is missed: differences that are not
        proven, or apply only under conditions, are included and not marked `certain`.
        """
        return differences(self, other, action)

    def contains(self, other: AccessSet, *, action: str = "*") -> bool:
        """Return whether this set certainly contains the other one.

        `action` is a pattern of the actions to compare. False means not proven.
        """
        return not differences(other, self, action, most=1)


def effective(identity: Identity) -> AccessSet:
    """Return the access of an identity after boundary, SCPs and explicit denies."""
    return AccessSet(identity)


__all__ = ["AccessSet", "Grant", "Held", "Hold", "Question", "effective"]
