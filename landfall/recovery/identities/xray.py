"""X-Ray: groups and sampling rules."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:xray/group:Group")
def _trace_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    groups = pages(client("xray"), "get_groups", "Groups")
    named = (each["GroupARN"] for each in groups if each["GroupName"] == inputs["groupName"])
    return next(named, None)


@finds("aws:xray/samplingRule:SamplingRule")
def _sampling_rule(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    rules = pages(client("xray"), "get_sampling_rules", "SamplingRuleRecords")
    names = (each["SamplingRule"]["RuleName"] for each in rules)
    return next((name for name in names if name == inputs["ruleName"]), None)
