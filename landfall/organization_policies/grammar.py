"""The parts of a grammar: groups of keys, settings with inheritance operators, forms of values.

https://docs.aws.amazon.com/organizations/latest/userguide/policy-operators.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

ASSIGN: Final = "@@assign"
APPEND: Final = "@@append"
REMOVE: Final = "@@remove"
FOR_CHILDREN: Final = "@@operators_allowed_for_child_policies"
ALL: Final = "@@all"
NONE: Final = "@@none"


@dataclass(frozen=True, slots=True)
class Form:
    """The form of one value: a choice, or a text that matches a pattern as a whole.

    `numbers` are the least and the greatest whole number instead; AWS writes numbers and flags as
    texts, and both are accepted. `is_region`: the text is a region's name, or one of `choices`.
    """

    meaning: str
    pattern: re.Pattern[str] = re.compile(r"(?s).+")
    choices: tuple[str, ...] = ()
    numbers: tuple[int, int] | None = None
    is_flag: bool = False
    is_region: bool = False


@dataclass(frozen=True, slots=True)
class Setting:
    """A setting whose value stands under an inheritance operator.

    `listed`: the value is a list, of at most `most` items. `operators` are those that AWS allows.
    """

    form: Form
    listed: bool = False
    most: int | None = None
    operators: tuple[str, ...] = (ASSIGN,)
    for_children: tuple[str, ...] = (ALL, NONE, ASSIGN, APPEND, REMOVE)


@dataclass(frozen=True, slots=True)
class Group:
    """An object: fixed `keys`, and `named` for keys that the author chooses.

    `names` is the form of chosen keys, `most` their number. `required` keys must exist. `together`
    keys must all exist if one of them assigns a value; a child policy may extend one alone.
    `least` is the number of keys that the object needs.
    """

    keys: Mapping[str, Group | Setting] = field(default_factory=dict)
    named: Group | Setting | None = None
    names: Form = Form("a name", re.compile(r"\S(.*\S)?"))
    most: int | None = None
    least: int = 0
    required: tuple[str, ...] = ()
    together: tuple[str, ...] = ()
    for_children: tuple[str, ...] = (ALL, NONE, ASSIGN, APPEND, REMOVE)


Node = Group | Setting


def text(meaning: str, pattern: str = r"(?s).+") -> Form:
    """Return the form of a text that matches a pattern as a whole."""
    return Form(meaning, re.compile(pattern))


def one_of(*choices: str) -> Form:
    """Return the form of a choice."""
    return Form(f"one of {', '.join(choices)}", choices=choices)


def number(least: int, most: int) -> Form:
    """Return the form of a whole number."""
    return Form(f"a whole number from {least} to {most}", numbers=(least, most))


def listed(form: Form, most: int | None = None) -> Setting:
    """Return a setting with a list, which every operator can change."""
    return Setting(form, listed=True, most=most, operators=(ASSIGN, APPEND, REMOVE))


FLAG: Final = Form("true or false", is_flag=True)
SWITCH: Final = Setting(one_of("enabled", "disabled"))
REGION: Final = Form(
    "a region, as in eu-west-1", re.compile(r"[a-z]{2}(-[a-z]+)+-\d"), is_region=True
)
REGION_OR_ALL: Final = Form(
    "a region, as in eu-west-1, or ALL_SUPPORTED",
    re.compile(r"[a-z]{2}(-[a-z]+)+-\d"),
    choices=("ALL_SUPPORTED",),
    is_region=True,
)
ROLE: Final = text(
    "a role's ARN, as in arn:aws:iam::$account:role/NAME",
    r"arn:aws[a-z-]*:iam::(\$account|\d{12}):role/.+",
)
