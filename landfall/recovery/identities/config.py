"""Config: conformance packs of an organization."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:cfg/organizationConformancePack:OrganizationConformancePack")
def _organization_pack(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # A PUT, but Config rejects it while the first one is still rolling out.
    name: str = inputs["name"]
    found = client("config").describe_organization_conformance_packs(
        OrganizationConformancePackNames=[name]
    )
    return name if found["OrganizationConformancePacks"] else None
