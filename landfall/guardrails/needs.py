"""What the platform has to be able to do in each account, so that no guardrail may deny it.

Derived from what the stack puts where: the calls with which an account is provisioned, and those
with which its deployments run. `tests/sandbox` holds the first against what is really called.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from landfall.guardrails import calls, effective_baseline, security_needs
from landfall.guardrails.need import Need
from landfall.settings import branching, naming
from landfall.settings.deployments import (
    CloudFormationDeploy,
    Deploy,
    Ec2Deploy,
    EcsDeploy,
    LambdaDeploy,
    PulumiDeploy,
)
from landfall.settings.waves import Destination, destinations

if TYPE_CHECKING:
    from landfall.settings.delivery import Application, Environment
    from landfall.settings.stack import Stack


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
                yield from _targets(stack, name, environment, settings, deploy)
            yield from _secrets(stack, stack.delivery_account, application)
            yield from _sources(stack, stack.delivery_account, name, application)
            yield from _tests(stack, stack.delivery_account, name, application)


def _provisioning(
    stack: Stack, account: str, actions: Sequence[str], resource: str, region: str
) -> Need:
    return Need(account, stack.organization.account_role, tuple(actions), resource, region)


def _role(stack: Stack, account: str, name: str) -> Need:
    resource = f"iam::{{account}}:role/{naming.ROLE_PATH}{name}"
    return _provisioning(stack, account, calls.ROLES, resource, stack.global_region)


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
            yield _role(stack, account, name)
            if role.boundary is not None:
                resource = f"iam::{{account}}:policy/{naming.ROLE_PATH}{role.boundary}"
                yield _provisioning(stack, account, calls.BOUNDARIES, resource, stack.global_region)
            for trusted in role.federated:
                if provider := stack.access.oidc_providers.get(trusted.provider):
                    resource = f"iam::{{account}}:oidc-provider/{provider.host}"
                    yield _provisioning(
                        stack, account, calls.OIDC_PROVIDERS, resource, stack.global_region
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
    role = f"{naming.ROLE_PATH}{name}"
    yield _role(stack, account, f"{name}-pipeline")
    bucket = naming.artifact_bucket("{account}", region)
    objects = f"s3:::{bucket}/{naming.artifact_prefix(name)}/*"
    key = f"kms:{region}:{{account}}:key/*"
    for part in ("pipeline", "build"):
        yield Need(account, f"{role}-{part}", calls.USE_ARTIFACTS, objects, region)
        yield Need(account, f"{role}-{part}", calls.USE_KEY, key, region)
    project = f"codebuild:{region}:{{account}}:project/{name}"
    yield Need(account, f"{role}-pipeline", calls.START_BUILDS, project, region)
    log_group = f"logs:{region}:{{account}}:log-group:/aws/codebuild/{name}:*"
    yield Need(account, f"{role}-build", calls.WRITE_LOGS, log_group, region)


def _sources(stack: Stack, hub: str, name: str, application: Application) -> Iterator[Need]:
    """Yield what reviews in CodeCommit and repositories of images take."""
    source, region = application.source, stack.region
    repository_name = getattr(source, "codecommit", None)
    if application.review is not None and repository_name is not None:
        repository = f"codecommit:{region}:{{account}}:{repository_name}"
        yield _provisioning(stack, hub, calls.REVIEWS, repository, region)
        policy = f"iam::{{account}}:policy/{naming.ROLE_PATH}{name}-protected-branches"
        yield _provisioning(stack, hub, calls.BOUNDARIES, policy, stack.global_region)
    if application.image is not None:
        repository = f"ecr:{region}:{{account}}:repository/{application.image.ecr}"
        yield _provisioning(stack, hub, calls.IMAGES, repository, region)


def _tests(stack: Stack, hub: str, name: str, application: Application) -> Iterator[Need]:
    """Yield what the tests of an application take, and those of what it deploys."""
    region = stack.region
    if branching.tests_sources(application):
        role = naming.source_tests(name)
        yield _role(stack, hub, role)
        objects = f"s3:::{naming.artifact_bucket('{account}', region)}/reports/{role}/*"
        yield Need(hub, f"{naming.ROLE_PATH}{role}", ("s3:PutObject",), objects, region)
    for environment, settings in application.environments.items():
        pipeline = naming.pipeline(name, environment)
        for kind, suite in application.tests.of_deployment(environment).items():
            yield _role(stack, hub, naming.deployed_tests(pipeline, kind))
            if suite.reads and settings.account in stack.accounts:
                yield _role(stack, settings.account, naming.read_role(pipeline, kind))


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


def _targets(
    stack: Stack, application: str, environment: str, settings: Environment, deploy: Deploy
) -> Iterator[Need]:
    for wave in destinations(settings, stack.region):
        for there in wave:
            if there.account not in stack.accounts:
                continue
            role = naming.pipeline_role(application, environment, "deploy") + there.suffix
            yield _role(stack, there.account, role)
            yield from _of_kind(stack, there, f"{naming.ROLE_PATH}{role}", deploy)


def _of_kind(stack: Stack, there: Destination, role: str, deploy: Deploy) -> Iterator[Need]:
    account, region = there.account, there.region
    if isinstance(deploy, LambdaDeploy | EcsDeploy | Ec2Deploy):
        name = _name(deploy)
        group = f"codedeploy:{region}:{{account}}:deploymentgroup:{name}/{name}"
        yield _provisioning(stack, account, calls.DEPLOYMENT_GROUPS, group, region)
        alarm = f"cloudwatch:{region}:{{account}}:alarm:{name}"
        yield _provisioning(stack, account, calls.ALARMS, alarm, region)
        yield Need(account, role, calls.BY_CODEDEPLOY, group, region)
    elif isinstance(deploy, CloudFormationDeploy):
        resource = f"cloudformation:{region}:{{account}}:stack/{deploy.cloudformation}/*"
        yield Need(account, role, calls.BY_CLOUDFORMATION, resource, region)
    elif not isinstance(deploy, PulumiDeploy):
        yield Need(account, role, calls.TO_SITES, f"s3:::{deploy.s3}/*", region)


def _name(deploy: LambdaDeploy | EcsDeploy | Ec2Deploy) -> str:
    if isinstance(deploy, LambdaDeploy):
        return deploy.function
    return deploy.service if isinstance(deploy, EcsDeploy) else deploy.application
