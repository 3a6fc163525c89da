"""Judge a call with and without a permission, by the sandbox's own code."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from bench.permissions.hosting import Call
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.judging.judge import judge
from landfall.sandbox.judging.refusals import AccessDeniedError


@dataclass(frozen=True, slots=True)
class Row:
    """One permission: whose policy it is in, what shows that it is needed, and what was said.

    `shown` is `up` for a call that `landfall up` made, `made` for one that the bench made, and
    `none` if no call of the sandbox needs the permission alone.
    """

    stack: str
    kind: str
    holder: str
    permission: str
    resource: str
    shown: str
    passed: bool
    message: str
    by: str = ""
    """Who names action, resource and policy; empty if AWS's own words do."""


def unshown(stack: str, kind: str, holder: str, permission: str, resource: str) -> Row:
    """Return the row of a permission that no call needs alone."""
    why = "another permission allows it too, or no operation of AWS's API needs it on its own"
    return Row(stack, kind, holder, permission, resource, "none", passed=False, message=why)


def denial(call: Call) -> AWSError | None:
    """Return the error that denies a call; None if it is allowed."""
    try:
        judge(*call)
    except AccessDeniedError as error:
        return error
    return None


def without(call: Call, take: Callable[[], Callable[[], None]]) -> AWSError | None:
    """Return the error that denies a call while a permission is away.

    `take` takes it away, and returns what gives it back.
    """
    give_back = take()
    try:
        return denial(call)
    finally:
        give_back()


def names_all(error: AWSError, action: str, resource: str, policy: str) -> bool:
    """Return whether a message names an action, a resource, and the kind of policy."""
    return f"perform: {action} on resource: " in error.message and all(
        each in error.message for each in (resource, policy)
    )
