"""Deployments of CloudFormation stack sets: one template in many accounts and regions."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings, Statement
from landfall.settings.deploy_cloudformation import Capability
from landfall.settings.deployment_kind import DeployKind

# CodePipeline separates parameters by spaces, and their parts by commas.
Value = Annotated[str, StringConstraints(pattern=r"""^[^\s,'"]{1,900}$""")]
"""A parameter's value without spaces, commas and quotes."""


class StackSetTargets(Settings):
    """Accounts and regions that get the stack together; the groups follow one another."""

    accounts: Distinct = ()
    """Accounts, by key."""
    units: Distinct = ()
    """Organizational units, by path: their accounts, and those of the units below them."""
    regions: Distinct = ()
    """The regions, in their order. Default: the environment's."""
    parameters: dict[str, Value] = Field(default_factory=dict)
    """Parameter values that differ here. Not in the first group."""


class StackSetDeploy(DeployKind):
    """Deploys a stack set with self-managed permissions; the environment's account administers it.

    The stack has a role in each target account, which allows `permissions` alone.
    """

    stack_set: str = Field(alias="stackSet", pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")
    """The stack set's name."""
    template: str = "template.yaml"
    """The template's path in the build's artifact."""
    capabilities: ListOf[Capability] = ()
    """Acknowledged capabilities."""
    parameters: dict[str, Value] = Field(default_factory=dict)
    """Parameter values of the stack set."""
    parameter_file: str | None = None
    """A JSON file in the build's artifact with parameter values, instead of `parameters`."""
    targets: ListOf[StackSetTargets] = Field(min_length=1)
    """The targets in order: groups of accounts and regions."""
    failure_tolerance_percent: Count = Field(default=0, ge=0, le=100)
    """The percentage of accounts of a region that may fail before the deployment stops."""
    max_concurrent_percent: Count | None = Field(default=None, ge=1, le=100)
    """The percentage of accounts to deploy to at once. Default: one account after the other."""
    packages: Flag = False
    """The build packages code, nested templates or assets into a bucket that the stacks read."""
    permissions: ListOf[Statement] = Field(min_length=1)
    """The statements of the stack's role in each target account."""

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """Stacks of a stack set are in many accounts, but secrets only in the environment's."""
        return ()
