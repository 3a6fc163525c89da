"""Guardrails on access to resources, whatever their own policies say."""

from __future__ import annotations

from typing import Any

from landfall.aws.load_balancers import load_balancer_accounts
from landfall.guardrails.statements import (
    RCP,
    Context,
    Guardrail,
    Parameter,
    Statement,
    deny,
)

# Only STS actions with an AWS principal: OIDC and SAML sign-ins have no organization.
# These are the services of AWS's identity perimeter:
# https://github.com/aws-samples/data-perimeter-policy-examples/tree/main/resource_control_policies
_GUARDED = {
    "aoss": ("aoss:*",),
    "cognito-identity": ("cognito-identity:*",),
    "cognito-idp": ("cognito-idp:*",),
    "dynamodb": ("dynamodb:*",),
    "ecr": ("ecr:*",),
    "kms": ("kms:*",),
    "logs": ("logs:*",),
    "s3": ("s3:*",),
    "secretsmanager": ("secretsmanager:*",),
    "sqs": ("sqs:*",),
    "sts": ("sts:AssumeRole", "sts:SetContext"),
}
_OWN = "${aws:ResourceOrgID}"


PARTNERS = Parameter(
    "partnerAccounts", "accounts of others that are let in", r"\d{12}", "'111122223333'"
)
PERIMETER_SERVICES = Parameter(
    "services", "the services inside the perimeter; default: all", "|".join(_GUARDED), "s3"
)


def _perimeter(context: Context) -> list[Statement]:
    """Deny principals outside the organization, and services that act for external accounts.

    Load balancers of some regions write access logs with accounts of AWS.
    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    partners, services = context.value(PARTNERS), context.value(PERIMETER_SERVICES, [*_GUARDED])
    guarded = [action for service in services for action in _GUARDED[service]]
    balancers = load_balancer_accounts(context.regions) if "s3" in services else []
    principal: dict[str, Any] = {"aws:PrincipalOrgID": _OWN}
    source: dict[str, Any] = {"aws:SourceOrgID": _OWN}
    if outside := sorted({*partners, *balancers}):
        principal["aws:PrincipalAccount"] = outside
    if partners:
        source["aws:SourceAccount"] = partners
    outsiders = deny(
        "DenyOutsideOrganization",
        actions=guarded,
        conditions={
            "StringNotEqualsIfExists": principal,
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
    # Without aws:SourceAccount, the service acts for itself.
    deputies = deny(
        "DenyServicesForOutsiders",
        actions=guarded,
        conditions={
            "StringNotEqualsIfExists": source,
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    )
    return [for_everybody(statement) for statement in (outsiders, deputies)]


def _require_tls(_: Context) -> list[Statement]:
    """Deny plaintext requests of all principals; requests between services stay inside AWS.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    statement = deny(
        "DenyWithoutTls",
        actions=("kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:*"),
        conditions={
            "BoolIfExists": {"aws:SecureTransport": "false", "aws:PrincipalIsAWSService": "false"}
        },
    )
    return [for_everybody(statement)]


def for_everybody(statement: Statement) -> Statement:
    """Return a statement in the form of resource control policies, with the principal `*`.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """
    return {**statement, "Principal": "*"}


GUARDRAILS = (
    Guardrail(
        "organization-perimeter",
        RCP,
        "access to data, keys, secrets, logs, images and roles from outside the organization",
        _perimeter,
        (PARTNERS, PERIMETER_SERVICES),
    ),
    Guardrail(
        "require-tls",
        RCP,
        "requests without TLS to keys, objects, secrets, queues and roles",
        _require_tls,
    ),
)
