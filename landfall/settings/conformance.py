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

from landfall.aws.arns import iam_arn, in_partition
from landfall.settings.config_rules import CustomRule, OwnPack, Remediation

ACCOUNT_ROLE = "OrganizationAccountAccessRole"
SHIPPED = {"encryption": "all", "least-privilege": "home"}
"""Landfall's packs, with their regions."""

_PERIODS = {
    "1-hour": "One_Hour",
    "3-hours": "Three_Hours",
    "6-hours": "Six_Hours",
    "12-hours": "Twelve_Hours",
    "24-hours": "TwentyFour_Hours",
}


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


def template(pack: OwnPack, partition: str = "aws") -> str:
    """Return the template of a custom pack, as JSON in the given order."""
    found = {_logical(key): _rule(key, value) for key, value in pack.rules.items()}
    found |= {_logical(key): _custom(key, rule) for key, rule in pack.custom_rules.items()}
    for key, remediation in pack.remediations.items():
        found[f"{_logical(key)}Remediation"] = {
            # The rule must exist before its remediation.
            "DependsOn": _logical(key),
            **_remediation(key, remediation, partition),
        }
    return json.dumps({"Resources": found}, separators=(",", ":"))


def _logical(identifier: str) -> str:
    return "".join(part.capitalize() for part in identifier.replace("-", "_").split("_"))


def rule_name(identifier: str) -> str:
    """Return the name that a rule has in AWS Config."""
    return identifier.lower().replace("_", "-")


def _rule(identifier: str, parameters: Mapping[str, str | int | bool]) -> dict[str, Any]:
    source = {"Owner": "AWS", "SourceIdentifier": identifier}
    return _config_rule(identifier, source, parameters)


def _config_rule(
    key: str, source: Mapping[str, Any], parameters: Mapping[str, str | int | bool], **more: Any
) -> dict[str, Any]:
    properties: dict[str, Any] = {"ConfigRuleName": rule_name(key), "Source": source, **more}
    if parameters:
        properties["InputParameters"] = {key: text(value) for key, value in parameters.items()}
    return {"Type": "AWS::Config::ConfigRule", "Properties": properties}


def _custom(key: str, rule: CustomRule) -> dict[str, Any]:
    """Return a custom rule.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-config-configrule-source.html
    """
    details: list[dict[str, str]] = []
    if rule.types:
        details += [
            {"EventSource": "aws.config", "MessageType": message}
            for message in (
                "ConfigurationItemChangeNotification",
                "OversizedConfigurationItemChangeNotification",
            )
        ]
    if rule.every is not None:
        period = {
            "EventSource": "aws.config",
            "MessageType": "ScheduledNotification",
            "MaximumExecutionFrequency": _PERIODS[rule.every],
        }
        details.append(period)
    source: dict[str, Any] = {"SourceDetails": details}
    if rule.guard is not None:
        policy = {"PolicyRuntime": "guard-2.x.x", "PolicyText": rule.guard}
        source |= {"Owner": "CUSTOM_POLICY", "CustomPolicyDetails": policy}
    else:
        source |= {"Owner": "CUSTOM_LAMBDA", "SourceIdentifier": rule.function}
    more: dict[str, Any] = {}
    if rule.types:
        more["Scope"] = {"ComplianceResourceTypes": list(rule.types)}
    if rule.description:
        more["Description"] = rule.description
    return _config_rule(key, source, rule.parameters, **more)


def _remediation(key: str, settings: Remediation, partition: str) -> dict[str, Any]:
    """Return the remediation of a rule.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-resource-config-remediationconfiguration.html
    """
    parameters: dict[str, Any] = {}
    if settings.role is not None:
        role = iam_arn(partition, "${AWS::AccountId}", f"role/landfall/{settings.role}")
        parameters["AutomationAssumeRole"] = {"StaticValue": {"Values": [{"Fn::Sub": role}]}}
    for name, values in settings.parameters.items():
        parameters[name] = (
            {"ResourceValue": {"Value": "RESOURCE_ID"}}
            if values == ("RESOURCE_ID",)
            else {"StaticValue": {"Values": list(values)}}
        )
    properties: dict[str, Any] = {
        "ConfigRuleName": rule_name(key),
        "TargetType": "SSM_DOCUMENT",
        "TargetId": settings.document,
        "Parameters": parameters,
    }
    if settings.version is not None:
        properties["TargetVersion"] = settings.version
    if settings.automatic:
        properties |= {
            "Automatic": True,
            "MaximumAutomaticAttempts": settings.attempts,
            "RetryAttemptSeconds": settings.retry_seconds,
        }
    return {"Type": "AWS::Config::RemediationConfiguration", "Properties": properties}


def text(value: str | int | bool) -> str:
    """Return a parameter as text, which Config requires."""
    return str(value).lower() if isinstance(value, bool) else str(value)
