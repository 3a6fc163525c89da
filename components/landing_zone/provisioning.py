"""Provisioning, from a stack's settings: roles in every account, and pipelines."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.cross_account_role import CrossAccountRole, FederatedPrincipalArgs
from components.landing_zone import arguments
from components.landing_zone.delivery import Delivery
from components.landing_zone.ground import Ground, StoreOf
from components.provisioning.management_roles import ProvisioningAccess, ProvisioningAccessArgs
from components.provisioning.pipelines import ProvisioningPipelines, ProvisioningPipelinesArgs
from components.provisioning.slices import ProvisioningSlices, ProvisioningSlicesArgs
from landfall.blueprint import parts, symbols
from landfall.blueprint.provisioning import machines
from landfall.blueprint.roles import Tokens
from landfall.blueprint.stack import provisioning
from landfall.fleet.machines import codebuild, jobs
from landfall.settings import Stack, naming
from landfall.settings.provisioning import Provisioning


def has_pipelines(stack: Stack) -> bool:
    """Return whether the stack has provisioning pipelines, in addition to roles."""
    return stack.provisioning is not None and stack.provisioning.source is not None


@dataclass(frozen=True)
class ManagementRoles:
    """The roles of provisioning in the management account."""

    read_role_arn: pulumi.Output[str]
    apply_role_arn: pulumi.Output[str]


def provision(
    stack: Stack, foundation: Ground, delivery: Delivery | None, stores: Mapping[str, StoreOf]
) -> dict[str, pulumi.Output[str]]:
    """Create provisioning, and return the ARNs of its roles."""
    if stack.provisioning is None:
        return {}
    roles = _roles(stack, foundation)
    _readers(stack, foundation, roles.read_role_arn)
    if foundation.part.foundation and provisioning.has_batch(stack):
        _slices(stack, foundation, stores[stack.region], roles)
    if delivery is not None and has_pipelines(stack):
        _pipelines(stack, foundation, delivery, roles)
    return {"readRole": roles.read_role_arn, "applyRole": roles.apply_role_arn}


def _roles(stack: Stack, foundation: Ground) -> ManagementRoles:
    """Create the roles of the management account; other parts of the stack know their names."""
    if foundation.part.foundation:
        made = _access(stack, foundation)
        return ManagementRoles(made.read_role_arn, made.apply_role_arn)

    def arn(part: str) -> pulumi.Output[str]:
        name = naming.provisioning_role(stack.name, part)
        management = symbols.account(naming.MANAGEMENT)
        found: pulumi.Output[str] = foundation.values.output(
            naming.role_arn(stack.partition, management, name)
        )
        return found

    return ManagementRoles(arn("read"), arn("apply"))


def _access(stack: Stack, foundation: Ground) -> ProvisioningAccess:
    settings, values = stack.provisioning, foundation.values
    assert settings is not None  # noqa: S101 - the caller looked
    described = provisioning.access_of(stack, settings)
    args: ProvisioningAccessArgs = {
        "account_id": values.output(described.account_id),
        "partition": described.partition,
        "organization_id": values.output(described.organization_id),
        "read_role_name": described.read_role_name,
        "apply_role_name": described.apply_role_name,
        "account_role": described.account_roles[0],
        "other_account_roles": list(described.account_roles[1:]),
        "readers": [values.output(arn) for arn in described.readers],
        "appliers": [values.output(arn) for arn in described.appliers],
        "state_bucket_arn": values.output(described.state.bucket_arn),
        "state_keys_arn": values.output(described.state.keys_arn),
        "statements": list(described.statements),
        "close_accounts": described.close_accounts,
    }
    if settings.jobs is not None:
        provider = aws.iam.OpenIdConnectProvider(
            f"management-{settings.jobs.provider}",
            url=stack.access.oidc_providers[settings.jobs.provider].url,
            client_id_lists=[stack.access.oidc_providers[settings.jobs.provider].client_id],
        )

        def tokens(described: Iterable[Tokens]) -> list[FederatedPrincipalArgs]:
            # The provider must exist before the role.
            found = [arguments.of_tokens(each, values) for each in described]
            return [{**each, "provider_arn": provider.arn} for each in found]

        args["read_tokens"] = tokens(described.read_tokens)
        args["apply_tokens"] = tokens(described.apply_tokens)
    return ProvisioningAccess("provisioning", args)


def _readers(stack: Stack, foundation: Ground, trusted: pulumi.Input[str]) -> None:
    """Create the read role of each account, for the read role of the management account."""
    described = provisioning.reader_of(stack)
    for account in foundation.part.accounts:
        args = arguments.of_role(described, foundation.values)
        CrossAccountRole(
            f"{account}-{described.name}",
            {**args, "trusted_role_arns": [trusted]},
            opts=foundation.in_account(account),
        )


def _pipelines(
    stack: Stack, foundation: Ground, delivery: Delivery, access: ManagementRoles
) -> None:
    settings, hub = stack.provisioning, stack.delivery_account
    assert settings is not None  # noqa: S101 - the caller looked
    assert settings.source is not None  # noqa: S101 - the caller looked
    assert hub is not None  # noqa: S101 - settings are checked
    store, values = delivery.stores[stack.region], foundation.values
    args: ProvisioningPipelinesArgs = {
        "stack": stack.name,
        "account_id": foundation.accounts[hub].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "connection_arn": values.output(symbols.connection(settings.source.connection)),
        "repository": settings.source.repository,
        "branch": settings.branch,
        "image": settings.image,
        "compute_type": settings.compute_type or machines.compute_type(len(stack.accounts)),
        "timeout_minutes": machines.timeout_minutes(len(stack.accounts)),
        "bucket_name": store.bucket_name,
        "bucket_arn": store.bucket_arn,
        "key_arn": store.key_arn,
        "read_role_arn": access.read_role_arn,
        "read_role_name": f"{naming.ROLE_PATH}{naming.provisioning_role(stack.name, 'read')}",
        "apply_role_arn": access.apply_role_arn,
        "backend": _backend(stack, settings, foundation),
        "schedule": settings.drift,
        "topic_name": naming.provisioning_topic(stack.name),
        "topic_key_arn": values.output(symbols.service_key(hub, stack.region)),
        "emails": provisioning.emails(settings),
        "log_days": stack.delivery.log_days,
    }
    if provisioning.has_batch(stack):
        args["slices_project"] = provisioning.slices_build(stack).name
    if settings.approval is not None:
        args["approval_minutes"] = settings.approval.timeout_minutes
    ProvisioningPipelines("provisioning", args, opts=foundation.in_account(hub))


def _slices(stack: Stack, foundation: Ground, store: StoreOf, access: ManagementRoles) -> None:
    """Create the batch for the parts after the foundation."""
    settings, hub = stack.provisioning, stack.delivery_account
    assert settings is not None  # noqa: S101 - the caller looked
    assert settings.batch is not None  # noqa: S101 - the caller looked
    assert hub is not None  # noqa: S101 - settings are checked
    # The pipeline has applied the foundation, the first wave, by its approved plan.
    after, batch = parts.waves(stack)[1:], settings.batch
    waves = jobs.divided(after, batch.builds, "the batch", each=batch.parts, first=2)
    largest = max(len(part.accounts) for wave in after for part in wave)
    accounts = max(sum(len(part.accounts) for part in job.parts) for wave in waves for job in wave)
    args: ProvisioningSlicesArgs = {
        "stack": stack.name,
        "account_id": foundation.accounts[hub].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "image": settings.image,
        "compute_type": batch.compute_type or machines.compute_type(largest),
        "timeout_minutes": machines.timeout_minutes(accounts),
        "bucket_arn": store.bucket_arn,
        "key_arn": store.key_arn,
        "apply_role_arn": access.apply_role_arn,
        "backend": _backend(stack, settings, foundation),
        "jobs": [
            {"identifier": task.identifier, "only": task.only, "depends_on": list(task.depends_on)}
            for task in codebuild.tasks(waves)
        ],
        "log_days": stack.delivery.log_days,
    }
    ProvisioningSlices("provisioning", args, opts=foundation.in_account(hub))


def _backend(stack: Stack, settings: Provisioning, foundation: Ground) -> pulumi.Output[str]:
    state = provisioning.state_of(stack, settings)
    backend: pulumi.Output[str] = foundation.values.output(
        f"s3://{state.name}?region={state.region}"
    )
    return backend
