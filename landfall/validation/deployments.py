"""Checks of deployments: the needs of each kind, waves, alarms, AWS's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from landfall.aws.codepipeline.rules import ZONE
from landfall.settings import keys, naming
from landfall.settings.branching import entry
from landfall.settings.codedeploy_names import places
from landfall.settings.delivery import Application, Environment
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deployments import (
    Deploy,
    Ec2Deploy,
    EcsDeploy,
    LambdaDeploy,
    is_network,
    target_group_id,
)
from landfall.settings.git_globs import GlobError
from landfall.settings.readiness import alarms
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.waves import Destination, destinations
from landfall.validation import references, waves
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_TARGET_GROUP = re.compile(
    r"(arn:[a-z-]+:elasticloadbalancing:[a-z0-9-]+:[0-9]{12}:targetgroup/)?[A-Za-z0-9-]{1,32}"
    r"(?(1)/[0-9a-f]{16})"
)
_CONFIGURATIONS = "-canary-99-percent-2880-minutes"
"""The longest suffix of a deployment configuration's name."""


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the deployments of applications."""
    yield from _codedeploy(stack)
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield from _kind(stack, (*path, "deploy"), application.deploy)
        for environment, settings in application.environments.items():
            here = (*path, "environments", environment)
            if settings.deploy is not None:
                yield from _kind(stack, (*here, "deploy"), settings.deploy)
            yield from waves.mistakes(stack, here, name, environment, settings)
            yield from _listeners(stack, here, application, settings)
            yield from _alarms(stack, here, naming.pipeline(name, environment), application)
            yield from _window(here, settings)
        yield from _chat(stack, (*path, "observability", "chat"), application)


def _codedeploy(stack: Stack) -> Iterator[Mistake]:
    """Check that an ECS service is of one deployment group, and a name of one pipeline.

    https://docs.aws.amazon.com/codedeploy/latest/APIReference/API_CreateDeploymentGroup.html
    (EcsServiceMappingLimitExceededException, DeploymentGroupAlreadyExistsException)
    """
    deployed: dict[tuple[object, ...], str] = {}
    applications = stack.delivery.applications
    for pipeline, name in stack.codedeploy_names.items():
        application, environment = pipeline
        settings = applications[application].environments[environment]
        deploy = settings.deploy or applications[application].deploy
        path: Path = (keys.DELIVERY, "applications", application, "environments", environment)
        own = f"{application}/{environment}"
        if name != deploy.name and getattr(deploy, "shift", None):
            long, quota = f"{name}{_CONFIGURATIONS}", "deploymentConfigurationNameLength"
            yield from references.length(stack, path, "configuration", long, quota)
        for place in places(applications, pipeline, stack):
            other = deployed.setdefault((*place, name), own)
            if other != own:
                what = f"'{name}' is the name of {other} in CodeDeploy too"
                yield Mistake(
                    path, what, "rename the application or the environment", kind=Kind.NAME_TAKEN
                )
            if isinstance(deploy, EcsDeploy):
                other = deployed.setdefault((*place, deploy.cluster, deploy.service), own)
                if other != own:
                    what = f"{other} deploys service '{deploy.service}' of cluster "
                    what += f"'{deploy.cluster}' in {place[0]} in {place[1]} too"
                    fix = "a service has one deployment group; name another service"
                    yield Mistake(path, what, fix, kind=Kind.NAME_TAKEN)


def _chat(stack: Stack, path: Path, application: Application) -> Iterator[Mistake]:
    chat = application.observability.chat
    if chat is None:
        return
    if chat.slack is None and chat.teams is None:
        yield Mistake(
            path,
            "no channel is set",
            "add slack: or teams:, or remove it",
            kind=Kind.MISSING_SETTING,
        )
    if stack.partition != "aws":
        what = f"partition {stack.partition} does not support chat channels"
        yield Mistake(
            path, what, "remove it; use e-mail instead", (keys.REGION,), kind=Kind.UNSUPPORTED
        )


def _kind(stack: Stack, path: Path, deploy: Deploy) -> Iterator[Mistake]:
    given = deploy.model_fields_set
    if isinstance(deploy, LambdaDeploy | EcsDeploy) and {"traffic", "shift"} <= given:
        what = "traffic and shift exclude each other"
        yield Mistake((*path, "shift"), what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS)
    if isinstance(deploy, LambdaDeploy | EcsDeploy) and deploy.shift is not None:
        most = stack.quota("minutesOfTrafficShift")
        if deploy.shift.total_minutes > most:
            what = f"the traffic would be shifted over {deploy.shift.total_minutes} minutes in all"
            fix = f"AWS ends the deployment after {most}; write a larger percent or fewer minutes"
            yield Mistake((*path, "shift"), what, fix, kind=Kind.EXCEEDS_LIMIT)
    if isinstance(deploy, EcsDeploy):
        yield from _target_groups((*path, "targetGroups"), deploy)
    if isinstance(deploy, EcsDeploy) and deploy.shift:
        name = f"{deploy.service}{_CONFIGURATIONS}"
        quota = "deploymentConfigurationNameLength"
        yield from references.length(stack, (*path, "ecs"), "configuration", name, quota)
    if isinstance(deploy, Ec2Deploy):
        if not deploy.auto_scaling_groups and not deploy.tags:
            what = "no target instances are set"
            yield Mistake(path, what, "add autoScalingGroups: or tags:", kind=Kind.MISSING_SETTING)
        if {"batch", "healthy_percent"} <= given:
            what = "batch and healthyPercent exclude each other"
            yield Mistake(
                (*path, "healthyPercent"), what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS
            )


def _target_groups(path: Path, deploy: EcsDeploy) -> Iterator[Mistake]:
    for index, group in enumerate(deploy.target_groups):
        if not _TARGET_GROUP.fullmatch(group):
            what = f"'{group[:120]}' is not a target group"
            yield Mistake(
                (*path, index), what, "write its name, or its ARN", kind=Kind.INVALID_VALUE
            )
    if len({target_group_id(group) is None for group in deploy.target_groups}) > 1:
        yield Mistake(
            path,
            "one target group is a name, the other an ARN",
            "write both ARNs",
            kind=Kind.CONFLICTING_SETTINGS,
        )


def _listeners(
    stack: Stack, path: Path, application: Application, settings: Environment
) -> Iterator[Mistake]:
    deploy = settings.deploy or application.deploy
    about = (*path, "deploy") if settings.deploy else (*path[:-2], "deploy")
    for at, each in _located(path, destinations(settings, stack)):
        if isinstance(deploy, EcsDeploy) and not each.listeners:
            what = f"ecs needs the load balancer's listener in {each.account}"
            fix = "add listeners: with its ARN, then the test listener's"
            yield Mistake(at, what, fix, (*at, "listeners"), kind=Kind.MISSING_SETTING)
        if not isinstance(deploy, EcsDeploy | EcsServiceDeploy) and each.listeners:
            what = "only ecs and ecsService have listeners"
            yield Mistake((*at, "listeners"), what, "remove them", about, kind=Kind.UNSUPPORTED)
        for index, listener in enumerate(each.listeners):
            region = listener.split(":")[3]
            if region != each.region:
                what = f"the listener is in {region}, the deployment in {each.region}"
                yield Mistake(
                    (*at, "listeners", index),
                    what,
                    "use a listener of that region",
                    kind=Kind.WRONG_REGION,
                )
            if isinstance(deploy, EcsDeploy):
                yield from _regions(at, deploy, each, about)
                yield from _balancer((*at, "listeners", index), deploy, listener, settings)


def _regions(path: Path, deploy: EcsDeploy, there: Destination, about: Path) -> Iterator[Mistake]:
    for group in deploy.target_groups:
        if target_group_id(group) and group.split(":")[3] != there.region:
            what = f"the target groups are in {group.split(':')[3]}, not in {there.region}"
            yield Mistake(
                path,
                what,
                "write their names, or a deploy: of each region",
                about,
                kind=Kind.WRONG_REGION,
            )
            return


def _balancer(
    path: Path, deploy: EcsDeploy, listener: str, settings: Environment
) -> Iterator[Mistake]:
    """Check what CodeDeploy can do behind a load balancer of this kind.

    https://docs.aws.amazon.com/codedeploy/latest/userguide/deployment-configurations.html
    """
    network = is_network(listener)
    if network and (deploy.traffic != "all-at-once" or deploy.shift is not None):
        what = "CodeDeploy shifts all traffic at once behind a Network Load Balancer"
        fix = "write traffic: all-at-once, or the listener of an Application Load Balancer (app/)"
        yield Mistake(path, what, fix, kind=Kind.UNSUPPORTED)
    if settings.listeners and network != is_network(settings.listeners[0]):
        what = "the listeners of an environment must have one kind of load balancer"
        yield Mistake(
            path,
            what,
            "use only Application (app/) or only Network (net/) listeners",
            kind=Kind.CONFLICTING_SETTINGS,
        )


def _located(
    path: Path, found: tuple[tuple[Destination, ...], ...]
) -> Iterator[tuple[Path, Destination]]:
    for wave in found:
        for each in wave:
            yield (*path, "waves", *each.entry) if each.entry else path, each


def _entry_rules(application: Application, environment: object) -> int:
    """Return how many rules the check of an execution's branch or tag takes: one or none."""
    try:
        return int(entry(application, str(environment)) is not None)
    except GlobError:
        return 0  # `landfall.validation.branching` reports the pattern.


