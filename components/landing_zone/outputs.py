"""The output by which slices and the closing stack know what the foundation has created."""

from collections.abc import Mapping
from typing import Any

import pulumi

from components.landing_zone.foundation import Foundation
from components.landing_zone.ground import Archive, StoreOf
from landfall.blueprint import foundation_outputs
from landfall.settings import Stack
from landfall.settings.organization_tree import ROOT


def of_foundation(
    stack: Stack,
    foundation: Foundation,
    stores: Mapping[str, StoreOf],
    keys: Mapping[str, pulumi.Output[str]],
    archive: Archive | None,
    sinks: Mapping[str, pulumi.Output[str]],
) -> dict[str, Any]:
    """Return the value of the output; `Referenced` reads it."""
    organization = foundation.organization
    found: dict[str, Any] = {
        "version": foundation_outputs.VERSION,
        "slices": foundation_outputs.slices(stack),
        "organization": organization.organization_id,
        "managementAccount": organization.management_account_id,
        "targets": {ROOT: organization.top_id, **organization.units},
        "accounts": {name: each.account_id for name, each in foundation.accounts.items()},
        "policies": dict(organization.policies),
        "artifactKeys": {region: store.key_arn for region, store in stores.items()},
        "serviceKeys": dict(keys),
    }
    if sinks:
        found["sinks"] = dict(sinks)
    if archive is not None:
        found["logs"] = {"configBucket": archive.config_bucket_name, "key": archive.key_arn}
    return found
