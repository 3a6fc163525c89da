"""The stack's own delivery, from its settings: roles in every account, and pipelines."""

from __future__ import annotations

from collections.abc import Iterable

import pulumi
import pulumi_aws as aws

from components.access import CrossAccountRole, FederatedPrincipalArgs
from components.arns import output_arn
from components.documents import document
from components.landing_zone.delivery import Delivery
from components.landing_zone.foundation import Foundation
from components.landing_zone.provisioning_roles import has_pipelines
from components.provisioning.access import ProvisioningAccess, ProvisioningAccessArgs
from components.provisioning.pipelines import ProvisioningPipelines, ProvisioningPipelinesArgs
from landfall.blueprint.provisioning.access import read_only_policy
from landfall.blueprint.provisioning.permissions import read_beside
from landfall.settings import Stack, naming


def provision(
    stack: Stack, foundation: Foundation, delivery: Delivery | None
) -> dict[str, pulumi.Output[str]]:
    """Make what delivers the stack, and return the ARNs of the roles that act."""
    if stack.provisioning is None:
        return {}
    access = _access(stack, foundation)
    _readers(stack, foundation, access.read_role_arn)
    if delivery is not None and has_pipelines(stack):
        _pipelines(stack, foundation, delivery, access)
    return {"readRole": access.read_role_arn, "applyRole": access.apply_role_arn}


def _access(stack: Stack, foundation: Foundation) -> ProvisioningAccess:
    settings, organization = stack.provisioning, foundation.organization
    assert settings is not None  # noqa: S101 - the caller looked

    def of_hub(*roles: str) -> list[pulumi.Input[str]]:
        if not has_pipelines(stack):
            return []
        assert stack.delivery_account is not None  # noqa: S101 - settings are checked
        names = [f"{naming.ROLE_PATH}{role.format(stack.name)}" for role in roles]
        return [foundation.role_arn(stack.delivery_account, name) for name in names]

    bucket, keys, _ = _state(stack, foundation)
    args: ProvisioningAccessArgs = {
        "account_id": organization.management_account_id,
        "partition": stack.partition,
        "organization_id": organization.organization_id,
        "read_role_name": naming.provisioning_role(stack.name, "read"),
        "apply_role_name": naming.provisioning_role(stack.name, "apply"),
        "account_role": stack.organization.account_role,
        "readers": of_hub("provision-{0}-plan", "drift-{0}-check"),
        "appliers": of_hub("provision-{0}-apply"),
        "state_bucket_arn": output_arn(stack.partition, "s3", bucket),
        "state_keys_arn": keys,
        "statements": [each.iam_json() for each in settings.permissions],
        "baseline": stack.baseline.enabled,
        "people": stack.access.identity_center is not None,
        "record": stack.security is not None and stack.security.config.enabled,
        "security": stack.security is not None,
        "close_accounts": any(each.close_on_deletion for each in stack.accounts.values()),
    }
    if settings.jobs is not None:
        provider = aws.iam.OpenIdConnectProvider(
            f"management-{settings.jobs.provider}",
            url=stack.access.oidc_providers[settings.jobs.provider].url,
            client_id_lists=[stack.access.oidc_providers[settings.jobs.provider].client_id],
        )
        args["read_tokens"] = list(_tokens(stack, provider.arn, settings.jobs.read))
        args["apply_tokens"] = list(_tokens(stack, provider.arn, settings.jobs.apply))
    return ProvisioningAccess("provisioning", args)


def _tokens(
    stack: Stack, provider_arn: pulumi.Input[str], subjects: tuple[str, ...]
) -> Iterable[FederatedPrincipalArgs]:
    assert stack.provisioning is not None  # noqa: S101 - the caller looked
    assert stack.provisioning.jobs is not None  # noqa: S101 - the caller looked
    provider = stack.access.oidc_providers[stack.provisioning.jobs.provider]
    if subjects:
        yield {
            "provider_arn": provider_arn,
            "host": provider.host,
            "audience": provider.client_id,
            "subjects": list(subjects),
        }


def _readers(stack: Stack, foundation: Foundation, trusted: pulumi.Input[str]) -> None:
    """Make the role of every account in which the one of the management account reads."""
    name = naming.provisioning_role(stack.name, "read")
    for account in stack.accounts:
        CrossAccountRole(
            f"{account}-{name}",
            {
                "role_name": name,
                "description": "Previews the stack and looks for drift",
                "organization_id": foundation.organization.organization_id,
                "trusted_role_arns": [trusted],
                "managed_policy_arns": [read_only_policy(stack.partition)],
                "policy": document([read_beside()]),
            },
            opts=foundation.in_account(account),
        )


def _state(
    stack: Stack, foundation: Foundation
) -> tuple[pulumi.Output[str], pulumi.Output[str], str]:
    """Return the state's bucket, the keys of its account and region by ARN, and its region."""
    assert stack.provisioning is not None  # noqa: S101 - the caller looked
    state = stack.provisioning.state
    region = state.region or stack.region
    account_id = (
        foundation.accounts[state.account].account_id
        if state.account
        else foundation.organization.management_account_id
    )
    bucket = pulumi.Output.from_input(account_id).apply(
        lambda id_: state.bucket or naming.state_bucket(id_, region)
    )
    keys = output_arn(stack.partition, "kms", "key/*", region=region, account=account_id)
    return bucket, keys, region


def _pipelines(
    stack: Stack, foundation: Foundation, delivery: Delivery, access: ProvisioningAccess
) -> None:
    settings, hub = stack.provisioning, stack.delivery_account
    assert settings is not None  # noqa: S101 - the caller looked
    assert settings.source is not None  # noqa: S101 - the caller looked
    assert hub is not None  # noqa: S101 - settings are checked
    store = delivery.stores[stack.region]
    bucket, _, region = _state(stack, foundation)
    emails = [*settings.notify]
    args: ProvisioningPipelinesArgs = {
        "stack": stack.name,
        "account_id": foundation.accounts[hub].account_id,
        "region": stack.region,
        "partition": stack.partition,
        "connection_arn": delivery.connections[settings.source.connection],
        "repository": settings.source.repository,
        "branch": settings.branch,
        "image": settings.image,
        "bucket_name": store.bucket_name,
        "bucket_arn": store.bucket_arn,
        "key_arn": store.key_arn,
        "read_role_arn": access.read_role_arn,
        "read_role_name": f"{naming.ROLE_PATH}{naming.provisioning_role(stack.name, 'read')}",
        "apply_role_arn": access.apply_role_arn,
        "backend": pulumi.Output.format("s3://{0}?region={1}", bucket, region),
        "schedule": settings.drift,
        "topic_name": naming.provisioning_topic(stack.name),
        "topic_key_arn": delivery.service_keys.arn(hub, stack.region),
        "emails": emails,
        "log_days": stack.delivery.log_days,
    }
    if settings.approval is not None:
        args["approval_minutes"] = settings.approval.timeout_minutes
        emails += [each for each in settings.approval.notify if each not in emails]
    ProvisioningPipelines("provisioning", args, opts=foundation.in_account(hub))
