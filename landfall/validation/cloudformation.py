"""Checks of CloudFormation deployments: parameters, files by environment, macros."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator

from landfall.blueprint.cloudformation import overrides
from landfall.blueprint.deployments import deployment_args
from landfall.settings import keys
from landfall.settings.deploy_cloudformation import (
    PLACEHOLDERS,
    ArtifactValue,
    CloudFormationDeploy,
)
from landfall.settings.deployments import Deploy
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import action_values
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the CloudFormation deployments of applications."""
    for path, deploy in deployments(stack):
        if isinstance(deploy, CloudFormationDeploy):
            yield from _files(stack, path, deploy)
            yield from _parameters(stack, path, deploy)
            yield from _macros(path, deploy)
    yield from _package_variables(stack)


_OWN = "PACKAGE_"


def _package_variables(stack: Stack) -> Iterator[Mistake]:
    """Check that no variable of a build has the name of one that says where packages go."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name, "build", "environment")
        kinds = [application.deploy, *(each.deploy for each in application.environments.values())]
        if any(isinstance(kind, CloudFormationDeploy) and kind.packages for kind in kinds):
            for variable in application.build.environment:
                if variable.startswith(_OWN):
                    what = f"'{variable[:60]}' is set by the pipeline"
                    fix = "choose another name"
                    yield Mistake((*path, variable), what, fix, kind=Kind.NAME_TAKEN)


def deployments(stack: Stack) -> Iterator[tuple[Path, Deploy]]:
    """Yield the deployment of each application, and of each environment that has its own."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield (*path, "deploy"), application.deploy
        for environment, settings in application.environments.items():
            if settings.deploy is not None:
                yield (*path, "environments", environment, "deploy"), settings.deploy


def _files(stack: Stack, path: Path, deploy: CloudFormationDeploy) -> Iterator[Mistake]:
    for key, file in (("template", deploy.template), ("configuration", deploy.configuration)):
        if file is None:
            continue
        yield from action_values.too_long(stack, (*path, key), f"Build::{file}")
        for name in _PLACEHOLDER.findall(file):
            if name not in PLACEHOLDERS:
                what = f"'{{{name[:40]}}}' is not replaced in a path"
                fix = suggestion(name, PLACEHOLDERS)
                yield Mistake((*path, key), what, fix, kind=Kind.UNKNOWN_REFERENCE)


def _parameters(stack: Stack, path: Path, deploy: CloudFormationDeploy) -> Iterator[Mistake]:
    whole = True
    for name, value in deploy.parameters.items():
        if isinstance(value, ArtifactValue):
            here = (*path, "parameters", name)
            for mistake in _value(here, value):
                whole = False
                yield mistake
    if deploy.parameters and whole:
        values = overrides(deployment_args(deploy).get("parameters", {}), "Build")
        text = json.dumps(values, sort_keys=True)
        yield from action_values.too_long(stack, (*path, "parameters"), text)


def _value(path: Path, value: ArtifactValue) -> Iterator[Mistake]:
    given = {key for key in ("file", "key", "attribute") if getattr(value, key) is not None}
    if given in ({"file", "key"}, {"attribute"}):
        return
    if "attribute" in given:
        what = "attribute excludes file and key"
        yield Mistake(path, what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS)
        return
    what = "a value from the artifact needs a file and its key"
    fix = "write {file: NAME.json, key: KEY}, or {attribute: ObjectKey}"
    yield Mistake(path, what, fix, path, kind=Kind.MISSING_SETTING)


def _macros(path: Path, deploy: CloudFormationDeploy) -> Iterator[Mistake]:
    if deploy.macros and "CAPABILITY_AUTO_EXPAND" not in deploy.capabilities:
        what = "CloudFormation expands macros only with CAPABILITY_AUTO_EXPAND"
        fix = "add it to capabilities:"
        about = (*path, "capabilities")
        yield Mistake((*path, "macros"), what, fix, about, kind=Kind.MISSING_SETTING)
