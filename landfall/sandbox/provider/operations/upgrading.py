"""States that another version of the Terraform provider wrote, brought to the present one's form.

Terraform's core upgrades and refreshes every state before it plans. We do it where a state's schema
version or attributes are not those of the present provider, so as not to start one needlessly.
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
    """Return a state as the present provider writes it; `region` is where the resource is."""
    if hidden.version == kind.version and set(hidden.state) == set(kind.block.names):
        return hidden
    state = process().upgrade(kind.name, kind.block, hidden.state, hidden.version)
    if kind.has_own_region:
        # Provider 5 had no such argument; a resource was in the region of its process.
        name = kind.shape.by_pulumi["region"].terraform
        if state.get(name) is None:
            state = {**state, name: region}
    return Hidden(state, hidden.private, kind.version)
