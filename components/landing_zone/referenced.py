"""The organization and the accounts of a stack that is cut, from the foundation's outputs.

The ids come from the outputs of the foundation's Pulumi stack, not from look-ups in AWS, so that
the program creates the same resources at every run.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

import pulumi
import pulumi_aws as aws

from components.landing_zone.ground import Archive, Ground, StoreOf
from components.providers import account_provider
from landfall.blueprint import foundation_outputs, symbols
from landfall.blueprint.parts import Part
from landfall.blueprint.stack.scope import Scope
from landfall.settings import Stack, naming

Outputs = Mapping[str, Any]

_OWN: Final = foundation_outputs.NAME


class FoundationError(Exception):
    """The foundation has not the outputs that a part needs; printed without a traceback."""


@dataclass(frozen=True)
class ReferencedStore:
    """An artifact store of the foundation."""

    bucket_name: pulumi.Output[str]
    bucket_arn: pulumi.Output[str]
    key_arn: pulumi.Output[str]


@dataclass(frozen=True)
class ReferencedArchive:
    """The log archive of the foundation."""

    config_bucket_name: pulumi.Output[str]
    key_arn: pulumi.Output[str]


class ReferencedAccount:
    """A member account of the foundation; its provider belongs to this part."""

    def __init__(self, name: str, account_id: pulumi.Output[str], stack: Stack) -> None:
        self._name, self._stack = name, stack
        self.account_id = account_id
        self._provider: aws.Provider | None = None

    @property
    def provider(self) -> aws.Provider:
        """The provider for the account; created on first use."""
        if self._provider is None:
            own = self._stack.organization.acting_role
            self._provider = account_provider(
                self._name,
                account_id=self.account_id,
                role_name=own or self._stack.account_role_of(self._name),
                partition=self._stack.partition,
                tags=self._stack.tags,
                opts=pulumi.ResourceOptions(),
            )
        return self._provider


class Referenced(Ground):
    """The organization and the accounts, as the foundation's Pulumi stack has created them."""

    def __init__(self, stack: Stack, part: Part) -> None:
        super().__init__(stack, part)
        name = f"{pulumi.get_organization()}/{pulumi.get_project()}/{stack.name}"
        reference = pulumi.StackReference("foundation", stack_name=name)
        self._outputs: pulumi.Output[Outputs] = reference.get_output(_OWN).apply(self._checked)
        self.organization_id = self._text("organization")
        self.management_account_id = self._text("managementAccount")
        self.accounts = {
            each: ReferencedAccount(each, self._text("accounts", each), stack)
            for each in stack.accounts
        }
        self.values.know(symbols.ORGANIZATION, self.organization_id)
        self.values.know(symbols.account(naming.MANAGEMENT), self.management_account_id)
        for each, account in self.accounts.items():
            self.values.know(symbols.account(each), account.account_id)

    @property
    def archive(self) -> Archive:
        """The log archive."""
        return ReferencedArchive(self._text("logs", "configBucket"), self._text("logs", "key"))

    def stores(self, scope: Scope, regions: list[str]) -> dict[str, StoreOf]:
        """Return the artifact stores by region."""
        found: dict[str, StoreOf] = {}
        for region in regions:
            key = self._text("artifactKeys", region)
            self.values.know(symbols.artifact_key(region), key)
            arn = scope.store(region).bucket_arn
            name = self.values.output(arn.rpartition(":")[2])
            found[region] = ReferencedStore(name, self.values.output(arn), key)
        return found

    def service_key(self, account: str, region: str) -> pulumi.Output[str]:
        """Return the ARN of a key of topics, secrets and traces that the foundation has."""
        return self._text("serviceKeys", f"{account}/{region}")

    def sink(self, region: str) -> pulumi.Output[str]:
        """Return the ARN of the monitoring account's sink in a region."""
        return self._text("sinks", region)

    def policy_id(self, key: str) -> pulumi.Output[str]:
        """Return the id of an organization policy."""
        return self._text("policies", key)

    def target_id(self, path: str) -> pulumi.Output[str]:
        """Return the id of a unit, or of `Root`."""
        return self._text("targets", path)

    def _checked(self, outputs: Outputs | None) -> Outputs:
        stack = self.stack
        wrong = foundation_outputs.wrong(outputs, stack, self.part)
        if wrong:
            raise FoundationError("\n".join(wrong))
        return outputs or {}

    def _text(self, *path: str) -> pulumi.Output[str]:
        stack = self.stack.name

        def found(outputs: Outputs) -> str:
            value: Any = outputs
            for key in path:
                value = (value or {}).get(key)
            if not isinstance(value, str):
                # Only the messages of checks name what is missing for users.
                raise FoundationError(foundation_outputs.missing(stack, ".".join(path)))
            return value

        return self._outputs.apply(found)
