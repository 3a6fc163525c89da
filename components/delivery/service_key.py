"""The key of topics, secrets and traces, which delivery keeps beside artifacts in a region.

Artifacts have a key of their own, which every pipeline uses; a secret under it would be one grant
away from all of them.
"""

from typing import NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from components.keys import make_key
from landfall.blueprint import service_keys as described


class ServiceKeyArgs(TypedDict):
    """What makes the key."""

    account_id: pulumi.Input[str]
    """The account it stands in."""
    region: str
    """The region it stands in."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    topics: NotRequired[list[str]]
    """Names of the topics that EventBridge, alarms and notification rules publish to."""
    alarm_account_ids: NotRequired[list[pulumi.Input[str]]]
    """The accounts whose alarms publish to them."""
    secrets: NotRequired[bool]
    """Secrets and parameters of this account are encrypted with it."""
    protected: NotRequired[bool]
    """Keep it from being destroyed, as what it encrypts would be lost; true where left out."""


class ServiceKey(pulumi.ComponentResource):
    """A customer-managed key with rotation, for the services that say so in its policy."""

    key_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ServiceKeyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=args.get("protected", True))
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:delivery:ServiceKey", name, None, opts)
        inputs = Inputs()
        key = described.service_key(
            described.ServiceKey(
                inputs.place(args.get("partition", "aws"), args["region"], args["account_id"]),
                args.get("topics", []),
                inputs.texts(args.get("alarm_account_ids", [])),
                args.get("secrets", False),
            )
        )
        child = pulumi.ResourceOptions(parent=self)
        self.key_arn = make_key(name, key, inputs, args["region"], child).arn
        self.register_outputs({"key_arn": self.key_arn})
