"""Read what accounts use outside of AWS Organizations: security services, IAM, Identity Center."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from landfall.adoption.calls import Report, is_denied, side_by_side, unreachable
from landfall.adoption.found import InUse, Organization, Unread
from landfall.adoption.members import Members

Open = Callable[[str], Any]
Read = Callable[[Open], Iterator[str]]
"""Yields the names of the resources of a kind, given clients in an account and region."""

_SECURITY: Final = "landfall:security"
_ACCESS: Final = "landfall:access"
_RESOURCE_POLICY: Final = "settings have no resource policy of the organization"

# Errors of services that an account does not use, or that the region does not have.
_UNUSED: Final = frozenset(
    {
        "InvalidAccessException",
        "NoSuchEntity",
        "NoSuchEntityException",
        "ResourceNotFoundException",
        "ResourcePolicyNotFoundException",
        "UnsupportedAPIEndpointException",
    }
)


@dataclasses.dataclass(frozen=True, slots=True)
class Kind:
    """A kind of resource: what to call it, how to read it, and the setting that takes it over.

    Without a setting, `why` is the reason why it stays as it is.
    """

    name: str
    read: Read
    setting: str = ""
    why: str = ""


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> Iterator[Any]:
    for page in client.get_paginator(operation).paginate(**arguments):
        yield from page.get(key, [])


def _detectors(client: Open) -> Iterator[str]:
    yield from _pages(client("guardduty"), "list_detectors", "DetectorIds")


def _hub(client: Open) -> Iterator[str]:
    yield str(client("securityhub").describe_hub()["HubArn"])


def _recorders(client: Open) -> Iterator[str]:
    found = client("config").describe_configuration_recorders()["ConfigurationRecorders"]
    yield from (each["name"] for each in found if not each.get("servicePrincipal"))


def _aggregators(client: Open) -> Iterator[str]:
    operation, key = "describe_configuration_aggregators", "ConfigurationAggregators"
    for each in _pages(client("config"), operation, key):
        yield each["ConfigurationAggregatorName"]


def _analyzers(client: Open) -> Iterator[str]:
    for each in _pages(client("accessanalyzer"), "list_analyzers", "analyzers"):
        yield each["name"]


def _trails(client: Open) -> Iterator[str]:
    trails = client("cloudtrail").describe_trails(includeShadowTrails=False)["trailList"]
    yield from (each["Name"] for each in trails)


def _vaults(client: Open) -> Iterator[str]:
    for each in _pages(client("backup"), "list_backup_vaults", "BackupVaultList"):
        yield each["BackupVaultName"]


def _password_policy(client: Open) -> Iterator[str]:
    client("iam").get_account_password_policy()
    yield "password policy"


def _oidc_providers(client: Open) -> Iterator[str]:
    found = client("iam").list_open_id_connect_providers()["OpenIDConnectProviderList"]
    yield from (each["Arn"].partition("/")[2] for each in found)


def _config_role(client: Open) -> Iterator[str]:
    path = "/aws-service-role/config.amazonaws.com/"
    for each in _pages(client("iam"), "list_roles", "Roles", PathPrefix=path):
        yield each["RoleName"]


def _resource_policy(client: Open) -> Iterator[str]:
    answer = client("organizations").describe_resource_policy()
    yield answer["ResourcePolicy"]["ResourcePolicySummary"]["Id"]


def _permission_sets(client: Open) -> Iterator[str]:
    center = client("sso-admin")
    for instance in _pages(center, "list_instances", "Instances"):
        arn = instance["InstanceArn"]
        for found in _pages(center, "list_permission_sets", "PermissionSets", InstanceArn=arn):
            described = center.describe_permission_set(InstanceArn=arn, PermissionSetArn=found)
            yield described["PermissionSet"]["Name"]


def _groups(client: Open) -> Iterator[str]:
    for instance in _pages(client("sso-admin"), "list_instances", "Instances"):
        store = instance["IdentityStoreId"]
        groups = _pages(client("identitystore"), "list_groups", "Groups", IdentityStoreId=store)
        yield from (each["DisplayName"] for each in groups)


_REGIONAL: Final = (
    Kind("GuardDuty detector", _detectors, f"{_SECURITY}.guardDuty"),
    Kind("Security Hub", _hub, f"{_SECURITY}.securityHub"),
    Kind("Config recorder", _recorders, f"{_SECURITY}.config"),
    Kind("Config aggregator", _aggregators, f"{_SECURITY}.config"),
    Kind("access analyzer", _analyzers, f"{_SECURITY}.accessAnalyzer or landfall:baseline"),
    Kind("trail", _trails, f"{_SECURITY}.trail"),
    Kind("backup vault", _vaults, "landfall:baseline.backups.existingVaults"),
)
_GLOBAL: Final = (
    Kind("password policy", _password_policy, "landfall:baseline"),
    Kind("OIDC provider", _oidc_providers, f"{_ACCESS}.oidcProviders"),
    Kind("service-linked role", _config_role, f"{_SECURITY}.config"),
)
_MANAGEMENT: Final = (Kind("resource policy", _resource_policy, why=_RESOURCE_POLICY),)
_MANAGEMENT_REGIONAL: Final = (
    Kind("permission set", _permission_sets, f"{_ACCESS}.identityCenter"),
    Kind("Identity Center group", _groups, f"{_ACCESS}.identityCenter"),
)


def with_services(
    organization: Organization, members: Members, regions: Sequence[str], report: Report
) -> Organization:
    """Return the organization with what its active accounts use in these regions.

    A denied call is no error: `unread` says what could not be read.
    """
    reading = _Reading(organization, members)
    active = [each.id for each in organization.accounts if each.state == "ACTIVE"]
    places = [(account, region) for account in active for region in ("", *regions)]
    try:
        found = side_by_side(reading.place, places, report, "accounts' services")
    except (BotoCoreError, ClientError) as error:
        raise unreachable(error) from None
    return dataclasses.replace(
        organization,
        in_use=tuple(each for uses in found for each in uses),
        unread=tuple(sorted(set(reading.unread))),
    )


class _Reading:
    def __init__(self, organization: Organization, members: Members) -> None:
        self._management, self._members = organization.management_account, members
        self.unread: list[Unread] = []

    def place(self, place: tuple[str, str]) -> list[InUse]:
        """Return what an account uses in a region, or globally without one."""
        account, region = place
        found: list[InUse] = []
        if account != self._management and self._members.client(account, "iam") is None:
            return found
        for kind in self._kinds(account, region):
            found += [
                InUse(kind.name, account, region, name, kind.setting, kind.why)
                for name in self._names(kind, account, region)
            ]
        return found

    def _kinds(self, account: str, region: str) -> Iterator[Kind]:
        yield from _REGIONAL if region else _GLOBAL
        if account == self._management:
            yield from _MANAGEMENT_REGIONAL if region else _MANAGEMENT

    def _names(self, kind: Kind, account: str, region: str) -> list[str]:
        def client(service: str) -> Any:
            if account == self._management:
                return self._members.own(service, region or None)
            return self._members.client(account, service, region or None)

        try:
            return list(kind.read(client))
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if is_denied(error) or code not in _UNUSED:
                # A region that is not enabled, or a service control policy, for example.
                self.unread.append(Unread(kind.name, account, region, code))
            return []
