"""S3: bucket policies judged with their principals and conditions.

The emulator enforces bucket policies on objects but takes a statement whose condition does not hold
for a denial, so that the usual `aws:SecureTransport` statement locks everyone out. S3 User Guide,
'How Amazon S3 authorizes a request for an object operation'.
"""

from __future__ import annotations

import json
from typing import Any

from flask import has_request_context, request
from moto.iam.access_control import PermissionResult
from moto.s3.models import FakeBucket

from landfall.sandbox.across_services.trust import Applicant, applicant_of, decide
from landfall.sandbox.gate.request import Request

_HEADERS = (
    "x-amz-acl",
    "x-amz-server-side-encryption",
    "x-amz-server-side-encryption-aws-kms-key-id",
)
"""Headers whose values are condition keys: S3 User Guide, 'Policy condition keys'."""

_ANSWERS = {
    "Allow": PermissionResult.PERMITTED,
    "Deny": PermissionResult.DENIED,
    None: PermissionResult.NEUTRAL,
}


def _get_permission(self: FakeBucket, action: str, resource: str) -> Any:
    """Answer for the caller of the current request; without one, nothing is denied."""
    if self.policy is None or not has_request_context():
        return PermissionResult.NEUTRAL
    known = request.environ.get("landfall.request")
    if not isinstance(known, Request):
        return PermissionResult.NEUTRAL
    context = {
        f"s3:{name}": [request.headers[name]] for name in _HEADERS if name in request.headers
    }
    applicant = applicant_of(known, context)
    if not known.caller.principal:
        # Nobody in particular: only what is said of everyone ("*") can match.
        kept = {key: applicant.context[key] for key in ("aws:securetransport", *context)}
        applicant = Applicant("AWS", "anonymous", "anonymous", context=kept)
    # HEAD asks for what GET asks for: S3 API Reference, HeadObject.
    wanted = "s3:GetObject" if action == "s3:HeadObject" else action
    return _ANSWERS[decide(json.loads(self.policy), applicant, wanted, resource)]


FakeBucket.get_permission = _get_permission
