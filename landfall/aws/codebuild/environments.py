"""CodeBuild's environment types, their sizes, and the type that runs an image.

https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-compute-types.html
https://docs.aws.amazon.com/codebuild/latest/userguide/build-env-ref-available.html
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Literal

Architecture = Literal["x86_64", "arm64"]

ComputeType = Literal[
    "BUILD_GENERAL1_SMALL",
    "BUILD_GENERAL1_MEDIUM",
    "BUILD_GENERAL1_LARGE",
    "BUILD_GENERAL1_XLARGE",
    "BUILD_GENERAL1_2XLARGE",
    "BUILD_LAMBDA_1GB",
    "BUILD_LAMBDA_2GB",
    "BUILD_LAMBDA_4GB",
    "BUILD_LAMBDA_8GB",
    "BUILD_LAMBDA_10GB",
]

CURATED = "aws/codebuild/"
"""The registry of CodeBuild's own images."""

_SIZES = ("SMALL", "MEDIUM", "LARGE", "XLARGE", "2XLARGE")
_LAMBDA_SIZES = tuple(f"BUILD_LAMBDA_{size}GB" for size in (1, 2, 4, 8, 10))


def _general(*sizes: str) -> tuple[str, ...]:
    return tuple(f"BUILD_GENERAL1_{size}" for size in sizes)


ON_DEMAND: Mapping[str, tuple[str, ...]] = {
    "LINUX_CONTAINER": _general(*_SIZES),
    "ARM_CONTAINER": _general(*_SIZES),
    "LINUX_GPU_CONTAINER": _general("SMALL", "LARGE"),
    "WINDOWS_CONTAINER": _general("MEDIUM", "LARGE"),
    "WINDOWS_SERVER_2019_CONTAINER": _general("MEDIUM", "LARGE"),
    "WINDOWS_SERVER_2022_CONTAINER": _general("MEDIUM", "LARGE", "XLARGE"),
    "LINUX_LAMBDA_CONTAINER": _LAMBDA_SIZES,
    "ARM_LAMBDA_CONTAINER": _LAMBDA_SIZES,
}
"""The compute types of each environment type that runs on demand."""

ONLY_RESERVED = ("LINUX_EC2", "ARM_EC2", "WINDOWS_EC2", "MAC_ARM")
"""Environment types that need a reserved capacity fleet."""

# The first prefix that fits an image's name decides which types run it.
_CURATED_TYPES = (
    ("windows-base:2019", {"WINDOWS_CONTAINER", "WINDOWS_SERVER_2019_CONTAINER", "WINDOWS_EC2"}),
    ("windows-base:2022", {"WINDOWS_SERVER_2022_CONTAINER", "WINDOWS_EC2"}),
    ("macos-arm-base:", {"MAC_ARM"}),
    ("amazonlinux-x86_64-lambda-standard:", {"LINUX_LAMBDA_CONTAINER"}),
    ("amazonlinux-aarch64-lambda-standard:", {"ARM_LAMBDA_CONTAINER"}),
    ("amazonlinux-aarch64-standard:", {"ARM_CONTAINER", "ARM_EC2"}),
    ("amazonlinux2-aarch64-standard:", {"ARM_CONTAINER", "ARM_EC2"}),
    ("", {"LINUX_CONTAINER", "LINUX_GPU_CONTAINER", "LINUX_EC2"}),
)

_ECR = re.compile(
    r"(?P<account>\d{12})\.dkr\.ecr\.(?P<region>[a-z0-9-]+)\.amazonaws\.com(\.cn)?"
    r"/(?P<repository>[a-z0-9._/-]+?)([:@].*)?"
)


def curated_types(image: str) -> set[str] | None:
    """Return the environment types that run one of CodeBuild's own images; None for others."""
    if not image.startswith(CURATED):
        return None
    name = image.removeprefix(CURATED)
    return next(types for prefix, types in _CURATED_TYPES if name.startswith(prefix))


def is_lambda(compute_or_type: str) -> bool:
    """Return whether a compute type or an environment type is that of Lambda compute."""
    return "LAMBDA" in compute_or_type


def own_architecture(image: str) -> Architecture | None:
    """Return the architecture of a curated image; None for other images, whose name tells none."""
    if not image.startswith(CURATED):
        return None
    return "arm64" if "aarch64" in image else "x86_64"


def environment_type(
    image: str, architecture: str | None = None, compute_type: str = "", *, gpu: bool = False
) -> str:
    """Return the environment type for an image; images that are not curated default to x86_64."""
    arm = (own_architecture(image) or architecture) == "arm64"
    if is_lambda(compute_type):
        return "ARM_LAMBDA_CONTAINER" if arm else "LINUX_LAMBDA_CONTAINER"
    if gpu:
        return "LINUX_GPU_CONTAINER"
    return "ARM_CONTAINER" if arm else "LINUX_CONTAINER"


def ecr_repository(image: str) -> tuple[str, str, str] | None:
    """Return account, region and repository of an image in a private ECR registry; else None."""
    found = _ECR.fullmatch(image)
    return found and (found["account"], found["region"], found["repository"])
