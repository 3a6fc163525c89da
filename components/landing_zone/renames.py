"""Add the former names of renamed accounts, units and groups as Pulumi aliases."""

import pulumi

from landfall.settings import Stack
from landfall.settings.renames import Renames

_STACK = "pulumi:pulumi:Stack"


def follow(stack: Stack) -> None:
    """Give each resource of something renamed the name that it had as an alias."""
    renames = Renames(stack)
    if not renames:
        return

    async def with_alias(
        args: pulumi.ResourceTransformArgs,
    ) -> pulumi.ResourceTransformResult | None:
        former = renames.former(args.type_, args.name, await _outermost(args))
        if former is None:
            return None
        options = pulumi.ResourceOptions.merge(
            args.opts, pulumi.ResourceOptions(aliases=[pulumi.Alias(name=former)])
        )
        return pulumi.ResourceTransformResult(props=args.props, opts=options)

    pulumi.runtime.register_resource_transform(with_alias)


async def _outermost(args: pulumi.ResourceTransformArgs) -> str:
    """Return the type of the component at the top that a resource is in; its own at the top."""
    parent = args.opts.parent
    urn = await parent.urn.future() if parent is not None else None
    # URNs have the types of all components around a resource, from the top, but for the stack's.
    top = urn.split("::")[2].split("$")[0] if urn else _STACK
    return args.type_ if top == _STACK else top
