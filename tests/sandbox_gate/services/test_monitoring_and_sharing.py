"""Links of CloudWatch between accounts, and AWS RAM, as AWS documents them."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox_gate.conftest import Clients, create_account, error_of

LOGS, METRICS = "AWS::Logs::LogGroup", "AWS::CloudWatch::Metric"


def policy(organization: str, *types: str) -> str:
    statement = {
        "Effect": "Allow",
        "Principal": "*",
        "Resource": "*",
        "Action": ["oam:CreateLink", "oam:UpdateLink"],
        "Condition": {
            "StringEquals": {"aws:PrincipalOrgID": organization},
            "ForAllValues:StringEquals": {"oam:ResourceTypes": list(types)},
        },
    }
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def test_link_needs_a_policy_of_the_sink_that_admits_account_and_types(
    aws: Clients, organization: Any, member: str
) -> None:
    own = organization.describe_organization()["Organization"]["Id"]
    monitoring = aws("oam", account=create_account(organization, "monitoring"))
    sink = monitoring.create_sink(Name="landfall")["Arn"]
    assert error_of(monitoring.create_sink, Name="second")[0] == "ConflictException"
    assert error_of(monitoring.get_sink_policy, SinkIdentifier=sink)[0] == (
        "ResourceNotFoundException"
    )
    source = aws("oam", account=member)
    link = {"LabelTemplate": "$AccountName", "SinkIdentifier": sink, "ResourceTypes": [LOGS]}
    assert error_of(source.create_link, **link)[0] == "AccessDeniedException"
    monitoring.put_sink_policy(SinkIdentifier=sink, Policy=policy("o-other12345", LOGS))
    assert error_of(source.create_link, **link)[0] == "AccessDeniedException"
    monitoring.put_sink_policy(SinkIdentifier=sink, Policy=policy(own, LOGS))
    both = {**link, "ResourceTypes": [LOGS, METRICS]}
    assert error_of(source.create_link, **both)[0] == "AccessDeniedException"
    assert error_of(monitoring.create_link, **link)[0] == "InvalidParameterException"
    other = aws("oam", account=member, region="us-east-1")
    assert error_of(other.create_link, **link)[0] == "ResourceNotFoundException"
    made = source.create_link(**link)
    assert made["Label"] == "member"
    assert error_of(source.create_link, **link)[0] == "ConflictException"
    update = {"Identifier": made["Arn"], "ResourceTypes": [LOGS, METRICS]}
    assert error_of(source.update_link, **update)[0] == "AccessDeniedException"
    (attached,) = monitoring.list_attached_links(SinkIdentifier=sink)["Items"]
    assert attached["LinkArn"] == made["Arn"]
    assert error_of(monitoring.delete_sink, Identifier=sink)[0] == "ConflictException"
    source.delete_link(Identifier=made["Arn"])
    monitoring.delete_sink(Identifier=sink)


def test_sink_policy_admits_no_other_actions(aws: Clients, organization: Any) -> None:
    client = aws("oam")
    sink = client.create_sink(Name="landfall")["Arn"]
    wrong = policy("o-a1b2c3d4e5", LOGS).replace("oam:UpdateLink", "oam:DeleteSink")
    put = client.put_sink_policy
    assert error_of(put, SinkIdentifier=sink, Policy=wrong)[0] == "InvalidParameterException"
    assert error_of(put, SinkIdentifier=sink, Policy="{")[0] == "InvalidParameterException"


def test_share_with_the_organization_needs_sharing_to_be_enabled(
    aws: Clients, organization: Any, member: str
) -> None:
    arn = organization.describe_organization()["Organization"]["Arn"]
    owner = create_account(organization, "network")
    ram = aws("ram", account=owner)
    share = ram.create_resource_share(name="network", allowExternalPrincipals=False)
    of = {"resourceShareArn": share["resourceShare"]["resourceShareArn"]}
    associate = ram.associate_resource_share
    for principal in (arn, member):
        assert error_of(associate, **of, principals=[principal])[0] == (
            "OperationNotPermittedException"
        )
    enable = aws("ram", account=owner).enable_sharing_with_aws_organization
    assert error_of(enable)[0] == "OperationNotPermittedException"
    aws("ram").enable_sharing_with_aws_organization()
    aws("ram").enable_sharing_with_aws_organization()
    role = aws("iam").get_role(RoleName="AWSServiceRoleForResourceAccessManager")["Role"]
    assert role["Path"] == "/aws-service-role/ram.amazonaws.com/"
    services = organization.list_aws_service_access_for_organization()
    assert "ram.amazonaws.com" in {
        each["ServicePrincipal"] for each in services["EnabledServicePrincipals"]
    }
    associate(**of, principals=[arn])
    assert error_of(associate, **of, principals=["999999999999"])[0] == (
        "OperationNotPermittedException"
    )
    wrong = arn.replace("o-", "o-x")
    assert error_of(associate, **of, principals=[wrong])[0] == "UnknownResourceException"
    foreign = f"arn:aws:ec2:eu-west-1:{member}:subnet/subnet-1"
    assert error_of(associate, **of, resourceArns=[foreign])[0] == "InvalidParameterException"
    theirs = aws("ram", account=member).get_resource_shares(resourceOwner="OTHER-ACCOUNTS")
    assert [each["name"] for each in theirs["resourceShares"]] == ["network"]
    ram.disassociate_resource_share(**of, principals=[arn])
    theirs = aws("ram", account=member).get_resource_shares(resourceOwner="OTHER-ACCOUNTS")
    assert theirs["resourceShares"] == []
