"""Artifact stores, sources, and a pipeline for each application and environment, from settings."""

from collections.abc import Iterator

import pulumi
import pulumi_aws as aws

from components.artifacts import ArtifactStore
from components.delivery import source
from components.delivery.pipeline import Pipeline, PipelineArgs
from components.delivery.source import SourceArgs
from components.delivery.target import DeploymentArgs, DeploymentTarget
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack, naming
from landfall.settings.branching import branches
from landfall.settings.delivery import (
    TRAFFIC,
    Application,
    CloudFormationDeploy,
    CodeCommitSource,
    ConnectionSource,
    Environment,
    LambdaDeploy,
)


class Delivery:
    """Everything that delivers applications: stores by region, pipelines by name."""

    def __init__(self, stack: Stack, foundation: Foundation) -> None:
        delivery = stack.delivery
        assert stack.delivery_account is not None  # noqa: S101 - settings are checked
        self._stack, self._foundation, self._hub = stack, foundation, stack.delivery_account
        self.stores: dict[str, ArtifactStore] = {}
        self.pipelines: dict[str, Pipeline] = {}
        for region in self._store_regions():
            self.stores[region] = self._store(region)
        connections = {
            name: aws.codeconnections.Connection(
                name,
                name=name,
                provider_type=connection.provider,
                region=stack.region,
                opts=pulumi.ResourceOptions(provider=self._foundation.accounts[self._hub].provider),
            ).arn
            for name, connection in delivery.connections.items()
        }
        for name, application in delivery.applications.items():
            if isinstance(application.source, CodeCommitSource):
                self._repository(application.source)
            for environment in application.environments:
                pipeline = self._pipeline(name, application, environment, connections)
                self.pipelines[naming.pipeline(name, environment)] = pipeline

    def _environments(self) -> Iterator[tuple[str, str, Environment, Application]]:
        for name, application in self._stack.delivery.applications.items():
            for environment, settings in application.environments.items():
                yield name, environment, settings, application

    def _store_regions(self) -> list[str]:
        deployed = [
            settings.region or self._stack.region for _, _, settings, _ in self._environments()
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

        def arn(account: str, part: str, name: str, environment: str) -> pulumi.Output[str]:
            role = naming.pipeline_role(name, environment, part)
            return self._foundation.role_arn(account, f"{naming.ROLE_PATH}{role}")

        home = self._stack.region
        for name, environment, settings, application in self._environments():
            there = settings.region or home
            if region not in (home, there):
                continue
            writers.append(arn(self._hub, "pipeline", name, environment))
            if region == home:
                writers.append(arn(self._hub, "build", name, environment))
            if region == there:
                readers.append(arn(settings.account, "deploy", name, environment))
                if isinstance(application.deploy, LambdaDeploy):
                    readers.append(arn(settings.account, "service", name, environment))
        return writers, readers

    def _repository(self, settings: CodeCommitSource) -> None:
        region = self._stack.region
        aws.codecommit.Repository(
            settings.codecommit,
            repository_name=settings.codecommit,
            description=f"Sources of {settings.codecommit}",
            kms_key_id=self.stores[region].key_arn,
            region=region,
            opts=pulumi.ResourceOptions(
                provider=self._foundation.accounts[self._hub].provider, protect=True
            ),
        )

    def _pipeline(
        self,
        name: str,
        application: Application,
        environment: str,
        connections: dict[str, pulumi.Output[str]],
    ) -> Pipeline:
        stack, settings = self._stack, application.environments[environment]
        pipeline_name = naming.pipeline(name, environment)
        region = settings.region or stack.region
        roles = {
            part: naming.pipeline_role(name, environment, part)
            for part in ("pipeline", "build", "trigger", "deploy", "service")
        }
        deployment = _deployment(application)
        target = DeploymentTarget(
            f"{pipeline_name}-target",
            {
                "deployment": deployment,
                "account_id": self._foundation.accounts[settings.account].account_id,
                "region": region,
                "partition": stack.partition,
                "organization_id": self._foundation.organization.organization_id,
                "pipeline_role_arn": self._foundation.role_arn(
                    self._hub, f"{naming.ROLE_PATH}{roles['pipeline']}"
                ),
                "deploy_role_name": roles["deploy"],
                "service_role_name": roles["service"],
                "bucket_arn": self.stores[region].bucket_arn,
                "key_arn": self.stores[region].key_arn,
                "artifact_prefix": naming.artifact_prefix(pipeline_name),
            },
            opts=self._foundation.in_account(settings.account),
        )
        home = self.stores[stack.region]
        args: PipelineArgs = {
            "pipeline_name": pipeline_name,
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
            "source": _source(application, environment, connections),
            "build": {
                "image": application.build.image,
                "compute_type": application.build.compute_type,
                "buildspec": application.build.buildspec,
                "environment": application.build.environment,
                "timeout_minutes": application.build.timeout_minutes,
                "privileged": application.build.privileged,
            },
            "deployment": deployment,
            "deploy_region": region,
            "deploy_role_arn": target.deploy_role_arn,
        }
        if target.service_role is not None:
            args["service_role_arn"] = target.service_role.arn
        if region != stack.region:
            remote = self.stores[region]
            args["remote_stores"] = {
                region: {
                    "bucket_name": remote.bucket_name,
                    "bucket_arn": remote.bucket_arn,
                    "key_arn": remote.key_arn,
                }
            }
        if settings.approval is not None:
            args["approval"] = {"timeout_minutes": settings.approval.timeout_minutes}
            if settings.approval.notify:
                args["approval"]["notify"] = settings.approval.notify
        return Pipeline(pipeline_name, args, opts=self._foundation.in_account(self._hub))


def _source(
    application: Application, environment: str, connections: dict[str, pulumi.Output[str]]
) -> SourceArgs:
    settings = application.source
    started_by = list(branches(application, environment))
    if isinstance(settings, ConnectionSource):
        return {
            "kind": source.CONNECTION,
            "connection_arn": connections[settings.connection],
            "repository": settings.repository,
            "branches": started_by,
        }
    if isinstance(settings, CodeCommitSource):
        return {
            "kind": source.CODECOMMIT,
            "repository": settings.codecommit,
            "branches": started_by,
        }
    return {"kind": source.S3, "bucket": settings.bucket, "key": settings.key}


def _deployment(application: Application) -> DeploymentArgs:
    settings = application.deploy
    if isinstance(settings, CloudFormationDeploy):
        return {
            "kind": "cloudformation",
            "name": settings.cloudformation,
            "template": settings.template,
            "capabilities": list(settings.capabilities),
            "parameters": settings.parameters,
            "permissions": [statement.iam_json() for statement in settings.permissions],
        }
    if isinstance(settings, LambdaDeploy):
        return {
            "kind": "lambda",
            "name": settings.function,
            "alias": settings.alias,
            "deployment_config": TRAFFIC[settings.traffic],
        }
    return {"kind": "s3", "name": settings.s3}
