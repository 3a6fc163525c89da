"""The roles and policies of applications in their target accounts."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from landfall.blueprint import artifacts, secrets, symbols, targets
from landfall.blueprint.applications import workload_policy
from landfall.blueprint.deployments import deployment_of
from landfall.blueprint.roles import CrossAccount
from landfall.blueprint.secrets import Reference
from landfall.blueprint.stack import packages
from landfall.blueprint.stack.delivery import reference
from landfall.blueprint.stack.placed import Named, PlacedPolicy, PlacedRole
from landfall.blueprint.stack.scope import Scope, application_path
from landfall.blueprint.stack.stack_sets import execution_roles
from landfall.blueprint.statements import Statement
from landfall.blueprint.targets import Target
from landfall.settings import formerly, naming, promotion
from landfall.settings.delivery import Application
from landfall.settings.deploy_steps import ProjectDeploy
from landfall.settings.deployments import Ec2Deploy, EcsDeploy
from landfall.settings.readiness import alarms
from landfall.settings.waves import Destination, destinations


def roles(scope: Scope) -> Iterator[PlacedRole]:
    """Yield the deploy roles, service roles, and read roles of tests."""
    for name, application in scope.stack.delivery.applications.items():
        for environment in application.environments:
            path = application_path(name, environment)
            for account, made in execution_roles(scope, name, application, environment):
                yield PlacedRole(account, scope.stack.region, path, made.role())
    for name, application, environment, there in _destinations(scope):
        path = application_path(name, environment)
        target = target_of(scope, name, application, environment, there)
        found = [targets.deploy_role(target), targets.service_role(target)]
        for role in found:
            if role is not None:
                yield PlacedRole(there.account, there.region, path, role)
        if not there.name:
            for read in read_roles(scope, name, application, environment).values():
                yield PlacedRole(there.account, there.region, path, read.role())


def policies(scope: Scope) -> Iterator[PlacedPolicy]:
    """Yield the policies that teams attach to the roles of their applications."""
    for name, application, environment, there in _destinations(scope):
        tracing = application.observability.tracing is not None
        found = workload(scope, name, application, environment, there)
        if found is not None:
            policy = workload_policy(
                found.name, found.description, found.statements, tracing=tracing
            )
            yield PlacedPolicy(there.account, application_path(name, environment), policy)


def resources(scope: Scope) -> Iterator[Named]:
    """Yield the deployment groups of CodeDeploy."""
    for name, application, environment, there in _destinations(scope):
        deploy = application.environments[environment].deploy or application.deploy
        if isinstance(deploy, EcsDeploy | Ec2Deploy) and not there.awaited:
            path = application_path(name, environment)
            own = scope.stack.codedeploy_names[name, environment]
            yield Named("deployment-group", there.account, there.region, own, path)


def _destinations(scope: Scope) -> Iterator[tuple[str, Application, str, Destination]]:
    for name, application in scope.stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            for wave in destinations(settings, scope.stack):
                for there in wave:
                    yield name, application, environment, there


def target_of(
    scope: Scope, name: str, application: Application, environment: str, there: Destination
) -> Target:
    """Return one account and region that an environment's pipeline deploys to."""
    settings = application.environments[environment]
    deploy = settings.deploy or application.deploy
    deployment = deployment_of(scope.stack, name, environment)
    references = _references(name, application, environment)
    if references and deploy.reads_secrets:
        reading = _read_secrets(scope, references, there)
        deployment["permissions"] = [*deployment.get("permissions", []), *reading]
    pipeline = naming.pipeline(name, environment)
    runs_in = promotion.pipeline(name, application, environment)
    runner = scope.own_role_arn(scope.hub, f"{pipeline}-{deploy.runner}") if deploy.runner else None
    return Target(
        deployment,
        scope.place(there.account, there.region),
        symbols.ORGANIZATION,
        scope.own_role_arn(scope.hub, f"{runs_in}-pipeline"),
        f"{pipeline}-deploy{there.suffix}",
        f"{pipeline}-service{there.suffix}",
        scope.store(scope.stack.region if deploy.in_build else there.region),
        naming.artifact_prefix(runs_in),
        runner_role_arn=runner,
        listeners=there.listeners,
        watched=bool(alarms(pipeline, settings, deploy)),
        pipeline_name=runs_in,
        packages=scope.packages(there.region) if packages.packs(application, settings) else None,
        awaited=there.awaited,
        built_by=naming.pipeline(name, promotion.builder(application, environment)),
    )


def _references(name: str, application: Application, environment: str) -> tuple[Reference, ...]:
    """Return the secrets of an application that are in the accounts of an environment."""
    return tuple(
        reference(secret.store, formerly.secret(name, application, key, environment))
        for key, secret in application.secrets.items()
        if not secret.variable
    )


def _read_secrets(
    scope: Scope, references: tuple[Reference, ...], there: Destination
) -> list[Statement]:
    place = scope.place(there.account, there.region)
    return secrets.read(references, place, symbols.service_key(there.account, there.region))


def read_roles(
    scope: Scope, name: str, application: Application, environment: str
) -> dict[str, CrossAccount]:
    """Return the roles with which tests read what an environment deploys, by kind of test."""
    pipeline = naming.pipeline(name, environment)
    return {
        kind: CrossAccount(
            naming.read_role(pipeline, kind),
            symbols.ORGANIZATION,
            [scope.own_role_arn(scope.hub, naming.deployed_tests(pipeline, kind))],
            [statement.iam_json() for statement in suite.reads],
            description=f"What the {kind} tests of {pipeline} read",
        )
        for kind, suite in application.tests.of_deployment(environment).items()
        if suite.reads
    }


@dataclass(frozen=True, slots=True)
class Workload:
    """The policy for the roles of what is deployed, without what tracing adds."""

    name: str
    description: str
    statements: Sequence[Statement]


def workload(
    scope: Scope, name: str, application: Application, environment: str, there: Destination
) -> Workload | None:
    """Return the policy for the roles of what is deployed; None if it would be empty."""
    statements = list(_workload(scope, name, application, environment, there))
    if not statements and application.observability.tracing is None:
        return None
    return Workload(
        f"{naming.pipeline(name, environment)}-workload{there.suffix}",
        f"For the roles of {name} in {environment}",
        statements,
    )


def _workload(
    scope: Scope, name: str, application: Application, environment: str, there: Destination
) -> Iterator[Statement]:
    references = _references(name, application, environment)
    if references and any(
        each.readers for each in application.secrets.values() if not each.variable
    ):
        yield from _read_secrets(scope, references, there)
    deploy = application.environments[environment].deploy or application.deploy
    if isinstance(deploy, Ec2Deploy | ProjectDeploy):
        prefix = naming.artifact_prefix(promotion.pipeline(name, application, environment))
        yield from artifacts.read_artifacts(prefix, scope.store(there.region))
