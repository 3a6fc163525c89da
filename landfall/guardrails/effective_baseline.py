"""The effective baseline of an account: without settings controlled elsewhere or missing in AWS."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from landfall.guardrails.of_stack import named_anywhere, statements_of
from landfall.settings.baseline import Baseline, Budget, Contacts, layered
from landfall.settings.partitions import LACKING

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

# AWS rejects changes of settings that a declarative policy controls.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_declarative.html
_DECLARED: dict[str, dict[str, Any]] = {
    "image_block_public_access": {"block_public_images": False},
    "instance_metadata_defaults": {"require_imdsv2": False, "metadata_hops": None},
    "snapshot_block_public_access": {"block_public_snapshots": False},
}
_DECLARATIVE = "DECLARATIVE_POLICY_EC2"


def of_account(stack: Stack, account: str) -> Baseline:
    """Return the effective baseline of a member account; none for a suspended one."""
    return stack.once(_of_accounts)[account]


def _of_accounts(stack: Stack) -> dict[str, Baseline]:
    """Return the effective baseline of each account; equal ones share one value."""
    shared: dict[tuple[str, bool, tuple[str, ...]], Baseline] = {}
    found = {}
    for name, account in stack.accounts.items():
        if account.baseline.model_fields_set:
            found[name] = _of_account(stack, name)
            continue
        key = (account.unit, account.external, account.guardrails)
        if key not in shared:
            shared[key] = _of_account(stack, name)
        found[name] = shared[key]
    return found


def _of_account(stack: Stack, account: str) -> Baseline:
    names = [name for _, attached in stack.guardrails_around(account) for name in attached]
    found = _effective(stack, stack.baseline_of(account), names)
    return _emptied(found) if stack.is_suspended(account) else found


def of_management_account(stack: Stack) -> Baseline:
    """Return the effective baseline of the management account; only the root's policies apply."""
    return _effective(stack, stack.management_baseline, list(stack.organization.guardrails))


def stands(baseline: Baseline) -> bool:
    """Return whether a baseline sets anything in the account itself."""
    return baseline.enabled and (
        baseline.password_policy.enabled
        or baseline.block_public_buckets
        or baseline.encrypt_volumes
        or baseline.block_public_snapshots
        or baseline.block_public_images
        or baseline.require_imdsv2
        or baseline.metadata_hops is not None
        or bool(baseline.access_analyzer)
    )


def _effective(stack: Stack, baseline: Baseline, names: list[str]) -> Baseline:
    changes: dict[str, Any] = {}
    for attribute in _declared(stack, names):
        changes |= _DECLARED.get(attribute, {})
    if baseline.access_analyzer is None:
        changes["access_analyzer"] = not _analyzed_as_a_whole(stack)
    lacking = LACKING[stack.partition]
    if not baseline.enabled or "account" in lacking:
        changes["contacts"] = _NO_CONTACTS
    if not baseline.enabled or "budgets" in lacking or baseline.budget.amount is None:
        changes["budget"] = Budget(enabled=False)
    return layered(baseline, Baseline.model_construct(set(changes), **changes))


def _analyzed_as_a_whole(stack: Stack) -> bool:
    """Return whether the organization has analyzers, in the audit account."""
    audited = stack.account_with_purpose("audit") and stack.account_with_purpose("log-archive")
    security = stack.security
    return bool(audited) and security is not None and security.access_analyzer.enabled


def _declared(stack: Stack, names: list[str]) -> Iterator[str]:
    """Yield the attributes that the EC2 declarative policies among these guardrails control."""
    known = stack.once(_declarations)
    for name in names:
        yield from known.get(name, ())


def _declarations(stack: Stack) -> dict[str, tuple[str, ...]]:
    """Return the attributes that each EC2 declarative policy controls, by guardrail."""
    return {
        name: tuple(found[1].get("ec2_attributes", {}))
        for name in named_anywhere(stack)
        if (found := statements_of(stack, name)) is not None and found[0] == _DECLARATIVE
    }


_NO_CONTACTS = Contacts(security=None, billing=None, operations=None)


def _emptied(baseline: Baseline) -> Baseline:
    """Return a baseline with only contacts and budget, without settings in the account."""
    nothing = Baseline(
        password_policy={"enabled": False},  # type: ignore[arg-type]
        block_public_buckets=False,
        encrypt_volumes=False,
        block_public_snapshots=False,
        block_public_images=False,
        require_imdsv2=False,
        metadata_hops=None,
        access_analyzer=False,
    )
    return layered(baseline, nothing)
