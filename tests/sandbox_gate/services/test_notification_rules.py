"""Notification rules of CodeStar Notifications, and the groups that CodeDeploy returns."""

from __future__ import annotations

import json

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of, trust
from tests.sandbox_gate.deployed import auto_scaling_group

REPOSITORY = f"arn:aws:codecommit:eu-west-1:{MANAGEMENT}:orders"
TOPIC = f"arn:aws:sns:eu-west-1:{MANAGEMENT}:orders"
CREATED = "codecommit-repository-pull-request-created"
MERGED = "codecommit-repository-pull-request-merged"


def test_notification_rules(aws: Clients) -> None:
    client = aws("codestar-notifications")
    target = {"TargetType": "SNS", "TargetAddress": TOPIC}
    asked = {
        "Name": "orders",
        "EventTypeIds": [CREATED],
        "Resource": REPOSITORY,
        "Targets": [target],
        "DetailType": "BASIC",
    }
    arn = client.create_notification_rule(**asked, Tags={"team": "orders"})["Arn"]
    found = client.describe_notification_rule(Arn=arn)
    assert (found["Status"], found["Tags"]) == ("ENABLED", {"team": "orders"})
    assert [each["EventTypeId"] for each in found["EventTypes"]] == [CREATED]
    assert found["Targets"] == [{**target, "TargetStatus": "UNREACHABLE"}]
    client.update_notification_rule(Arn=arn, EventTypeIds=[CREATED, MERGED])
    changed = client.describe_notification_rule(Arn=arn)
    assert len(changed["EventTypes"]) == 2
    assert changed["Targets"] == found["Targets"]
    by_resource = [{"Name": "RESOURCE", "Value": REPOSITORY}]
    listed = client.list_notification_rules(Filters=by_resource)["NotificationRules"]
    assert [each["Arn"] for each in listed] == [arn]
    code, _ = error_of(client.create_notification_rule, **asked)
    assert code == "ResourceAlreadyExistsException"
    client.delete_notification_rule(Arn=arn)
    code, _ = error_of(client.describe_notification_rule, Arn=arn)
    assert code == "ResourceNotFoundException"


def test_topic_of_a_notification_rule_is_active_once_its_policy_admits_the_service(
    aws: Clients,
) -> None:
    client = aws("codestar-notifications")
    aws("sns").create_topic(Name="orders")
    asked = {"Name": "orders", "Resource": REPOSITORY, "DetailType": "FULL"}
    target = {"TargetType": "SNS", "TargetAddress": TOPIC}
    arn = client.create_notification_rule(**asked, EventTypeIds=[CREATED], Targets=[target])["Arn"]

    def status() -> str:
        found: str = client.describe_notification_rule(Arn=arn)["Targets"][0]["TargetStatus"]
        return found

    assert status() == "UNREACHABLE"
    principal = {"Service": "codestar-notifications.amazonaws.com"}
    account = {"StringEquals": {"aws:SourceAccount": MANAGEMENT}}
    statement = {"Effect": "Allow", "Principal": principal, "Action": "sns:Publish"}
    policy = {"Statement": [statement | {"Resource": TOPIC, "Condition": account}]}
    aws("sns").set_topic_attributes(
        TopicArn=TOPIC, AttributeName="Policy", AttributeValue=json.dumps(policy)
    )
    assert status() == "ACTIVE"


def test_notification_rules_that_are_refused(aws: Clients) -> None:
    client = aws("codestar-notifications")
    target = {"TargetType": "SNS", "TargetAddress": TOPIC}
    asked = {"Name": "orders", "Resource": REPOSITORY, "DetailType": "FULL"}
    other = "codepipeline-pipeline-pipeline-execution-failed"
    code, _ = error_of(
        client.create_notification_rule, **asked, EventTypeIds=[other], Targets=[target]
    )
    assert code == "ValidationException"
    many = [{"TargetType": "SNS", "TargetAddress": f"{TOPIC}{number}"} for number in range(11)]
    code, _ = error_of(
        client.create_notification_rule, **asked, EventTypeIds=[CREATED], Targets=many
    )
    assert code in ("LimitExceededException", "ValidationException")


def test_a_deployment_group_answers_its_auto_scaling_groups_with_their_hooks(aws: Clients) -> None:
    role = aws("iam").create_role(
        RoleName="deploy", AssumeRolePolicyDocument=trust(service="codedeploy.amazonaws.com")
    )["Role"]["Arn"]
    client = aws("codedeploy")
    client.create_application(applicationName="ledger", computePlatform="Server")
    where = {"applicationName": "ledger", "deploymentGroupName": "ledger"}
    auto_scaling_group(aws, "ledger")
    client.create_deployment_group(**where, serviceRoleArn=role, autoScalingGroups=["ledger"])
    (group,) = client.get_deployment_group(**where)["deploymentGroupInfo"]["autoScalingGroups"]
    assert group["name"] == "ledger"
    assert group["hook"].startswith("CodeDeploy-managed-")
