"""Which external callers a resource policy allows.

`classes` describes the callers, `narrowing` applies a condition to a class, and `judging` combines
the statements of a policy.
"""

from landfall.iam.outsiders.classes import (
    ANONYMOUS,
    ANYBODY,
    DEPUTY,
    EVERYBODY,
    FOREIGNERS,
    MEMBER,
    CallerClass,
    of_account,
    of_service,
    together,
)
from landfall.iam.outsiders.judging import Judge, Judged, is_everybody

__all__ = [
    "ANONYMOUS",
    "ANYBODY",
    "DEPUTY",
    "EVERYBODY",
    "FOREIGNERS",
    "MEMBER",
    "CallerClass",
    "Judge",
    "Judged",
    "is_everybody",
    "of_account",
    "of_service",
    "together",
]
