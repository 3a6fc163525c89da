"""The operators of the rule VariableCheck.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Final

OPERATORS: Final[Mapping[str, Callable[[str, str], bool]]] = {
    "EQ": lambda value, wanted: value == wanted,
    "NE": lambda value, wanted: value != wanted,
    "CONTAINS": lambda value, wanted: wanted in value,
    "MATCHES": lambda value, wanted: re.search(wanted, value) is not None,
}
"""By name: whether a value fits what the rule wants."""
