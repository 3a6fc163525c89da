"""The roles and policies of applications in the accounts that they are deployed to."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import artifacts, secrets, symbols, targets
from landfall.blueprint.applications import workload_policy
from landfall.blueprint.deployments import PULUMI, deployment_args
from landfall.blueprint.roles import CrossAccount, Role
from landfall.blueprint.secrets import Reference
from landfall.blueprint.stack.delivery import reference
from landfall.blueprint.stack.placed import PlacedPolicy, PlacedRole
from landfall.blueprint.stack.scope import Scope, application_path
from landfall.blueprint.statements import Statement
from landfall.blueprint.targets import Target
from landfall.settings import formerly, naming
from landfall.settings.delivery import Application
from landfall.settings.deployments import Ec2Deploy
from landfall.settings.readiness import alarms
from landfall.settings.waves import Destination, destinations


def roles(scope: Scope) -> Iterator[PlacedRole]:
    """Yield the deploy and service roles, and those with which tests read."""
    for name, application, environment, there in _destinations(scope):
        path = application_path(name, environment)
        target = _target(scope, name, application, environment, there)
        found = [targets.deploy_role(target), targets.service_role(target)]
        for role in found:
            if role is not None:
                yield PlacedRole(there.account, there.region, path, role)
        if not there.name:
            for role in _read_roles(scope, name, application, environment):
                yield PlacedRole(there.account, there.region, path, role)


def policies(scope: Scope) -> Iterator[PlacedPolicy]:
    """Yield the policies that teams attach to the roles of what they deploy."""
    for name, application, environment, there in _destinations(scope):
        tracing = application.observability.tracing is not None
        statements = list(_workload(scope, name, application, environment, there))
        if tracing or statements:
            policy = workload_policy(
                f"{naming.pipeline(name, environment)}-workload{there.suffix}",
                f"For the roles of {name} in {environment}",
                statements,
                tracing=tracing,
            )
            yield PlacedPolicy(there.account, application_path(name, environment), policy)


def _destinations(scope: Scope) -> Iterator[tuple[str, Application, str, Destination]]:
    for name, application in scope.stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            for wave in destinations(settings, scope.stack.region):
                for there in wave:
                    yield name, application, environment, there


def _target(
    scope: Scope, name: str, application: Application, environment: str, there: Destination
) -> Target:
    settings = application.environments[environment]
    deploy = settings.deploy or application.deploy
    deployment = deployment_args(deploy)
    references = _references(name, application, environment)
    if references and deploy.reads_secrets:
        reading = _read_secrets(scope, references, there)
        deployment["permissions"] = [*deployment.get("permissions", []), *reading]
    pipeline = naming.pipeline(name, environment)
    home = deployment["kind"] == PULUMI
    return Target(
        deployment,
        scope.place(there.account, there.region),
        symbols.ORGANIZATION,
        scope.own_role_arn(scope.hub, f"{pipeline}-pipeline"),
        f"{pipeline}-deploy{there.suffix}",
        f"{pipeline}-service{there.suffix}",
        scope.store(scope.stack.region if home else there.region),
        naming.artifact_prefix(pipeline),
        runner_role_arn=scope.own_role_arn(scope.hub, f"{pipeline}-pulumi"),
        listeners=there.listeners,
        watched=bool(alarms(pipeline, settings, deploy)),
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


def _read_roles(
    scope: Scope, name: str, application: Application, environment: str
) -> Iterator[Role]:
    pipeline = naming.pipeline(name, environment)
    for kind, suite in application.tests.of_deployment(environment).items():
        if suite.reads:
            tester = naming.deployed_tests(pipeline, kind)
            yield CrossAccount(
                naming.read_role(pipeline, kind),
                symbols.ORGANIZATION,
                [scope.own_role_arn(scope.hub, tester)],
                [statement.iam_json() for statement in suite.reads],
                description=f"What the {kind} tests of {pipeline} read",
            ).role()


def _workload(
    scope: Scope, name: str, application: Application, environment: str, there: Destination
) -> Iterator[Statement]:
    references = _references(name, application, environment)
    if references and any(
        each.readers for each in application.secrets.values() if not each.variable
    ):
        yield from _read_secrets(scope, references, there)
    deploy = application.environments[environment].deploy or application.deploy
    if isinstance(deploy, Ec2Deploy):
        prefix = naming.artifact_prefix(naming.pipeline(name, environment))
        yield from artifacts.read_artifacts(prefix, scope.store(there.region))
