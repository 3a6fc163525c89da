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
from landfall.settings.config_rules import Config, OwnPack
from landfall.settings.security import Security as Settings


def record_accounts(
    stack: Stack, settings: Settings, foundation: Ground, archive: Archive
) -> list[pulumi.Resource]:
    """Create the recorders of the member accounts of this part."""
    if not settings.config.enabled:
        return []
    return [
        each
        for name in filter(foundation.holds, security.recorded(stack))
        if (own := security.recorder(stack, name)) is not None
        for each in record(
            f"{name}-config", recorder_args(stack, own, archive), opts=foundation.alone_in(name)
        )
    ]


def recorder_args(stack: Stack, config: Config, archive: Archive) -> ConfigRecorderArgs:
    """Return the arguments of an account's recorders, from its own settings."""
    return {
        "home_region": stack.region,
        "regions": list(stack.config_regions),
        "bucket_name": archive.config_bucket_name,
        "key_arn": archive.key_arn,
        "frequency": config.frequency.upper(),
        "except_types": list(config.except_types),
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
    args: ConfigOrganizationArgs = {
        "account_id": foundation.accounts[audit].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "packs": _packs(stack, settings.config, foundation),
    }
    if excluded := _without_pack(stack, foundation, None):
        args["excluded_accounts"] = excluded
    ConfigOrganization("config", args, opts=options)


def _packs(stack: Stack, config: Config, foundation: Ground) -> dict[str, ConformancePackArgs]:
    regions = security.pack_regions(stack, config)
    templates = {
        name: conformance.shipped(name, stack.partition, stack.account_roles)
        for name in config.packs
    }
    for name, pack in config.own_packs.items():
        templates[name] = conformance.template(pack, stack.partition)
    found: dict[str, ConformancePackArgs] = {
        name: {"template": template, "regions": regions[name]}
        for name, template in templates.items()
    }
    for name, pack in config.own_packs.items():
        if pack.units or pack.accounts:
            others = _without_pack(stack, foundation, pack)
            found[name]["excluded_accounts"] = [*others, foundation.management_account_id]
    return found


def _without_pack(
    stack: Stack, foundation: Ground, pack: OwnPack | None
) -> list[pulumi.Input[str]]:
    return [foundation.accounts[name].account_id for name in security.without_pack(stack, pack)]