def _alarms(stack: Stack, path: Path, pipeline: str, application: Application) -> Iterator[Mistake]:
    settings = application.environments[path[-1]]  # type: ignore[index]
    deploy, rollback = settings.deploy or application.deploy, settings.rollback
    here: Path = (*path, "rollback")
    watched = alarms(pipeline, settings, deploy)
    for index, name in enumerate(rollback.alarms):
        if watched.index(name) != len(watched) - len(rollback.alarms) + index:
            what = f"alarm '{name[:80]}' is already set for this"
            yield Mistake((*here, "alarms", index), what, "remove it", kind=Kind.DUPLICATE_SETTING)
    if rollback.bake_minutes and not watched:
        what = "there is no alarm to watch during the bake time"
        yield Mistake(
            (*here, "bakeMinutes"), what, "add alarms:, or remove it", kind=Kind.MISSING_SETTING
        )
    limit = stack.quota("alarmsPerDeploymentGroup")
    if isinstance(deploy, EcsDeploy | Ec2Deploy) and len(watched) > limit:
        what = f"{len(watched)} alarms would watch the deployment group, including the stack's own"
        yield Mistake(
            (*here, "alarms"),
            what,
            f"CodeDeploy allows {limit}; combine alarms in a composite alarm",
            kind=Kind.EXCEEDS_LIMIT,
        )
    if isinstance(deploy, LambdaDeploy):
        yield from _lambda_alarms(stack, (*here, "alarms"), watched, rollback.alarms)
    most = max(len(wave) for wave in destinations(settings, stack))
    rules, rules_limit = (
        len(watched) * most + (rollback.window is not None) + _entry_rules(application, path[-1]),
        stack.quota("rulesPerCondition"),
    )
    if rules > rules_limit:
        what = (
            f"the condition of a stage would have {rules} rules: one for each alarm and destination"
        )
        fix = f"CodePipeline allows {rules_limit}; use a composite alarm, or more waves"
        yield Mistake(
            (*here, "alarms") if rollback.alarms else path, what, fix, kind=Kind.EXCEEDS_LIMIT
        )


