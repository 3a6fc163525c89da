"""Artifact stores, sources, and a pipeline for each application and environment, from settings."""

from collections.abc import Iterator

import pulumi

from components.artifacts import ArtifactStore
from components.delivery.pipeline import Pipeline, PipelineArgs
from components.landing_zone.access import Access
from components.landing_zone.deployments import Targets, rollback_args
from components.landing_zone.foundation import Foundation
from components.landing_zone.observability import observe
from components.landing_zone.provisioning_roles import artifact_roles
from components.landing_zone.service_keys import ServiceKeys
from components.landing_zone.sources import Sources
from components.landing_zone.testing import Testing
from components.landing_zone.workloads import Workloads, build_references
from landfall.blueprint.deployments import deployment_of, other_regions, reads_artifacts
from landfall.settings import Stack, branching, formerly, naming
from landfall.settings.delivery import (
    Application,
    CodeCommitSource,
    Environment,
)
from landfall.settings.deployments import Ec2Deploy, PulumiDeploy
from landfall.settings.waves import Destination, destinations


class Delivery:
    """Everything that delivers applications: stores by region, pipelines by name."""

    def __init__(self, stack: Stack, foundation: Foundation, access: Access) -> None:
        delivery = stack.delivery
        assert stack.delivery_account is not None  # noqa: S101 - settings are checked
        self._stack, self._foundation, self._hub = stack, foundation, stack.delivery_account
        self.stores: dict[str, ArtifactStore] = {}
        self.pipelines: dict[str, Pipeline] = {}
        for region in self._store_regions():
            self.stores[region] = self._store(region)
        self.service_keys = ServiceKeys(stack, foundation, self._hub)
        self._targets = Targets(stack, foundation, self._hub, self.stores, self.service_keys)
        Workloads(stack, foundation, self._hub, self.service_keys, self.stores)
        sources = Sources(stack, foundation, access, self._hub, self.stores[stack.region])
        self.connections = sources.connections
        for name, application in delivery.applications.items():
            testing = Testing(
                stack,
                foundation,
                self._hub,
                self.stores[stack.region],
                sources,
                name,
                application,
            )
            for environment in application.environments:
                pipeline = self._pipeline(name, application, environment, sources, testing)
                self.pipelines[naming.pipeline(name, environment)] = pipeline
            observe(stack, foundation, self._hub, self.service_keys, name, application)

    def _environments(self) -> Iterator[tuple[str, str, Environment, Application]]:
        for name, application in self._stack.delivery.applications.items():
            for environment, settings in application.environments.items():
                yield name, environment, settings, application

    def _destinations(self, environment: Environment) -> Iterator[Destination]:
        for wave in destinations(environment, self._stack.region):
            yield from wave

    def _regions(self, environment: Environment, application: Application) -> tuple[str, ...]:
        return other_regions(environment, application, self._stack)

    def _store_regions(self) -> list[str]:
        deployed = [
            region
            for _, _, settings, application in self._environments()
            for region in self._regions(settings, application)
        ]
        return list(dict.fromkeys([self._stack.region, *deployed, *self._stack.artifacts.regions]))

    def _store(self, region: str) -> ArtifactStore:
        stack = self._stack
        holder = stack.artifacts.account or self._hub
        account_id = self._foundation.accounts[holder].account_id
        writers, readers = self._artifact_roles(region)
        return ArtifactStore(
            f"artifacts-{region}",
            {
                "account_id": account_id,
                "region": region,
                "partition": stack.partition,
                "organization_id": self._foundation.organization.organization_id,
                "bucket_name": account_id.apply(lambda id_: naming.artifact_bucket(id_, region)),
                "writer_role_arns": writers,
                "reader_role_arns": readers,
                "used_through": ["codecommit"] if self._has_repositories(region) else [],
                "force_destroy": stack.artifacts.force_destroy,
                "expire_days": stack.artifacts.expire_days,
                "noncurrent_days": stack.artifacts.noncurrent_days,
            },
            opts=self._foundation.in_account(holder),
        )

    def _has_repositories(self, region: str) -> bool:
        applications = self._stack.delivery.applications.values()
        return region == self._stack.region and any(
            isinstance(application.source, CodeCommitSource) for application in applications
        )

    def _artifact_roles(
        self, region: str
    ) -> tuple[list[pulumi.Input[str]], list[pulumi.Input[str]]]:
        """Return the roles that write to and read from the store of a region.

        Every pipeline works in the home region; it writes to another region's store only where it
        deploys there.
        """
        writers: list[pulumi.Input[str]] = []
        readers: list[pulumi.Input[str]] = []

        def arn(account: str, part: str, pipeline: str, suffix: str = "") -> pulumi.Output[str]:
            role = f"{naming.ROLE_PATH}{pipeline}-{part}{suffix}"
            return self._foundation.role_arn(account, role)

        home = self._stack.region
        for name, environment, settings, application in self._environments():
            pipeline = naming.pipeline(name, environment)
            deploy = settings.deploy or application.deploy
            if region in (home, *self._regions(settings, application)):
                writers.append(arn(self._hub, "pipeline", pipeline))
            if region == home:
                writers.append(arn(self._hub, "build", pipeline))
                if isinstance(deploy, PulumiDeploy):
                    writers.append(arn(self._hub, "pulumi", pipeline))
                writers += [
                    arn(self._hub, kind, pipeline)
                    for kind in application.tests.of_deployment(environment)
                ]
            for there in self._destinations(settings):
                if there.region == region:
                    readers += [
                        arn(there.account, part, pipeline, there.suffix)
                        for part in reads_artifacts(deploy)
                    ]
                    if isinstance(deploy, Ec2Deploy):
                        readers += [
                            self._foundation.role_arn(there.account, path)
                            for path in deploy.instance_roles
                        ]
        if region == home:
            for name, application in self._stack.delivery.applications.items():
                if branching.validation(application):
                    writers.append(arn(self._hub, "pipeline", naming.validation(name)))
                if branching.tests_sources(application):
                    role = f"{naming.ROLE_PATH}{naming.source_tests(name)}"
                    writers.append(self._foundation.role_arn(self._hub, role))
            writers += [
                self._foundation.role_arn(self._hub, f"{naming.ROLE_PATH}{role}")
                for role in artifact_roles(self._stack)
            ]
        return writers, readers

    def _pipeline(
        self,
        name: str,
        application: Application,
        environment: str,
        sources: Sources,
        testing: Testing,
    ) -> Pipeline:
        stack, settings = self._stack, application.environments[environment]
        pipeline_name = naming.pipeline(name, environment)
        roles = {
            part: naming.pipeline_role(name, environment, part) for part in naming.PIPELINE_ROLES
        }
        home = self.stores[stack.region]
        args: PipelineArgs = {
            "pipeline_name": pipeline_name,
            "formerly": formerly.pipeline(name, application, environment).name,
            "pipeline_role_name": roles["pipeline"],
            "build_role_name": roles["build"],
            "trigger_role_name": roles["trigger"],
            "environment": environment,
            "account_id": self._foundation.accounts[self._hub].account_id,
            "region": stack.region,
            "partition": stack.partition,
            "bucket_name": home.bucket_name,
            "bucket_arn": home.bucket_arn,
            "key_arn": home.key_arn,
            "log_days": stack.delivery.log_days,
            "source": sources.of_environment(application, environment),
            "build": {
                "image": application.build.image,
                "compute_type": application.build.compute_type,
                "buildspec": application.build.buildspec,
                "environment": application.build.environment,
                "timeout_minutes": application.build.timeout_minutes,
                "privileged": application.build.privileged,
                "cache": application.build.cache,
            },
            "deployment": deployment_of(stack, name, environment),
            "waves": self._targets.of_environment(name, application, environment),
            "runner_role_name": roles["pulumi"],
            "rollback": rollback_args(settings, branching.entry(application, environment)),
            "remote_stores": {
                region: {
                    "bucket_name": self.stores[region].bucket_name,
                    "bucket_arn": self.stores[region].bucket_arn,
                    "key_arn": self.stores[region].key_arn,
                }
                for region in self._regions(settings, application)
            },
        }
        if application.execution_mode == "superseded":
            args["execution_mode"] = "SUPERSEDED"
        if application.build.architecture is not None:
            args["build"]["architecture"] = application.build.architecture
        if application.build.batch:
            args["build"]["batch_role_name"] = roles["batch"]
        args["tests"] = testing.before_build(environment)
        args["deployed_tests"] = testing.after_deployment(environment)
        if references := build_references(name, application):
            args["build"]["secrets"] = references
            args["build"]["secrets_key_arn"] = self.service_keys.arn(self._hub, stack.region)
        if settings.approval is not None:
            args["approval"] = {"timeout_minutes": settings.approval.timeout_minutes}
            if settings.approval.notify:
                args["approval"]["notify"] = list(settings.approval.notify)
        return Pipeline(pipeline_name, args, opts=self._foundation.in_account(self._hub))
