"""AWS Config's managed rules, and Landfall's conformance packs.

A shipped pack is an AWS template in `packs/`; a custom pack in settings
is rendered to a template here.
https://docs.aws.amazon.com/config/latest/developerguide/custom-conformance-pack.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib import resources
from typing import Any

from landfall.aws.arns import in_partition
from landfall.settings.security import OwnPack

ACCOUNT_ROLE = "OrganizationAccountAccessRole"
SHIPPED = {"encryption": "all", "least-privilege": "home"}
"""Landfall's packs, with their regions."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A managed rule: its parameters, and the required ones."""

    parameters: frozenset[str]
    required: frozenset[str]


@lru_cache(maxsize=1)
def rules() -> Mapping[str, Rule]:
    """Return AWS's managed rules by identifier, as of the data's date."""
    text = resources.files("landfall.settings").joinpath("managed_rules.json").read_text()
    found: dict[str, Rule] = {}
    for identifier, parameters in json.loads(text)["rules"].items():
        names = frozenset(name.rstrip("*") for name in parameters)
        required = frozenset(name[:-1] for name in parameters if name.endswith("*"))
        found[identifier] = Rule(names, required)
    return found


@lru_cache(maxsize=1)
def read_on() -> str:
    """Return the date of the rules' data."""
    text = resources.files("landfall.settings").joinpath("managed_rules.json").read_text()
    return str(json.loads(text)["readOn"])


def shipped(
    name: str, partition: str = "aws", account_roles: Sequence[str] = (ACCOUNT_ROLE,)
) -> str:
    """Return the template of a Landfall pack, for a partition and its account roles.

    https://docs.aws.amazon.com/config/latest/developerguide/iam-policy-blacklisted-check.html
    """
    text = resources.files("landfall.settings").joinpath("packs", f"{name}.yaml").read_text()
    text = text.replace(in_partition("aws", ""), in_partition(partition, ""))
    return text.replace(ACCOUNT_ROLE, ";".join(account_roles))


def template(pack: OwnPack) -> str:
    """Return the template of a custom pack, as JSON in the given order."""
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
    """Return a parameter as text, which Config requires."""
    return str(value).lower() if isinstance(value, bool) else str(value)
