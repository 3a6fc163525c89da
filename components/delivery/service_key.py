"""The key for topics, secrets and traces of delivery in a region.

Artifacts have a separate key, which every pipeline uses; a secret with that key would be one grant
away from all of them.
"""

from typing import NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from components.keys import make_key
from landfall.blueprint import service_keys as described


class ServiceKeyArgs(TypedDict):
    """The arguments of the key."""

    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    topics: NotRequired[list[str]]
    """Names of the topics that EventBridge, alarms and notification rules publish to."""
    alarm_account_ids: NotRequired[list[pulumi.Input[str]]]
    """The accounts whose alarms publish to them."""
    secrets: NotRequired[bool]
    """Whether it encrypts secrets and parameters of this account."""
    traces: NotRequired[bool]
    """Whether it encrypts X-Ray's traces."""
    repositories: NotRequired[bool]
    """Whether it encrypts CodeCommit's repositories of this account."""
    protected: NotRequired[bool]
    """Protect it, because its encrypted data would be lost. Default: true."""


class ServiceKey(pulumi.ComponentResource):
    """A customer managed key with rotation, for the services in its policy."""

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
                args.get("traces", False),
                args.get("repositories", False),
            )
        )
        child = pulumi.ResourceOptions(parent=self)
        self.key_arn = make_key(name, key, inputs, args["region"], child).arn
        self.register_outputs({"key_arn": self.key_arn})
