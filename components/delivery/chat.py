"""Chat notifications to Slack and Microsoft Teams, through AWS Chatbot.

Chatbot shows native messages of AWS services, such as alarms, and notifications in its own
format. It drops plain sentences. So events go to a separate topic in that format.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from landfall.aws.arns import managed_policy_arn
from landfall.blueprint.applications import chat_role

_READ_ONLY = "CloudWatchReadOnlyAccess"


class SlackArgs(TypedDict):
    """A Slack channel."""

    workspace: str
    """The workspace's id."""
    channel: str
    """The channel's id."""


class TeamsArgs(TypedDict):
    """A Microsoft Teams channel."""

    tenant: str
    """The tenant's id."""
    team: str
    """The team's id."""
    channel: str
    """The channel's id."""


class ChatArgs(TypedDict):
    """The channels to notify."""

    topic_name: str
    """The name of the chat topic and of the configurations."""
    slack: NotRequired[SlackArgs]
    """A Slack channel."""
    teams: NotRequired[TeamsArgs]
    """A Microsoft Teams channel."""


def make_channels(
    parent: pulumi.Resource,
    name: str,
    settings: ChatArgs,
    topic_arns: list[pulumi.Output[str]],
    account_id: pulumi.Input[str],
    partition: str,
) -> None:
    """Create the channel configurations, and their role for reading metrics.

    The guardrail policy limits what a channel can do.
    """
    child = pulumi.ResourceOptions(parent=parent)
    inputs = Inputs()
    role = chat_role(partition, inputs.text(account_id), settings["topic_name"])
    made = make_role(name, role, inputs, child)
    common: dict[str, Any] = {
        "iam_role_arn": made.role.arn,
        "sns_topic_arns": topic_arns,
        "guardrail_policy_arns": [managed_policy_arn(partition, _READ_ONLY)],
        "logging_level": "ERROR",
        "user_authorization_required": True,
        "opts": pulumi.ResourceOptions(parent=parent, depends_on=made.granted),
    }
    if "slack" in settings:
        aws.chatbot.SlackChannelConfiguration(
            name,
            configuration_name=settings["topic_name"],
            slack_team_id=settings["slack"]["workspace"],
            slack_channel_id=settings["slack"]["channel"],
            **common,
        )
    if "teams" in settings:
        aws.chatbot.TeamsChannelConfiguration(
            name,
            configuration_name=settings["topic_name"],
            tenant_id=settings["teams"]["tenant"],
            team_id=settings["teams"]["team"],
            channel_id=settings["teams"]["channel"],
            **common,
        )
