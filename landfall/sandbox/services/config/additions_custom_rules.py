"""What AWS Config checks of custom rules and remediations in a template.

AWS CloudFormation, AWS::Config::ConfigRule Source and AWS::Config::RemediationConfiguration; AWS
Config API Reference, Source, CustomPolicyDetails and RemediationConfiguration.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_RUNTIME = re.compile(r"guard-2\.x\.x")
_FUNCTION = re.compile(r"arn:[a-z-]+:lambda:[a-z0-9-]+:[0-9]{12}:function:[A-Za-z0-9_-]+")
_POLICY_CHARACTERS = 10_000
_PARAMETERS = 25
_ATTEMPTS = range(1, 26)
_SECONDS = range(1, 2_678_001)
_MESSAGES = (
    "ConfigurationItemChangeNotification",
    "ConfigurationSnapshotDeliveryCompleted",
    "OversizedConfigurationItemChangeNotification",
    "ScheduledNotification",
)


def wrong_source(source: Mapping[str, Any]) -> str:
    """Return what is wrong with the source of a custom rule; empty if nothing is."""
    owner, details = source.get("Owner"), source.get("SourceDetails") or []
    if owner not in ("CUSTOM_POLICY", "CUSTOM_LAMBDA"):
        return f"Value {owner} at 'source.owner' must satisfy enum value set: " + (
            "[CUSTOM_LAMBDA, AWS, CUSTOM_POLICY]"
        )
    if not details:
        return "SourceDetails should be present for a custom rule."
    messages = [each.get("MessageType") for each in details]
    if any(each not in _MESSAGES for each in messages):
        return f"Invalid message types {messages}."
    if owner == "CUSTOM_LAMBDA":
        identifier = source.get("SourceIdentifier")
        valid = isinstance(identifier, str) and _FUNCTION.fullmatch(identifier)
        return "" if valid else f"The sourceIdentifier {identifier} is not a function's ARN."
    if "SourceIdentifier" in source:
        return "SourceIdentifier is not supported for AWS Config Custom Policy rules."
    if "ScheduledNotification" in messages:
        return "AWS Config Custom Policy rules are evaluated at configuration changes only."
    policy = source.get("CustomPolicyDetails") or {}
    if not _RUNTIME.fullmatch(str(policy.get("PolicyRuntime"))):
        return "PolicyRuntime failed to satisfy constraint: guard-2.x.x"
    if not 0 < len(str(policy.get("PolicyText") or "")) <= _POLICY_CHARACTERS:
        return f"PolicyText must have 1 to {_POLICY_CHARACTERS} characters."
    return ""


def wrong_remediation(properties: Mapping[str, Any]) -> str:
    """Return what is wrong with a remediation; empty if nothing is."""
    for name in ("ConfigRuleName", "TargetId", "TargetType"):
        if not properties.get(name):
            return f"Property {name} is required."
    if properties["TargetType"] != "SSM_DOCUMENT":
        return "TargetType must be SSM_DOCUMENT."
    parameters = properties.get("Parameters") or {}
    if len(parameters) > _PARAMETERS:
        return f"A remediation has at most {_PARAMETERS} parameters."
    for name, value in parameters.items():
        kinds = [kind for kind in ("StaticValue", "ResourceValue") if kind in value]
        if len(kinds) != 1:
            return f"Parameter {name} must have either StaticValue or ResourceValue."
        if kinds == ["ResourceValue"] and value[kinds[0]].get("Value") != "RESOURCE_ID":
            return f"The ResourceValue of parameter {name} must be RESOURCE_ID."
    return _wrong_automation(properties, parameters)


def _wrong_automation(properties: Mapping[str, Any], parameters: Mapping[str, Any]) -> str:
    """Developer Guide, 'Setting up auto remediation': it needs a role and a number of attempts."""
    if not properties.get("Automatic"):
        return ""
    if "StaticValue" not in parameters.get("AutomationAssumeRole", {}):
        return "AutomationAssumeRole is required for automatic remediation."
    if properties.get("MaximumAutomaticAttempts") not in _ATTEMPTS:
        return "MaximumAutomaticAttempts must be 1 to 25 for automatic remediation."
    if properties.get("RetryAttemptSeconds") not in _SECONDS:
        return "RetryAttemptSeconds must be 1 to 2678000 for automatic remediation."
    return ""
