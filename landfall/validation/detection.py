"""Checks of the services that search accounts, and of differences by unit, account and region."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from landfall.aws.security_controls import FORMER, is_former
from landfall.aws.trail_alarms import TRAIL_ALARMS
from landfall.settings import differences, keys
from landfall.settings.detection import Regional
from landfall.settings.security import Security
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.settings.trail import TrailAlarms
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

# According to the endpoints in boto3, as landfall.settings.partitions.
_LACKING: Mapping[str, frozenset[str]] = {
    "aws": frozenset(),
    "aws-us-gov": frozenset({"macie"}),
    "aws-cn": frozenset({"macie", "detective"}),
}


def mistakes(stack: Stack, security: Security, path: Path) -> Iterator[Mistake]:
    """Yield the mistakes in the services' regions and differences."""
    services: dict[str, Regional | None] = {
        "guardDuty": security.guard_duty,
        "securityHub": security.security_hub,
        "accessAnalyzer": security.access_analyzer,
        "macie": security.macie,
        "inspector": security.inspector,
        "detective": security.detective,
    }
    for key, service in services.items():
        if service is not None:
            yield from _service(stack, key, service, (*path, key))
    yield from _differences(stack, security.config, (*path, "config"))
    yield from _controls(security, (*path, "securityHub"))
    yield from _needed(stack, security, path)
    if (alarms := security.trail.alarms) is not None:
        yield from _alarms(security, alarms, (*path, "trail"))


def _service(stack: Stack, key: str, service: Regional, path: Path) -> Iterator[Mistake]:
    for index, region in enumerate(service.regions):
        yield from references.region_in_use(stack, (*path, "regions", index), region)
    if key == "securityHub" and service.regions and stack.region not in service.regions:
        what = f"the home region {stack.region} is not among the regions"
        yield Mistake(
            (*path, "regions"), what, f"add {stack.region}", (keys.REGION,), kind=Kind.HOME_REGION
        )
    if key in _LACKING[stack.partition]:
        what = f"partition {stack.partition} has no such service"
        yield Mistake(path, what, "remove it", (keys.REGION,), kind=Kind.OTHER_PARTITION)
    yield from _differences(stack, service, path)


def _differences(stack: Stack, service: object, path: Path) -> Iterator[Mistake]:
    units: Mapping[str, object] = getattr(service, "units", {})
    accounts: Mapping[str, object] = getattr(service, "accounts", {})
    for unit in units:
        yield from references.unit(stack, (*path, "units", unit), unit, root=False)
    for account in accounts:
        yield from references.account(stack, (*path, "accounts", account), account)
    # Macie and Detective may cover chosen accounts alone; the others are not there at all.
    is_whole = path[-1] in ("config", "securityHub", "guardDuty")
    if is_whole and (units or accounts) and not getattr(service, "enabled", True):
        what = f"{path[-1]} is off everywhere, so it has no differences"
        where = "units" if units else "accounts"
        fix = "remove enabled: false, or the differences"
        about = (*path, "enabled")
        yield Mistake((*path, where), what, fix, about, kind=Kind.CONFLICTING_SETTINGS)


def _controls(security: Security, path: Path) -> Iterator[Mistake]:
    hub = security.security_hub
    lists: list[tuple[Path, Sequence[str]]] = [((*path,), hub.disabled_controls)]
    lists += [((*path, "units", it), own.disabled_controls) for it, own in hub.units.items()]
    lists += [((*path, "accounts", it), own.disabled_controls) for it, own in hub.accounts.items()]
    for where, controls in lists:
        for index, control in enumerate(controls):
            if is_former(control) and control not in FORMER:
                what = f"Security Hub had no control '{control[:80]}'"
                fix = f"{suggestion(control, FORMER)}, or write its id of today, as IAM.6"
                here = (*where, "disabledControls", index)
                yield Mistake(here, what, fix, kind=Kind.UNKNOWN_REFERENCE)


def _needed(stack: Stack, security: Security, path: Path) -> Iterator[Mistake]:
    """Yield the settings whose prerequisites are missing."""
    if security.firewall_manager and not security.config.enabled:
        # https://docs.aws.amazon.com/waf/latest/developerguide/enable-config.html
        yield Mistake(
            (*path, "firewallManager"),
            "Firewall Manager needs AWS Config in every account",
            "remove enabled: false of config, or set it to false",
            (*path, "config", "enabled"),
            kind=Kind.MISSING_SETTING,
        )
    service = security.inspector
    if service is None:
        return
    places: list[tuple[Path, Sequence[str]]] = [((*path, "inspector"), service.scans)]
    for unit in service.units:
        if stack.organization.has_unit(unit):
            own = differences.of_unit(stack, service, unit).scans
            places.append(((*path, "inspector", "units", unit), own))
    for account in service.accounts:
        if account in stack.accounts:
            own = differences.of_account(stack, service, account).scans
            places.append(((*path, "inspector", "accounts", account), own))
    for where, scans in places:
        if "lambda-code" in scans and "lambda" not in scans:
            # https://docs.aws.amazon.com/inspector/latest/user/scanning-lambda.html
            what = "scans of Lambda code need scans of Lambda functions"
            yield Mistake((*where, "scans"), what, "add lambda", kind=Kind.MISSING_SETTING)


def _alarms(security: Security, alarms: TrailAlarms, path: Path) -> Iterator[Mistake]:
    here = (*path, "alarms")
    if not security.trail.enabled:
        what, fix = "alarms need the trail", "remove enabled: false, or the alarms"
        about = (*path, "enabled")
        yield Mistake(here, what, fix, about, kind=Kind.MISSING_SETTING)
    elif security.trail.log_group_days is None:
        what = "alarms need the trail's log group"
        yield Mistake(here, what, "add logGroupDays: 365", kind=Kind.MISSING_SETTING)
    for name in alarms.own:
        if name in _kinds(alarms):
            what = "an alarm of the CIS benchmark has this name"
            yield Mistake((*here, "own", name), what, "choose another name", kind=Kind.NAME_TAKEN)


def _kinds(alarms: TrailAlarms) -> Sequence[str]:
    return [*TRAIL_ALARMS] if alarms.kinds is None else alarms.kinds
