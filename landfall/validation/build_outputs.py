"""Checks of what a build makes, and of how its commands are given."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.settings import keys, naming
from landfall.settings.builds import BUILDSPEC, Build
from landfall.settings.delivery import Application
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import build_permissions
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# https://docs.aws.amazon.com/codebuild/latest/APIReference/API_CreateProject.html
_PROJECT = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{1,149}")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in commands, names, images and permissions of builds."""
    repositories: dict[str, str] = {}
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        build = application.build
        yield from _names(path, name, application)
        yield from _commands((*path, "build"), build)
        yield from _push((*path, "build"), application)
        yield from _repositories(path, name, application, repositories)
        yield from build_permissions.mistakes(
            (*path, "build", "permissions"),
            stack.partition,
            stack.region,
            naming.pipeline_role(name, next(iter(application.environments)), "build"),
            build.permissions,
        )


def _names(path: Path, name: str, application: Application) -> Iterator[Mistake]:
    """Check that the names of pipelines are names of build projects too: they have no dot."""
    for environment in application.environments:
        project = naming.pipeline(name, environment)
        if _PROJECT.fullmatch(project):
            continue
        here = path if not _PROJECT.fullmatch(f"{name}-x") else (*path, "environments", environment)
        what = f"'{project[:80]}' is no name of a build project"
        fix = "CodeBuild takes letters, digits, '-' and '_'"
        yield Mistake(here, what, fix, kind=Kind.INVALID_VALUE)
        return


def _commands(path: Path, build: Build) -> Iterator[Mistake]:
    given = build.model_fields_set
    if build.commands and "buildspec" in given:
        what = "commands replace the buildspec in the sources"
        fix = "keep one of commands: and buildspec:"
        yield Mistake((*path, "buildspec"), what, fix, kind=Kind.CONFLICTING_SETTINGS)
    if "artifacts" in given and not build.generated:
        what = "the buildspec in the sources lists its artifacts itself"
        fix = "remove it, or write commands: here"
        yield Mistake((*path, "artifacts"), what, fix, kind=Kind.UNSUPPORTED)
    if build.batch and build.generated:
        what = "a batch is described by a buildspec in the sources"
        fix = "remove commands:, or batch:"
        yield Mistake((*path, "batch"), what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _push(path: Path, application: Application) -> Iterator[Mistake]:
    build, push = application.build, application.build.push
    if push is None:
        return
    if not build.privileged:
        what = "building an image needs a privileged container"
        yield Mistake(path, what, "write privileged: true", kind=Kind.MISSING_SETTING)
    if build.buildspec != BUILDSPEC:
        for key in ("dockerfile", "context", "container", "fail_on", "sbom"):
            if key in push.model_fields_set:
                what = "a buildspec in the sources builds and pushes the image itself"
                fix = "remove it, or remove buildspec:"
                here = (*path, "push", _CAMEL.get(key, key))
                yield Mistake(here, what, fix, kind=Kind.UNSUPPORTED)
    if application.image is not None and application.image.ecr == push.ecr:
        what = f"each push to '{push.ecr}' would start the pipelines again"
        fix = "push to another repository, or remove image:"
        yield Mistake((*path, "push", "ecr"), what, fix, kind=Kind.CONFLICTING_SETTINGS)


_CAMEL = {"fail_on": "failOn"}


def _repositories(
    path: Path, name: str, application: Application, taken: dict[str, str]
) -> Iterator[Mistake]:
    """Check that each image repository belongs to one application, which creates it."""
    wanted = []
    if application.image is not None:
        wanted.append((application.image.ecr, (*path, "image", "ecr")))
    if application.build.push is not None:
        wanted.append((application.build.push.ecr, (*path, "build", "push", "ecr")))
    for repository, here in wanted:
        owner = taken.setdefault(repository, name)
        if owner != name:
            what = f"image repository '{repository}' already belongs to application '{owner}'"
            about = (keys.DELIVERY, "applications", owner)
            fix = "choose another name"
            yield Mistake(here, what, fix, about, kind=Kind.NAME_TAKEN)
