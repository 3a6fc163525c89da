"""Judge what a service does as a role that it assumes: CodePipeline as a pipeline's role."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Final

from landfall.aws.arns import arn_of
from landfall.sandbox.gate.request import Caller, Request
from landfall.sandbox.judging import judge, record
from landfall.sandbox.judging.documents import UnreadableError
from landfall.sandbox.judging.permissions import Permission
from landfall.sandbox.judging.refusals import refusal

_PARTS: Final = 6


class Enforcement:
    """Whether the sandbox judges what services do; the server decides at its start."""

    is_on = False


def session_of(role_arn: str, session: str) -> Caller:
    """Return the caller of a session of a role that a service began."""
    _, partition, _, _, account, path = role_arn.split(":", _PARTS - 1)
    name = path.rpartition("/")[2]
    resource = f"assumed-role/{name}/{session}"
    principal = arn_of(partition, "sts", resource, account=account)
    return Caller(account, principal, role=role_arn, issued=datetime.now(UTC))


def refused(caller: Caller, region: str, permissions: Iterable[Permission]) -> str:
    """Return why a role lacks one of some permissions, in AWS's words; empty if it has them all."""
    if not Enforcement.is_on:
        return ""
    request = Request(caller, region, "codepipeline", "", {})
    needed = list(permissions)
    try:
        judged = judge.Call(request)
        for permission in needed:
            decision = judged.decide(permission)
            if decision is not None:
                service = permission.action.partition(":")[0]
                error = refusal(service, "json", caller.principal, permission, decision)
                record.denied(caller, permission, error.message)
                return error.message
    except UnreadableError:
        return ""
    record.used(caller, needed)
    return ""
