"""What AWS Config checks in the template of a conformance pack before it takes it.

AWS Config Developer Guide, 'Custom conformance packs', and AWS CloudFormation's
AWS::Config::ConfigRule.
"""

from __future__ import annotations

from typing import Any

import yaml
from moto.config.models import MANAGED_RULES_CONSTRAINTS

from landfall.sandbox.services.config.additions_custom_rules import (
    wrong_remediation,
    wrong_source,
)

_BYTES = 51_200
_RULES = 130
_KINDS = ("AWS::Config::ConfigRule", "AWS::Config::RemediationConfiguration")
# In AWS's document of rules for packs alone, which the emulator's data leaves out.
_FOR_PACKS = {"AWS_CONFIG_PROCESS_CHECK": {"Parameters": list[Any]()}}


class _Loader(yaml.SafeLoader):
    """Reads YAML; CloudFormation's own tags, as !Ref, are texts."""


_Loader.add_multi_constructor("!", lambda _, suffix, node: f"!{suffix} {node.value}")


def rules_of(body: str) -> list[str] | str:
    """Return the names of a template's rules, or what AWS says is wrong with it."""
    if len(body.encode()) > _BYTES:
        return f"Template body is larger than {_BYTES} bytes."
    try:
        template = yaml.load(body, _Loader)  # noqa: S506, as it is a safe one
    except yaml.YAMLError as error:
        return f"Template format error: {error}"
    resources = template.get("Resources") if isinstance(template, dict) else None
    if not isinstance(resources, dict) or not resources:
        return "Template format error: At least one Resources member must be defined."
    if len(resources) > _RULES:
        return f"A conformance pack has at most {_RULES} rules."
    names = []
    for logical, resource in resources.items():
        wrong = _wrong(str(logical), resource)
        if wrong:
            return wrong
        if resource["Type"] == _KINDS[0]:
            names.append(str(resource["Properties"].get("ConfigRuleName", logical)))
    if len(names) != len(set(names)):
        return "A rule name stands in the template twice."
    for resource in resources.values():
        rule = (resource.get("Properties") or {}).get("ConfigRuleName")
        if resource["Type"] != _KINDS[0] and rule not in names:
            return f"The remediation's rule {rule} is not in the template."
    return names


def _wrong(logical: str, resource: Any) -> str:
    if not logical.isalnum():
        return f"Template format error: Resource name {logical} is non alphanumeric."
    kind = resource.get("Type") if isinstance(resource, dict) else None
    if kind not in _KINDS:
        return f"Resource type {kind} is not supported in conformance packs."
    properties = resource.get("Properties") or {}
    if kind != _KINDS[0]:
        return wrong_remediation(properties)
    source = properties.get("Source") or {}
    if source.get("Owner") != "AWS":
        return wrong_source(source)
    identifier = source.get("SourceIdentifier")
    rule = {**_FOR_PACKS, **MANAGED_RULES_CONSTRAINTS}.get(identifier)
    if rule is None:
        return f"The sourceIdentifier {identifier} is invalid. Please refer to the documentation."
    given = set(properties.get("InputParameters") or {})
    known = {each["Name"] for each in rule["Parameters"]}
    if given - known:
        return f"Unknown parameters provided in the inputParameters: {sorted(given - known)}"
    lacking = {each["Name"] for each in rule["Parameters"] if not each["Optional"]} - given
    if lacking:
        return f"The required parameter {sorted(lacking)} is not present in the inputParameters"
    return ""
