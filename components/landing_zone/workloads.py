"""Run-time access of deployed applications: secrets, traces, and a policy."""

import pulumi

from components.delivery.secrets import Secret, SecretArgs, SecretReferenceArgs
from components.delivery.tracing import Tracing, encrypt_traces
from components.delivery.workload import WorkloadPolicy
from components.landing_zone import arguments
from components.landing_zone.ground import Ground
from landfall.blueprint import symbols
from landfall.blueprint.secrets import PARAMETER
from landfall.blueprint.stack import delivery
from landfall.blueprint.stack.scope import Scope
from landfall.blueprint.stack.targets import workload
from landfall.settings import formerly, naming, promotion
from landfall.settings import secrets as settings_of
from landfall.settings.delivery import Application
from landfall.settings.waves import Destination, destinations


class Workloads:
    """Creates secrets, tracing and policies for applications in the accounts of this part."""

    def __init__(self, scope: Scope, foundation: Ground) -> None:
        self._scope, self._stack, self._foundation = scope, scope.stack, foundation
        stack = self._stack
        self._traced: set[tuple[str, str]] = set()
        for name, application in stack.delivery.applications.items():
            for environment, settings in application.environments.items():
                for wave in destinations(settings, stack):
                    for there in filter(self._is_here, wave):
                        self._at(name, application, environment, there)

    def _is_here(self, there: Destination) -> bool:
        return self._foundation.holds(there.account)

    def _secret(
        self,
        logical: str,
        name: str,
        secret: settings_of.Secret,
        account: str,
        region: str,
        readers: list[pulumi.Input[str]],
    ) -> None:
        if secret.store == PARAMETER:
            return
        args: SecretArgs = {
            "secret_name": name,
            "description": secret.description,
            "account_id": self._foundation.accounts[account].account_id,
            "region": region,
            "partition": self._stack.partition,
            "key_arn": self._key_arn(account, region),
            "reader_role_arns": readers,
        }
        if secret.rotation:
            args["rotation_function"] = secret.rotation.function
            args["rotation_days"] = secret.rotation.days
        Secret(logical, args, opts=self._foundation.in_account(account))

    def make_build_secrets(self) -> None:
        """Create the secrets that builds read, in the account of pipelines."""
        for name, application in self._stack.delivery.applications.items():
            self._build_secrets(name, application)

    def _build_secrets(self, name: str, application: Application) -> None:
        for key, secret in application.secrets.items():
            if secret.variable:
                builds: list[pulumi.Input[str]] = [
                    self._own_role(
                        self._scope.hub, naming.pipeline_role(name, environment, "build")
                    )
                    for environment in promotion.builders(application)
                ]
                own = formerly.secret(name, application, key)
                place = (self._scope.hub, self._stack.region)
                self._secret(f"{name}-{key}", own, secret, *place, builds)

    def _at(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> None:
        pipeline = naming.pipeline(name, environment)
        logical = f"{pipeline}-{there.name}" if there.name else pipeline
        held = {key: each for key, each in application.secrets.items() if not each.variable}
        for key, secret in held.items():
            readers: list[pulumi.Input[str]] = [
                self._foundation.values.output(self._scope.role_arn(there.account, path))
                for path in secret.readers
            ]
            readers += [
                self._own_role(there.account, role)
                for role in deploying_readers(application, environment, pipeline, there)
            ]
            own = formerly.secret(name, application, key, environment)
            self._secret(f"{logical}-{key}", own, secret, there.account, there.region, readers)
        tracing = application.observability.tracing
        if tracing:
            self._trace(logical, pipeline, application, environment, there)
        policy = workload(self._scope, name, application, environment, there)
        if policy is not None:
            WorkloadPolicy(
                f"{logical}-workload",
                {
                    "policy_name": policy.name,
                    "description": policy.description,
                    "tracing": tracing is not None,
                    "statements": self._foundation.values.outputs(policy.statements),
                },
                opts=self._foundation.in_account(there.account),
            )

    def _key_arn(self, account: str, region: str) -> pulumi.Output[str]:
        return self._foundation.values.output(symbols.service_key(account, region))

    def _own_role(self, account: str, name: str) -> pulumi.Output[str]:
        return self._foundation.values.output(self._scope.own_role_arn(account, name))

    def _trace(
        self,
        logical: str,
        pipeline: str,
        application: Application,
        environment: str,
        there: Destination,
    ) -> None:
        tracing = application.observability.tracing
        assert tracing is not None  # noqa: S101 - the caller looked
        place = (there.account, there.region)
        provider = self._foundation.accounts[there.account].provider
        if place not in self._traced:
            self._traced.add(place)
            encrypt_traces(
                f"{there.account}-traces-{there.region}",
                self._key_arn(*place),
                there.region,
                pulumi.ResourceOptions(provider=provider),
            )
        deploy = application.environments[environment].deploy or application.deploy
        Tracing(
            f"{logical}-tracing",
            {
                "name": pipeline,
                "service": deploy.name,
                "region": there.region,
                "percent": tracing.percent,
                "per_second": tracing.per_second,
            },
            opts=self._foundation.in_account(there.account),
        )


def deploying_readers(
    application: Application, environment: str, pipeline: str, there: Destination
) -> list[str]:
    """Return the roles that read an application's secrets during deployment, by name.

    CloudFormation resolves references to secrets with its service role, a Pulumi program with the
    deploy role; with the other kinds, the deployed application reads secrets.
    """
    deploy = application.environments[environment].deploy or application.deploy
    return [f"{pipeline}-{part}{there.suffix}" for part in deploy.reads_secrets]


def build_references(name: str, application: Application) -> list[SecretReferenceArgs]:
    """Return the secrets of an application that its builds read, with their variables."""
    secrets = [each for each in application.secrets.values() if each.variable]
    found: list[SecretReferenceArgs] = []
    references = delivery.build_references(name, application)
    for secret, reference in zip(secrets, references, strict=True):
        args = arguments.of_reference(reference)
        args["variable"] = secret.variable or ""
        if secret.key:
            args["key"] = secret.key
        found.append(args)
    return found
