"""Guardrails on access to resources, whatever their own policies say."""

from __future__ import annotations

from typing import Any

from landfall.guardrails.statements import (
    RCP,
    Context,
    Guardrail,
    Parameter,
    Statement,
    deny,
)

# Only STS actions with an AWS principal: OIDC and SAML sign-ins have no organization.
_RESOURCES = ("kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole", "sts:SetContext")
_OWN = "${aws:ResourceOrgID}"


PARTNERS = Parameter(
    "partnerAccounts", "accounts of others that are let in", r"\d{12}", "'111122223333'"
)


def _perimeter(context: Context) -> list[Statement]:
    """Deny principals outside the organization, and services that act for external accounts.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    partners = context.value(PARTNERS)
    principal: dict[str, Any] = {"aws:PrincipalOrgID": _OWN}
    source: dict[str, Any] = {"aws:SourceOrgID": _OWN}
    if partners:
        principal["aws:PrincipalAccount"] = partners
        source["aws:SourceAccount"] = partners
    outsiders = deny(
        "DenyOutsideOrganization",
        actions=_RESOURCES,
        conditions={
            "StringNotEqualsIfExists": principal,
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
    # Without aws:SourceAccount, the service acts for itself.
    deputies = deny(
        "DenyServicesForOutsiders",
        actions=_RESOURCES,
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
        "access to keys, objects, secrets, queues and roles from outside the organization",
        _perimeter,
        (PARTNERS,),
    ),
    Guardrail(
        "require-tls",
        RCP,
        "requests without TLS to keys, objects, secrets, queues and roles",
        _require_tls,
    ),
)
