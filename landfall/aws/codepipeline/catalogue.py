"""Every action type and condition rule of CodePipeline, and how to find one.

From AWS's pages 'Action structure reference', 'Rule structure reference' and 'Valid action
providers', read on the day that each entry gives.
"""

from __future__ import annotations

from collections.abc import Mapping

from landfall.aws.codepipeline.builds import BUILDS
from landfall.aws.codepipeline.cloudformation import CLOUDFORMATION
from landfall.aws.codepipeline.deployments import DEPLOYMENTS
from landfall.aws.codepipeline.invocations import INVOCATIONS, OTHERS
from landfall.aws.codepipeline.kinds import ActionType
from landfall.aws.codepipeline.rules import RULES
from landfall.aws.codepipeline.sources import SOURCES

Id = tuple[str, str, str, str]
"""Category, owner, provider and version."""

ACTIONS: tuple[ActionType, ...] = (
    *SOURCES,
    *BUILDS,
    *DEPLOYMENTS,
    *CLOUDFORMATION,
    *INVOCATIONS,
    *OTHERS,
)

_BY_ID: Mapping[Id, ActionType] = {
    (each.category, each.owner, each.provider, each.version): each for each in (*ACTIONS, *RULES)
}
_JUDGED_BY_NAME_ALONE = frozenset(id(each) for each in (*OTHERS, *INVOCATIONS) if not each.keys)


def find(category: str, provider: str, owner: str = "AWS", version: str = "1") -> ActionType | None:
    """Return an action type or (category `Rule`) a condition rule; None if AWS has none."""
    return _BY_ID.get((category, owner, provider, version))


def keys_known(kind: ActionType) -> bool:
    """Return whether AWS publishes the configuration of an action type."""
    return id(kind) not in _JUDGED_BY_NAME_ALONE
