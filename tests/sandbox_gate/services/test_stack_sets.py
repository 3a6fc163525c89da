"""CloudFormation StackSets of an organization."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox_gate.conftest import Clients, error_of

TEMPLATE = json.dumps({"Resources": {"Jobs": {"Type": "AWS::SQS::Queue"}}})
SET = {"StackSetName": "baseline", "TemplateBody": TEMPLATE, "PermissionModel": "SERVICE_MANAGED"}
SERVICE = "member.org.stacksets.cloudformation.amazonaws.com"


def test_stack_set_of_the_organization_needs_an_enabling_call_of_its_own(
    aws: Clients, organization: Any, member: str
) -> None:
    """https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_ActivateOrganizationsAccess.html"""
    client = aws("cloudformation")
    organization.enable_aws_service_access(ServicePrincipal=SERVICE)
    code, message = error_of(client.create_stack_set, **SET)
    assert (code, "enable organizations access" in message) == ("ValidationError", True)
    assert client.describe_organizations_access()["Status"] == "DISABLED"
    theirs = aws("cloudformation", account=member).activate_organizations_access
    assert error_of(theirs)[0] == "InvalidOperationException"
    client.activate_organizations_access()
    assert client.describe_organizations_access()["Status"] == "ENABLED"
    assert client.create_stack_set(**SET)["StackSetId"]
    client.deactivate_organizations_access()
    code, _ = error_of(client.create_stack_set, **{**SET, "StackSetName": "second"})
    assert code == "ValidationError"
    # The member principal alone is known to AWS Organizations.
    known = organization.enable_aws_service_access
    code, _ = error_of(known, ServicePrincipal=SERVICE.removeprefix("member.org."))
    assert code == "InvalidInputException"


def test_activation_of_stack_sets_enables_trusted_access(aws: Clients, organization: Any) -> None:
    aws("cloudformation").activate_organizations_access()
    enabled = organization.list_aws_service_access_for_organization()["EnabledServicePrincipals"]
    assert SERVICE in {each["ServicePrincipal"] for each in enabled}
    own = {"StackSetName": "own", "TemplateBody": TEMPLATE}
    aws("cloudformation").deactivate_organizations_access()
    assert aws("cloudformation").create_stack_set(**own)["StackSetId"]
