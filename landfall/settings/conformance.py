"""AWS Config's managed rules, and the conformance packs that Landfall brings.

A pack that ships is written as AWS's template, in `packs/`; what a team writes of its own in its
settings becomes one here.
https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from landfall.aws.arns import in_partition
from landfall.settings.security import OwnPack

ACCOUNT_ROLE = "OrganizationAccountAccessRole"
SHIPPED = {"encryption": "all", "least-privilege": "home"}
"""The packs of Landfall, with the regions that each is for."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A managed rule: its parameters, and which of them it does not do without."""

    parameters: frozenset[str]
    required: frozenset[str]


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Return AWS's managed rules by identifier, as they were on the day that the data names."""
    text = resources.files("landfall.settings").joinpath("managed_rules.json").read_text()
    found: dict[str, Rule] = {}
    for identifier, parameters in json.loads(text)["rules"].items():
        names = frozenset(name.rstrip("*") for name in parameters)
        required = frozenset(name[:-1] for name in parameters if name.endswith("*"))
        found[identifier] = Rule(names, required)
    return found


@lru_cache(maxsize=1)
def read_on() -> str:
    """Return the day on which the rules were read."""
    text = resources.files("landfall.settings").joinpath("managed_rules.json").read_text()
    return str(json.loads(text)["readOn"])


def shipped(name: str, partition: str = "aws", account_role: str = ACCOUNT_ROLE) -> str:
    """Return the template of a pack of Landfall, for a partition and its account role."""
    text = resources.files("landfall.settings").joinpath("packs", f"{name}.yaml").read_text()
    text = text.replace(in_partition("aws", ""), in_partition(partition, ""))
    return text.replace(ACCOUNT_ROLE, account_role)


def template(pack: OwnPack) -> str:
    """Return the template of a team's pack; JSON, which is YAML too, in the order given."""
    body = {"Resources": {_logical(key): _rule(key, value) for key, value in pack.rules.items()}}
    return json.dumps(body, separators=(",", ":"))


def _logical(identifier: str) -> str:
    return "".join(part.capitalize() for part in identifier.split("_"))


def _rule(identifier: str, parameters: Mapping[str, str | int | bool]) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "ConfigRuleName": identifier.lower().replace("_", "-"),
        "Source": {"Owner": "AWS", "SourceIdentifier": identifier},
    }
    if parameters:
        properties["InputParameters"] = {key: text(value) for key, value in parameters.items()}
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}


def text(value: str | int | bool) -> str:
    """Return a parameter as Config takes it: a text."""
    return str(value).lower() if isinstance(value, bool) else str(value)
