"""What the platform has to be able to do for the security services, account by account."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from landfall.guardrails import calls, security_calls
from landfall.guardrails.need import Need
from landfall.settings import naming

if TYPE_CHECKING:
    from landfall.settings.security import Security
    from landfall.settings.stack import Stack


def needs(stack: Stack) -> Iterator[Need]:
    """Yield what the security services of a stack take; nothing where it has none."""
    if stack.security is None:
        return
    audit = stack.account_with_purpose("audit")
    archive = stack.account_with_purpose("log-archive")
    if stack.security.archives and archive is not None:
        yield from _archive(stack, stack.security, archive)
    if stack.security.config.enabled:
        yield from _recorders(stack)
    if audit is not None:
        yield from _audit(stack, stack.security, audit)


def _provisioning(
    stack: Stack, account: str, actions: Sequence[str], resource: str, region: str
) -> Need:
    return Need(account, stack.organization.account_role, tuple(actions), resource, region)


def _archive(stack: Stack, security: Security, account: str) -> Iterator[Need]:
    region = stack.region
    bucket = f"s3:::{naming.log_bucket('{account}', region)}"
    key = f"kms:{region}:{{account}}:key/*"
    yield _provisioning(stack, account, calls.KEYS, key, region)
    yield _provisioning(stack, account, calls.BUCKETS, bucket, region)
    if security.log_archive.lock is not None:
        yield _provisioning(stack, account, security_calls.LOCK, bucket, region)


def _recorders(stack: Stack) -> Iterator[Need]:
    role = "iam::{account}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
    for name, account in stack.accounts.items():
        if account.external or stack.is_suspended(name):
            continue
        yield _provisioning(stack, name, security_calls.RECORDING_ROLES, role, stack.global_region)
        yield _provisioning(stack, name, ("iam:PassRole",), role, stack.global_region)
        for region in stack.config_regions:
            recorder = f"config:{region}:{{account}}:configuration-recorder/*"
            yield _provisioning(stack, name, security_calls.RECORDING, recorder, region)


def _audit(stack: Stack, security: Security, account: str) -> Iterator[Need]:
    home = stack.region
    services: list[tuple[bool, Sequence[str], str, Sequence[str]]] = [
        (
            security.config.enabled,
            security_calls.CONFORMANCE,
            "config:{region}:{account}:config-aggregator/*",
            stack.config_regions,
        ),
        (
            security.guard_duty.enabled,
            security_calls.DETECTORS,
            "guardduty:{region}:{account}:detector/*",
            stack.regions,
        ),
        (
            security.security_hub.enabled,
            security_calls.HUB,
            "securityhub:{region}:{account}:hub/default",
            (home,),
        ),
        (
            security.access_analyzer.enabled,
            security_calls.ANALYZERS,
            "access-analyzer:{region}:{account}:analyzer/*",
            stack.regions,
        ),
    ]
    if security.told and security.findings.notify:
        topic = "sns:{region}:{account}:" + naming.FINDINGS
        rule = f"events:{{region}}:{{account}}:rule/{naming.FINDINGS}-*"
        services += [
            (True, calls.KEYS, "kms:{region}:{account}:key/*", (home,)),
            (True, security_calls.TOPICS, topic, (home,)),
            (True, security_calls.EVENTS, rule, stack.regions),
        ]
    for on, actions, resource, regions in services:
        for region in regions if on else ():
            there = resource.replace("{region}", region)
            yield _provisioning(stack, account, actions, there, region)
