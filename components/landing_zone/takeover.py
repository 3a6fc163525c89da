"""Import resources that accounts already have, as `landfall:adopted` lists them.

The ids are settings, not look-ups, so the graph is the same in every run. The engine imports a
resource once; later, an import id that it knows changes nothing. Imported resources are protected.
"""

from collections.abc import Mapping
from typing import Final

import pulumi

from landfall.settings import Stack

# An account has one of these for each region, whatever its name; the import id is the name. Their
# components ignore changes of the name, so that it stays without the setting, too.
NAMED_BY_ID: Final = {
    "aws:accessanalyzer/analyzer:Analyzer": "analyzerName",
    "aws:cfg/configurationAggregator:ConfigurationAggregator": "name",
    "aws:cfg/deliveryChannel:DeliveryChannel": "name",
    "aws:cfg/recorder:Recorder": "name",
}


# AWS refuses a second request while one is open, and a value below the present one.
KEPT: Final = {"aws:servicequotas/serviceQuota:ServiceQuota": ["value"]}
"""Properties by type that an import leaves as they are in AWS."""


def follow(stack: Stack) -> None:
    """Import each resource that the settings list as existing, and protect it."""
    existing = stack.adopted.existing
    if not any(existing.values()):
        return

    pulumi.runtime.register_resource_transform(lambda args: imported(existing, args))


def imported(
    existing: Mapping[str, Mapping[str, str]], args: pulumi.ResourceTransformArgs
) -> pulumi.ResourceTransformResult | None:
    """Return a resource with its import id; None if it is not listed."""
    import_id = existing.get(args.type_, {}).get(args.name)
    if import_id is None:
        return None
    options = pulumi.ResourceOptions(
        import_=import_id, protect=True, ignore_changes=KEPT.get(args.type_)
    )
    return pulumi.ResourceTransformResult(
        props=_named(args.type_, args.props, import_id),
        opts=pulumi.ResourceOptions.merge(args.opts, options),
    )


def _named(
    type_token: str, inputs: Mapping[str, pulumi.Input[object]], import_id: str
) -> dict[str, pulumi.Input[object]]:
    """Return the inputs with the name that the resource has in AWS."""
    if type_token not in NAMED_BY_ID:
        return dict(inputs)
    return {**inputs, NAMED_BY_ID[type_token]: import_id.partition("@")[0]}
