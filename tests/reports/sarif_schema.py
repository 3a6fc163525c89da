"""The part of SARIF 2.1.0 that this project writes, as a JSON Schema that refuses all else.

Written from the standard's text, section by section. It is narrower than OASIS's own schema: what
it takes, that one takes too. `LANDFALL_SARIF_SCHEMA` may name a copy of OASIS's schema, and then
logs have to satisfy both.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema

OFFICIAL = "LANDFALL_SARIF_SCHEMA"


def _object(required: list[str], **properties: Any) -> dict[str, Any]:
    return {
        "type": "object",
        "required": required,
        "properties": properties,
        "additionalProperties": False,
    }


def _list(items: Any, **more: Any) -> dict[str, Any]:
    return {"type": "array", "items": items, **more}


_TEXT = {"type": "string"}
_FILLED = {"type": "string", "minLength": 1}
_COUNT = {"type": "integer", "minimum": 1}
_LEVEL = {"enum": ["none", "note", "warning", "error"]}  # 3.27.10
_MESSAGE = _object(["text"], text=_FILLED)  # 3.11
_BAG = {"type": "object", "properties": {"tags": _list(_TEXT, uniqueItems=True)}}  # 3.8

# 3.4.3: a relative reference or a URI, with what is not allowed in one escaped.
_URI = {"type": "string", "pattern": r"^([a-z]+:)?[A-Za-z0-9/._~%!$&'()*+,;=@-]+$"}
_ARTIFACT = _object(["uri"], uri=_URI, uriBaseId=_FILLED)
_REGION = _object(["startLine"], startLine=_COUNT, startColumn=_COUNT)  # 3.30
_PHYSICAL = _object(["artifactLocation"], artifactLocation=_ARTIFACT, region=_REGION)  # 3.29
_LOGICAL = _object(["fullyQualifiedName"], name=_TEXT, fullyQualifiedName=_TEXT, kind=_TEXT)
_LOCATION = _object(
    [], physicalLocation=_PHYSICAL, logicalLocations=_list(_LOGICAL, minItems=1, uniqueItems=True)
)
_RULE = _object(  # 3.49
    ["id"],
    id=_FILLED,
    shortDescription=_MESSAGE,
    help=_MESSAGE,
    defaultConfiguration=_object([], level=_LEVEL),
    properties=_BAG,
)
_SUPPRESSION = _object(  # 3.35
    ["kind"],
    kind={"enum": ["inSource", "external"]},
    status={"enum": ["accepted", "underReview", "rejected"]},
    justification=_TEXT,
)
_RESULT = _object(  # 3.27
    ["message", "ruleId", "ruleIndex"],
    ruleId=_FILLED,
    ruleIndex={"type": "integer", "minimum": 0},
    kind={"enum": ["notApplicable", "pass", "fail", "review", "open", "informational"]},
    level=_LEVEL,
    message=_MESSAGE,
    locations=_list(_LOCATION, maxItems=1),
    partialFingerprints={"type": "object", "additionalProperties": _FILLED},
    suppressions=_list(_SUPPRESSION, uniqueItems=True),
    properties=_BAG,
)
_DRIVER = _object(["name"], name=_FILLED, version=_FILLED, rules=_list(_RULE, uniqueItems=True))
_NOTIFICATION = _object(["message"], message=_MESSAGE, level=_LEVEL)  # 3.58
_RUN = _object(  # 3.14
    ["tool", "results"],
    tool=_object(["driver"], driver=_DRIVER),
    columnKind={"enum": ["utf16CodeUnits", "unicodeCodePoints"]},
    invocations=_list(
        _object(  # 3.20
            ["executionSuccessful"],
            executionSuccessful={"type": "boolean"},
            toolExecutionNotifications=_list(_NOTIFICATION),
        )
    ),
    results=_list(_RESULT),
)
SCHEMA = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    **_object(
        ["version", "runs"],
        **{"$schema": _URI, "version": {"const": "2.1.0"}, "runs": _list(_RUN)},
    ),
}


def validate(log: Any) -> None:
    """Raise where a log breaks the schema, or what the standard says beyond it."""
    jsonschema.Draft202012Validator(SCHEMA).validate(log)
    if named := os.environ.get(OFFICIAL):
        official = json.loads(Path(named).read_text(encoding="utf-8"))
        jsonschema.Draft4Validator(official).validate(log)
    for run in log["runs"]:
        rules = [rule["id"] for rule in run["tool"]["driver"]["rules"]]
        assert len(rules) == len(set(rules))
        for result in run["results"]:
            assert rules[result["ruleIndex"]] == result["ruleId"]
            # 3.27.9: a level belongs to what fails.
            assert (result["kind"] == "fail") == (result["level"] != "none")
