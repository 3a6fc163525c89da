"""Builds Terraform's AWS provider, the one that pulumi-aws wraps, from its Go module.

For machines that can get neither the official plugin nor a Terraform provider. The sandbox searches
the folder that the program is built into.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Final

from landfall import versions
from landfall.problems import refuse
from toolchain import go_build, terraform_provider

VERSION: Final = versions.TERRAFORM_AWS
DISK_GIB: Final = 11
ROOM: Final = f"{DISK_GIB} GB of disk, 1 GB after clearing Go's build cache"
COST: Final = (
    "about 60 minutes of processor time (half an hour on two processors), once per machine;"
    f" {ROOM}; 9 GB of memory"
)
PROVIDER: Final = go_build.Program(
    "the AWS provider",
    Path(__file__).with_name("provider"),
    "github.com/hashicorp/terraform-provider-aws",
    "github.com/hashicorp/terraform-provider-aws/version.ProviderVersion",
    COST,
    f"it takes {ROOM}",
    "install the official plugin: pulumi plugin install resource aws",
    versions.GO_FOR_PROVIDER,
)

Report = Callable[[str], None]


def target(environment: Mapping[str, str] | None = None) -> Path:
    """Return the file that the provider is built into."""
    return terraform_provider.place_in(terraform_provider.built(environment), VERSION)


def obstacle(environment: Mapping[str, str] | None = None) -> str | None:
    """Return why the provider cannot be built on this machine; None if it can."""
    environment = os.environ if environment is None else environment
    reason = go_build.obstacle(shutil.which("go", path=environment.get("PATH", "")), PROVIDER)
    if reason:
        return reason
    folder = target(environment)
    while not folder.exists():
        folder = folder.parent
    free = shutil.disk_usage(folder).free / 2**30
    if free < DISK_GIB:
        return f"{free:.0f} GB of disk are free at {folder}, {DISK_GIB} GB are needed"
    return None


def build(report: Report, environment: Mapping[str, str] | None = None) -> Path:
    """Build the provider if it is missing, and return its program.

    Repeating an interrupted build is safe: Go keeps the compiled packages.

    Raises:
        ProblemsError: this machine cannot build it, or the build failed.

    """
    environment = os.environ if environment is None else environment
    program = target(environment)
    if program.exists():
        return program
    if reason := obstacle(environment):
        raise refuse(f"the AWS provider {VERSION} cannot be built: {reason}")
    go = str(shutil.which("go", path=environment.get("PATH", "")))
    go_build.build(go, program, VERSION, report, PROVIDER)
    return program
