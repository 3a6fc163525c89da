"""What a target of a rule gets of an event.

EventBridge User Guide, 'Amazon EventBridge input transformation': its constant input, a part of the
event, a template with values of the event, or the whole event.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Final

_VARIABLE: Final = re.compile(r"<([^<>]+)>")


def text_of(target: Mapping[str, Any], event: Mapping[str, Any], rule_arn: str) -> str:
    """Return the text that a target gets."""
    if "Input" in target:
        return str(target["Input"])
    if "InputPath" in target:
        return json.dumps(_at(event, target["InputPath"]))
    transformer = target.get("InputTransformer")
    if transformer is None:
        return json.dumps(event)
    values = {
        "aws.events.rule-arn": rule_arn,
        "aws.events.rule-name": rule_arn.rpartition("/")[2],
        "aws.events.event": json.dumps(event),
        "aws.events.event.json": json.dumps(event),
        **{
            name: _written(_at(event, path))
            for name, path in transformer.get("InputPathsMap", {}).items()
        },
    }
    return _VARIABLE.sub(
        lambda found: values.get(found[1], found[0]), transformer.get("InputTemplate", "")
    )


def _written(value: Any) -> str:
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value)


def _at(event: Mapping[str, Any], path: str) -> Any:
    """Return the value at a path as `$.detail.state`; None if there is none."""
    value: Any = event
    for name in path.removeprefix("$").split("."):
        if name:
            value = value.get(name) if isinstance(value, Mapping) else None
    return value
