"""Deployments of CloudFormation stacks."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import Discriminator, Field, StringConstraints, Tag

from landfall.settings.base import Distinct, Flag, ListOf, Settings, Statement
from landfall.settings.deployment_kind import DeployKind, FunctionName

Capability = Literal["CAPABILITY_IAM", "CAPABILITY_NAMED_IAM", "CAPABILITY_AUTO_EXPAND"]
MacroName = Annotated[str, StringConstraints(pattern=r"^[A-Za-z][A-Za-z0-9]{0,127}$")]


class ArtifactValue(Settings):
    """A parameter's value from the build's artifact: a key of a JSON file, or an attribute."""

    file: str | None = None
    """A JSON file in the artifact."""
    key: str | None = None
    """The key of the file whose value the parameter gets."""
    attribute: Literal["BucketName", "ObjectKey", "URL"] | None = None
    """The artifact's bucket, object key or URL, instead of a file."""


def _form(value: Any) -> str:
    return "ArtifactValue" if isinstance(value, dict | ArtifactValue) else "text"


Parameter = Annotated[
    Annotated[str, Tag("text")] | Annotated[ArtifactValue, Tag("ArtifactValue")],
    Discriminator(_form),
]

PLACEHOLDERS = ("environment", "account", "region")
"""The names in braces that a path may have: `{environment}`, `{account}`, `{region}`."""


class CloudFormationDeploy(DeployKind):
    """Deploys a CloudFormation stack by change set."""

    cloudformation: str = Field(pattern=r"^[A-Za-z][A-Za-z0-9-]{0,127}$")
    """The CloudFormation stack's name."""
    template: str = "template.yaml"
    """The template's path in the build's artifact; `cdk synth` writes
    `cdk.out/NAME.template.json`. It may contain `{environment}`, `{account}` and `{region}`."""
    configuration: str | None = None
    """The path of a template configuration file in the build's artifact, with parameters, tags and
    a stack policy. It may contain `{environment}`, `{account}` and `{region}`."""
    capabilities: ListOf[Capability] = ()
    """Acknowledged capabilities."""
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    """Parameter values; they override those of `configuration`. A value is a text,
    `{file, key}` or `{attribute}`."""
    packages: Flag = False
    """The build packages code, nested templates or assets into a bucket that the stack reads."""
    nested: Flag = False
    """The template has nested stacks."""
    macros: dict[MacroName, FunctionName] = Field(default_factory=dict)
    """Macros of the target account that the template uses, each with its function."""
    outputs: Distinct = ()
    """Outputs of the stack that `integration` and `e2e` tests get as `#{StackVariables.NAME}`."""
    permissions: ListOf[Statement] = Field(min_length=1)
    """The statements of the CloudFormation service role."""

    @property
    def reads_secrets(self) -> tuple[str, ...]:
        """CloudFormation resolves references to secrets with its service role."""
        return ("service",)

    @property
    def texts(self) -> dict[str, str]:
        """The parameters that are plain texts."""
        return {key: value for key, value in self.parameters.items() if isinstance(value, str)}

    @property
    def reads_artifact(self) -> bool:
        """Whether the stack itself reads the artifact, as a parameter says where it is."""
        return any(
            isinstance(value, ArtifactValue) and value.attribute is not None
            for value in self.parameters.values()
        )
