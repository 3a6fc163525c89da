"""The services with trusted access and the policy types that a stack uses.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_integrate_services_list.html
CloudFormation StackSets is enabled by a call of its own, and the stack does not need it.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from landfall.guardrails.of_stack import named_anywhere, type_of
from landfall.settings.partitions import LACKING

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_SUFFIX: Final = ".amazonaws.com"
# https://docs.aws.amazon.com/organizations/latest/APIReference/API_EnablePolicyType.html
_OF_POLICY_TYPES: Final = {
    "BACKUP_POLICY": "backup",
    "SECURITYHUB_POLICY": "securityhub",
    "INSPECTOR_POLICY": "inspector2",
}


def services(stack: Stack) -> tuple[str, ...]:
    """Return the service principals that the stack needs, without those the partition lacks."""
    lacking = LACKING[stack.partition]
    found = {name for name in _services(stack) if name.partition(".")[0] not in lacking}
    return tuple(sorted(found))


def policy_types(stack: Stack) -> tuple[str, ...]:
    """Return the types of the guardrails that are attached anywhere, and the delegated ones."""
    types = (type_of(stack, name) for name in named_anywhere(stack))
    used = {kind for kind in types if kind is not None}
    return tuple(sorted({*used, *stack.organization.delegated_policies}))


def _services(stack: Stack) -> Iterator[str]:
    if _manages_accounts(stack):
        yield f"account{_SUFFIX}"
    organization = stack.organization
    if organization.central_root_access or (
        organization.mode == "create" and "deny-root-user" in _catalogued(stack)
    ):
        # Central root access can open the root sessions that the guardrail leaves.
        yield f"iam{_SUFFIX}"
    if stack.access.identity_center is not None:
        yield f"sso{_SUFFIX}"
    if stack.security is not None:
        yield from stack.security.own_registration
        yield from stack.security.delegated
        if "ebs-malware-protection" in stack.security.guard_duty.features:
            # GuardDuty enables it itself, and the stack would disable services that are not listed.
            yield f"malware-protection.guardduty{_SUFFIX}"
    if stack.organization.quota_template:
        yield f"servicequotas{_SUFFIX}"
    if stack.sharing is not None:
        # AWS RAM enables it itself, and the stack would disable services that are not listed.
        yield f"ram{_SUFFIX}"
    yield from stack.organization.delegated_administrators
    for kind in policy_types(stack):
        if kind in _OF_POLICY_TYPES:
            yield f"{_OF_POLICY_TYPES[kind]}{_SUFFIX}"


def _manages_accounts(stack: Stack) -> bool:
    """Return whether the stack calls Account Management: it writes contacts, or renames accounts.

    https://docs.aws.amazon.com/accounts/latest/APIReference/API_PutAccountName.html
    """
    made = stack.organization.mode == "create" and bool(stack.accounts)
    renamed = any(account.formerly for account in stack.accounts.values())
    layers = (stack.baseline_of(name) for name in stack.accounts)
    return made or renamed or any(each.enabled and each.contacts.given() for each in layers)


def _catalogued(stack: Stack) -> set[str]:
    """Return the names in the catalogue of the guardrails that are attached anywhere."""
    own = stack.guardrails
    return {(own[name].catalogue or "") if name in own else name for name in named_anywhere(stack)}
