"""Monitoring and sharing between accounts, from a stack's settings."""

from collections.abc import Mapping

import pulumi
import pulumi_aws as aws

from components.landing_zone.foundation import Foundation
from components.landing_zone.ground import Ground
from components.landing_zone.referenced import Referenced
from components.monitoring import MonitoringLinks, MonitoringSinks
from components.sharing import ResourceShare
from landfall.aws.arns import arn_of
from landfall.blueprint import symbols
from landfall.blueprint.monitoring import resource_types
from landfall.blueprint.stack import operations
from landfall.settings import Stack, naming
from landfall.settings.organization_tree import ROOT
from landfall.settings.sharing import Share

Sinks = Mapping[str, pulumi.Output[str]]


def monitor(stack: Stack, ground: Ground) -> Sinks:
    """Create the sinks and the links of this part of the stack; return the sinks' ARNs."""
    settings = stack.monitoring
    if settings is None:
        return {}
    regions, types = list(stack.regions_of(settings)), resource_types(settings.share)
    sinks = _sinks(stack, ground, settings.account, regions, types)
    for account in operations.monitored(stack):
        management = account == naming.MANAGEMENT
        if not (ground.part.foundation if management else ground.holds(account)):
            continue
        options = (
            pulumi.ResourceOptions(depends_on=[*ground.enabled])
            if management
            else ground.in_account(account)
        )
        name = "management" if management else account
        MonitoringLinks(
            f"{name}-monitoring",
            {"sink_arns": dict(sinks), "resource_types": types},
            opts=options,
        )
    return sinks


def _sinks(
    stack: Stack, ground: Ground, account: str, regions: list[str], types: list[str]
) -> Sinks:
    if isinstance(ground, Referenced):
        return {region: ground.sink(region) for region in regions}
    made = MonitoringSinks(
        "monitoring",
        {
            "regions": regions,
            "organization_id": ground.organization_id,
            "resource_types": types,
        },
        opts=ground.in_account(account),
    )
    return made.arns


def share(stack: Stack, ground: Ground) -> None:
    """Enable sharing in the organization, and create the shares of this part's accounts."""
    if stack.sharing is None:
        return
    enabled: list[pulumi.Resource] = []
    if ground.part.foundation:
        after = pulumi.ResourceOptions(depends_on=ground.after)
        enabled.append(aws.ram.SharingWithOrganization("sharing", opts=after))
    for name, settings in stack.sharing.shares.items():
        if not ground.holds(settings.account):
            continue
        waits = pulumi.ResourceOptions(depends_on=enabled)
        ResourceShare(
            f"share-{name}",
            {
                "share_name": name,
                "region": settings.region or stack.region,
                "resource_arns": list(settings.resources),
                "permission_arns": list(settings.permissions),
                "principals": _principals(stack, ground, settings),
            },
            opts=pulumi.ResourceOptions.merge(ground.in_account(settings.account), waits),
        )


def _principals(stack: Stack, ground: Ground, settings: Share) -> dict[str, pulumi.Input[str]]:
    """Return the principals by unit and account.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_arn.html
    """
    found: dict[str, pulumi.Input[str]] = {}
    management = symbols.account(naming.MANAGEMENT)
    for unit in settings.units:
        if unit == ROOT and stack.organization.parent is None:
            arn = arn_of(
                stack.partition,
                "organizations",
                f"organization/{symbols.ORGANIZATION}",
                account=management,
            )
            found[unit] = ground.values.output(arn)
            continue
        start = arn_of(
            stack.partition, "organizations", f"ou/{symbols.ORGANIZATION}/", account=management
        )
        found[unit] = pulumi.Output.concat(ground.values.output(start), _target(ground, unit))
    for account in settings.accounts:
        found[account] = ground.accounts[account].account_id
    return found


def _target(ground: Ground, unit: str) -> pulumi.Output[str]:
    if isinstance(ground, Foundation):
        organization = ground.organization
        return organization.top_id if unit == ROOT else organization.units[unit]
    assert isinstance(ground, Referenced)  # noqa: S101 - there is no third kind
    return ground.target_id(unit)
