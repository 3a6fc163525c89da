"""X-Ray: groups, sampling rules and the encryption configuration."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

_groups: Store[dict[str, Any]] = Store()
_rules: Store[dict[str, Any]] = Store()
_encryption: Store[dict[str, Any]] = Store()
_tags = Tags()

_MAX_GROUPS, _MAX_RULES = 25, 25  # AWS General Reference, 'AWS X-Ray endpoints and quotas'
_NO_INSIGHTS = {"InsightsEnabled": False, "NotificationsEnabled": False}


class InvalidRequestError(AWSError):
    """A request that X-Ray refuses: X-Ray API Reference, 'Common Errors'."""

    code = "InvalidRequestException"


class ResourceNotFoundError(AWSError):
    """No such resource: X-Ray API Reference, ListTagsForResource."""

    code = "ResourceNotFoundException"


class RuleLimitExceededError(AWSError):
    """Too many sampling rules: X-Ray API Reference, CreateSamplingRule."""

    code = "RuleLimitExceededException"


def _group(request: Request) -> dict[str, Any]:
    params = request.params
    for group in _groups.of(request).values():
        if params.get("GroupARN") == group["GroupARN"] or (
            params.get("GroupName") == group["GroupName"]
        ):
            return group
    raise InvalidRequestError("Group not found.")


@addition("xray", "CreateGroup")
def create_group(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, CreateGroup."""
    params, name = request.params, request.params["GroupName"]
    groups = _groups.of(request)
    if name in groups or name == "Default":
        raise InvalidRequestError(f"The group {name} already exists.")
    if len(groups) >= _MAX_GROUPS:
        raise InvalidRequestError("The maximum number of groups has been reached.")
    arn = request.arn("xray", f"group/{name}/{uuid.uuid4().hex.upper()}")
    groups[name] = {
        "GroupName": name,
        "GroupARN": arn,
        "FilterExpression": params.get("FilterExpression"),
        "InsightsConfiguration": _NO_INSIGHTS | params.get("InsightsConfiguration", {}),
    }
    _tags.add(request, arn, params.get("Tags"))
    return {"Group": groups[name]}


@addition("xray", "GetGroup")
def get_group(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, GetGroup."""
    return {"Group": _group(request)}


@addition("xray", "GetGroups")
def get_groups(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, GetGroups."""
    return {"Groups": list(_groups.of(request).values())}


@addition("xray", "UpdateGroup")
def update_group(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, UpdateGroup."""
    group, params = _group(request), request.params
    if "FilterExpression" in params:
        group["FilterExpression"] = params["FilterExpression"]
    group["InsightsConfiguration"] = group["InsightsConfiguration"] | params.get(
        "InsightsConfiguration", {}
    )
    return {"Group": group}


@addition("xray", "DeleteGroup")
def delete_group(request: Request) -> None:
    """X-Ray API Reference, DeleteGroup."""
    group = _group(request)
    del _groups.of(request)[group["GroupName"]]
    _tags.forget(request, group["GroupARN"])


def _record(rule: Mapping[str, Any]) -> dict[str, Any]:
    kept = dict(rule)
    created, modified = kept.pop("CreatedAt"), kept.pop("ModifiedAt")
    return {"SamplingRule": kept, "CreatedAt": created, "ModifiedAt": modified}


def _rule(request: Request, sent: Mapping[str, Any]) -> dict[str, Any]:
    for rule in _rules.of(request).values():
        if sent.get("RuleName") == rule["RuleName"] or sent.get("RuleARN") == rule["RuleARN"]:
            return rule
    raise InvalidRequestError("Sampling rule not found.")


@addition("xray", "CreateSamplingRule")
def create_sampling_rule(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, CreateSamplingRule."""
    sent = dict(request.params["SamplingRule"])
    rules = _rules.of(request)
    name = sent.get("RuleName")
    if not name:
        raise InvalidRequestError("A sampling rule must have a name.")
    if name in rules:
        raise InvalidRequestError(f"The rule {name} already exists.")
    if len(rules) >= _MAX_RULES:
        raise RuleLimitExceededError("The maximum number of sampling rules has been reached.")
    now = datetime.now(UTC)
    arn = request.arn("xray", f"sampling-rule/{name}")
    rules[name] = {"Attributes": {}, **sent, "RuleARN": arn, "CreatedAt": now, "ModifiedAt": now}
    _tags.add(request, arn, request.params.get("Tags"))
    return {"SamplingRuleRecord": _record(rules[name])}


@addition("xray", "GetSamplingRules")
def get_sampling_rules(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, GetSamplingRules."""
    return {"SamplingRuleRecords": [_record(rule) for rule in _rules.of(request).values()]}


@addition("xray", "UpdateSamplingRule")
def update_sampling_rule(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, UpdateSamplingRule."""
    sent = request.params["SamplingRuleUpdate"]
    rule = _rule(request, sent)
    rule.update(sent, RuleARN=rule["RuleARN"], ModifiedAt=datetime.now(UTC))
    return {"SamplingRuleRecord": _record(rule)}


@addition("xray", "DeleteSamplingRule")
def delete_sampling_rule(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, DeleteSamplingRule."""
    rule = _rule(request, request.params)
    del _rules.of(request)[rule["RuleName"]]
    _tags.forget(request, rule["RuleARN"])
    return {"SamplingRuleRecord": _record(rule)}


@addition("xray", "PutEncryptionConfig")
def put_encryption_config(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, PutEncryptionConfig."""
    params = request.params
    if (params["Type"] == "KMS") != ("KeyId" in params):
        raise InvalidRequestError("KeyId is required for type KMS, and for no other.")
    _encryption.of(request)["config"] = {**params, "Status": "ACTIVE"}
    return {"EncryptionConfig": _encryption.of(request)["config"]}


@addition("xray", "GetEncryptionConfig")
def get_encryption_config(request: Request) -> Mapping[str, Any]:
    """X-Ray API Reference, GetEncryptionConfig."""
    default = {"Type": "NONE", "Status": "ACTIVE"}
    return {"EncryptionConfig": _encryption.of(request).get("config", default)}


def _require(request: Request, arn: str) -> None:
    groups = {group["GroupARN"] for group in _groups.of(request).values()}
    rules = {rule["RuleARN"] for rule in _rules.of(request).values()}
    if arn not in groups | rules:
        raise ResourceNotFoundError(f"Resource not found: {arn}", ResourceName=arn)


_tags.serve("xray", _require, arn="ResourceARN")
