"""A resource share of AWS RAM, for accounts of the organization alone.

Does not enable sharing: that is a setting of the organization, without which RAM would send
invitations.
https://docs.aws.amazon.com/ram/latest/userguide/getting-started-sharing.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws


class ResourceShareArgs(TypedDict):
    """The arguments of a share."""

    share_name: str
    """The share's name."""
    region: str
    """The share's region; its resources are in the same one."""
    resource_arns: list[str]
    """The shared resources."""
    permission_arns: list[str]
    """RAM's permissions, one for each type of resource; AWS's own for types without one."""
    principals: dict[str, pulumi.Input[str]]
    """Who may use them, by name: the ARN of the organization or of a unit, or an account's id."""


class ResourceShare(pulumi.ComponentResource):
    """A share with its resources and principals, none of them outside the organization."""

    share_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ResourceShareArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:sharing:ResourceShare", name, None, opts)
        child, region = pulumi.ResourceOptions(parent=self), args["region"]
        share = aws.ram.ResourceShare(
            name,
            name=args["share_name"],
            allow_external_principals=False,
            permission_arns=args["permission_arns"] or None,
            region=region,
            opts=child,
        )
        for arn in args["resource_arns"]:
            aws.ram.ResourceAssociation(
                f"{name}-{arn.split(':', 5)[5]}",
                resource_arn=arn,
                resource_share_arn=share.arn,
                region=region,
                opts=child,
            )
        for key, principal in args["principals"].items():
            aws.ram.PrincipalAssociation(
                f"{name}-{key}",
                principal=principal,
                resource_share_arn=share.arn,
                region=region,
                opts=child,
            )
        self.share_arn = share.arn
        self.register_outputs({"share_arn": self.share_arn})
