"""Upgrade states that another version of the Terraform provider wrote.

Terraform's core upgrades and refreshes every state before it plans. This plugin does so only if a
state's schema version or attributes differ from the current provider's, to avoid starting one
needlessly.
"""

from __future__ import annotations

from collections.abc import Callable

from landfall.sandbox.provider.catalog.catalog import ResourceType
from landfall.sandbox.provider.terraform.process import TerraformProcess
from landfall.sandbox.provider.values.hidden import Hidden
from landfall.sandbox.provider.values.properties import Value


def upgraded(
    kind: ResourceType, hidden: Hidden, process: Callable[[], TerraformProcess], region: Value
) -> Hidden:
    """Return a state in the current provider's format; `region` is the resource's region."""
    if hidden.version == kind.version and set(hidden.state) == set(kind.block.names):
        return hidden
    state = process().upgrade(kind.name, kind.block, hidden.state, hidden.version)
    if kind.has_own_region:
        # Provider 5 had no such argument; a resource was in its process's region.
        name = kind.shape.by_pulumi["region"].terraform
        if state.get(name) is None:
            state = {**state, name: region}
    return Hidden(state, hidden.private, kind.version)
