"""Checks of the security services."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from landfall.settings import conformance, keys
from landfall.settings.accounts import Purpose
from landfall.settings.security import SEVERITIES, Security
from landfall.settings.security import Kind as FindingKind
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import conformance_packs, detection, references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PATH: Path = (keys.SECURITY,)


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the security services."""
    security = stack.security
    if security is None:
        return
    yield from _accounts(stack)
    yield from _delegation(stack, security)
    yield from _archive(stack, security)
    yield from _config(stack, security)
    yield from detection.mistakes(stack, security, _PATH)
    yield from _findings(security)


def _accounts(stack: Stack) -> Iterator[Mistake]:
    needed: tuple[Purpose, ...] = ("audit", "log-archive")
    for purpose in needed:
        if stack.account_with_purpose(purpose) is None:
            what = f"the security services need an account with purpose: {purpose}"
            fix = f"add it to one of {keys.ACCOUNTS}, or remove {keys.SECURITY}"
            yield Mistake(_PATH, what, fix, (keys.ACCOUNTS,), kind=Kind.MISSING_SETTING)
    if stack.organization.parent is not None:
        what = "the security services need the whole organization"
        fix = "remove parent:, or configure them in the stack of the organization"
        yield Mistake(
            _PATH, what, fix, (keys.ORGANIZATION, "parent"), kind=Kind.CONFLICTING_SETTINGS
        )


def _delegation(stack: Stack, security: Security) -> Iterator[Mistake]:
    audit = stack.account_with_purpose("audit")
    place: Path = (keys.ORGANIZATION, "delegatedAdministrators")
    for service, accounts in stack.organization.delegated_administrators.items():
        if service in security.own_registration:
            # The services' own APIs register the account with AWS Organizations, too, so an adopted
            # organization has both.
            if stack.organization.mode == "adopt" and set(accounts) == {audit}:
                continue
            what = f"{keys.SECURITY} already delegates {service}"
            yield Mistake(
                (*place, service), what, "remove it here", _PATH, kind=Kind.DUPLICATE_SETTING
            )
        elif service in security.delegated and audit is not None and set(accounts) != {audit}:
            what = f"{keys.SECURITY} delegates {service} to account '{audit}'"
            yield Mistake(
                (*place, service),
                what,
                f"write [{audit}], or remove it",
                _PATH,
                kind=Kind.DUPLICATE_SETTING,
            )
    trusted = stack.organization.trusted_services
    services = [*security.own_registration, *security.delegated]
    for service in services if trusted is not None else []:
        if service not in (trusted or ()):
            what = f"{keys.SECURITY} needs trusted access for {service}"
            yield Mistake(
                (keys.ORGANIZATION, "trustedServices"),
                what,
                "add it",
                _PATH,
                kind=Kind.MISSING_SETTING,
            )


def _archive(stack: Stack, security: Security) -> Iterator[Mistake]:
    archive, path = security.log_archive, (*_PATH, "logArchive")
    if archive.archive_days is not None and archive.archive_days >= archive.expire_days:
        what = f"logs expire after {archive.expire_days} days, before they are archived"
        yield Mistake(
            (*path, "archiveDays"),
            what,
            "reduce archiveDays, or write null",
            kind=Kind.CONFLICTING_SETTINGS,
        )
    if archive.lock is not None and archive.lock.days > archive.expire_days:
        what = f"logs expire after {archive.expire_days} days, but are locked for longer"
        yield Mistake(
            (*path, "lock", "days"),
            what,
            "reduce days, or increase expireDays",
            kind=Kind.CONFLICTING_SETTINGS,
        )
    if archive.lock is not None and archive.force_destroy:
        what = "locked logs cannot be deleted with their bucket"
        yield Mistake(
            (*path, "forceDestroy"),
            what,
            "remove it, or remove lock:",
            kind=Kind.CONFLICTING_SETTINGS,
        )
    for index, reader in enumerate(archive.readers):
        here = (*path, "readers", index, "account")
        yield from references.account(stack, here, reader.account)


def _config(stack: Stack, security: Security) -> Iterator[Mistake]:
    config, path = security.config, (*_PATH, "config")
    for index, region in enumerate(config.regions):
        yield from references.region_in_use(stack, (*path, "regions", index), region)
    if config.regions and stack.region not in config.regions:
        what = f"the home region {stack.region} is not among the regions"
        yield Mistake(
            (*path, "regions"), what, f"add {stack.region}", (keys.REGION,), kind=Kind.HOME_REGION
        )
    for index, name in enumerate(config.packs):
        if name not in conformance.SHIPPED:
            what = f"Landfall has no conformance pack '{name[:80]}'"
            own = "; custom packs are in ownPacks" if name in config.own_packs else ""
            fix = f"{suggestion(name, conformance.SHIPPED)}{own}"
            yield Mistake((*path, "packs", index), what, fix, kind=Kind.UNKNOWN_REFERENCE)
    count, limit = len(config.packs) + len(config.own_packs), stack.quota("conformancePacks")
    if count > limit:
        yield Mistake(
            (*path, "ownPacks"),
            f"there are {count} packs",
            f"AWS allows {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )
    yield from conformance_packs.mistakes(stack, config, path)


def _findings(security: Security) -> Iterator[Mistake]:
    findings, path = security.findings, (*_PATH, "findings")
    yield from _kinds(security, path, findings.kinds)
    if findings.notify and not security.told:
        yield _none((*path, "notify"))
    for name, receivers in findings.receivers.items():
        here = (*path, "receivers", name)
        yield from _kinds(security, here, receivers.kinds)
        if not security.kinds_of(receivers.kinds):
            yield _none(here)
        if SEVERITIES.index(receivers.highest) < SEVERITIES.index(receivers.severity):
            what = f"the highest severity is below the lowest, {receivers.severity}"
            fix = f"write {receivers.severity} or a higher one"
            yield Mistake((*here, "highest"), what, fix, kind=Kind.INVALID_VALUE)


def _none(path: Path) -> Mistake:
    what = "there are no findings to notify of"
    fix = "enable Security Hub or GuardDuty, or remove it"
    return Mistake(path, what, fix, kind=Kind.MISSING_SETTING)


def _kinds(
    security: Security, path: Path, kinds: Sequence[FindingKind] | None
) -> Iterator[Mistake]:
    for index, kind in enumerate(kinds or ()):
        if off := security.sources(kind):
            what = f"findings of '{kind}' need {' and '.join(off)}"
            fix = "enable it, or remove this"
            yield Mistake(
                (*path, "kinds", index),
                what,
                fix,
                (*_PATH, off[0], "enabled"),
                kind=Kind.MISSING_SETTING,
            )
