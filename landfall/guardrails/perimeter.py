"""Guardrails on resources: who may reach them, whatever their own policies say."""

from __future__ import annotations

from landfall.guardrails.statements import RCP, Context, Guardrail, Statement, deny

# Of STS only what takes a principal of AWS: OIDC and SAML sign-ins have no organization.
_RESOURCES = ("kms:*", "s3:*", "secretsmanager:*", "sqs:*", "sts:AssumeRole", "sts:SetContext")
_OWN = "${aws:ResourceOrgID}"


def _perimeter(_: Context) -> list[Statement]:
    """Deny principals outside the organization, and services that act for an outsider.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_examples.html
    """
    outsiders = deny(
        "DenyOutsideOrganization",
        actions=_RESOURCES,
        conditions={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": _OWN},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
    # Without aws:SourceAccount the service acts for itself, not for somebody.
    deputies = deny(
        "DenyServicesForOutsiders",
        actions=_RESOURCES,
        conditions={
            "StringNotEqualsIfExists": {"aws:SourceOrgID": _OWN},
            "Null": {"aws:SourceAccount": "false"},
            "Bool": {"aws:PrincipalIsAWSService": "true"},
        },
    )
    return [for_everybody(statement) for statement in (outsiders, deputies)]


def for_everybody(statement: Statement) -> Statement:
    """Return a statement in the form of resource control policies, which name a principal: all.

    https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_rcps_syntax.html
    """
    return {**statement, "Principal": "*"}


GUARDRAILS = (
    Guardrail(
        "organization-perimeter",
        RCP,
        "access to keys, objects, secrets, queues and roles from outside the organization",
        _perimeter,
    ),
)
