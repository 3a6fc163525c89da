"""Checks of Session Manager: its regions, its log archive, its endpoints, the name of its role."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack import security, sessions
from landfall.settings import keys, naming
from landfall.settings.baseline import Baseline
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in settings of Session Manager."""
    for path, layer, is_account in _layers(stack):
        if "sessions" in layer.model_fields_set:
            yield from _layer(stack, (*path, "sessions"), layer, is_account=is_account)
    management = stack.baseline.management_account
    if "sessions" in management.model_fields_set and management.sessions.enabled:
        what = "the management account has no Session Manager: it should have no instances"
        where = (keys.BASELINE, "managementAccount", "sessions")
        yield Mistake(where, what, "remove it", kind=Kind.UNSUPPORTED)
    for kind, named in (("roles", stack.access.roles), ("policies", stack.access.policies)):
        if naming.SESSIONS in named and sessions.of_accounts(stack):
            what = f"the baseline's sessions create {naming.SESSIONS}, too"
            path = (keys.ACCESS, kind, naming.SESSIONS)
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)


def _layer(stack: Stack, path: Path, layer: Baseline, *, is_account: bool) -> Iterator[Mistake]:
    settings = layer.sessions
    for index, region in enumerate(settings.regions):
        yield from references.region_in_use(stack, (*path, "regions", index), region)
    if settings.enabled and settings.logs and security.log_archive(stack) is None:
        what = "sessions are logged to the log archive, and the stack has none"
        fix = f"add {keys.SECURITY}, or write logs: false"
        yield Mistake((*path, "logs"), what, fix, (keys.SECURITY,), kind=Kind.MISSING_SETTING)
    for index, endpoints in enumerate(settings.endpoints):
        where = (*path, "endpoints", index)
        if not is_account:
            what = f"{endpoints.vpc} is in one account"
            fix = "write endpoints: in the baseline of that account"
            yield Mistake(where, what, fix, kind=Kind.CONFLICTING_SETTINGS)
        if endpoints.region is not None:
            yield from references.region_in_use(stack, (*where, "region"), endpoints.region)
        if stack.partition == "aws-cn":
            what = "names of endpoint services in China differ from service to service"
            fix = "create the endpoints with the VPC"
            yield Mistake(where, what, fix, (keys.REGION,), kind=Kind.UNSUPPORTED)


def _layers(stack: Stack) -> Iterator[tuple[Path, Baseline, bool]]:
    yield (keys.BASELINE,), stack.baseline, False
    for path, unit in stack.organization.walk():
        yield (*references.unit_path(path), "baseline"), unit.baseline, False
    for name, account in stack.accounts.items():
        yield (keys.ACCOUNTS, name, "baseline"), account.baseline, True
