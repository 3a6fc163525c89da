"""CloudFormation acts as the role of a stack, or for its caller, with their permissions."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, Sandbox, error_of, trust
from tests.sandbox_gate.judging.callers import Roles, document

NAMES = {"StackName": "orders"}
QUEUE = f"arn:aws:sqs:{REGION}:{MANAGEMENT}:orders"
JOBS = {"Type": "AWS::SQS::Queue", "Properties": {"QueueName": {"Fn::Sub": "${Name}"}}}


def template(**resources: Any) -> str:
    parameters = {"Name": {"Type": "String", "Default": "orders"}}
    outputs = {"Jobs": {"Value": {"Ref": "Jobs"}, "Export": {"Name": "jobs"}}}
    return json.dumps(
        {"Parameters": parameters, "Resources": {"Jobs": JOBS, **resources}, "Outputs": outputs}
    )


class Stack:
    """The stack `orders`, and its role."""

    def __init__(self, aws: Clients) -> None:
        self.aws = aws
        self.client = aws("cloudformation")
        self.role: str = aws("iam").create_role(
            RoleName="stack", AssumeRolePolicyDocument=trust(service="cloudformation.amazonaws.com")
        )["Role"]["Arn"]

    def allow(self, *actions: str, resource: str = "*") -> None:
        policy = document({"Action": list(actions), "Resource": resource})
        self.aws("iam").put_role_policy(RoleName="stack", PolicyName="own", PolicyDocument=policy)

    def status(self) -> str:
        status: str = self.client.describe_stacks(**NAMES)["Stacks"][0]["StackStatus"]
        return status

    def failed(self) -> list[tuple[str, str]]:
        """Return logical ids and reasons of the resources that failed."""
        found = self.client.describe_stack_events(**NAMES)["StackEvents"]
        return [
            (each["LogicalResourceId"], each["ResourceStatusReason"])
            for each in found
            if each["ResourceStatus"].endswith("_FAILED") and each["LogicalResourceId"] != "orders"
        ]

    def queues(self) -> int:
        return len(self.aws("sqs").list_queues().get("QueueUrls", []))


@pytest.fixture
def stack(aws: Clients) -> Stack:
    return Stack(aws)


def test_stack_is_created_with_the_permissions_of_its_role(stack: Stack) -> None:
    stack.allow("sqs:CreateQueue", resource=QUEUE + "-other")
    stack.client.create_stack(**NAMES, TemplateBody=template(), RoleARN=stack.role)
    assert (stack.status(), stack.queues()) == ("ROLLBACK_COMPLETE", 0)
    ((logical_id, reason),) = stack.failed()
    assert logical_id == "Jobs"
    session = f"arn:aws:sts::{MANAGEMENT}:assumed-role/stack/AWSCloudFormation"
    assert f"User: {session} is not authorized to perform: sqs:CreateQueue" in reason
    assert f"on resource: {QUEUE} because no identity-based policy allows" in reason
    stack.client.delete_stack(**NAMES)
    stack.allow("sqs:CreateQueue", resource=QUEUE)
    stack.client.create_stack(**NAMES, TemplateBody=template(), RoleARN=stack.role)
    assert (stack.status(), stack.queues()) == ("CREATE_COMPLETE", 1)


def test_stack_keeps_its_role_for_updates_and_its_deletion(stack: Stack) -> None:
    stack.allow("sqs:CreateQueue")
    stack.client.create_stack(**NAMES, TemplateBody=template(), RoleARN=stack.role)
    topic = {"Type": "AWS::SNS::Topic", "Properties": {"TopicName": "orders"}}
    stack.client.update_stack(**NAMES, TemplateBody=template(Told=topic))
    assert stack.status() == "UPDATE_ROLLBACK_COMPLETE"
    assert [logical_id for logical_id, _ in stack.failed()] == ["Told"]
    assert stack.aws("sns").list_topics()["Topics"] == []
    stack.client.delete_stack(**NAMES)
    assert (stack.status(), stack.queues()) == ("DELETE_FAILED", 1)
    stack.allow("sqs:*", "sns:*")
    stack.client.update_stack(**NAMES, TemplateBody=template(Told=topic))
    assert stack.status() == "UPDATE_COMPLETE"
    stack.client.delete_stack(**NAMES)
    assert stack.queues() == 0


def test_change_set_is_executed_with_the_permissions_of_its_role(stack: Stack) -> None:
    names = {**NAMES, "ChangeSetName": "first"}
    body = {"TemplateBody": template(), "RoleARN": stack.role, "ChangeSetType": "CREATE"}
    stack.client.create_change_set(**names, **body)
    stack.client.execute_change_set(**names)
    assert (stack.status(), stack.queues()) == ("ROLLBACK_COMPLETE", 0)
    stack.client.delete_stack(**NAMES)
    stack.allow("sqs:*")
    stack.client.create_change_set(**names, **body)
    stack.client.execute_change_set(**names)
    assert (stack.status(), stack.queues()) == ("CREATE_COMPLETE", 1)


def test_role_that_a_resource_gets_must_be_passed(stack: Stack) -> None:
    runs = stack.aws("iam").create_role(
        RoleName="runs", AssumeRolePolicyDocument=trust(service="lambda.amazonaws.com")
    )["Role"]["Arn"]
    code = {"ZipFile": "def handler(event, context): pass"}
    function = {"FunctionName": "orders", "Role": runs, "Handler": "index.handler", "Code": code}
    properties = {**function, "Runtime": "python3.13"}
    resource = {"Type": "AWS::Lambda::Function", "Properties": properties}
    stack.allow("lambda:*", "sqs:*")
    stack.client.create_stack(**NAMES, TemplateBody=template(Runs=resource), RoleARN=stack.role)
    ((logical_id, reason),) = stack.failed()
    assert logical_id == "Runs"
    assert f"perform: iam:PassRole on resource: {runs}" in reason
    assert stack.queues() == 0


def test_role_that_cloudformation_cannot_assume_is_refused(stack: Stack) -> None:
    foreign = stack.aws("iam").create_role(
        RoleName="foreign", AssumeRolePolicyDocument=trust(service="lambda.amazonaws.com")
    )["Role"]["Arn"]
    code, message = error_of(
        stack.client.create_stack, **NAMES, TemplateBody=template(), RoleARN=foreign
    )
    assert (code, message) == (
        "ValidationError",
        f"Role {foreign} is invalid or cannot be assumed",
    )


def test_stack_without_a_role_needs_the_permissions_of_its_caller(sandbox: Sandbox) -> None:
    roles = Roles(sandbox)
    via = {"StringEquals": {"aws:CalledViaLast": "cloudformation.amazonaws.com"}}
    roles.create("builder", {"Action": "cloudformation:*"})
    client = roles.client("builder", "cloudformation")
    client.create_stack(**NAMES, TemplateBody=template())
    assert client.describe_stacks(**NAMES)["Stacks"][0]["StackStatus"] == "ROLLBACK_COMPLETE"
    client.delete_stack(**NAMES)
    roles.allow("builder", {"Action": "cloudformation:*"}, {"Action": "sqs:*", "Condition": via})
    client.create_stack(**NAMES, TemplateBody=template())
    assert client.describe_stacks(**NAMES)["Stacks"][0]["StackStatus"] == "CREATE_COMPLETE"
