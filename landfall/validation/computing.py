"""Checks of what builds and tests run on: what CodeBuild refuses, images, runtimes, packages."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from landfall.aws.codebuild.combinations import refusals
from landfall.aws.codebuild.environments import (
    CURATED,
    Architecture,
    is_lambda,
    own_architecture,
)
from landfall.aws.codebuild.runtimes import is_offered, offered, selects
from landfall.settings.builds import Build
from landfall.settings.computing import CodeArtifact, unusable
from landfall.settings.projects import project_of
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.settings.testing import Suite
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# The setting for each member of CodeBuild's API, and what to do.
_SETTINGS: Mapping[str, tuple[str, str]] = {
    "computeType": ("computeType", "choose one of these"),
    "image": ("image", "choose an image that fits computeType: and architecture:"),
    "imagePullCredentialsType": ("registryCredentials", "remove it"),
    "privilegedMode": ("privileged", "remove it, or choose another computeType:"),
    "queuedTimeoutInMinutes": ("queuedMinutes", "remove it"),
    "registryCredential": ("registryCredentials", "remove it, or choose another computeType:"),
    "timeoutInMinutes": ("timeoutMinutes", "remove it, or choose another computeType:"),
    "vpcConfig": ("network", "remove it, or some of it"),
    "cache": ("cache", "write cache: s3 or none, or remove what prevents it"),
}
# A version in full is installed if the image has it not.
_FULL_VERSION = re.compile(r"\d+(\.\d+){2}")


def mistakes(stack: Stack, path: Path, computing: Build | Suite) -> Iterator[Mistake]:
    """Yield what is wrong with the environment of a build or a test."""
    yield from image(path, computing.image, computing.architecture)
    yield from _machine(path, computing)
    misplaced = list(_lambda_image(path, computing))
    yield from misplaced
    if not misplaced and unusable(computing.image) is None:
        for refusal in refusals(project_of(computing)):
            key, fix = _SETTINGS[refusal.member]
            yield Mistake((*path, key), refusal.why, fix, kind=Kind.UNSUPPORTED)
    yield from _runtimes(path, computing)
    if computing.codeartifact is not None:
        yield from _codeartifact(stack, (*path, "codeartifact"), computing.codeartifact)


def image(path: Path, name: str, architecture: Architecture | None) -> Iterator[Mistake]:
    """Check that builds can run an image, and that it is of an architecture."""
    why = unusable(name)
    if why is not None:
        fix = "write a Linux image, as in aws/codebuild/amazonlinux-x86_64-standard:5.0"
        yield Mistake((*path, "image"), f"'{name[:120]}' is {why}", fix, kind=Kind.INVALID_VALUE)
    own = own_architecture(name)
    if own and architecture and own != architecture:
        what = f"'{name[:120]}' is an image of {own}"
        fix = "remove it, or choose another image"
        yield Mistake((*path, "architecture"), what, fix, kind=Kind.INVALID_VALUE)


def _lambda_image(path: Path, computing: Build | Suite) -> Iterator[Mistake]:
    """Check that images of Lambda compute run there, and CodeBuild's other images do not."""
    name, size = computing.image, computing.compute_type
    if not name.startswith(CURATED) or is_lambda(size) == ("-lambda-" in name):
        return
    if is_lambda(size):
        what, fix = f"'{name[:120]}' is no image of Lambda compute", "write one with lambda in it"
    else:
        what = f"'{name[:120]}' is an image of Lambda compute"
        fix = "write computeType: BUILD_LAMBDA_2GB, or a Linux image without lambda"
    yield Mistake((*path, "image"), what, fix, kind=Kind.INVALID_VALUE)


def _machine(path: Path, computing: Build | Suite) -> Iterator[Mistake]:
    if not computing.gpu:
        return
    arm = (own_architecture(computing.image) or computing.architecture) == "arm64"
    if arm or computing.compute_type.startswith("BUILD_LAMBDA"):
        what = "CodeBuild has GPUs only with x86_64, and not on Lambda compute"
        fix = "remove it, or choose another image and computeType:"
        yield Mistake((*path, "gpu"), what, fix, kind=Kind.UNSUPPORTED)


def _runtimes(path: Path, computing: Build | Suite) -> Iterator[Mistake]:
    """Check runtime versions; only CodeBuild's own images can select them."""
    if not computing.runtimes:
        return
    here = (*path, "runtimes")
    if isinstance(computing, Build) and not computing.generated:
        what = "the buildspec in the sources selects its runtimes itself"
        fix = "write runtime-versions: in it, or commands: here"
        yield Mistake(here, what, fix, kind=Kind.UNSUPPORTED)
        return
    if not selects(computing.image):
        what = f"'{computing.image[:120]}' has no runtimes to select"
        fix = "remove it, or choose one of CodeBuild's own images"
        yield Mistake(here, what, fix, kind=Kind.UNSUPPORTED)
        return
    known = offered(computing.image)
    for name, version in computing.runtimes.items():
        if known is None or _FULL_VERSION.fullmatch(version):
            continue
        if name not in known:
            what = f"'{computing.image}' has no {name}"
            fix = suggestion(name, known)
            yield Mistake((*here, name), what, fix, kind=Kind.INVALID_VALUE)
        elif not is_offered(version, known[name]):
            what = f"'{computing.image}' has no {name} {version[:20]}"
            fix = f"write one of {', '.join(known[name])}, or a version in full"
            yield Mistake((*here, name), what, fix, kind=Kind.INVALID_VALUE)


def _codeartifact(stack: Stack, path: Path, packages: CodeArtifact) -> Iterator[Mistake]:
    if packages.account is not None:
        yield from references.account(stack, (*path, "account"), packages.account)
    if packages.region is not None:
        yield from references.region_in_use(stack, (*path, "region"), packages.region)
    if packages.publish and "tests" in path:
        what = "tests run code that nobody has reviewed, so they publish no packages"
        yield Mistake((*path, "publish"), what, "remove it", kind=Kind.TOO_PERMISSIVE)
