"""The machines of provisioning builds: each account of a stack has a provider process.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from landfall.aws.codebuild.environments import ComputeType

_MEMORY: Final[tuple[tuple[ComputeType, int], ...]] = (
    ("BUILD_GENERAL1_MEDIUM", 8),
    ("BUILD_GENERAL1_LARGE", 16),
    ("BUILD_GENERAL1_XLARGE", 72),
    ("BUILD_GENERAL1_2XLARGE", 144),
)
"""Compute types with their memory in GiB, the smallest first."""
# The program, the CLI and the policy pack.
_OWN_GIB: Final = 2.0
# https://github.com/pulumi/pulumi-aws/issues/5860
_PROVIDER_GIB: Final = 0.43
_LEAST_MINUTES: Final = 120
MOST_MINUTES: Final = 480
"""The longest time limit of a build, and that of a batch."""

MOST_ACCOUNTS: Final = int((_MEMORY[-1][1] - _OWN_GIB) / _PROVIDER_GIB) - 1
"""The number of accounts for which the largest machine has room."""


@dataclass(frozen=True, slots=True)
class Machine:
    """The image, compute type and time limit of a build."""

    image: str
    compute_type: str
    timeout_minutes: int


def compute_type(accounts: int) -> ComputeType:
    """Return the smallest compute type with memory for a stack of so many member accounts."""
    needed = _OWN_GIB + _PROVIDER_GIB * (accounts + 1)
    fitting = (size for size, memory in _MEMORY if memory >= needed)
    return next(fitting, _MEMORY[-1][0])


def timeout_minutes(accounts: int) -> int:
    """Return the time limit of a build for a stack of so many member accounts."""
    return max(_LEAST_MINUTES, min(MOST_MINUTES, 60 + 5 * accounts))