def _lambda_alarms(
    stack: Stack, path: Path, watched: Sequence[str], named: Sequence[str]
) -> Iterator[Mistake]:
    """Check what a Lambda deploy action takes as `Alarms`: some names, with commas between."""
    limit = stack.quota("alarmsPerLambdaDeployment")
    if len(watched) > limit:
        what = f"{len(watched)} alarms would watch the deployment, including the stack's own"
        fix = f"CodePipeline allows {limit}; combine alarms in a composite alarm"
        yield Mistake(path, what, fix, kind=Kind.EXCEEDS_LIMIT)
    for index, name in enumerate(named):
        if "," in name:
            what = f"alarm '{name[:80]}' has a comma; CodePipeline separates alarms by commas"
            yield Mistake(
                (*path, index),
                what,
                "use an alarm without a comma in its name",
                kind=Kind.INVALID_VALUE,
            )
    length, most = len(",".join(watched)), stack.quota("actionValueLength")
    if length > most:
        what = f"the names of the alarms have {length} characters, with commas between"
        fix = f"CodePipeline allows {most}; use a composite alarm, or shorter names"
        yield Mistake(path, what, fix, kind=Kind.EXCEEDS_LIMIT)


def _window(path: Path, settings: Environment) -> Iterator[Mistake]:
    window = settings.rollback.window
    if window is not None and not re.fullmatch(ZONE, window.time_zone):
        what = f"CodePipeline has no time zone '{window.time_zone[:40]}'"
        fix = "write it as in Europe/Berlin, UTC or UTC+05:30"
        yield Mistake(
            (*path, "rollback", "window", "timeZone"), what, fix, kind=Kind.UNKNOWN_REFERENCE
        )
