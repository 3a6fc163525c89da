"""Refuse an update of an organization that would switch off what others may use.

The provider disables the services and policy types that a list lacks. Disabling a policy type
detaches all policies of that type.
"""

from collections.abc import Mapping
from typing import Any, Final

import pulumi

_LISTS: Final = {
    "awsServiceAccessPrincipals": (
        "trusted access of",
        "add it to landfall:organization.trustedServices, or switch it off yourself: "
        "aws organizations disable-aws-service-access --service-principal {first}",
    ),
    "enabledPolicyTypes": (
        "the policy type",
        "add it to landfall:organization.policyTypes, or switch it off yourself: "
        "aws organizations disable-policy-type --policy-type {first} --root-id r-…",
    ),
}


class SwitchedOffError(Exception):
    """An update would disable a service or a policy type; the engine prints it."""


def refusal(name: str) -> pulumi.ResourceHookBinding:
    """Return the hook for the organization resource of this name; it runs in previews, too."""
    hook = pulumi.ResourceHook(
        f"{name}-switched-off", refuse, pulumi.ResourceHookOptions(on_dry_run=True)
    )
    return pulumi.ResourceHookBinding(before_update=[hook])


def refuse(args: pulumi.ResourceHookArgs) -> None:
    """Raise `SwitchedOffError` if the new lists lack what is enabled, with the fix."""
    lost = []
    for key, (what, fix) in _LISTS.items():
        gone = _listed(args.old_outputs, key) or _listed(args.old_inputs, key)
        # The provider takes a list that is left out for an empty one.
        if missing := sorted(gone - _listed(args.new_inputs, key)):
            lost.append(
                f"{what} {', '.join(missing)} would be switched off\n    "
                f"{fix.format(first=missing[0])}, and refresh the stack"
            )
    if lost:
        raise SwitchedOffError("\n".join(lost))


def _listed(values: Mapping[str, Any] | None, key: str) -> set[str]:
    found = (values or {}).get(key) or ()
    return {each for each in found if isinstance(each, str)} if isinstance(found, list) else set()
