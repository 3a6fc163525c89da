"""The ARNs with which IAM compares a call's statements."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from itertools import product
from typing import Final

from landfall.aws.api_resources import STRIPPED, VARIABLES
from landfall.aws.passed_roles import members
from landfall.iam import actions
from landfall.iam.actions import ResourceType
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging import named_resources

_VARIABLE: Final = re.compile(r"\$\{([^}]*)\}")
_OWN: Final = ("Partition", "Region", "Account")

NONE: Final = "*"
"""The resource of an action that has none."""


def resources_of(request: Request, action: str) -> tuple[str | None, ...]:
    """Return the resources that a call needs an action on.

    None stands for one that is not known. An action without resource-level permissions has `*`.
    """
    described = actions.find(action)
    if described is None:
        return (None,)
    if not described.resource_types:
        return (NONE,)
    found: list[str | None] = []
    is_complete = True
    for kind in described.resource_types:
        arns = list(dict.fromkeys(_of_type(request, described.name.partition(":")[0], kind)))
        found.extend(arns)
        is_complete = is_complete and (bool(arns) or not kind.required)
    if not found or not is_complete:
        found.append(None)
    return tuple(found)


def _of_type(request: Request, prefix: str, kind: ResourceType) -> Iterator[str]:
    name = f"{prefix}:{kind.name.lower()}"
    look_up: Callable[[Request], Iterator[str]] | None = named_resources.LOOK_UPS.get(name)
    if look_up is not None:
        yield from look_up(request)
        return
    pattern = _pattern(kind.template)
    for value in request.params.values():
        for text in value if isinstance(value, list) else (value,):
            if isinstance(text, str) and text.startswith("arn:") and pattern.fullmatch(text):
                yield text
    yield from _written(request, kind.template, VARIABLES.get(name, {}))


def _written(
    request: Request, template: str, paths: Mapping[str, tuple[str, ...]]
) -> Iterator[str]:
    """Write the ARN of a template with the names in the request; nothing if one is missing."""
    wanted = [each for each in _VARIABLE.findall(template) if each not in _OWN]
    if not wanted or not all(each in paths for each in wanted):
        return
    own = dict(zip(_OWN, (request.partition, request.region, request.account), strict=True))
    choices = [list(_values(request, each, paths[each])) for each in wanted]
    for values in product(*choices):
        arn = template
        for name, value in (*own.items(), *zip(wanted, values, strict=True)):
            arn = arn.replace(f"${{{name}}}", value)
        yield arn


def _values(request: Request, variable: str, paths: tuple[str, ...]) -> Iterator[str]:
    for path in paths:
        for value in members(request.params, path):
            if isinstance(value, str) and not value.startswith("arn:") and value:
                yield value.removeprefix(STRIPPED.get(variable, ""))


@lru_cache(maxsize=4096)
def _pattern(template: str) -> re.Pattern[str]:
    """Return the pattern of a type's ARNs; a variable has no colon."""
    parts = _VARIABLE.split(template)
    return re.compile(
        "".join("[^:]*" if at % 2 else re.escape(part) for at, part in enumerate(parts))
    )
