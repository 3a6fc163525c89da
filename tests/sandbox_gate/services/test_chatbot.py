"""Channel configurations of AWS Chatbot, through boto3."""

from __future__ import annotations

from tests.sandbox_gate.conftest import MANAGEMENT, Clients, error_of

TOPIC = f"arn:aws:sns:eu-west-1:{MANAGEMENT}:orders-chat"
ROLE = f"arn:aws:iam::{MANAGEMENT}:role/landfall/orders-chat"
TEAM = "11111111-2222-3333-4444-555555555555"


def test_slack_channels(aws: Clients) -> None:
    client = aws("chatbot")
    asked = {
        "ConfigurationName": "orders",
        "SlackTeamId": "T0123",
        "SlackChannelId": "C0123",
        "IamRoleArn": ROLE,
        "SnsTopicArns": [TOPIC],
    }
    tags = [{"TagKey": "stack", "TagValue": "dev"}]
    made = client.create_slack_channel_configuration(**asked, Tags=tags)["ChannelConfiguration"]
    arn = made["ChatConfigurationArn"]
    assert arn == f"arn:aws:chatbot::{MANAGEMENT}:chat-configuration/slack-channel/orders"
    assert made["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/AdministratorAccess"]
    (found,) = client.describe_slack_channel_configurations(ChatConfigurationArn=arn)[
        "SlackChannelConfigurations"
    ]
    assert (found["SnsTopicArns"], found["Tags"]) == ([TOPIC], tags)
    assert client.list_tags_for_resource(ResourceARN=arn)["Tags"] == tags
    client.update_slack_channel_configuration(
        ChatConfigurationArn=arn, SlackChannelId="C9", LoggingLevel="ERROR"
    )
    (changed,) = client.describe_slack_channel_configurations()["SlackChannelConfigurations"]
    assert (changed["SlackChannelId"], changed["SnsTopicArns"]) == ("C9", [TOPIC])
    code, _ = error_of(client.create_slack_channel_configuration, **asked)
    assert code == "ConflictException"
    client.delete_slack_channel_configuration(ChatConfigurationArn=arn)
    assert client.describe_slack_channel_configurations()["SlackChannelConfigurations"] == []
    code, _ = error_of(client.delete_slack_channel_configuration, ChatConfigurationArn=arn)
    assert code == "ResourceNotFoundException"


def test_teams_channels(aws: Clients) -> None:
    client = aws("chatbot")
    made = client.create_microsoft_teams_channel_configuration(
        ConfigurationName="orders",
        TeamId=TEAM,
        TenantId=TEAM,
        ChannelId="19%3aabc%40thread.tacv2",
        IamRoleArn=ROLE,
    )["ChannelConfiguration"]
    arn = made["ChatConfigurationArn"]
    found = client.get_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)
    assert found["ChannelConfiguration"]["TeamId"] == TEAM
    listed = client.list_microsoft_teams_channel_configurations
    for where, count in (({}, 1), ({"TeamId": TEAM}, 1), ({"TeamId": TEAM.replace("1", "9")}, 0)):
        assert len(listed(**where)["TeamChannelConfigurations"]) == count
    client.delete_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)
    gone = client.get_microsoft_teams_channel_configuration(ChatConfigurationArn=arn)
    assert "ChannelConfiguration" not in gone


def test_a_channel_must_have_an_id_of_slacks_form(aws: Clients) -> None:
    client = aws("chatbot")
    code, _ = error_of(
        client.create_slack_channel_configuration,
        ConfigurationName="orders",
        SlackTeamId="T0123",
        SlackChannelId="c-1",
        IamRoleArn=ROLE,
    )
    assert code in ("InvalidParameterException", "ValidationException")
