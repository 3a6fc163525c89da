"""What an application's pipelines deploy, and their targets, from settings."""

from collections.abc import Sequence
from typing import Any

import pulumi

from components.artifacts import ArtifactStore
from components.delivery.deployments.arguments import DestinationArgs, HealthArgs
from components.delivery.rollback import RollbackArgs
from components.delivery.secrets import SecretReferenceArgs, described
from components.delivery.target import DeploymentTarget
from components.inputs import Inputs
from components.landing_zone.foundation import Foundation
from components.landing_zone.observability import topic_arn
from components.landing_zone.service_keys import ServiceKeys
from components.landing_zone.workloads import target_references
from landfall.blueprint.deployments import PULUMI, deployment_of
from landfall.blueprint.secrets import read
from landfall.settings import Stack, naming
from landfall.settings.branching import Entry
from landfall.settings.delivery import Application, Environment
from landfall.settings.waves import Destination, destinations


class Targets:
    """Makes the deployment targets of the pipelines of one stack."""

    def __init__(
        self,
        stack: Stack,
        foundation: Foundation,
        hub: str,
        stores: dict[str, ArtifactStore],
        keys: ServiceKeys,
    ) -> None:
        self._stack, self._foundation, self._keys = stack, foundation, keys
        self._hub, self._stores = hub, stores

    def of_environment(
        self, name: str, application: Application, environment: str
    ) -> list[list[DestinationArgs]]:
        """Make the targets of an environment and return where its pipeline deploys to."""
        waves = destinations(application.environments[environment], self._stack.region)
        return [
            [self._destination(name, application, environment, each) for each in wave]
            for wave in waves
        ]

    def _destination(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> DestinationArgs:
        stack, settings = self._stack, application.environments[environment]
        pipeline_name = naming.pipeline(name, environment)
        deployment = deployment_of(stack, name, environment)
        references = target_references(name, application, environment)
        if references and (settings.deploy or application.deploy).reads_secrets:
            deployment["permissions"] = [
                *deployment.get("permissions", []),
                *read_secrets(stack, self._foundation, self._keys, references, there),
            ]

        def role_name(part: str) -> str:
            return f"{naming.pipeline_role(name, environment, part)}{there.suffix}"

        def hub_role(part: str) -> pulumi.Output[str]:
            role = naming.pipeline_role(name, environment, part)
            return self._foundation.role_arn(self._hub, f"{naming.ROLE_PATH}{role}")

        behind = f"-{there.name}" if there.name else ""
        store = self._stores[stack.region if deployment["kind"] == PULUMI else there.region]
        health: HealthArgs = {
            "pipeline": pipeline_name,
            "errors": application.observability.errors,
        }
        if application.observability.error_percent is not None:
            health["error_percent"] = application.observability.error_percent
        # An alarm publishes to topics of its own region alone.
        if application.observability.told and there.region == stack.region:
            health["topic_arn"] = topic_arn(stack, self._foundation, self._hub, name)
        target = DeploymentTarget(
            f"{pipeline_name}-target{behind}",
            {
                "deployment": deployment,
                "account_id": self._foundation.accounts[there.account].account_id,
                "region": there.region,
                "partition": stack.partition,
                "organization_id": self._foundation.organization.organization_id,
                "pipeline_name": pipeline_name,
                "pipeline_role_arn": hub_role("pipeline"),
                "runner_role_arn": hub_role("pulumi"),
                "deploy_role_name": role_name("deploy"),
                "service_role_name": role_name("service"),
                "bucket_arn": store.bucket_arn,
                "key_arn": store.key_arn,
                "artifact_prefix": naming.artifact_prefix(pipeline_name),
                "listeners": list(there.listeners),
                "alarms": list(settings.rollback.alarms),
                "health": health,
            },
            opts=self._foundation.in_account(there.account),
        )
        destination: DestinationArgs = {
            "name": there.name,
            "region": there.region,
            "deploy_role_arn": target.deploy_role_arn,
            "alarms": target.alarms,
        }
        if target.service_role is not None:
            destination["service_role_arn"] = target.service_role.arn
        return destination


def read_secrets(
    stack: Stack,
    foundation: Foundation,
    keys: ServiceKeys,
    references: Sequence[SecretReferenceArgs],
    there: Destination,
) -> list[dict[str, Any]]:
    """Return the statements with which a role of a target reads an application's secrets."""
    inputs = Inputs()
    account_id = foundation.accounts[there.account].account_id
    place = inputs.place(stack.partition, there.region, account_id)
    key_arn = inputs.text(keys.arn(there.account, there.region))
    return inputs.outputs(read(described(references), place, key_arn))


def rollback_args(environment: Environment, entry: Entry | None) -> RollbackArgs:
    """Return how an environment's deployments are guarded, as a pipeline takes it."""
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
