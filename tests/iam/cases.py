"""Short requests for tests of the evaluator, with the account numbers of AWS's examples."""

from __future__ import annotations

from typing import Any

from landfall.iam import documents
from landfall.iam.documents import Document, Kind
from landfall.iam.evaluation import Decision, Outcome, Policies, evaluate
from landfall.iam.requests import Request

HOME = "111122223333"
OTHER = "444455556666"
USER = f"arn:aws:iam::{HOME}:user/team/alice"
ROLE = f"arn:aws:iam::{HOME}:role/deploy"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/deploy/run-1"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/bob"
ROOT = f"arn:aws:iam::{HOME}:root"
BUCKET = "arn:aws:s3:::reports"
OBJECT = "arn:aws:s3:::reports/2026/11.csv"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SERVICE_LINKED = (
    f"arn:aws:iam::{HOME}:role/aws-service-role/config.amazonaws.com/AWSServiceRoleForConfig"
)

ALLOWED = Outcome.ALLOWED
EXPLICIT = Outcome.EXPLICIT_DENY
IMPLICIT = Outcome.IMPLICIT_DENY
UNDECIDABLE = Outcome.UNDECIDABLE


def statement(effect: str, action: object = "*", resource: object = "*", **rest: object) -> Any:
    return {"Effect": effect, "Action": action, "Resource": resource, **rest}


def allow(action: object = "*", resource: object = "*", **rest: object) -> Any:
    return statement("Allow", action, resource, **rest)


def deny(action: object = "*", resource: object = "*", **rest: object) -> Any:
    return statement("Deny", action, resource, **rest)


def document(*statements: object, kind: Kind | None = None) -> Document:
    return documents.parse({"Version": "2012-10-17", "Statement": list(statements)}, kind=kind)


def to(principal: object, action: object = "*", resource: object = "*", **rest: object) -> Document:
    """Return a resource policy that allows one principal."""
    return document(allow(action, resource, Principal=principal, **rest))


def trust(principal: object, action: object = "sts:AssumeRole", **rest: object) -> Document:
    written = {"Effect": "Allow", "Principal": principal, "Action": action, **rest}
    return document(written, kind="trust")


FULL = document(allow())


def decide(
    principal: str = USER,
    action: str = "s3:GetObject",
    resource: str = OBJECT,
    *,
    owner: str | None = None,
    context: dict[str, Any] | None = None,
    management: str | None = None,
    on_resource: Document | None = None,
    **policies: Any,
) -> Decision:
    request = Request(
        principal,
        action,
        resource,
        resource_account=owner,
        context=context or {},
        management_account=management,
    )
    return evaluate(request, Policies(resource=on_resource, **policies))
