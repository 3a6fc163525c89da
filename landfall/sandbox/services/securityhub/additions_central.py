"""Security Hub's central configuration: aggregation of findings, policies, and whom they hold for.

Security Hub User Guide, 'Understanding central configuration': it is the delegated administrator's,
in the region that findings come together in. A policy holds for the accounts below its target, in
that region and in those that are linked to it.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

from landfall.sandbox.gate import memberships
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.services.securityhub.additions_standards import of_region

administrators: Store[str] = Store()
"""By region of the management account, who administers Security Hub, as `id`."""
aggregators: Store[dict[str, Any]] = Store(everywhere=True)
organizations: Store[dict[str, Any]] = Store(everywhere=True)
policies: Store[dict[str, Any]] = Store(everywhere=True)
associations: Store[dict[str, Any]] = Store(everywhere=True)
_MODES = ("ALL_REGIONS", "ALL_REGIONS_EXCEPT_SPECIFIED", "SPECIFIED_REGIONS", "NO_REGIONS")
_TARGETS = {
    "AccountId": "ACCOUNT",
    "OrganizationalUnitId": "ORGANIZATIONAL_UNIT",
    "RootId": "ROOT",
}


class InvalidInputError(AWSError):
    """A request that means nothing: Security Hub API Reference, 'InvalidInputException'."""

    code = "InvalidInputException"


class InvalidAccessError(AWSError):
    """Not on, or not for this account: Security Hub API Reference, 'InvalidAccessException'."""

    code = "InvalidAccessException"


class ResourceNotFoundError(AWSError):
    """No such thing: Security Hub API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"


class ResourceConflictError(AWSError):
    """There already: Security Hub API Reference, 'ResourceConflictException'."""

    code = "ResourceConflictException"


def administrator(request: Request) -> str | None:
    """Return who administers Security Hub of the caller's organization in this region."""
    backend = memberships.organization_of(request.account)
    if backend is None:
        return None
    return administrators.at(backend.account_id, request.region).get("id")


def administered_anywhere(management: str) -> bool:
    """Return whether Security Hub is delegated in some region still."""
    return bool(administrators.everywhere(management))


def forget(request: Request, account: str) -> None:
    """Take the administration back, with all that stands on it."""
    del administrators.of(request)["id"]
    for store in (aggregators, organizations, policies, associations):
        store.at(account).clear()


def _require_administrator(request: Request) -> None:
    if administrator(request) != request.account:
        raise InvalidAccessError(
            f"Account {request.account} is not an administrator for this organization"
        )


def _require_central(request: Request) -> None:
    kept = organizations.of(request).get("it", {})
    if administrator(request) != request.account or kept.get("home") != request.region:
        raise InvalidAccessError("Must be a delegated administrator in the home Region")


def policy_for(request: Request) -> dict[str, Any] | None:
    """Return what the organization's policies say of the caller's account in this region."""
    backend = memberships.organization_of(request.account)
    found = next(iter(administrators.everywhere(backend.account_id)), {}) if backend else {}
    owner = found.get("id")
    if backend is None or owner is None:
        return None
    home = organizations.at(owner).get("it", {}).get("home")
    if home is None or request.region not in (home, *_linked(owner)):
        return None
    above = [unit.id for unit in memberships.parents(backend, request.account)]
    for target in (request.account, *above):
        held = associations.at(owner).get(target)
        if held is not None:
            policy: dict[str, Any] = policies.at(owner)[held["ConfigurationPolicyId"]]
            configured: dict[str, Any] = policy["ConfigurationPolicy"]["SecurityHub"]
            return configured
    return None


def _linked(owner: str) -> list[str]:
    found = aggregators.at(owner).get("it", {})
    return list(found.get("Regions", [])) if found.get("RegionLinkingMode") == _MODES[2] else []


def standards(request: Request, policy: Mapping[str, Any]) -> list[str]:
    """Return the standards of a policy, as they are called in the request's region."""

    def tail(arn: str) -> str:
        return arn.partition("standards/")[2] or arn

    wanted = {tail(arn) for arn in policy.get("EnabledStandardIdentifiers", [])}
    return [arn for arn in of_region(request) if tail(arn) in wanted]


