"""The roles, policies and names of provisioning."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from landfall.aws.arns import arn_of, bucket_arn, iam_arn
from landfall.blueprint import symbols
from landfall.blueprint.provisioning import builds, management_roles
from landfall.blueprint.provisioning.builds import ProvisioningBuild
from landfall.blueprint.provisioning.management_roles import ProvisioningAccess
from landfall.blueprint.provisioning.permissions import State
from landfall.blueprint.roles import CrossAccount, Tokens, trigger_role
from landfall.blueprint.stack.placed import Named, PlacedPolicy, PlacedRole, PlacedTopic
from landfall.blueprint.stack.scope import Scope
from landfall.blueprint.topics import event_topic
from landfall.settings import keys, naming
from landfall.settings.provisioning import Provisioning
from landfall.settings.source import Path
from landfall.settings.stack import Stack

_PATH: Path = (keys.PROVISIONING,)
_MANAGEMENT = symbols.account(naming.MANAGEMENT)


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the read and apply roles, the read role of each account, and the pipelines' roles."""
    settings = stack.provisioning
    if settings is None:
        return
    described = access_of(stack, settings)
    for role in (management_roles.read_role(described), management_roles.apply_role(described)):
        yield PlacedRole(naming.MANAGEMENT, stack.region, _PATH, role)
    reader = reader_of(stack).role()
    for account in stack.accounts:
        yield PlacedRole(account, stack.region, _PATH, reader)
    if settings.source is not None and stack.delivery_account is not None:
        scope = Scope(stack, stack.delivery_account)
        yield from _pipelines(scope, symbols.connection(settings.source.connection))


def policies(stack: Stack) -> Iterator[PlacedPolicy]:
    """Yield the apply role's boundary and its customer managed policies."""
    if stack.provisioning is not None:
        access = access_of(stack, stack.provisioning)
        own = management_roles.apply_policies(access)
        for policy in (management_roles.boundary(access), *own.values()):
            yield PlacedPolicy(naming.MANAGEMENT, _PATH, policy)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield pipelines, projects, log groups, rules, and the provider of CI jobs' tokens."""
    settings, hub = stack.provisioning, stack.delivery_account
    if settings is not None and settings.jobs is not None:
        provider = stack.access.oidc_providers.get(settings.jobs.provider)
        if provider is not None:
            region, host = stack.global_region, provider.host
            yield Named("oidc-provider", naming.MANAGEMENT, region, host, _PATH)
    if settings is None or settings.source is None or hub is None:
        return
    drift, region = naming.provisioning(stack.name, "drift"), stack.region
    for part in naming.PROVISIONING:
        yield Named("pipeline", hub, region, naming.provisioning(stack.name, part), _PATH)
    for build in _builds(stack):
        yield Named("project", hub, region, build.name, _PATH)
        yield Named("log-group", hub, region, build.log_group, _PATH)
    for rule in (f"{drift}-schedule", *_rules(stack, settings)):
        yield Named("rule", hub, region, rule, _PATH)


def topics(stack: Stack) -> Iterator[PlacedTopic]:
    """Yield the topic that tells of the stack's own delivery."""
    settings, hub = stack.provisioning, stack.delivery_account
    if settings is not None and settings.source is not None and hub is not None:
        topic = event_topic(
            Scope(stack, hub).home,
            naming.provisioning_topic(stack.name),
            symbols.service_key(hub, stack.region),
            _rules(stack, settings),
            emails(settings),
        )
        yield PlacedTopic(hub, stack.region, _PATH, topic)


def emails(settings: Provisioning) -> list[str]:
    """Return who is notified of the stack's own delivery."""
    approval = settings.approval
    asked = list(approval.notify) if approval is not None else []
    return list(dict.fromkeys([*settings.notify, *asked]))


def artifact_roles(stack: Stack) -> list[str]:
    """Return the roles of the delivery account that use artifacts of provisioning pipelines."""
    if stack.provisioning is None or stack.provisioning.source is None:
        return []
    pipelines = [naming.provisioning(stack.name, part) for part in naming.PROVISIONING]
    return [
        *(f"{pipeline}-pipeline" for pipeline in pipelines),
        *(build.name for build in _builds(stack)),
    ]


