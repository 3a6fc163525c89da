"""Deployments by something of the target account that already exists: a function or a build."""

from __future__ import annotations

from pydantic import Field

from landfall.settings.base import ListOf
from landfall.settings.deployment_kind import DeployKind, FunctionName, RolePath


class InvokeDeploy(DeployKind):
    """Invokes a Lambda function of the target account, which deploys.

    The function ends the action with PutJobSuccessResult or PutJobFailureResult.
    """

    function: FunctionName = Field(alias="invoke")
    """The function's name."""
    parameters: str = ""
    """What the function gets as `UserParameters`. Variables of CodePipeline are resolved."""


class ProjectDeploy(DeployKind):
    """Starts a CodeBuild project of the target account, which deploys."""

    project: str = Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{1,149}$")
    """The project's name. Its source and its artifacts are of type `CODEPIPELINE`."""
    roles: ListOf[RolePath] = Field(min_length=1)
    """The project's service role, which downloads the artifact, with its path."""
    environment: dict[str, str] = Field(default_factory=dict)
    """Plaintext environment variables. Variables of CodePipeline are resolved. Do not put secrets
    here."""
