"""Deployments and targets of an application's pipelines, from settings."""

import pulumi

from components.cross_account_role import CrossAccountRole
from components.delivery.deployments.arguments import (
    DeploymentTargetArgs,
    DestinationArgs,
    HealthArgs,
)
from components.delivery.deployments.health import alarm_names
from components.delivery.rollback import RollbackArgs
from components.delivery.target import DeploymentTarget
from components.inputs import Inputs
from components.landing_zone import arguments
from components.landing_zone.ground import Ground
from landfall.blueprint.stack import stack_sets, targets
from landfall.blueprint.stack.scope import Scope
from landfall.blueprint.targets import Target, service_role
from landfall.settings import naming
from landfall.settings.branching import Entry
from landfall.settings.delivery import Application, Environment
from landfall.settings.waves import Destination, destinations


class Targets:
    """The deployment targets of one stack's pipelines; creates those of this part."""

    def __init__(self, scope: Scope, foundation: Ground) -> None:
        self._scope, self._foundation = scope, foundation

    def of_environment(
        self, name: str, application: Application, environment: str
    ) -> list[list[DestinationArgs]]:
        """Return the destinations of an environment's pipeline; create their targets."""
        waves = destinations(application.environments[environment], self._scope.stack)
        return [
            [self._destination(name, application, environment, each) for each in wave]
            for wave in waves
        ]

    def _destination(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> DestinationArgs:
        settings = application.environments[environment]
        described = targets.target_of(self._scope, name, application, environment, there)
        args = _arguments(described, self._foundation.values)
        args["alarms"] = list(settings.rollback.alarms)
        args["health"] = self._health(name, application, environment, there)
        behind = f"-{there.name}" if there.name else ""
        made = [] if there.name else self._execution_roles(name, application, environment)
        if not self._foundation.holds(there.account):
            return self._elsewhere(described, args, there)
        target = DeploymentTarget(
            f"{naming.pipeline(name, environment)}-target{behind}",
            args,
            opts=pulumi.ResourceOptions.merge(
                self._foundation.in_account(there.account), pulumi.ResourceOptions(depends_on=made)
            ),
        )
        destination: DestinationArgs = {
            "name": there.name,
            "region": there.region,
            "account": there.account,
            "deploy_role_arn": target.deploy_role_arn,
            "alarms": target.alarms,
        }
        if target.service_role is not None:
            destination["service_role_arn"] = target.service_role.arn
        return destination

    def _elsewhere(
        self, described: Target, args: DeploymentTargetArgs, there: Destination
    ) -> DestinationArgs:
        """Return a destination whose target is in another part of the stack, by its names."""
        values, scope = self._foundation.values, self._scope
        deploy = scope.own_role_arn(there.account, described.deploy_role_name)
        destination: DestinationArgs = {
            "name": there.name,
            "region": there.region,
            "account": there.account,
            "deploy_role_arn": values.output(deploy),
            "alarms": [*alarm_names(args), *args.get("alarms", [])],
        }
        if service_role(described) is not None:
            service = scope.own_role_arn(there.account, described.service_role_name)
            destination["service_role_arn"] = values.output(service)
        return destination

    def _execution_roles(
        self, name: str, application: Application, environment: str
    ) -> list[pulumi.Resource]:
        """Create the roles of a stack set in its target accounts."""
        found = stack_sets.execution_roles(self._scope, name, application, environment)
        return [
            CrossAccountRole(
                f"{role.name}-{account}",
                arguments.of_role(role, self._foundation.values),
                opts=self._foundation.in_account(account),
            )
            for account, role in found
            if self._foundation.holds(account)
        ]

    def _health(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> HealthArgs:
        watched, scope = application.observability, self._scope
        health: HealthArgs = {
            "pipeline": naming.pipeline(name, environment),
            "errors": watched.errors,
        }
        if watched.error_percent is not None:
            health["error_percent"] = watched.error_percent
        # An alarm can publish only to topics of its own region.
        if watched.told and there.region == scope.stack.region:
            topic = scope.home.arn("sns", naming.topic(name))
            health["topic_arn"] = self._foundation.values.output(topic)
        return health


def _arguments(target: Target, values: Inputs) -> DeploymentTargetArgs:
    args: DeploymentTargetArgs = {
        "deployment": values.parts(target.deployment),
        "account_id": values.output(target.place.account_id),
        "region": target.place.region,
        "partition": target.place.partition,
        "organization_id": values.output(target.organization_id),
        "pipeline_name": target.pipeline_name,
        "pipeline_role_arn": values.output(target.pipeline_role_arn),
        "deploy_role_name": target.deploy_role_name,
        "service_role_name": target.service_role_name,
        "bucket_arn": values.output(target.store.bucket_arn),
        "key_arn": values.output(target.store.key_arn),
        "artifact_prefix": target.artifact_prefix,
        "listeners": list(target.listeners),
        "awaited": target.awaited,
        "built_by": target.built_by,
    }
    if target.runner_role_arn is not None:
        args["runner_role_arn"] = values.output(target.runner_role_arn)
    if target.packages is not None:
        args["package_bucket_arn"] = values.output(target.packages.bucket_arn)
    return args


def rollback_args(environment: Environment, entry: Entry | None) -> RollbackArgs:
    """Return the rollback arguments of an environment's pipeline."""
    settings = environment.rollback
    args: RollbackArgs = {"on_failure": settings.on_failure}
    if settings.bake_minutes:
        args["bake_minutes"] = settings.bake_minutes
    if entry is not None:
        args["entry"] = {"variable": entry.variable, "values": entry.values}
    if settings.window:
        args["window"] = settings.window.cron
        args["time_zone"] = settings.window.time_zone
    return args
