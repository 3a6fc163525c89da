"""How an application is built, and what its build makes besides the artifact."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from landfall.settings.base import Count, Flag, ListOf, Settings, Statement
from landfall.settings.computing import Computing

BUILDSPEC = "buildspec.yml"


class Push(Settings):
    """A container image that the build pushes to a repository, which the stack creates."""

    ecr: str = Field(pattern=r"^[a-z0-9]+([._/-][a-z0-9]+)*$", min_length=2, max_length=256)
    """The repository's name, in the delivery account."""
    dockerfile: str = Field(default="Dockerfile", pattern=r"^[A-Za-z0-9_./-]+$")
    """The Dockerfile's path."""
    context: str = Field(default=".", pattern=r"^[A-Za-z0-9_./-]+$")
    """The folder that is built."""
    container: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_-]{1,255}$")
    """The container's name in `imagedefinitions.json`, for a rolling deployment to ECS."""
    fail_on: Literal["critical", "high", "medium"] | None = None
    """Fail the build if ECR's scan finds a vulnerability of this severity or a higher one."""
    sbom: Flag = False
    """Add a list of the image's packages (CycloneDX) to the artifact, as `sbom.json`."""


class Build(Computing):
    """How an application is built."""

    timeout_minutes: Count = Field(default=60, ge=5, le=2160)
    """CodeBuild stops the build after this time; Lambda compute after 15 minutes."""
    buildspec: str = BUILDSPEC
    """The path of the buildspec in the sources."""
    commands: ListOf[str] = ()
    """Commands instead of a buildspec in the sources."""
    artifacts: ListOf[str] = ("**/*",)
    """With `commands`: the files of the artifact."""
    permissions: ListOf[Statement] = ()
    """Further permissions of the build in the delivery account, as IAM statements."""
    push: Push | None = None
    """A container image that the build pushes."""
    privileged: Flag = False
    """Run the container privileged, which building images requires."""
    cache: Literal["local", "s3", "none"] | None = None
    """The location of the buildspec's `cache` between builds. Default: `local` where CodeBuild has
    it."""
    batch: Flag = False
    """Run the buildspec's `batch`: several builds, in parallel or in order."""

    @property
    def generated(self) -> bool:
        """Whether the stack writes the buildspec."""
        return bool(self.commands) or (self.push is not None and self.buildspec == BUILDSPEC)
