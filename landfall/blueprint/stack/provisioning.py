"""The roles, policies and names of the stack's own delivery."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from landfall.aws.arns import arn_of, bucket_arn, iam_arn
from landfall.blueprint import symbols
from landfall.blueprint.provisioning import access, builds
from landfall.blueprint.provisioning.access import ProvisioningAccess
from landfall.blueprint.provisioning.builds import ProvisioningBuild
from landfall.blueprint.provisioning.permissions import State
from landfall.blueprint.roles import Tokens, trigger_role
from landfall.blueprint.stack.placed import Named, PlacedPolicy, PlacedRole
from landfall.blueprint.stack.scope import Scope
from landfall.settings import keys, naming
from landfall.settings.provisioning import Provisioning
from landfall.settings.source import Path
from landfall.settings.stack import Stack

_PATH: Path = (keys.PROVISIONING,)
_MANAGEMENT = symbols.account(naming.MANAGEMENT)


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the roles that act, those that read in each account, and those of the pipelines."""
    settings = stack.provisioning
    if settings is None:
        return
    described = _access(stack, settings)
    for role in (access.read_role(described), access.apply_role(described)):
        yield PlacedRole(naming.MANAGEMENT, stack.region, _PATH, role)
    name = naming.provisioning_role(stack.name, "read")
    trusted = naming.role_arn(stack.partition, _MANAGEMENT, name)
    reader = access.reader_role(stack.partition, name, symbols.ORGANIZATION, trusted).role()
    for account in stack.accounts:
        yield PlacedRole(account, stack.region, _PATH, reader)
    if settings.source is not None and stack.delivery_account is not None:
        scope = Scope(stack, stack.delivery_account)
        yield from _pipelines(scope, symbols.connection(settings.source.connection))


def policies(stack: Stack) -> Iterator[PlacedPolicy]:
    """Yield the boundary of the role that applies."""
    if stack.provisioning is not None:
        boundary = access.boundary(_access(stack, stack.provisioning))
        yield PlacedPolicy(naming.MANAGEMENT, _PATH, boundary)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the names of pipelines, projects, log groups, rules and the topic."""
    settings, hub = stack.provisioning, stack.delivery_account
    if settings is None or settings.source is None or hub is None:
        return
    drift = naming.provisioning(stack.name, "drift")
    topic, region = naming.provisioning_topic(stack.name), stack.region
    kinds = ["failed", "drift", *(["approval"] if settings.approval is not None else [])]
    for part in naming.PROVISIONING:
        yield Named("pipeline", hub, region, naming.provisioning(stack.name, part), _PATH)
    for build in _builds(stack):
        yield Named("project", hub, region, build.name, _PATH)
        yield Named("log-group", hub, region, build.log_group, _PATH)
    for rule in (f"{drift}-schedule", *(f"{topic}-{kind}" for kind in kinds)):
        yield Named("rule", hub, region, rule, _PATH)
    yield Named("topic", hub, region, topic, _PATH)


def _builds(stack: Stack) -> list[ProvisioningBuild]:
    def arn(part: str) -> str:
        name = naming.provisioning_role(stack.name, part)
        return naming.role_arn(stack.partition, _MANAGEMENT, name)

    return builds.of_stack(stack.name, arn("read"), arn("apply"))


def _pipelines(scope: Scope, connection_arn: str) -> Iterator[PlacedRole]:
    stack, place = scope.stack, scope.home
    store, own = scope.store(stack.region), _builds(stack)
    found = [builds.build_role(place, build, store) for build in own]
    for part in naming.PROVISIONING:
        pipeline = naming.provisioning(stack.name, part)
        projects = [
            place.arn("codebuild", f"project/{build.name}")
            for build in own
            if build.pipeline == pipeline
        ]
        found.append(builds.pipeline_role(place, pipeline, store, connection_arn, projects))
    drift = naming.provisioning(stack.name, "drift")
    arn = place.arn("codepipeline", drift)
    description = f"Starts pipeline {drift}"
    found.append(trigger_role(f"{drift}-trigger", description, place, [f"{drift}-schedule"], arn))
    for role in found:
        yield PlacedRole(scope.hub, stack.region, _PATH, role)


def _access(stack: Stack, settings: Provisioning) -> ProvisioningAccess:
    described = ProvisioningAccess(
        stack.partition,
        _MANAGEMENT,
        symbols.ORGANIZATION,
        naming.provisioning_role(stack.name, "read"),
        naming.provisioning_role(stack.name, "apply"),
        stack.organization.account_role,
        _state(stack, settings),
        statements=[each.iam_json() for each in settings.permissions],
        baseline=stack.baseline.enabled,
        people=stack.access.identity_center is not None,
        record=stack.security is not None and stack.security.config.enabled,
        security=stack.security is not None,
        close_accounts=any(each.close_on_deletion for each in stack.accounts.values()),
    )
    if settings.source is not None and stack.delivery_account is not None:
        scope = Scope(stack, stack.delivery_account)
        names = {build.name: scope.own_role_arn(scope.hub, build.name) for build in _builds(stack)}
        provision = naming.provisioning(stack.name, "provision")
        drift = naming.provisioning(stack.name, "drift")
        described = replace(
            described,
            readers=[names[f"{provision}-plan"], names[f"{drift}-check"]],
            appliers=[names[f"{provision}-apply"]],
        )
    if settings.jobs is not None:
        described = replace(
            described,
            read_tokens=_tokens(stack, settings.jobs.provider, settings.jobs.read),
            apply_tokens=_tokens(stack, settings.jobs.provider, settings.jobs.apply),
        )
    return described


def _tokens(stack: Stack, name: str, subjects: tuple[str, ...]) -> list[Tokens]:
    provider = stack.access.oidc_providers.get(name)
    if provider is None or not subjects:
        return []
    arn = iam_arn(stack.partition, _MANAGEMENT, f"oidc-provider/{provider.host}")
    return [Tokens(arn, provider.host, provider.client_id, subjects)]


def _state(stack: Stack, settings: Provisioning) -> State:
    state = settings.state
    region, account_id = (
        state.region or stack.region,
        symbols.account(state.account or naming.MANAGEMENT),
    )
    bucket = state.bucket or naming.state_bucket(account_id, region)
    keys_arn = arn_of(stack.partition, "kms", "key/*", region=region, account=account_id)
    return State(bucket_arn(stack.partition, bucket), keys_arn)
