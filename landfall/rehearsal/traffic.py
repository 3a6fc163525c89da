"""How a deployment shifts traffic: the steps of a strategy.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-LambdaDeploy.html
https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_TrafficRoutingConfig.html
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any, Final, NamedTuple

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
        return list(_linear(int(found[1]), int(found[2])))
    if strategy == "AllAtOnce":
        return [Step(_WHOLE, 0)]
    raise ValueError(f"{strategy} is no deployment strategy")


def routed(routing: Mapping[str, Any]) -> list[Step]:
    """Return the steps of the TrafficRoutingConfig of a deployment configuration."""
    if canary := routing.get("timeBasedCanary"):
        first = Step(canary["canaryPercentage"], canary["canaryInterval"])
        return [first, Step(_WHOLE, 0)]
    if linear := routing.get("timeBasedLinear"):
        return list(_linear(linear["linearPercentage"], linear["linearInterval"]))
    return [Step(_WHOLE, 0)]


def _linear(percent: int, minutes: int) -> Iterator[Step]:
    for share in range(percent, _WHOLE, percent):
        yield Step(share, minutes)
    yield Step(_WHOLE, 0)
