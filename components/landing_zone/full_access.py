"""Detach FullAWSAccess where the settings say so, after the stack's own policies are attached.

AWS attaches FullAWSAccess to each target by itself, so no resource of the stack is that attachment.
The stack never attaches it again.
"""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import pulumi

from components.landing_zone.base_session import BaseCredentials
from components.landing_zone.foundation import Foundation
from landfall.settings import Stack
from landfall.settings.organization_tree import ROOT

FULL_ACCESS: Final = "p-FullAWSAccess"
_SCP: Final = "SERVICE_CONTROL_POLICY"


class FullAccessError(Exception):
    """FullAWSAccess cannot be detached; the engine prints it without a traceback."""


def register_full_access(stack: Stack, foundation: Foundation) -> None:
    """Record the targets with `fullAccess: false`, and detach FullAWSAccess there before."""
    targets = dict(_targets(stack, foundation))
    if not targets:
        return
    base = BaseCredentials.of_config()

    def changed(args: pulumi.ResourceHookArgs) -> None:
        kept = (args.new_inputs or {})["input"]
        client = base.session(stack.global_region).client("organizations")
        detach_full_access(client, kept["organization"], kept["targets"])

    hook = pulumi.ResourceHook("full-access-change", changed)
    accounts = [
        foundation.accounts[name] for name, each in stack.accounts.items() if not each.full_access
    ]
    pulumi.Stash(
        "full-access",
        input={"organization": foundation.organization.organization_id, "targets": targets},
        opts=pulumi.ResourceOptions(
            # A target must keep a policy: those of the stack are attached first.
            depends_on=[foundation.organization, *accounts],
            hooks=pulumi.ResourceHookBinding(before_create=[hook], before_update=[hook]),
        ),
    )


def detach_full_access(client: Any, organization: str, targets: Mapping[str, str]) -> None:
    """Detach FullAWSAccess from targets (name to id) of an organization.

    Raises `FullAccessError` if the client belongs to another organization, or if FullAWSAccess is
    the only service control policy of a target. AWS's other errors pass through.
    """
    found = client.describe_organization()["Organization"]["Id"]
    if found != organization:
        raise FullAccessError(
            f"FullAWSAccess stays attached to {', '.join(targets)}: the credentials of the program "
            f"belong to {found}, not to {organization}; set AWS_PROFILE to those of the stack, or "
            f"run: aws organizations detach-policy --policy-id {FULL_ACCESS} --target-id "
            + next(iter(targets.values()))
        )
    pages = client.get_paginator("list_policies_for_target")
    for name, target in targets.items():
        attached = {
            policy["Id"]
            for page in pages.paginate(TargetId=target, Filter=_SCP)
            for policy in page["Policies"]
        }
        if FULL_ACCESS not in attached:
            continue
        if attached == {FULL_ACCESS}:
            raise FullAccessError(
                f"FullAWSAccess is the only service control policy of {name}, and AWS requires "
                "one: list a guardrail with Allow statements there"
            )
        client.detach_policy(PolicyId=FULL_ACCESS, TargetId=target)


def _targets(stack: Stack, foundation: Foundation) -> Iterator[tuple[str, pulumi.Output[str]]]:
    if not stack.organization.full_access:
        yield ROOT, foundation.organization.top_id
    for path, unit in stack.organization.walk():
        if not unit.full_access:
            yield path, foundation.organization.units[path]
    for name, account in stack.accounts.items():
        if not account.full_access:
            yield f"account {name}", foundation.accounts[name].account_id
