"""IAM Access Analyzer: analyzers and archive rules. It never creates findings."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

analyzers: Store[dict[str, Any]] = Store()
archive_rules: Store[dict[str, dict[str, Any]]] = Store()
tags = Tags(pairs=None)
_ALONE = ("ACCOUNT", "ORGANIZATION", "ORGANIZATION_UNUSED_ACCESS")


class ResourceNotFoundError(AWSError):
    """No such analyzer or rule: Access Analyzer API Reference, GetAnalyzer."""

    code = "ResourceNotFoundException"

    def __init__(self, resource: str, kind: str) -> None:
        super().__init__(
            "The specified resource was not found.", resourceId=resource, resourceType=kind
        )


class ConflictError(AWSError):
    """The name is taken: Access Analyzer API Reference, CreateAnalyzer."""

    code = "ConflictException"


class ServiceQuotaExceededError(AWSError):
    """One analyzer of a type: User Guide, 'Access Analyzer quotas'."""

    code = "ServiceQuotaExceededException"


class ValidationError(AWSError):
    """The account can't analyze an organization: User Guide, 'Delegated administrator'."""

    code = "ValidationException"


def _analyzer(request: Request) -> dict[str, Any]:
    name = request.params["analyzerName"]
    if name not in analyzers.of(request):
        raise ResourceNotFoundError(name, "ANALYZER")
    return analyzers.of(request)[name]


def _may_analyze_organization(request: Request) -> bool:
    backend = memberships.organization_of(request.account)
    if backend is None:
        return False
    delegates = [
        admin.account.id
        for admin in backend.admins
        if "access-analyzer.amazonaws.com" in admin.services
    ]
    return request.account in (backend.account_id, *delegates)


@addition("accessanalyzer", "CreateAnalyzer")
def create_analyzer(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, CreateAnalyzer; User Guide, 'Quotas'."""
    params, kept = request.params, analyzers.of(request)
    name, kind = params["analyzerName"], params["type"]
    if name in kept:
        raise ConflictError(
            f"The analyzer {name} already exists.", resourceId=name, resourceType="ANALYZER"
        )
    if kind.startswith("ORGANIZATION") and not _may_analyze_organization(request):
        raise ValidationError(
            "You must be the management account or a delegated administrator of the organization.",
            reason="other",
        )
    if kind in _ALONE and any(each["type"] == kind for each in kept.values()):
        raise ServiceQuotaExceededError(
            f"You have reached the maximum number of analyzers of type {kind}.",
            resourceId=name,
            resourceType="ANALYZER",
        )
    arn = request.arn("access-analyzer", f"analyzer/{name}")
    analyzer = {
        "arn": arn,
        "name": name,
        "type": kind,
        "createdAt": datetime.now(UTC),
        "status": "ACTIVE",
    }
    if "configuration" in params:
        analyzer["configuration"] = params["configuration"]
    kept[name] = analyzer
    tags.add(request, arn, params.get("tags"))
    archive_rules.of(request)[name] = {
        rule["ruleName"]: {**rule, "createdAt": datetime.now(UTC), "updatedAt": datetime.now(UTC)}
        for rule in params.get("archiveRules", [])
    }
    return {"arn": arn}


def _described(request: Request, analyzer: Mapping[str, Any]) -> dict[str, Any]:
    return {**analyzer, "tags": tags.of(request, analyzer["arn"])}


@addition("accessanalyzer", "GetAnalyzer")
def get_analyzer(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, GetAnalyzer."""
    return {"analyzer": _described(request, _analyzer(request))}


@addition("accessanalyzer", "ListAnalyzers")
def list_analyzers(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, ListAnalyzers."""
    wanted = request.params.get("type")
    found = [
        _described(request, analyzer)
        for analyzer in analyzers.of(request).values()
        if wanted in (None, analyzer["type"])
    ]
    return paged("analyzers", found, request.params, next_member="nextToken", size="maxResults")


@addition("accessanalyzer", "UpdateAnalyzer")
def update_analyzer(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, UpdateAnalyzer."""
    analyzer = _analyzer(request)
    if "configuration" in request.params:
        analyzer["configuration"] = request.params["configuration"]
    return {"configuration": analyzer.get("configuration")}


@addition("accessanalyzer", "DeleteAnalyzer")
def delete_analyzer(request: Request) -> None:
    """Access Analyzer API Reference, DeleteAnalyzer."""
    analyzer = _analyzer(request)
    del analyzers.of(request)[analyzer["name"]]
    archive_rules.of(request).pop(analyzer["name"], None)
    tags.forget(request, analyzer["arn"])


@addition("accessanalyzer", "CreateArchiveRule")
def create_archive_rule(request: Request) -> None:
    """Access Analyzer API Reference, CreateArchiveRule."""
    _analyzer(request)
    params = request.params
    rules = archive_rules.of(request).setdefault(params["analyzerName"], {})
    if params["ruleName"] in rules:
        raise ConflictError(
            "The rule already exists.", resourceId=params["ruleName"], resourceType="ARCHIVE_RULE"
        )
    now = datetime.now(UTC)
    rules[params["ruleName"]] = {
        "ruleName": params["ruleName"],
        "filter": params["filter"],
        "createdAt": now,
        "updatedAt": now,
    }


def _rule(request: Request) -> dict[str, Any]:
    _analyzer(request)
    rules = archive_rules.of(request).get(request.params["analyzerName"], {})
    if request.params["ruleName"] not in rules:
        raise ResourceNotFoundError(request.params["ruleName"], "ARCHIVE_RULE")
    return rules[request.params["ruleName"]]


@addition("accessanalyzer", "GetArchiveRule")
def get_archive_rule(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, GetArchiveRule."""
    return {"archiveRule": _rule(request)}


@addition("accessanalyzer", "UpdateArchiveRule")
def update_archive_rule(request: Request) -> None:
    """Access Analyzer API Reference, UpdateArchiveRule."""
    _rule(request).update(filter=request.params["filter"], updatedAt=datetime.now(UTC))


@addition("accessanalyzer", "ListArchiveRules")
def list_archive_rules(request: Request) -> Mapping[str, Any]:
    """Access Analyzer API Reference, ListArchiveRules."""
    _analyzer(request)
    rules = list(archive_rules.of(request).get(request.params["analyzerName"], {}).values())
    return paged("archiveRules", rules, request.params, next_member="nextToken")


@addition("accessanalyzer", "DeleteArchiveRule")
def delete_archive_rule(request: Request) -> None:
    """Access Analyzer API Reference, DeleteArchiveRule."""
    rule = _rule(request)
    del archive_rules.of(request)[request.params["analyzerName"]][rule["ruleName"]]


def _require(request: Request, arn: str) -> None:
    if arn not in {analyzer["arn"] for analyzer in analyzers.of(request).values()}:
        raise ResourceNotFoundError(arn, "ANALYZER")


tags.serve("accessanalyzer", _require, arn="resourceArn", tags="tags", keys="tagKeys")
