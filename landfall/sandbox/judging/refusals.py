"""AWS's error for a denied call.

IAM User Guide, 'Troubleshoot access denied error messages'; AWS Security Blog, 'Enhanced access
denied error messages with policy ARNs' (2026): the ARN of a policy that denies explicitly.
"""

from __future__ import annotations

from typing import Final

from landfall.iam.evaluation import Decision, Outcome
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.judging.permissions import Permission

_CODES: Final = {"ec2": "UnauthorizedOperation", "sns": "AuthorizationError"}
_XML: Final = frozenset({"ec2", "query", "rest-xml"})
_EC2: Final = "You are not authorized to perform this operation. "


class AccessDeniedError(AWSError):
    """The caller lacks a permission; `denied` is the permission."""

    status = 403

    def __init__(self, message: str, code: str, status: int, denied: Permission) -> None:
        super().__init__(message, code=code, status=status)
        self.denied = denied


def refusal(
    service: str, protocol: str, principal: str, permission: Permission, decision: Decision
) -> AccessDeniedError:
    """Return the error of a service for a decision that denies."""
    resource = permission.resource
    where = ""
    if resource is not None:
        quoted = f'"{resource}"' if service == "s3" else resource
        where = f" on resource: {quoted}"
    message = (
        f"User: {principal} is not authorized to perform: {permission.action}{where} "
        f"{_reason(permission.action, decision)}"
    )
    if service == "ec2":
        message = _EC2 + message
    in_xml = protocol in _XML
    code = _CODES.get(service, "AccessDenied" if in_xml else "AccessDeniedException")
    status = 403 if in_xml or protocol == "rest-json" else 400
    return AccessDeniedError(message, code, status, permission)


def _reason(action: str, decision: Decision) -> str:
    if decision.outcome is Outcome.EXPLICIT_DENY:
        return f"with an explicit deny in {decision.policy}"
    if decision.lacking is None:
        return f"because {decision.reason}"
    return f"because no {decision.lacking} allows the {action} action"
