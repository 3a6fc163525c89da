"""Checks of builds and of the actions that run them: images, variables, AWS's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from landfall.aws.codepipeline.catalogue import find
from landfall.blueprint.promotions import DECLARED
from landfall.settings import keys, promotion
from landfall.settings.branching import triggers
from landfall.settings.delivery import Application, CodeCommitSource, ConnectionSource, S3Source
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_eks import EksDeploy
from landfall.settings.deploy_programs import CommandsDeploy, PulumiDeploy, TerraformDeploy
from landfall.settings.deploy_steps import InvokeDeploy, ProjectDeploy
from landfall.settings.deployments import Deploy, EcsDeploy
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.settings.testing import DEPLOYED_KINDS, SOURCE_KINDS, Suite
from landfall.settings.variables import action_value, resolved
from landfall.validation import action_values, computing
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_VARIABLE = re.compile(r"#\{([^}]*)\}")
_OF_EVERY_PIPELINE = ("codepipeline", "variables")
_PROVIDERS: Mapping[type, str] = {
    ConnectionSource: "CodeStarSourceConnection",
    CodeCommitSource: "CodeCommit",
    S3Source: "S3",
}


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield what is wrong with the builds of applications and the configuration of actions."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        build = application.build
        yield from computing.mistakes(stack, (*path, "build"), build)
        known = _variables(application)
        yield from _environment(stack, (*path, "build", "environment"), build.environment, known)
        for kind in SOURCE_KINDS + DEPLOYED_KINDS:
            suite: Suite | None = getattr(application.tests, kind)
            if suite is not None:
                given = known
                if kind in DEPLOYED_KINDS:
                    tested = _tested(application, kind)
                    given = _of_deployments(application, tested, known) | _outputs(application)
                yield from _suite(stack, (*path, "tests", kind), suite, given)
        if isinstance(application.source, S3Source):
            yield from action_values.too_long(
                stack, (*path, "source", "key"), application.source.key
            )
        common = [each for each, its in application.environments.items() if its.deploy is None]
        given = _of_deployments(application, common, known)
        yield from _deployment(stack, (*path, "deploy"), application.deploy, given)
        for environment, settings in application.environments.items():
            if settings.deploy is not None:
                here = (*path, "environments", environment, "deploy")
                given = _of_deployments(application, [environment], known)
                yield from _deployment(stack, here, settings.deploy, given)


def _suite(
    stack: Stack, path: Path, suite: Suite, known: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    yield from computing.mistakes(stack, path, suite)
    yield from _environment(stack, (*path, "environment"), suite.environment, known)
    for variable, values in suite.matrix.items():
        for index, value in enumerate(values):
            if _VARIABLE.search(value):
                what = "CodePipeline resolves no variables in a matrix: it is in the buildspec"
                fix = "write it in environment:"
                yield Mistake((*path, "matrix", variable, index), what, fix, kind=Kind.UNSUPPORTED)


def _variables(application: Application) -> dict[str, tuple[str, ...]]:
    """Return the variables that every pipeline of an application has, by namespace."""
    found: dict[str, tuple[str, ...]] = {"codepipeline": ("PipelineExecutionId",)}
    source = _produced(_PROVIDERS[type(application.source)])
    found["SourceVariables"] = tuple(each for each in source if _given(application, each))
    if application.image is not None:
        found["ImageVariables"] = _produced("ECR")
    if application.variables:
        found["variables"] = tuple(application.variables)
    return found


def _tested(application: Application, kind: str) -> list[str]:
    """Return the environments whose deployments a kind of test is for."""
    return [
        each for each in application.environments if kind in application.tests.of_deployment(each)
    ]


def _of_deployments(
    application: Application, environments: Sequence[str], known: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """Return the variables that the deployments of all these environments have, by namespace.

    A promoted pipeline has neither the sources nor the build, but two variables about them.
    """
    promoted = [
        promotion.promoted_from(application, promotion.head(application, each)) is not None
        for each in environments
    ]
    found = dict(known)
    if any(promoted):
        found = {each: names for each, names in known.items() if each in _OF_EVERY_PIPELINE}
    if promoted and all(promoted):
        found["variables"] = (*found.get("variables", ()), *DECLARED)
    return found


def _outputs(application: Application) -> dict[str, tuple[str, ...]]:
    """Return the outputs that the stacks of all environments have, for tests after deployments."""
    found: list[tuple[str, ...]] = []
    for settings in application.environments.values():
        deploy = settings.deploy or application.deploy
        found.append(deploy.outputs if isinstance(deploy, CloudFormationDeploy) else ())
    common = tuple(each for each in found[0] if all(each in other for other in found))
    return {"StackVariables": common} if common else {}


def _produced(provider: str) -> tuple[str, ...]:
    """Return the variables of a source action."""
    action = find("Source", provider)
    return (action.variables or ()) if action is not None else ()


def _given(application: Application, variable: str) -> bool:
    """Return whether a variable always has a value: a tag has no branch."""
    builders = [triggers(application, each) for each in promotion.builders(application)]
    if variable == "BranchName":
        return not any(each.tags for found in builders for each in found)
    if variable == "TagName":
        return all(found and all(each.tags for each in found) for found in builders)
    return True


def _environment(
    stack: Stack, path: Path, values: Mapping[str, str], known: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    for key, value in values.items():
        for reference in _VARIABLE.findall(value):
            yield from _reference((*path, key), reference, known)
    if found := resolved(values):
        yield from action_values.too_long(stack, path, action_value(found))


def _reference(
    path: Path, reference: str, known: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    namespace, _, variable = reference.partition(".")
    here = f"'#{{{reference[:80]}}}'"
    if namespace not in known:
        what = f"{here}: no action before this one has namespace '{namespace[:40]}'"
        yield Mistake(path, what, f"write one of {', '.join(known)}", kind=Kind.UNKNOWN_REFERENCE)
    elif variable not in known[namespace]:
        what = f"{here} has no value in every pipeline of the application"
        yield Mistake(path, what, suggestion(variable, known[namespace]), kind=Kind.MISSING_SETTING)


def _deployment(
    stack: Stack, path: Path, deploy: Deploy, known: Mapping[str, tuple[str, ...]]
) -> Iterator[Mistake]:
    if isinstance(deploy, EcsDeploy):
        yield from action_values.too_long(stack, (*path, "taskDefinition"), deploy.task_definition)
        yield from action_values.too_long(stack, (*path, "appspec"), deploy.appspec)
    if isinstance(deploy, PulumiDeploy | CommandsDeploy):
        yield from computing.image(path, deploy.image, None)
    if isinstance(deploy, TerraformDeploy):
        # The tool's archive is for x86_64.
        yield from computing.image(path, deploy.image, "x86_64")
    if isinstance(deploy, InvokeDeploy):
        for reference in _VARIABLE.findall(deploy.parameters):
            yield from _reference((*path, "parameters"), reference, known)
    if isinstance(deploy, ProjectDeploy):
        yield from _environment(stack, (*path, "environment"), deploy.environment, known)
    for key, text in _values(deploy).items():
        yield from action_values.too_long(stack, (*path, *key), text)


def _values(deploy: Deploy) -> Mapping[tuple[str, ...], str]:
    """Return the values that an action's configuration has of a deployment, by their setting."""
    if isinstance(deploy, InvokeDeploy):
        return {("parameters",): deploy.parameters}
    if isinstance(deploy, ProjectDeploy):
        return {("environment",): action_value(deploy.environment)}
    if isinstance(deploy, EksDeploy):
        found: dict[tuple[str, ...], str] = {("manifests",): ",".join(deploy.manifests)}
        if deploy.helm is not None:
            found |= {
                ("helm", "chart"): deploy.helm.chart,
                ("helm", "values"): ",".join(deploy.helm.values),
            }
        return found
    return {}
