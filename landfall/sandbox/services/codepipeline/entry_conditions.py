"""Entry conditions of a stage: the rule VariableCheck.

https://docs.aws.amazon.com/codepipeline/latest/userguide/rule-reference-VariableCheck.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any, Final

from landfall.aws.codepipeline.variable_check import OPERATORS

_VARIABLE: Final = re.compile(r"#\{([\w@-]+)\.([\w@-]+)\}")
# What a source action that no push started knows from its configuration.
_CONFIGURED: Final = {
    "BranchName": "BranchName",
    "FullRepositoryName": "FullRepositoryId",
    "RepositoryName": "RepositoryName",
    "ConnectionArn": "ConnectionArn",
    "BucketName": "S3Bucket",
    "ObjectKey": "S3ObjectKey",
    "ImageTag": "ImageTag",
}


def refusal(pipeline: Mapping[str, Any], stage: Mapping[str, Any]) -> str | None:
    """Return the result of the first condition that is not met, `FAIL` or `SKIP`; None if all are.

    A variable that no source gives, such as TagName without a push of a tag, does not match.
    """
    for condition in stage.get("beforeEntry", {}).get("conditions", []):
        for rule in condition["rules"]:
            if rule["ruleTypeId"]["provider"] == "VariableCheck" and not _met(pipeline, rule):
                return str(condition.get("result", "FAIL"))
    return None


def _met(pipeline: Mapping[str, Any], rule: Mapping[str, Any]) -> bool:
    configuration = rule["configuration"]
    found = _VARIABLE.fullmatch(configuration["Variable"])
    value = _source_variable(pipeline, *found.groups()) if found else configuration["Variable"]
    if value is None:
        return False
    return OPERATORS[configuration["Operator"]](value, configuration["Value"])


def _source_variable(pipeline: Mapping[str, Any], namespace: str, name: str) -> str | None:
    """Return the variable of a source action of an execution that no push started."""
    for action in pipeline["stages"][0]["actions"]:
        if action.get("namespace") == namespace:
            found = action.get("configuration", {}).get(_CONFIGURED.get(name, ""))
            return None if found is None else str(found)
    return None
