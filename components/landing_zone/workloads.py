"""What deployed applications read and write at run time: secrets, traces, and a policy for it."""

from collections.abc import Iterator

import pulumi

from components.artifacts import ArtifactStore
from components.delivery.secrets import (
    Secret,
    SecretArgs,
    SecretReferenceArgs,
    described,
)
from components.delivery.tracing import Tracing, encrypt_traces
from components.delivery.workload import WorkloadPolicy
from components.inputs import Inputs
from components.landing_zone.foundation import Foundation
from components.landing_zone.service_keys import ServiceKeys
from landfall.blueprint.artifacts import read_artifacts
from landfall.blueprint.places import Store
from landfall.blueprint.secrets import PARAMETER, SECRET, read
from landfall.settings import Stack, formerly, naming
from landfall.settings import secrets as settings_of
from landfall.settings.delivery import Application
from landfall.settings.deployments import Ec2Deploy
from landfall.settings.waves import Destination, destinations


class Workloads:
    """Makes secrets, traces and policies beside the pipelines of a stack."""

    def __init__(
        self,
        stack: Stack,
        foundation: Foundation,
        hub: str,
        keys: ServiceKeys,
        stores: dict[str, ArtifactStore],
    ) -> None:
        self._stack, self._foundation, self._hub = stack, foundation, hub
        self._keys, self._stores = keys, stores
        self._traced: set[tuple[str, str]] = set()
        for name, application in stack.delivery.applications.items():
            self._build_secrets(name, application)
            for environment, settings in application.environments.items():
                for wave in destinations(settings, stack.region):
                    for there in wave:
                        self._at(name, application, environment, there)

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
            "key_arn": self._keys.arn(account, region),
            "reader_role_arns": readers,
        }
        if secret.rotation:
            args["rotation_function"] = secret.rotation.function
            args["rotation_days"] = secret.rotation.days
        Secret(logical, args, opts=self._foundation.in_account(account))

    def _build_secrets(self, name: str, application: Application) -> None:
        for key, secret in application.secrets.items():
            if secret.variable:
                builds: list[pulumi.Input[str]] = [
                    self._foundation.role_arn(
                        self._hub,
                        f"{naming.ROLE_PATH}{naming.pipeline_role(name, environment, 'build')}",
                    )
                    for environment in application.environments
                ]
                own = formerly.secret(name, application, key)
                place = (self._hub, self._stack.region)
                self._secret(f"{name}-{key}", own, secret, *place, builds)

    def _at(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> None:
        pipeline = naming.pipeline(name, environment)
        logical = f"{pipeline}-{there.name}" if there.name else pipeline
        held = {key: each for key, each in application.secrets.items() if not each.variable}
        for key, secret in held.items():
            readers: list[pulumi.Input[str]] = [
                self._foundation.role_arn(there.account, path) for path in secret.readers
            ]
            readers += [
                self._foundation.role_arn(there.account, f"{naming.ROLE_PATH}{role}")
                for role in deploying_readers(application, environment, pipeline, there)
            ]
            own = formerly.secret(name, application, key, environment)
            self._secret(f"{logical}-{key}", own, secret, there.account, there.region, readers)
        tracing = application.observability.tracing
        if tracing:
            self._trace(logical, pipeline, application, environment, there)
        statements = list(self._statements(name, application, environment, there))
        if tracing or statements:
            WorkloadPolicy(
                f"{logical}-workload",
                {
                    "policy_name": f"{pipeline}-workload{there.suffix}",
                    "description": f"For the roles of {name} in {environment}",
                    "tracing": tracing is not None,
                    "statements": statements,
                },
                opts=self._foundation.in_account(there.account),
            )

    def _statements(
        self, name: str, application: Application, environment: str, there: Destination
    ) -> Iterator[object]:
        inputs = Inputs()
        references = target_references(name, application, environment)
        readers = any(each.readers for each in application.secrets.values() if not each.variable)
        if references and readers:
            place = inputs.place(
                self._stack.partition,
                there.region,
                self._foundation.accounts[there.account].account_id,
            )
            key_arn = inputs.text(self._keys.arn(there.account, there.region))
            yield from inputs.outputs(read(described(references), place, key_arn))
        deploy = application.environments[environment].deploy or application.deploy
        if isinstance(deploy, Ec2Deploy):
            made = self._stores[there.region]
            store = Store(inputs.text(made.bucket_arn), inputs.text(made.key_arn))
            prefix = naming.artifact_prefix(naming.pipeline(name, environment))
            yield from inputs.outputs(read_artifacts(prefix, store))

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
                self._keys.arn(*place),
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
    """Return the roles that read an application's secrets while they deploy, by name.

    CloudFormation resolves references to secrets as its service role, a Pulumi program as the
    deploy role; the other kinds leave secrets to what they deploy.
    """
    deploy = application.environments[environment].deploy or application.deploy
    return [f"{pipeline}-{part}{there.suffix}" for part in deploy.reads_secrets]


def target_references(
    name: str, application: Application, environment: str
) -> list[SecretReferenceArgs]:
    """Return the secrets of an application that stand in the accounts of an environment."""
    return [
        _reference(secret, formerly.secret(name, application, key, environment))
        for key, secret in application.secrets.items()
        if not secret.variable
    ]


def build_references(name: str, application: Application) -> list[SecretReferenceArgs]:
    """Return the secrets of an application that its builds read, with their variables."""
    found: list[SecretReferenceArgs] = []
    for key, secret in application.secrets.items():
        if secret.variable:
            reference = _reference(secret, formerly.secret(name, application, key))
            reference["variable"] = secret.variable
            if secret.key:
                reference["key"] = secret.key
            found.append(reference)
    return found


def _reference(secret: settings_of.Secret, name: str) -> SecretReferenceArgs:
    if secret.store == PARAMETER:
        return {"kind": PARAMETER, "name": f"/{name}"}
    return {"kind": SECRET, "name": name}