def has_batch(stack: Stack) -> bool:
    """Return whether the stack's own delivery has a batch that applies its slices."""
    settings = stack.provisioning
    return (
        settings is not None
        and settings.source is not None
        and settings.batch is not None
        and stack.fleet is not None
    )


def _rules(stack: Stack, settings: Provisioning) -> list[str]:
    """Return the rules that publish to the topic."""
    kinds = ["failed", "drift", *(["approval"] if settings.approval is not None else [])]
    return [f"{naming.provisioning_topic(stack.name)}-{kind}" for kind in kinds]


def _builds(stack: Stack) -> list[ProvisioningBuild]:
    def arn(part: str) -> str:
        name = naming.provisioning_role(stack.name, part)
        return naming.role_arn(stack.partition, _MANAGEMENT, name)

    return builds.of_stack(stack.name, arn("read"), arn("apply"), batch=has_batch(stack))


def slices_build(stack: Stack) -> ProvisioningBuild:
    """Return the build that applies the slices of a stack whose delivery has a batch."""
    return next(build for build in _builds(stack) if build.is_batch)


def _pipelines(scope: Scope, connection_arn: str) -> Iterator[PlacedRole]:
    stack, place = scope.stack, scope.home
    store, own = scope.store(stack.region), _builds(stack)
    found = [builds.build_role(place, build, store) for build in own]
    found += [builds.batch_role(place, build) for build in own if build.is_batch]
    for part in naming.PROVISIONING:
        pipeline = naming.provisioning(stack.name, part)
        projects, batches = (
            [
                place.arn("codebuild", f"project/{build.name}")
                for build in own
                if build.pipeline == pipeline and build.is_batch == is_batch
            ]
            for is_batch in (False, True)
        )
        role = builds.pipeline_role(place, pipeline, store, connection_arn, projects, batches)
        found.append(role)
    drift = naming.provisioning(stack.name, "drift")
    arn = place.arn("codepipeline", drift)
    description = f"Starts pipeline {drift}"
    found.append(trigger_role(f"{drift}-trigger", description, place, [f"{drift}-schedule"], arn))
    for role in found:
        yield PlacedRole(scope.hub, stack.region, _PATH, role)


def reader_of(stack: Stack) -> CrossAccount:
    """Return the read role of a member account, for the management account's read role."""
    name = naming.provisioning_role(stack.name, "read")
    trusted = naming.role_arn(stack.partition, _MANAGEMENT, name)
    return management_roles.reader_role(stack.partition, name, symbols.ORGANIZATION, trusted)


def access_of(stack: Stack, settings: Provisioning) -> ProvisioningAccess:
    """Return who reads and who applies the stack."""
    described = ProvisioningAccess(
        stack.partition,
        _MANAGEMENT,
        symbols.ORGANIZATION,
        naming.provisioning_role(stack.name, "read"),
        naming.provisioning_role(stack.name, "apply"),
        stack.account_roles,
        _state(state_of(stack, settings), stack.partition),
        statements=[each.iam_json() for each in settings.permissions],
        close_accounts=any(each.close_on_deletion for each in stack.accounts.values()),
    )
    if settings.source is not None and stack.delivery_account is not None:
        scope = Scope(stack, stack.delivery_account)
        names = {build.name: scope.own_role_arn(scope.hub, build.name) for build in _builds(stack)}
        provision = naming.provisioning(stack.name, "provision")
        drift = naming.provisioning(stack.name, "drift")
        appliers = [f"{provision}-apply", *([f"{provision}-slices"] if has_batch(stack) else [])]
        described = replace(
            described,
            readers=[names[f"{provision}-plan"], names[f"{drift}-check"]],
            appliers=[names[each] for each in appliers],
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


@dataclass(frozen=True, slots=True)
class StateBucket:
    """The bucket of Pulumi's state, and where it is."""

    name: str
    account_id: str
    region: str


def state_of(stack: Stack, settings: Provisioning) -> StateBucket:
    """Return where the state is."""
    state = settings.state
    region = state.region or stack.region
    account_id = symbols.account(state.account or naming.MANAGEMENT)
    return StateBucket(state.bucket or naming.state_bucket(account_id, region), account_id, region)


def _state(state: StateBucket, partition: str) -> State:
    keys_arn = arn_of(partition, "kms", "key/*", region=state.region, account=state.account_id)
    return State(bucket_arn(partition, state.name), keys_arn)
