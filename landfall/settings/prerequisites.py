"""Notes on what a stack needs beforehand, and on what would fail later; they are not mistakes."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.quotas import QUOTAS
from landfall.aws.trusted_services import STACK_SETS
from landfall.settings import keys
from landfall.settings.readiness import Note
from landfall.settings.source import Path
from landfall.settings.stack import Stack

_HUB: Path = (keys.SECURITY, "securityHub")


def notes(stack: Stack) -> Iterator[Note]:
    """Yield a note for each service without its prerequisite, and each quota to request."""
    yield from _of_security(stack)
    yield from _stack_sets(stack)
    yield from _quotas(stack)


def _of_security(stack: Stack) -> Iterator[Note]:
    """Security Hub's controls use AWS Config, in each region.

    https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-setup-prereqs.html
    """
    security = stack.security
    if security is None:
        return
    hub = security.security_hub
    off = [each for each in stack.regions_of(hub) if each not in stack.config_regions]
    if hub.enabled and off and "Config.1" not in hub.disabled_controls:
        what = f"Security Hub is enabled in {', '.join(off)}, where AWS Config does not record"
        what += ": the control Config.1 fails there in every account, as critical"
        fix = "add these regions to config: {regions: […]}, or Config.1 to disabledControls:"
        yield Note(_HUB, what, fix)
    if "runtime-monitoring" in security.guard_duty.features and security.guard_duty.enabled:
        what = "GuardDuty's runtime-monitoring finds nothing without its agent"
        fix = "deploy the agent, or let GuardDuty manage it: its additional configurations"
        yield Note((keys.SECURITY, "guardDuty", "features"), what, fix)


def _stack_sets(stack: Stack) -> Iterator[Note]:
    """StackSets takes no trusted access from AWS Organizations, and the provider lacks the call.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ActivateOrganizationsAccess.html
    """
    organization = stack.organization
    for key, names in (
        ("delegatedAdministrators", organization.delegated_administrators),
        ("trustedServices", organization.trusted_services or ()),
    ):
        if STACK_SETS in names:
            what = "StackSets of the organization work only after an enabling call of their own"
            fix = (
                "once, in the management account: aws cloudformation activate-organizations-access"
            )
            yield Note((keys.ORGANIZATION, key), what, fix)
            return


def _quotas(stack: Stack) -> Iterator[Note]:
    for name, value in stack.quotas.items():
        known = QUOTAS.get(name)
        if known is not None and value > known.value:
            what = f"the stack counts on {value:,} for the quota {name}; AWS's default is "
            what += f"{known.value:,}"
            fix = f"request it in Service Quotas before the first run: {known.source}"
            yield Note((keys.QUOTAS, name), what, fix)
