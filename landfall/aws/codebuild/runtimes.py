"""The language runtimes of CodeBuild's own images, and which of them are active by default.

https://docs.aws.amazon.com/codebuild/latest/userguide/available-runtimes.html
https://github.com/aws/aws-codebuild-docker-images: runtimes.yml and Dockerfile of each image, read
at commit 1590e48 of 2026-04-09.
"""

from __future__ import annotations

from collections.abc import Mapping

from landfall.aws.codebuild.environments import CURATED

_JAVA = ("corretto25", "corretto21", "corretto17", "corretto11", "corretto8")
_SINCE_2023: Mapping[str, tuple[str, ...]] = {
    "dotnet": ("10.0", "8.0", "6.0"),
    "golang": ("1.26", "1.25", "1.24", "1.23", "1.22", "1.21", "1.20"),
    "java": _JAVA,
    "nodejs": ("24", "22", "20", "18"),
    "php": ("8.5", "8.4", "8.3", "8.2"),
    "python": ("3.14", "3.13", "3.12", "3.11", "3.10", "3.9"),
    "ruby": ("4.0", "3.4", "3.3", "3.2", "3.1"),
}
_SINCE_2026: Mapping[str, tuple[str, ...]] = {
    "dotnet": ("10.0", "8.0"),
    "golang": ("1.26", "1.25", "1.24"),
    "java": _JAVA,
    "nodejs": ("24", "22"),
    "php": ("8.5", "8.4", "8.3", "8.2"),
    "python": ("3.14", "3.13", "3.12", "3.11", "3.10"),
    "ruby": ("4.0", "3.4", "3.3"),
}

OFFERED: Mapping[str, Mapping[str, tuple[str, ...]]] = {
    "amazonlinux-x86_64-standard:5.0": _SINCE_2023,
    "amazonlinux-x86_64-standard:6.0": {**_SINCE_2026, "rust": ("1.93",)},
    "amazonlinux-aarch64-standard:3.0": {
        **_SINCE_2023,
        "php": ("8.5", "8.4", "8.3", "8.2", "8.1"),
        "rust": ("1.94",),
    },
    "amazonlinux-aarch64-standard:4.0": {**_SINCE_2026, "rust": ("1.94",)},
    "standard:7.0": _SINCE_2023,
    "standard:8.0": {**_SINCE_2026, "rust": ("1.93",)},
}
"""The versions of each runtime by image, the newest first. Images that are not here are unknown."""

_OLD_DEFAULTS = {"golang": "1.20", "java": "corretto17", "nodejs": "18", "python": "3.11"}
_NEW_DEFAULTS = {"golang": "1.26", "java": "corretto25", "nodejs": "24", "python": "3.14"}

ACTIVE: Mapping[str, Mapping[str, str]] = {
    image: _OLD_DEFAULTS if OFFERED[image]["nodejs"][-1] == "18" else _NEW_DEFAULTS
    for image in OFFERED
}
"""The versions that are active where a buildspec has no `runtime-versions`."""


def offered(image: str) -> Mapping[str, tuple[str, ...]] | None:
    """Return the versions of each runtime of a curated image; None where they are not known."""
    return OFFERED.get(image.removeprefix(CURATED)) if image.startswith(CURATED) else None


def selects(image: str) -> bool:
    """Return whether a buildspec can select runtimes on an image: only CodeBuild's own have them.

    Each image of Lambda compute has one runtime.
    """
    return image.startswith(CURATED) and "lambda" not in image


def is_offered(version: str, versions: tuple[str, ...]) -> bool:
    """Return whether one of the versions fits `latest`, a version, or a major version as `1.x`."""
    if version == "latest" or version in versions:
        return True
    major = version.removesuffix(".x")
    return major != version and any(
        each == major or each.startswith(f"{major}.") for each in versions
    )
