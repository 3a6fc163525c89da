"""Chatbot: channels of Slack and of Teams."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:chatbot/slackChannelConfiguration:SlackChannelConfiguration")
def _slack_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    chatbot = client("chatbot")
    listed = pages(chatbot, "describe_slack_channel_configurations", "SlackChannelConfigurations")
    name = inputs["configurationName"]
    named = (each["ChatConfigurationArn"] for each in listed if each["ConfigurationName"] == name)
    return next(named, None)


@finds("aws:chatbot/teamsChannelConfiguration:TeamsChannelConfiguration")
def _teams_channel(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    team: str = inputs["teamId"]
    listed = pages(
        client("chatbot"),
        "list_microsoft_teams_channel_configurations",
        "TeamChannelConfigurations",
        TeamId=team,
    )
    name = inputs["configurationName"]
    return team if any(each["ConfigurationName"] == name for each in listed) else None
