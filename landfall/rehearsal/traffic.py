"""How a deployment shifts traffic: the steps of a strategy.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
"""

from __future__ import annotations

import re
from typing import Final, NamedTuple

_CANARY: Final = re.compile(r"Canary(\d+)Percent(\d+)Minutes?")
_LINEAR: Final = re.compile(r"Linear(\d+)PercentEvery(\d+)Minutes?")
_WHOLE: Final = 100


class Step(NamedTuple):
    """The percentage of the traffic that the new version gets, and how long it stays so."""

    percent: int
    minutes: int


def steps(strategy: str) -> list[Step]:
    """Return the steps of a DeployStrategy; the last one has all traffic.

    Raises:
        ValueError: the strategy has no form that AWS documents.

    """
    if found := _CANARY.fullmatch(strategy):
        return [Step(int(found[1]), int(found[2])), Step(_WHOLE, 0)]
    if found := _LINEAR.fullmatch(strategy):
        percent, minutes = int(found[1]), int(found[2])
        shares = range(percent, _WHOLE, percent)
        return [*(Step(share, minutes) for share in shares), Step(_WHOLE, 0)]
    if strategy == "AllAtOnce":
        return [Step(_WHOLE, 0)]
    raise ValueError(f"{strategy} is no deployment strategy")
