"""What the organization's security services consist of, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import iam_arn
from landfall.blueprint import symbols
from landfall.blueprint.buckets import Lock
from landfall.blueprint.log_archives import (
    LogArchive,
    archive_bucket,
    archive_key,
    archive_logs,
    session_bucket,
)
from landfall.blueprint.places import Place
from landfall.blueprint.security import (
    aggregator_role,
    findings_key,
    forward_role,
    trail_key,
    trail_log_group,
    trail_role,
)
from landfall.blueprint.stack import detection, sessions, trail_alarms
from landfall.blueprint.stack.placed import Named, PlacedBucket, PlacedKey, PlacedRole, PlacedTopic
from landfall.blueprint.topics import event_topic
from landfall.settings import conformance, differences, keys, naming
from landfall.settings.config_rules import Config, OwnPack
from landfall.settings.security import Channel, Security
from landfall.settings.stack import Stack

_OF_GUARDDUTY = frozenset({"guardduty", "root-use", "trail-changes"})


def roles(stack: Stack) -> Iterator[PlacedRole]:
    """Yield the roles of AWS Config's aggregator, the trail and the findings."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    if security.trail.enabled and security.trail.log_group_days is not None:
        place = _place(stack, naming.MANAGEMENT)
        role = trail_role(place, naming.TRAIL, symbols.ORGANIZATION)
        yield PlacedRole(naming.MANAGEMENT, stack.region, (keys.SECURITY, "trail"), role)
    if security.config.enabled:
        role = aggregator_role(stack.partition, symbols.account(audit))
        yield PlacedRole(audit, stack.region, (keys.SECURITY, "config"), role)
    others = _others(stack)
    if others and (channel := forwarding(security)) is not None:
        role = forward_role(_place(stack, audit), naming.findings(channel.name), others)
        yield PlacedRole(audit, stack.region, (keys.SECURITY, "findings"), role)


def placed_keys(stack: Stack) -> Iterator[PlacedKey]:
    """Yield the keys of the log archive, the trail's log group and the topic of findings."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    if (archive := log_archive(stack)) is not None:
        key = archive_key(archive)
        yield PlacedKey(_archive(stack), stack.region, (keys.SECURITY, "logArchive"), key)
    if security.trail.enabled and security.trail.log_group_days is not None:
        key = trail_key(_place(stack, naming.MANAGEMENT), naming.TRAIL)
        yield PlacedKey(naming.MANAGEMENT, stack.region, (keys.SECURITY, "trail"), key)
    yield from trail_alarms.placed_keys(stack)
    for channel in security.channels:
        key = findings_key(_place(stack, audit), naming.findings(channel.name))
        yield PlacedKey(audit, stack.region, (keys.SECURITY, "findings"), key)


def buckets(stack: Stack) -> Iterator[PlacedBucket]:
    """Yield the bucket of the log archive, and that of its access logs."""
    archive = log_archive(stack)
    for each in (archive, archive.apart) if archive is not None else ():
        if each is not None:
            for bucket in (archive_bucket(each, symbols.LOG_KEY), archive_logs(each)):
                path = (keys.SECURITY, "logArchive")
                yield PlacedBucket(_archive(stack), stack.region, path, bucket)
    if archive is not None and (logs := archive.of_sessions) is not None:
        for bucket in (session_bucket(logs, symbols.LOG_KEY), archive_logs(logs)):
            path = (keys.SECURITY, "logArchive")
            yield PlacedBucket(_archive(stack), stack.region, path, bucket)


def topics(stack: Stack) -> Iterator[PlacedTopic]:
    """Yield the topics of findings."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    yield from trail_alarms.topics(stack)
    place = _place(stack, audit)
    for channel in security.channels:
        name = naming.findings(channel.name)
        rules = [f"{name}-{kind}" for kind in channel.kinds]
        key = symbols.findings_key(channel.name)
        topic = event_topic(place, name, key, rules, channel.notify)
        yield PlacedTopic(audit, stack.region, (keys.SECURITY, "findings"), topic)


