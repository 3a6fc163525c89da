"""One judge of who gets in: which callers from outside a resource's policy lets through.

`classes` describes the callers, `narrowing` says what a condition does to a class, and `judging`
puts the statements of a policy together.
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