@addition("securityhub", "CreateFindingAggregator")
def create_aggregator(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, CreateFindingAggregator: one for an account, in its region."""
    kept, params = aggregators.of(request), request.params
    if "it" in kept:
        raise InvalidInputError("A finding aggregator already exists for this account")
    _check_linking(params)
    kept["it"] = {
        "FindingAggregatorArn": request.arn("securityhub", f"finding-aggregator/{uuid.uuid4()}"),
        "FindingAggregationRegion": request.region,
        **{key: params[key] for key in ("RegionLinkingMode", "Regions") if params.get(key)},
    }
    return kept["it"]


def _check_linking(params: Mapping[str, Any]) -> None:
    mode, regions = params["RegionLinkingMode"], params.get("Regions") or []
    if mode not in _MODES:
        raise InvalidInputError(f"Invalid RegionLinkingMode: {mode}")
    if bool(regions) != (mode in _MODES[1:3]):
        raise InvalidInputError(f"Invalid combination of {mode} and Regions")


def _aggregator(request: Request) -> dict[str, Any]:
    found = aggregators.of(request).get("it")
    arn = request.params.get("FindingAggregatorArn")
    if found is None or arn not in (None, found["FindingAggregatorArn"]):
        raise ResourceNotFoundError(f"Finding aggregator {arn} was not found")
    return found


@addition("securityhub", "GetFindingAggregator")
def get_aggregator(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, GetFindingAggregator."""
    return _aggregator(request)


@addition("securityhub", "ListFindingAggregators")
def list_aggregators(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, ListFindingAggregators."""
    found = [
        {"FindingAggregatorArn": each["FindingAggregatorArn"]}
        for each in aggregators.of(request).values()
    ]
    return {"FindingAggregators": found}


@addition("securityhub", "UpdateFindingAggregator")
def update_aggregator(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, UpdateFindingAggregator."""
    found = _aggregator(request)
    _check_linking(request.params)
    found.pop("Regions", None)
    found["RegionLinkingMode"] = request.params["RegionLinkingMode"]
    if request.params.get("Regions"):
        found["Regions"] = request.params["Regions"]
    return found


@addition("securityhub", "DeleteFindingAggregator")
def delete_aggregator(request: Request) -> None:
    """Security Hub API Reference, DeleteFindingAggregator: the home region is none any more."""
    _aggregator(request)
    for store in (aggregators, organizations, policies, associations):
        store.of(request).clear()


@addition("securityhub", "DescribeOrganizationConfiguration")
def describe_organization(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, DescribeOrganizationConfiguration."""
    _require_administrator(request)
    kept = organizations.of(request).get("it", {})
    return {
        "AutoEnable": kept.get("AutoEnable", False),
        "AutoEnableStandards": kept.get("AutoEnableStandards", "DEFAULT"),
        "MemberAccountLimitReached": False,
        "OrganizationConfiguration": {
            "ConfigurationType": "CENTRAL" if kept.get("home") else "LOCAL",
            "Status": "ENABLED",
        },
    }


@addition("securityhub", "UpdateOrganizationConfiguration")
def update_organization(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, UpdateOrganizationConfiguration."""
    _require_administrator(request)
    params = request.params
    wanted = (params.get("OrganizationConfiguration") or {}).get("ConfigurationType", "LOCAL")
    if wanted == "CENTRAL":
        if params["AutoEnable"] or params.get("AutoEnableStandards") != "NONE":
            raise InvalidInputError(
                "AutoEnable must be false and AutoEnableStandards NONE with central configuration"
            )
        home = aggregators.of(request).get("it", {}).get("FindingAggregationRegion")
        if home != request.region:
            raise InvalidInputError(
                "Central configuration needs a finding aggregator in the Region"
            )
    kept: dict[str, Any] = {
        "AutoEnable": params["AutoEnable"],
        "AutoEnableStandards": params.get("AutoEnableStandards", "DEFAULT"),
    }
    if wanted == "CENTRAL":
        kept["home"] = request.region
    else:
        policies.of(request).clear()
        associations.of(request).clear()
    organizations.of(request)["it"] = kept
    return {}


def _check_policy(request: Request) -> dict[str, Any]:
    policy: dict[str, Any] = request.params["ConfigurationPolicy"]
    hub = policy.get("SecurityHub") or {}
    for arn in hub.get("EnabledStandardIdentifiers", []):
        if arn not in of_region(request):
            raise InvalidInputError(f"Invalid standard identifier: {arn}")
    controls = hub.get("SecurityControlsConfiguration") or {}
    if "EnabledSecurityControlIdentifiers" in controls and (
        "DisabledSecurityControlIdentifiers" in controls
    ):
        raise InvalidInputError("Name either the controls that are enabled or those that are not")
    if hub.get("ServiceEnabled") and not controls:
        raise InvalidInputError("SecurityControlsConfiguration is needed")
    return policy


@addition("securityhub", "CreateConfigurationPolicy")
def create_policy(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, CreateConfigurationPolicy."""
    _require_central(request)
    policy, kept, identity = _check_policy(request), policies.of(request), str(uuid.uuid4())
    if any(each["Name"] == request.params["Name"] for each in kept.values()):
        raise ResourceConflictError("A configuration policy of this name exists already")
    now = datetime.now(UTC)
    kept[identity] = {
        "Arn": request.arn("securityhub", f"configuration-policy/{identity}"),
        "Id": identity,
        "Name": request.params["Name"],
        "Description": request.params.get("Description", ""),
        "CreatedAt": now,
        "UpdatedAt": now,
        "ConfigurationPolicy": policy,
    }
    return kept[identity]


def _policy(request: Request, member: str = "Identifier") -> dict[str, Any]:
    _require_central(request)
    wanted = request.params[member].rpartition("/")[2]
    if wanted not in policies.of(request):
        raise ResourceNotFoundError(f"Configuration policy {wanted} was not found")
    return policies.of(request)[wanted]


@addition("securityhub", "GetConfigurationPolicy")
def get_policy(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, GetConfigurationPolicy."""
    return _policy(request)


@addition("securityhub", "ListConfigurationPolicies")
def list_policies(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, ListConfigurationPolicies."""
    _require_central(request)
    keys = ("Arn", "Id", "Name", "Description", "UpdatedAt")
    found = [
        {
            **{key: each[key] for key in keys},
            "ServiceEnabled": each["ConfigurationPolicy"]["SecurityHub"].get("ServiceEnabled"),
        }
        for each in policies.of(request).values()
    ]
    return paged("ConfigurationPolicySummaries", found, request.params, size="MaxResults")


@addition("securityhub", "UpdateConfigurationPolicy")
def update_policy(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, UpdateConfigurationPolicy."""
    policy = _policy(request)
    if "ConfigurationPolicy" in request.params:
        policy["ConfigurationPolicy"] = _check_policy(request)
    for key in ("Name", "Description"):
        policy[key] = request.params.get(key, policy[key])
    policy["UpdatedAt"] = datetime.now(UTC)
    return policy


@addition("securityhub", "DeleteConfigurationPolicy")
def delete_policy(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, DeleteConfigurationPolicy: only one that holds for nothing."""
    policy = _policy(request)
    held = associations.of(request).values()
    if any(each["ConfigurationPolicyId"] == policy["Id"] for each in held):
        raise ResourceConflictError("The configuration policy is associated with a target")
    del policies.of(request)[policy["Id"]]
    return {}


def _target(request: Request) -> tuple[str, str]:
    """Return the id and the type of a target that the organization has."""
    for member, kind in _TARGETS.items():
        target = request.params["Target"].get(member)
        backend = memberships.organization_of(request.account)
        if target is None or backend is None:
            continue
        known = {each.id for each in (*backend.ou, *backend.accounts)}
        if target not in known:
            raise ResourceNotFoundError(f"Target {target} was not found")
        return target, kind
    raise InvalidInputError("Target is needed")


def association(policy: str, target: str, kind: str) -> dict[str, Any]:
    """Return the association of a policy with a target."""
    return {
        "ConfigurationPolicyId": policy,
        "TargetId": target,
        "TargetType": kind,
        "AssociationType": "APPLIED",
        "AssociationStatus": "SUCCESS",
        "AssociationStatusMessage": "",
        "UpdatedAt": datetime.now(UTC),
    }


@addition("securityhub", "StartConfigurationPolicyAssociation")
def associate(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, StartConfigurationPolicyAssociation; done at once."""
    policy = _policy(request, "ConfigurationPolicyIdentifier")
    target, kind = _target(request)
    associations.of(request)[target] = association(policy["Id"], target, kind)
    return associations.of(request)[target]


@addition("securityhub", "GetConfigurationPolicyAssociation")
def get_association(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, GetConfigurationPolicyAssociation."""
    _require_central(request)
    target, _ = _target(request)
    if target not in associations.of(request):
        raise ResourceNotFoundError(f"There is no association of target {target}")
    return associations.of(request)[target]


@addition("securityhub", "ListConfigurationPolicyAssociations")
def list_associations(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, ListConfigurationPolicyAssociations: what targets inherit is not
    listed.
    """
    _require_central(request)
    filters = request.params.get("Filters") or {}
    found = [
        each
        for each in associations.of(request).values()
        if all(each[key] == value for key, value in filters.items())
    ]
    listed = "ConfigurationPolicyAssociationSummaries"
    return paged(listed, found, request.params, size="MaxResults")


@addition("securityhub", "StartConfigurationPolicyDisassociation")
def disassociate(request: Request) -> Mapping[str, Any]:
    """Security Hub API Reference, StartConfigurationPolicyDisassociation."""
    _policy(request, "ConfigurationPolicyIdentifier")
    target, _ = _target(request)
    if associations.of(request).pop(target, None) is None:
        raise ResourceNotFoundError(f"There is no association of target {target}")
    return {}


def require(request: Request, arn: str) -> None:
    """Raise where there is no policy or aggregator of an ARN."""
    known = {each["FindingAggregatorArn"] for each in aggregators.of(request).values()}
    known |= {each["Arn"] for each in policies.of(request).values()}
    if arn not in known:
        raise ResourceNotFoundError(f"The resource {arn} was not found")
