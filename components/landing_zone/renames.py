"""Lets Pulumi know what was renamed in the stack file by its former names, as aliases."""

import pulumi

from landfall.settings import Stack
from landfall.settings.renames import Renames


def follow(stack: Stack) -> None:
    """Give each resource of a renamed account, unit or group the name that it had as an alias."""
    renames = Renames(stack)
    if not renames:
        return

    async def with_alias(
        args: pulumi.ResourceTransformArgs,
    ) -> pulumi.ResourceTransformResult | None:
        former = renames.former(args.type_, args.name)
        if former is None:
            return None
        options = pulumi.ResourceOptions.merge(
            args.opts, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=former)])
        )
        return pulumi.ResourceTransformResult(props=args.props, opts=options)

    pulumi.runtime.register_resource_transform(with_alias)
