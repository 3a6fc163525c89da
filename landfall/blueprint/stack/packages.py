"""Which pipelines of a stack package code, in which regions, and who reads it there."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.places import Store
from landfall.blueprint.stack.scope import Scope, environments
from landfall.settings import naming, promotion, stack_set_targets
from landfall.settings.delivery import Application, Environment
from landfall.settings.deploy_cloudformation import CloudFormationDeploy
from landfall.settings.deploy_stack_set import StackSetDeploy
from landfall.settings.waves import destinations

PARTS = ("deploy", "service")
"""The roles of a target that read packages: CloudFormation reads as both."""


def packs(application: Application, environment: Environment) -> bool:
    """Return whether the build of an environment packages code."""
    deploy = environment.deploy or application.deploy
    return isinstance(deploy, CloudFormationDeploy | StackSetDeploy) and deploy.packages


def regions(scope: Scope, application: Application, environment: str) -> tuple[str, ...]:
    """Return the regions that need an environment's packages, that of its first stack first.

    Lambda takes code only from a bucket in the function's own region.
    """
    settings = application.environments[environment]
    if not packs(application, settings):
        return ()
    deploy = settings.deploy or application.deploy
    if isinstance(deploy, StackSetDeploy):
        return tuple(stack_set_targets.regions(scope.stack, settings, deploy))
    waves = destinations(settings, scope.stack)
    return tuple(dict.fromkeys(there.region for wave in waves for there in wave))


def built_regions(scope: Scope, application: Application, builder: str) -> tuple[str, ...]:
    """Return the regions that need packages of a build, that of its first stack first."""
    found = (
        region
        for environment in promotion.built_for(application, builder)
        for region in regions(scope, application, environment)
    )
    return tuple(dict.fromkeys(found))


def stores(scope: Scope, application: Application, builder: str) -> tuple[Store, ...]:
    """Return the buckets that the build of a pipeline uploads to."""
    return tuple(scope.packages(region) for region in built_regions(scope, application, builder))


def writers(scope: Scope, region: str) -> list[str]:
    """Return the build roles that upload packages for a region."""
    return [
        scope.own_role_arn(scope.hub, naming.pipeline_role(name, environment, "build"))
        for name, application, environment in environments(scope.stack)
        if promotion.builds(application, environment)
        and region in built_regions(scope, application, environment)
    ]


def readers(scope: Scope, region: str) -> list[str]:
    """Return the roles that read packages in a region."""
    return list(_readers(scope, region))


def _readers(scope: Scope, region: str) -> Iterator[str]:
    for name, application, environment in environments(scope.stack):
        settings = application.environments[environment]
        deploy = settings.deploy or application.deploy
        if not packs(application, settings):
            continue
        if isinstance(deploy, StackSetDeploy):
            if region in stack_set_targets.regions(scope.stack, settings, deploy):
                role = naming.pipeline_role(name, environment, "execution")
                for account in stack_set_targets.accounts(scope.stack, settings, deploy):
                    yield scope.role_arn(account, role)
            continue
        for wave in destinations(settings, scope.stack):
            for there in wave:
                if there.region == region:
                    for part in PARTS:
                        role = naming.pipeline_role(name, environment, part)
                        yield scope.own_role_arn(there.account, f"{role}{there.suffix}")
