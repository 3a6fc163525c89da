"""Kinds of resources that accounts use outside of AWS Organizations, and how to read each.

`find` lists the resources of a kind; `landfall adopt` needs only their names. `describe` reads one
of them in full, for a snapshot.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from landfall.adoption import describing_iam as iam
from landfall.adoption import describing_identity_center as center
from landfall.adoption import describing_security as security

Open = Callable[[str], Any]
"""Returns the client of a service in an account and region."""


class Listed(NamedTuple):
    """One resource: its name, and what `describe` needs to read it."""

    name: str
    about: Any = None


Find = Callable[[Open], Iterator[Listed]]
Describe = Callable[[Open, Any], Mapping[str, Any] | None]

SERVICE_ROLE: Final = "service-linked role"
_SECURITY: Final = "landfall:security"
_ACCESS: Final = "landfall:access"
_RESOURCE_POLICY: Final = "landfall:organization.resourcePolicy"


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: what to call it, how to read it, and the setting that takes it over.

    Without a setting, `why` is the reason why it stays as it is. `describe` returns None for a
    resource that belongs to another account.
    """

    name: str
    find: Find
    describe: Describe
    setting: str = ""
    why: str = ""


def pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    """Yield the items under `key` from all pages."""
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, [])


def _detectors(client: Open) -> Iterator[Listed]:
    for each in pages(client("guardduty"), "list_detectors", "DetectorIds"):
        yield Listed(each, each)


def _hub(client: Open) -> Iterator[Listed]:
    found = client("securityhub").describe_hub()
    yield Listed(str(found["HubArn"]), found)


def _recorders(client: Open) -> Iterator[Listed]:
    found = client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    yield from (Listed(each["name"], each) for each in found if not each.get("servicePrincipal"))


def _channels(client: Open) -> Iterator[Listed]:
    for each in client("config").describe_delivery_channels()["DeliveryChannels"]:
        yield Listed(each["name"], each)


def _aggregators(client: Open) -> Iterator[Listed]:
    operation, key = "describe_configuration_aggregators", "ConfigurationAggregators"
    for each in pages(client("config"), operation, key):
        yield Listed(each["ConfigurationAggregatorName"], each)


def _analyzers(client: Open) -> Iterator[Listed]:
    for each in pages(client("accessanalyzer"), "list_analyzers", "analyzers"):
        yield Listed(each["name"], each)


def _trails(client: Open) -> Iterator[Listed]:
    trails = client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    yield from (Listed(each["Name"], each) for each in trails)


def _vaults(client: Open) -> Iterator[Listed]:
    for each in pages(client("backup"), "list_backup_vaults", "BackupVaultList"):
        yield Listed(each["BackupVaultName"], each)


def _password_policy(client: Open) -> Iterator[Listed]:
    found = client("iam").get_account_password_policy()["PasswordPolicy"]
    yield Listed("password policy", found)


def _oidc_providers(client: Open) -> Iterator[Listed]:
    found = client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    yield from (Listed(each["Arn"].partition("/")[2], each["Arn"]) for each in found)


def _saml_providers(client: Open) -> Iterator[Listed]:
    found = client("iam").list_saml_providers()["SAMLProviderList"]
    yield from (Listed(each["Arn"].partition("/")[2], each["Arn"]) for each in found)


def _config_role(client: Open) -> Iterator[Listed]:
    path = "/aws-service-role/config.amazonaws.com/"
    for each in pages(client("iam"), "list_roles", "Roles", PathPrefix=path):
        yield Listed(each["RoleName"], each["RoleName"])


def _roles(client: Open) -> Iterator[Listed]:
    for each in pages(client("iam"), "list_roles", "Roles"):
        yield Listed(each["RoleName"], each["RoleName"])


def _managed_policies(client: Open) -> Iterator[Listed]:
    for each in pages(client("iam"), "list_policies", "Policies", Scope="Local"):
        yield Listed(each["PolicyName"], each["Arn"])


def _resource_policy(client: Open) -> Iterator[Listed]:
    answer = client("organizations").describe_resource_policy()["ResourcePolicy"]
    yield Listed(answer["ResourcePolicySummary"]["Id"], answer)


def _instances(client: Open) -> Iterator[Listed]:
    for each in pages(client("sso-admin"), "list_instances", "Instances"):
        yield Listed(each["InstanceArn"], each)


def _permission_sets(client: Open) -> Iterator[Listed]:
    sets = client("sso-admin")
    for instance in pages(sets, "list_instances", "Instances"):
        arn = instance["InstanceArn"]
        for found in pages(sets, "list_permission_sets", "PermissionSets", InstanceArn=arn):
            described = sets.describe_permission_set(InstanceArn=arn, PermissionSetArn=found)
            yield Listed(described["PermissionSet"]["Name"], (arn, described["PermissionSet"]))


