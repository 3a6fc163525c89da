"""Checks of application tests: environments, permissions, AWS's limits."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping

from landfall.settings import keys, naming
from landfall.settings.delivery import Application
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import same_place
from landfall.settings.testing import DEPLOYED_KINDS, SOURCE_KINDS, DeployedSuite, Suite
from landfall.settings.waves import destinations
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake
from landfall.validation.secrets import plain

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_OWN = frozenset({"SHARD", "SHARDS", "ENVIRONMENT", "ACCOUNT_ID", "REGION", "BRANCH"})
# The verbs of read actions, and of actions that invoke the deployed application.
_READS = re.compile(
    r"[a-z0-9-]+:(BatchGet|Describe|Get|Head|Invoke|List|Lookup|Query|Scan|Search|Select|View)"
    r"[A-Za-z0-9]*\*?"
)


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the tests of applications."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        for kind in SOURCE_KINDS + DEPLOYED_KINDS:
            suite: Suite | None = getattr(application.tests, kind)
            if suite is not None:
                yield from _suite(stack, (*path, "tests", kind), suite)
            if isinstance(suite, DeployedSuite):
                yield from _deployed((*path, "tests", kind), application, suite)
        yield from _actions(stack, path, application)
        yield from _names(stack, path, name, application)


def _names(stack: Stack, path: Path, name: str, application: Application) -> Iterator[Mistake]:
    if application.tests.of_sources():
        role = f"{naming.source_tests(name)}-batch"
        yield from references.length(stack, path, "role", role, "roleNameLength")
    for environment in application.environments:
        for kind in application.tests.of_deployment(environment):
            role = naming.read_role(naming.pipeline(name, environment), kind)
            here = (*path, "environments", environment)
            yield from references.length(stack, here, "role", role, "roleNameLength")


def _suite(stack: Stack, path: Path, suite: Suite) -> Iterator[Mistake]:
    yield from plain((*path, "environment"), suite.environment)
    taken: Mapping[str, object] = {**suite.environment, **suite.matrix}
    for variable in taken:
        where = "matrix" if variable in suite.matrix else "environment"
        if not _VARIABLE.fullmatch(variable):
            what = f"'{variable[:60]}' is not a variable name"
            yield Mistake(
                (*path, where, variable),
                what,
                "use letters, digits and '_'",
                kind=Kind.INVALID_VALUE,
            )
        elif variable in _OWN:
            what = f"'{variable}' is set by the pipeline"
            yield Mistake(
                (*path, where, variable), what, "choose another name", kind=Kind.NAME_TAKEN
            )
    for variable, values in suite.matrix.items():
        if not values:
            what = f"'{variable}' has no value"
            yield Mistake(
                (*path, "matrix", variable),
                what,
                "add values, or remove it",
                kind=Kind.MISSING_SETTING,
            )
        if variable in suite.environment:
            what = f"variable '{variable}' is also set by environment:"
            yield Mistake(
                (*path, "matrix", variable), what, "keep one of them", kind=Kind.DUPLICATE_SETTING
            )
    builds = math.prod(len(values) for values in suite.matrix.values()) * (suite.shards or 1)
    limit = stack.quota("buildsPerBatch")
    if builds > limit:
        what = f"the test would run {builds} builds in parallel"
        yield Mistake(
            (*path, "matrix") if suite.matrix else path,
            what,
            f"CodeBuild allows {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )


def _deployed(path: Path, application: Application, suite: DeployedSuite) -> Iterator[Mistake]:
    for index, name in enumerate(suite.environments or ()):
        if name not in application.environments:
            what = f"there is no environment '{name}'"
            fix = same_place(name, application.environments)
            about = (*path[:-2], "environments", name)
            yield Mistake(
                (*path, "environments", index), what, fix, about, kind=Kind.UNKNOWN_REFERENCE
            )
    for index, statement in enumerate(suite.reads):
        here = (*path, "reads", index)
        if statement.effect == "Allow" and "resources" not in statement.model_fields_set:
            yield Mistake(
                here, "the statement has no resources", "add resources:", kind=Kind.MISSING_SETTING
            )
        for number, action in enumerate(statement.actions):
            if statement.effect == "Allow" and not _READS.fullmatch(action):
                what = f"'{action[:80]}' does more than read or invoke"
                fix = "tests may only read and invoke; create other resources in the deployment"
                yield Mistake((*here, "actions", number), what, fix, kind=Kind.TOO_PERMISSIVE)


def _actions(stack: Stack, path: Path, application: Application) -> Iterator[Mistake]:
    """Check that a deployment stage with its tests does not exceed the action limit."""
    limit = stack.quota("actionsPerStage")
    for name, environment in application.environments.items():
        deploy = environment.deploy or application.deploy
        each = 2 if isinstance(deploy, CloudFormationDeploy) else 1
        first = destinations(environment, stack)[0]
        count = each * len(first) + len(application.tests.of_deployment(name))
        if count > limit:
            what = f"the deployment stage of '{name}' would have {count} actions"
            yield Mistake(
                (*path, "environments", name),
                what,
                f"a stage allows {limit}",
                kind=Kind.EXCEEDS_LIMIT,
            )
