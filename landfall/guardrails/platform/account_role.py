"""What the account role needs in order to make what the stack's blueprint describes.

`calls` says which actions each kind of resource takes. `tests/sandbox` compares them with what is
really called.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from landfall.blueprint import symbols
from landfall.blueprint.stack import blueprint
from landfall.guardrails import effective_baseline
from landfall.guardrails.platform import calls
from landfall.guardrails.platform.need import Need
from landfall.settings import naming
from landfall.settings.source import Path

if TYPE_CHECKING:
    from landfall.settings.stack import Stack


def needs(stack: Stack) -> Iterator[Need]:
    """Yield what making and keeping the stack takes in its member accounts.

    Service and resource control policies leave the management account alone.
    """
    yield from _entering(stack)
    for need in _making(stack):
        if need.account != naming.MANAGEMENT:
            yield need
    for account in stack.accounts:
        yield from _baseline(stack, account)


def _entering(stack: Stack) -> Iterator[Need]:
    """Yield the roles that the management account assumes: to make things, and to read them."""
    reader = naming.provisioning_role(stack.name, "read")
    found: list[tuple[str, str, Path]] = [
        (account, stack.account_role_of(account), ()) for account in stack.accounts
    ]
    found += [
        (each.account, each.role.path_and_name, each.setting)
        for each in blueprint(stack).roles
        if each.role.name == reader and each.account != naming.MANAGEMENT
    ]
    for account, role, setting in found:
        resource = f"iam::{{account}}:role/{role}"
        yield Need(
            account,
            role,
            ("sts:AssumeRole",),
            resource,
            stack.region,
            from_management=True,
            setting=setting,
        )


def _making(stack: Stack) -> Iterator[Need]:
    found = blueprint(stack)

    def need(
        account: str, region: str, resource: str, setting: Path, actions: Iterable[str]
    ) -> Need:
        role = stack.account_role_of(account)
        return Need(account, role, tuple(actions), resource, region, setting=setting)

    for role_ in found.roles:
        resource = f"iam::{{account}}:role/{role_.role.path_and_name}"
        yield need(role_.account, stack.global_region, resource, role_.setting, calls.ROLES)
    for policy in found.policies:
        resource = f"iam::{{account}}:policy{policy.policy.path}{policy.policy.name}"
        yield need(policy.account, stack.global_region, resource, policy.setting, calls.POLICIES)
    for key in found.keys:
        resource = f"kms:{key.region}:{{account}}:key/*"
        yield need(key.account, key.region, resource, key.setting, calls.KEYS)
    for bucket in found.buckets:
        name = bucket.bucket.name.replace(symbols.account(bucket.account), "{account}")
        actions = (*calls.BUCKETS, *(calls.LOCK if bucket.bucket.lock is not None else ()))
        yield need(bucket.account, bucket.region, f"s3:::{name}", bucket.setting, actions)
    for topic in found.topics:
        resource = f"sns:{topic.region}:{{account}}:{topic.topic.name}"
        actions = (*calls.TOPICS, *(calls.SUBSCRIPTIONS if topic.topic.emails else ()))
        yield need(topic.account, topic.region, resource, topic.setting, actions)
    for each in found.resources:
        made = calls.BY_KIND[each.kind]
        resource = made.resource.replace("{region}", each.region).replace("{name}", each.name)
        yield need(each.account, each.region, resource, each.setting, made.actions)


def _baseline(stack: Stack, account: str) -> Iterator[Need]:
    """Yield what an account's baseline takes; which settings it has depends on the guardrails."""
    baseline = effective_baseline.of_account(stack, account)
    if not baseline.enabled:
        return
    role = stack.account_role_of(account)
    if baseline.password_policy.enabled:
        yield Need(account, role, calls.PASSWORDS, "*", stack.global_region)
    if baseline.block_public_buckets:
        yield Need(account, role, calls.ALL_BUCKETS, "*", stack.region)
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
        yield Need(account, role, tuple(actions), "*", region)