def log_archive(stack: Stack) -> LogArchive | None:
    """Return the log archive; None if nothing is delivered to one."""
    security = stack.security
    if security is None or _audit(stack) is None:
        return None
    if not (security.archives or sessions.is_logged(stack)):
        return None
    settings, place = security.log_archive, _place(stack, _archive(stack))
    lock = settings.lock
    return LogArchive(
        place,
        symbols.ORGANIZATION,
        symbols.account(naming.MANAGEMENT),
        naming.log_bucket(place.account_id, place.region),
        settings.expire_days,
        trail=naming.TRAIL if security.trail.enabled else None,
        config=security.config.enabled,
        readers=[
            iam_arn(stack.partition, symbols.account(reader.account), f"role/{reader.role}")
            for reader in settings.readers
        ],
        archive_days=settings.archive_days,
        lock=None if lock is None else Lock(lock.mode.upper(), lock.days),
        force_destroy=settings.force_destroy,
        sessions=sessions.is_logged(stack),
    )


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the trail's log group, the rules of findings, and what each service has where."""
    audit, security = _audit(stack), stack.security
    if security is None or audit is None:
        return
    if security.trail.enabled and security.trail.log_group_days is not None:
        path = (keys.SECURITY, "trail")
        group = trail_log_group(naming.TRAIL)
        yield Named("log-group", naming.MANAGEMENT, stack.region, group, path)
    yield from _rules(stack, security, audit)
    if security.config.enabled:
        yield from _recorders(stack)
        yield from _aggregated(stack, security, audit)
    if security.guard_duty.enabled:
        for region in stack.regions_of(security.guard_duty):
            for account in (audit, *_managing(security)):
                yield Named("detector", account, region, "*", (keys.SECURITY, "guardDuty"))
    if security.security_hub.enabled:
        path = (keys.SECURITY, "securityHub")
        yield Named("security-hub", audit, stack.region, "*", path)
        for account in _managing(security):
            for region in stack.regions_of(security.security_hub):
                yield Named("security-hub", account, region, "*", path)
    if security.access_analyzer.enabled:
        path = (keys.SECURITY, "accessAnalyzer")
        for region in stack.regions_of(security.access_analyzer):
            yield Named("analyzer", audit, region, naming.EXTERNAL_ACCESS, path)
        if security.access_analyzer.unused_days is not None:
            yield Named("analyzer", audit, stack.region, naming.UNUSED_ACCESS, path)
    yield from trail_alarms.resources(stack)
    yield from detection.resources(stack, security, audit)


def _managing(security: Security) -> tuple[str, ...]:
    """Return the management account if it has detectors and hubs of its own."""
    return (naming.MANAGEMENT,) if security.management_account else ()


def recorded(stack: Stack) -> Iterator[str]:
    """Yield the member accounts that AWS Config records for this stack.

    What keeps an external account keeps its recorder too, as AWS Control Tower does. Nothing is
    made in a suspended one, nor where the settings switch the recorder off.
    """
    for name in stack.accounts:
        if (settings := recorder(stack, name)) is not None and settings.enabled:
            yield name


def recorder(stack: Stack, account: str) -> Config | None:
    """Return AWS Config's settings in an account; None where this stack records nothing."""
    left = stack.accounts[account].external or stack.is_suspended(account)
    if stack.security is None or left:
        return None
    return differences.of_account(stack, stack.security.config, account)


def without_pack(stack: Stack, pack: OwnPack | None) -> list[str]:
    """Return the accounts that get no rules: those without a recorder, and outside the pack's."""
    found = {*recorded(stack)}
    if pack is not None and (pack.units or pack.accounts):
        found &= {*stack.chosen(pack.accounts, pack.units)}
    return [name for name in stack.accounts if name not in found]


def pack_regions(stack: Stack, config: Config) -> dict[str, list[str]]:
    """Return the conformance packs by name, each with its regions; unknown names are left out."""
    regions = {"all": list(stack.config_regions), "home": [stack.region]}
    shipped = {
        name: regions[conformance.SHIPPED[name]]
        for name in config.packs
        if name in conformance.SHIPPED
    }
    return {**shipped, **{name: regions[pack.regions] for name, pack in config.own_packs.items()}}


def _aggregated(stack: Stack, security: Security, audit: str) -> Iterator[Named]:
    path = (keys.SECURITY, "config")
    yield Named("config-aggregator", audit, stack.region, "landfall", path)
    for pack, regions in pack_regions(stack, security.config).items():
        for region in regions:
            yield Named("conformance-pack", audit, region, f"landfall-{pack}", path)


def _recorders(stack: Stack) -> Iterator[Named]:
    path = (keys.SECURITY, "config")
    for account in (naming.MANAGEMENT, *recorded(stack)):
        yield Named("config-role", account, stack.global_region, "*", path)
        for region in stack.config_regions:
            yield Named("config-recorder", account, region, "landfall", path)


def _audit(stack: Stack) -> str | None:
    """Return the account of the security services; None without a log archive account."""
    archive = stack.account_with_purpose("log-archive")
    return None if archive is None else stack.account_with_purpose("audit")


def _archive(stack: Stack) -> str:
    return stack.account_with_purpose("log-archive") or ""


def _others(stack: Stack) -> list[str]:
    return [region for region in stack.regions if region != stack.region]


def _place(stack: Stack, account: str) -> Place:
    return Place(stack.partition, stack.region, symbols.account(account))


def _rules(stack: Stack, security: Security, audit: str) -> Iterator[Named]:
    path = (keys.SECURITY, "findings")
    for channel in security.channels:
        for kind in channel.kinds:
            rule = f"{naming.findings(channel.name)}-{kind}"
            yield Named("rule", audit, stack.region, rule, path)
    if (first := forwarding(security)) is not None:
        for region in _others(stack):
            rule = f"{naming.findings(first.name)}-forward"
            yield Named("rule", audit, region, rule, path)


def forwarding(security: Security) -> Channel | None:
    """Return the channel whose rules forward GuardDuty's findings of other regions, for all."""
    reported = (each for each in security.channels if not _OF_GUARDDUTY.isdisjoint(each.kinds))
    return next(reported, None)