def _groups(client: Open) -> Iterator[Listed]:
    for instance in pages(client("sso-admin"), "list_instances", "Instances"):
        store = instance["IdentityStoreId"]
        groups = pages(client("identitystore"), "list_groups", "Groups", IdentityStoreId=store)
        yield from (Listed(each["DisplayName"], {**each, "store": store}) for each in groups)


def _guardduty_administrators(client: Open) -> Iterator[Listed]:
    operation = "list_organization_admin_accounts"
    for each in pages(client("guardduty"), operation, "AdminAccounts"):
        yield Listed(each["AdminAccountId"], {"id": each["AdminAccountId"]})


def _hub_administrators(client: Open) -> Iterator[Listed]:
    operation = "list_organization_admin_accounts"
    for each in pages(client("securityhub"), operation, "AdminAccounts"):
        yield Listed(each["AccountId"], {"id": each["AccountId"]})


def _finding_aggregators(client: Open) -> Iterator[Listed]:
    operation, key = "list_finding_aggregators", "FindingAggregators"
    for each in pages(client("securityhub"), operation, key):
        yield Listed(each["FindingAggregatorArn"], each["FindingAggregatorArn"])


def _hub_organization(client: Open) -> Iterator[Listed]:
    found = client("securityhub").describe_organization_configuration()
    yield Listed("organization", found)


def _hub_policies(client: Open) -> Iterator[Listed]:
    operation, key = "list_configuration_policies", "ConfigurationPolicySummaries"
    for each in pages(client("securityhub"), operation, key):
        yield Listed(each["Name"], each["Id"])


def _hub_associations(client: Open) -> Iterator[Listed]:
    operation = "list_configuration_policy_associations"
    key = "ConfigurationPolicyAssociationSummaries"
    for each in pages(client("securityhub"), operation, key):
        yield Listed(each["TargetId"], each)


def as_listed(client: Open, about: Any) -> Mapping[str, Any]:
    """Return what listing has found already."""
    found: Mapping[str, Any] = about
    return found


REGIONAL: Final = (
    Kind("GuardDuty detector", _detectors, security.detector, f"{_SECURITY}.guardDuty"),
    Kind("Security Hub", _hub, security.hub, f"{_SECURITY}.securityHub"),
    Kind("Config recorder", _recorders, security.recorder, f"{_SECURITY}.config"),
    Kind("Config aggregator", _aggregators, security.aggregator, f"{_SECURITY}.config"),
    Kind(
        "access analyzer",
        _analyzers,
        security.analyzer,
        f"{_SECURITY}.accessAnalyzer or landfall:baseline",
    ),
    Kind("trail", _trails, security.trail, f"{_SECURITY}.trail"),
    Kind("backup vault", _vaults, security.vault, "landfall:baseline.backups.existingVaults"),
)
GLOBAL: Final = (
    Kind("password policy", _password_policy, iam.password_policy, "landfall:baseline"),
    Kind("OIDC provider", _oidc_providers, iam.oidc_provider, f"{_ACCESS}.oidcProviders"),
    Kind(SERVICE_ROLE, _config_role, iam.role, f"{_SECURITY}.config"),
)
MANAGEMENT: Final = (
    Kind("resource policy", _resource_policy, security.resource_policy, _RESOURCE_POLICY),
)
MANAGEMENT_REGIONAL: Final = (
    Kind("permission set", _permission_sets, center.permission_set, f"{_ACCESS}.identityCenter"),
    Kind("Identity Center group", _groups, center.group, f"{_ACCESS}.identityCenter"),
)

# What a snapshot has besides; `landfall adopt` does not report it.
MORE_REGIONAL: Final = (Kind("delivery channel", _channels, as_listed),)
MORE_GLOBAL: Final = (
    Kind("managed policy", _managed_policies, iam.managed_policy),
    Kind("role", _roles, iam.role),
    Kind("SAML provider", _saml_providers, iam.saml_provider),
)
MORE_MANAGEMENT_REGIONAL: Final = (
    Kind("GuardDuty administrator", _guardduty_administrators, as_listed),
    Kind("Security Hub administrator", _hub_administrators, as_listed),
    Kind("Identity Center instance", _instances, center.instance),
)
OF_AWS: Final = Kind("AWS policy", _managed_policies, iam.policy_of_aws)
DELEGATED_REGIONAL: Final[Mapping[str, tuple[Kind, ...]]] = {
    "guardduty.amazonaws.com": (
        Kind("GuardDuty organization", _detectors, security.guardduty_organization),
    ),
    "securityhub.amazonaws.com": (
        Kind("finding aggregator", _finding_aggregators, security.finding_aggregator),
        Kind("Security Hub organization", _hub_organization, security.hub_organization),
        Kind("Security Hub policy", _hub_policies, security.hub_policy),
        Kind("Security Hub association", _hub_associations, security.hub_association),
    ),
}
"""By service, what only its delegated administrator can read."""
