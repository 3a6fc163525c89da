"""Sources of applications: connections, repositories, images and reviews."""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.delivery.images import ImageRepository
from components.delivery.review import Review
from components.delivery.source import SourceArgs, TriggerArgs
from components.landing_zone.cross_account_roles import Access
from components.landing_zone.foreign_repositories import ForeignRepositories
from components.landing_zone.ground import Ground, StoreOf
from landfall.blueprint import sources, symbols
from landfall.blueprint.stack import delivery, promoted
from landfall.blueprint.stack.scope import Scope
from landfall.settings import branching, naming, promotion, repositories
from landfall.settings.delivery import Application, CodeCommitSource, Connection
from landfall.settings.deploy_ecs_service import EcsServiceDeploy
from landfall.settings.deployments import EcsDeploy
from landfall.settings.triggers import Trigger
from landfall.settings.waves import destinations


class Sources:
    """Creates the sources of a stack's pipelines."""

    def __init__(self, scope: Scope, foundation: Ground, access: Access, store: StoreOf) -> None:
        self._scope, self._stack, self._hub = scope, scope.stack, scope.hub
        self._foundation, self._access, self._store = foundation, access, store
        stack = self._stack
        for name, connection in stack.delivery.connections.items():
            arn = self._connection(name, connection)
            foundation.values.know(symbols.connection(name), arn)
        self._foreign = ForeignRepositories(scope, foundation)
        self._repositories: dict[tuple[str, str], aws.codecommit.Repository] = {}
        for name, application in stack.delivery.applications.items():
            if isinstance(application.source, CodeCommitSource):
                self._reviewed(name, application, application.source)
            if application.image is not None:
                moving = application.image.moving_tag
                self._images(f"{name}-images", application, application.image.ecr, moving)
            if application.build.push is not None:
                self._images(f"{name}-built-images", application, application.build.push.ecr)

    def of_environment(self, name: str, application: Application, environment: str) -> SourceArgs:
        """Return the source and triggers of the pipeline of an environment."""
        first = promotion.head(application, environment)
        described = promoted.source(self._scope, name, application, first)
        if described is not None:
            origin = promotion.promoted_from(application, first) or ""
            return {
                "kind": sources.PROMOTED,
                "bucket": self._store.bucket_name,
                "origin": naming.pipeline(name, origin),
                "artifacts": list(described.artifacts),
            }
        return self.of_builder(name, application, first)

    def of_builder(self, name: str, application: Application, environment: str) -> SourceArgs:
        """Return the source and triggers of a pipeline that builds."""
        found = self._source(application, environment, branching.triggers(application, environment))
        if found["kind"] != sources.S3:
            found["branch"] = branching.default_branch(application, environment)
        self._foreign.told(found, naming.pipeline(name, environment))
        if application.image is not None:
            found["image"] = {
                "repository": application.image.ecr,
                "tags": list(application.image.tags),
            }
            if application.image.moving_tag is not None:
                found["image"]["moving_tag"] = application.image.moving_tag
        return found

    def of_validation(self, name: str, application: Application) -> SourceArgs:
        """Return the source of an application's pull request pipeline."""
        found = self._source(application, None, branching.validation(application))
        found["branch"] = branching.validated_branch(application)
        self._foreign.told(found, naming.validation(name))
        return found

    def _source(
        self, application: Application, environment: str | None, triggers: tuple[Trigger, ...]
    ) -> SourceArgs:
        described = delivery.source(application, environment)
        if described.kind == sources.S3:
            return {"kind": sources.S3, "bucket": described.bucket, "key": described.key}
        found: SourceArgs = {
            "kind": described.kind,
            "repository": described.repository,
            "triggers": [_trigger(trigger) for trigger in triggers],
            "full_clone": described.full_clone,
        }
        if described.submodules:
            found["submodules"] = list(described.submodules)
        if described.connection_arn:
            found["connection_arn"] = self._foundation.values.output(described.connection_arn)
        return found

    def _alone(self, account: str = "", *, protect: bool = False) -> pulumi.ResourceOptions:
        provider = self._foundation.accounts[account or self._hub].provider
        return pulumi.ResourceOptions(provider=provider, protect=protect or None)

    def _connection(self, name: str, settings: Connection) -> pulumi.Output[str]:
        """Return the ARN of a connection, which is made where none exists already."""
        region, host = self._stack.region, None
        if settings.id is not None:
            arn = self._scope.home.arn("codeconnections", f"connection/{settings.id}")
            return self._foundation.values.output(arn)
        if settings.self_managed:
            network = settings.network
            vpc: Any = network and {
                "vpc_id": network.vpc,
                "subnet_ids": list(network.subnets),
                "security_group_ids": list(network.security_groups),
                "tls_certificate": network.certificate,
            }
            host = aws.codeconnections.Host(
                name,
                name=name,
                provider_type=settings.provider,
                provider_endpoint=settings.endpoint or "",
                vpc_configuration=vpc,
                region=region,
                opts=self._alone(),
            )
        made = aws.codeconnections.Connection(
            name,
            name=name,
            # A host determines the provider.
            provider_type=None if host else settings.provider,
            host_arn=host and host.arn,
            region=region,
            opts=self._alone(),
        )
        found: pulumi.Output[str] = made.arn
        return found

    def _repository(self, account: str, name: str) -> aws.codecommit.Repository:
        """Return a repository, which several applications may share."""
        if (account, name) not in self._repositories:
            own, region = account == self._hub, self._stack.region
            key = symbols.service_key(account, region)
            self._repositories[account, name] = aws.codecommit.Repository(
                name if own else f"{account}-{name}",
                repository_name=name,
                description=f"Sources of {name}",
                kms_key_id=self._store.key_arn if own else self._foundation.values.output(key),
                region=region,
                opts=self._alone(account, protect=True),
            )
        return self._repositories[account, name]

    def _reviewed(self, name: str, application: Application, source: CodeCommitSource) -> None:
        """Create an application's repository, and its review if the application has it."""
        account, review = repositories.account(self._stack, source), application.review
        repository = self._repository(account, source.codecommit)
        if review is None:
            return
        Review(
            f"{name}-review",
            {
                "repository": repository.repository_name,
                "account_id": self._foundation.accounts[account].account_id,
                "region": self._stack.region,
                "partition": self._stack.partition,
                "branches": list(branching.protected(application)),
                "approvals": review.approvals,
                "approver_roles": [path.rpartition("/")[2] for path in review.approvers],
                "policy_name": naming.protected_branches(name),
                "contributor_roles": [
                    self._access.role_name(account, role) for role in review.contributors
                ],
            },
            opts=self._foundation.in_account(account),
        )

    def _images(
        self, logical: str, application: Application, repository: str, moving: str | None = None
    ) -> None:
        pullers: list[pulumi.Input[str]] = []
        for environment in application.environments.values():
            deploy = environment.deploy or application.deploy
            if not isinstance(deploy, EcsDeploy | EcsServiceDeploy):
                continue
            pullers += [
                self._foundation.values.output(self._scope.role_arn(there.account, path))
                for wave in destinations(environment, self._stack)
                for there in wave
                for path in deploy.task_roles
            ]
        ImageRepository(
            logical,
            {
                "repository_name": repository,
                "region": self._stack.region,
                "key_arn": self._store.key_arn,
                "organization_id": self._foundation.organization_id,
                "puller_role_arns": pullers,
                "moving_tags": [moving] if moving is not None else [],
                "force_destroy": self._stack.artifacts.force_destroy,
            },
            opts=self._foundation.in_account(self._hub),
        )


def _trigger(trigger: Trigger) -> TriggerArgs:
    found: TriggerArgs = {}
    if trigger.branches:
        found["branches"] = list(trigger.branches)
    if trigger.tags:
        found["tags"] = list(trigger.tags)
    if trigger.pull_requests:
        found["pull_requests"] = list(trigger.pull_requests)
    if trigger.paths:
        found["paths"] = list(trigger.paths)
    return found
