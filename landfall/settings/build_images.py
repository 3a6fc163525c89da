"""CodeBuild's images: which type of environment runs one.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
"""

from __future__ import annotations

from typing import Literal

Architecture = Literal["x86_64", "arm64"]

ComputeType = Literal[
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
]

_CURATED = "aws/codebuild/"
_TYPES = {"x86_64": "LINUX_CONTAINER", "arm64": "ARM_CONTAINER"}


def own_architecture(image: str) -> Architecture | None:
    """Return the architecture of a curated image; None for other images, whose name tells none."""
    if not image.startswith(_CURATED):
        return None
    return "arm64" if "aarch64" in image else "x86_64"


def environment_type(image: str, architecture: str | None = None) -> str:
    """Return CodeBuild's environment type for an image; other images are x86_64 by default."""
    return _TYPES[own_architecture(image) or architecture or "x86_64"]


def unusable(image: str) -> str | None:
    """Return why Landfall's builds cannot run a curated image; None if they can."""
    if not image.startswith(_CURATED):
        return None
    name = image.removeprefix(_CURATED)
    if name.startswith("windows"):
        return "a Windows image; builds and tests here are commands of a Linux shell"
    if name.startswith("macos"):
        return "a macOS image, which needs reserved capacity"
    if "lambda" in name:
        return "an image of Lambda compute, which the compute types here do not run"
    return None
