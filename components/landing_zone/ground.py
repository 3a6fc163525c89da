"""What every part of a stack builds on: the organization's ids, and an account with its provider.

`Foundation` creates it, `Referenced` takes it from the outputs of the foundation's Pulumi stack.
"""

from collections.abc import Mapping
from typing import Protocol

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.parts import Part
from landfall.settings import Stack


class Member(Protocol):
    """A member account."""

    @property
    def account_id(self) -> pulumi.Output[str]:
        """The account's id."""

    @property
    def provider(self) -> aws.Provider:
        """The provider for the account; created on first use."""


class StoreOf(Protocol):
    """An artifact store, as pipelines refer to it."""

    @property
    def bucket_name(self) -> pulumi.Output[str]:
        """The bucket's name."""

    @property
    def bucket_arn(self) -> pulumi.Output[str]:
        """The bucket's ARN."""

    @property
    def key_arn(self) -> pulumi.Output[str]:
        """The key's ARN."""


class Archive(Protocol):
    """The log archive, as recorders refer to it."""

    @property
    def config_bucket_name(self) -> pulumi.Output[str]:
        """The bucket to which AWS Config delivers."""

    @property
    def key_arn(self) -> pulumi.Output[str]:
        """The key's ARN."""


class Ground:
    """The organization and the accounts of one stack, for the part that the program creates."""

    organization_id: pulumi.Output[str]
    management_account_id: pulumi.Output[str]
    accounts: Mapping[str, Member]

    def __init__(self, stack: Stack, part: Part) -> None:
        self.stack, self.part = stack, part
        self.values = Inputs()
        """What the symbols of the stack's blueprint stand for."""
        self.after: list[pulumi.Resource] = []
        """The organization, for resources that must be created after it."""
        self.enabled: list[pulumi.Resource] = []
        """The opt-in regions of the management account."""

    def in_account(self, name: str) -> pulumi.ResourceOptions:
        """Return the resource options for an account."""
        return pulumi.ResourceOptions(providers=[self.accounts[name].provider])

    def alone_in(self, name: str) -> pulumi.ResourceOptions:
        """Return the options for a resource in an account that is not a component."""
        return pulumi.ResourceOptions(provider=self.accounts[name].provider)

    def holds(self, account: str) -> bool:
        """Return whether this part creates what is in an account."""
        return self.part.holds(account)
