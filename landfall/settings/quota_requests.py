"""Which quotas a stack requests: in each account by region, and for every new account."""

from __future__ import annotations

from collections.abc import Mapping

from landfall.settings.service_quotas import QuotaRequest
from landfall.settings.stack import Stack

# Services without regions have their quotas in the region of their API.
_GLOBAL = frozenset(
    {"account", "cloudfront", "globalaccelerator", "iam", "organizations", "route53", "shield"}
)


Requested = dict[tuple[str, str], float]
"""Values by quota and region."""


def is_global(code: str) -> bool:
    """Return whether a quota is of a service without regions."""
    return code.partition("/")[0] in _GLOBAL


def of_account(stack: Stack, account: str) -> Requested:
    """Return what is requested for a member account; nothing for a suspended or external one."""
    baseline = stack.baseline_of(account)
    if not baseline.enabled or stack.is_suspended(account):
        return {}
    return _by_region(stack, baseline.quotas)


def of_management_account(stack: Stack) -> Requested:
    """Return what is requested for the management account."""
    baseline = stack.management_baseline
    return _by_region(stack, baseline.quotas) if baseline.enabled else {}


def of_template(stack: Stack) -> Requested:
    """Return what is requested for each new account."""
    return _by_region(stack, stack.organization.quota_template)


def _by_region(stack: Stack, requests: Mapping[str, QuotaRequest]) -> Requested:
    return {
        (code, region): request.value
        for code, request in requests.items()
        for region in request.regions
        or ((stack.global_region,) if is_global(code) else stack.regions)
    }
