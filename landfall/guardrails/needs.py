"""What the platform has to be able to do in each account, so that no guardrail may deny it.

The stack's blueprint says which roles, policies and names an account has: this file adds the calls
that make them, and `role_needs` what the roles themselves may do. `tests/sandbox` compares the
calls with what is really called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from landfall.blueprint.stack import blueprint
from landfall.blueprint.stack.placed import Kind
from landfall.guardrails import calls, effective_baseline, role_needs, security_needs
from landfall.guardrails.need import Need
from landfall.settings import keys, naming
from landfall.settings.deployments import Deploy, Ec2Deploy, EcsDeploy, LambdaDeploy
from landfall.settings.source import Path
from landfall.settings.waves import destinations

if TYPE_CHECKING:
    from landfall.settings.delivery import Application, Environment
    from landfall.settings.stack import Stack

# The service and the prefix of the ARN of each kind of named resource.
_TYPES: dict[Kind, tuple[str, str]] = {
    "pipeline": ("codepipeline", ""),
    "project": ("codebuild", "project/"),
    "log-group": ("logs", "log-group:"),
    "rule": ("events", "rule/"),
    "topic": ("sns", ""),
}


def needs(stack: Stack) -> Iterator[Need]:
    """Yield what has to be possible in the accounts of a stack."""
    provisioner = stack.organization.account_role
    for account in stack.accounts:
        yield Need(
            account,
            provisioner,
            ("sts:AssumeRole",),
            f"iam::{{account}}:role/{provisioner}",
            stack.region,
            from_management=True,
        )
    for account, name, setting in _readers(stack):
        yield Need(
            account,
            name,
            ("sts:AssumeRole",),
            f"iam::{{account}}:role/{name}",
            stack.region,
            from_management=True,
            setting=setting,
        )
    yield from _made(stack)
    yield from _access(stack)
    yield from security_needs.needs(stack)
    for account in stack.accounts:
        yield from _baseline(stack, account)
    if stack.delivery.applications and stack.delivery_account is not None:
        yield from _stores(stack, stack.artifacts.account or stack.delivery_account)
        for name, application in stack.delivery.applications.items():
            for environment, settings in application.environments.items():
                pipeline = naming.pipeline(name, environment)
                yield from _pipeline(stack, stack.delivery_account, pipeline)
                deploy = settings.deploy or application.deploy
                yield from _targets(stack, settings, deploy)
            yield from _secrets(stack, stack.delivery_account, application)
            yield from _sources(stack, stack.delivery_account, application)
    yield from role_needs.needs(stack)


def _provisioning(
    stack: Stack, account: str, actions: Sequence[str], resource: str, region: str
) -> Need:
    return Need(account, stack.organization.account_role, tuple(actions), resource, region)


def _readers(stack: Stack) -> Iterator[tuple[str, str, Path]]:
    """Yield the roles, by account and path, that the management account assumes to read."""
    name = f"{naming.ROLE_PATH}{naming.provisioning_role(stack.name, 'read')}"
    if stack.provisioning is not None:
        yield from ((account, name, (keys.PROVISIONING,)) for account in stack.accounts)


def _made(stack: Stack) -> Iterator[Need]:
    """Yield what making the roles, policies and resources of the blueprint takes."""
    found = blueprint(stack)
    region = stack.global_region
    for role in found.roles:
        if role.account == naming.MANAGEMENT:
            continue
        resource = f"iam::{{account}}:role/{role.role.path_and_name}"
        yield _making(stack, role.account, calls.ROLES, resource, region, role.setting)
    for policy in found.policies:
        if policy.account == naming.MANAGEMENT:
            continue
        resource = f"iam::{{account}}:policy/{naming.ROLE_PATH}{policy.policy.name}"
        yield _making(stack, policy.account, calls.BOUNDARIES, resource, region, policy.setting)
    for each in found.resources:
        if each.account == naming.MANAGEMENT:
            continue
        service, prefix = _TYPES[each.kind]
        resource = f"{service}:{each.region}:{{account}}:{prefix}{each.name}"
        actions = calls.RESOURCES[each.kind]
        yield _making(stack, each.account, actions, resource, each.region, each.setting)


def _making(
    stack: Stack,
    account: str,
    actions: Sequence[str],
    resource: str,
    region: str,
    setting: Path,
) -> Need:
    return replace(_provisioning(stack, account, actions, resource, region), setting=setting)


def _baseline(stack: Stack, account: str) -> Iterator[Need]:
    baseline = effective_baseline.of_account(stack, account)
    if not baseline.enabled:
        return
    if baseline.password_policy.enabled:
        yield _provisioning(stack, account, calls.PASSWORDS, "*", stack.global_region)
    if baseline.block_public_buckets:
        yield _provisioning(stack, account, calls.ALL_BUCKETS, "*", stack.region)
    in_regions = {
        calls.VOLUMES: baseline.encrypt_volumes,
        calls.VOLUME_KEYS: baseline.encrypt_volumes and bool(baseline.volume_keys),
        calls.SNAPSHOTS: baseline.block_public_snapshots,
        calls.MACHINE_IMAGES: baseline.block_public_images,
        calls.INSTANCE_METADATA: baseline.require_imdsv2 or baseline.metadata_hops is not None,
        calls.ANALYZERS: bool(baseline.access_analyzer),
    }
    actions = [action for part, wanted in in_regions.items() if wanted for action in part]
    for region in stack.regions if actions else ():
        yield _provisioning(stack, account, actions, "*", region)


def _access(stack: Stack) -> Iterator[Need]:
    for name, role in stack.access.roles.items():
        for account in stack.holders(role):
            for trusted in role.federated:
                if provider := stack.access.oidc_providers.get(trusted.provider):
                    resource = f"iam::{{account}}:oidc-provider/{provider.host}"
                    yield _making(
                        stack,
                        account,
                        calls.OIDC_PROVIDERS,
                        resource,
                        stack.global_region,
                        (keys.ACCESS, "roles", name),
                    )


def _stores(stack: Stack, account: str) -> Iterator[Need]:
    for region in dict.fromkeys((stack.region, *stack.artifacts.regions)):
        key = f"kms:{region}:{{account}}:key/*"
        yield _provisioning(stack, account, calls.KEYS, key, region)
        bucket = f"s3:::{naming.artifact_bucket('{account}', region)}"
        yield _provisioning(stack, account, calls.BUCKETS, bucket, region)


def _pipeline(stack: Stack, account: str, name: str) -> Iterator[Need]:
    region = stack.region
    for service, actions in calls.PIPELINES.items():
        resource = f"{service}:{region}:{{account}}:{name}"
        yield _provisioning(stack, account, actions, resource, region)


def _sources(stack: Stack, hub: str, application: Application) -> Iterator[Need]:
    """Yield what reviews in CodeCommit and repositories of images take."""
    source, region = application.source, stack.region
    repository_name = getattr(source, "codecommit", None)
    if application.review is not None and repository_name is not None:
        repository = f"codecommit:{region}:{{account}}:{repository_name}"
        yield _provisioning(stack, hub, calls.REVIEWS, repository, region)
    if application.image is not None:
        repository = f"ecr:{region}:{{account}}:repository/{application.image.ecr}"
        yield _provisioning(stack, hub, calls.IMAGES, repository, region)


def _secrets(stack: Stack, hub: str, application: Application) -> Iterator[Need]:
    """Yield what secrets and traces take, where builds or deployed applications have them."""
    secrets, traced = application.secrets.values(), application.observability.tracing is not None
    held = any(secret.variable is None for secret in secrets)
    places = [(hub, stack.region, True, False)] if any(s.variable for s in secrets) else []
    if held or traced:
        places += [
            (there.account, there.region, held, traced)
            for environment in application.environments.values()
            for wave in destinations(environment, stack.region)
            for there in wave
        ]
    for account, region, has_secrets, has_traces in dict.fromkeys(places):
        key = f"kms:{region}:{{account}}:key/*"
        yield _provisioning(stack, account, calls.KEYS, key, region)
        if has_secrets:
            secret = f"secretsmanager:{region}:{{account}}:secret:*"
            yield _provisioning(stack, account, calls.SECRETS, secret, region)
        if has_traces:
            group = f"xray:{region}:{{account}}:group/*"
            yield _provisioning(stack, account, calls.TRACING, group, region)


def _targets(stack: Stack, settings: Environment, deploy: Deploy) -> Iterator[Need]:
    for wave in destinations(settings, stack.region):
        for there in wave:
            if there.account in stack.accounts and isinstance(
                deploy, LambdaDeploy | EcsDeploy | Ec2Deploy
            ):
                name = deploy.name
                account, region = there.account, there.region
                group = f"codedeploy:{region}:{{account}}:deploymentgroup:{name}/{name}"
                yield _provisioning(stack, account, calls.DEPLOYMENT_GROUPS, group, region)
                alarm = f"cloudwatch:{region}:{{account}}:alarm:{name}"
                yield _provisioning(stack, account, calls.ALARMS, alarm, region)
