"""AWS Config: recorders in member accounts, conformance packs of the organization."""

import pulumi

from components.landing_zone.ground import Archive, Ground
from components.security.config import (
    ConfigOrganization,
    ConfigOrganizationArgs,
    ConfigRecorderArgs,
    ConformancePackArgs,
    record,
)
from landfall.blueprint.stack import security
from landfall.settings import Stack, conformance
from landfall.settings.security import Security as Settings


def record_accounts(
    stack: Stack, settings: Settings, foundation: Ground, archive: Archive
) -> list[pulumi.Resource]:
    """Create the recorders of the member accounts of this part."""
    if not settings.config.enabled:
        return []
    args = recorder_args(stack, settings, archive)
    return [
        each
        for name in filter(foundation.holds, security.recorded(stack))
        for each in record(f"{name}-config", args, opts=foundation.alone_in(name))
    ]


def recorder_args(stack: Stack, settings: Settings, archive: Archive) -> ConfigRecorderArgs:
    """Return the arguments of an account's recorders."""
    return {
        "home_region": stack.region,
        "regions": list(stack.config_regions),
        "bucket_name": archive.config_bucket_name,
        "key_arn": archive.key_arn,
        "frequency": settings.config.frequency.upper(),
        "except_types": list(settings.config.except_types),
    }


def configure_organization(
    stack: Stack,
    settings: Settings,
    foundation: Ground,
    audit: str,
    options: pulumi.ResourceOptions,
) -> None:
    """Create the aggregator and the conformance packs.

    AWS deploys a pack to every account at once, and each needs a recorder before.
    """
    recorded = {*security.recorded(stack)}
    excluded = [
        foundation.accounts[name].account_id for name in stack.accounts if name not in recorded
    ]
    args: ConfigOrganizationArgs = {
        "account_id": foundation.accounts[audit].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "packs": _packs(stack, settings),
    }
    if excluded:
        args["excluded_accounts"] = list(excluded)
    ConfigOrganization("config", args, opts=options)


def _packs(stack: Stack, settings: Settings) -> dict[str, ConformancePackArgs]:
    regions = security.pack_regions(stack, settings.config)
    templates = {
        name: conformance.shipped(name, stack.partition, stack.account_roles)
        for name in settings.config.packs
    }
    for name, pack in settings.config.own_packs.items():
        templates[name] = conformance.template(pack)
    return {
        name: {"template": template, "regions": regions[name]}
        for name, template in templates.items()
    }
