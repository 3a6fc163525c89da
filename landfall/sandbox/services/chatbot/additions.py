"""AWS Chatbot: channel configurations of Slack and Microsoft Teams.

Users authorize a workspace once in the console, so every workspace counts as authorized here.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.aws.arns import managed_policy_arn
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

_SERVICE = "chatbot"
# AWS Chatbot Administrator Guide, 'Guardrail policies': the default.
_GUARDRAIL = "AdministratorAccess"
_CHANGED = (
    "SnsTopicArns",
    "IamRoleArn",
    "LoggingLevel",
    "GuardrailPolicyArns",
    "UserAuthorizationRequired",
)

_channels: Store[dict[str, Any]] = Store(everywhere=True)
_tags = Tags(("TagKey", "TagValue"))


class ConflictError(AWSError):
    """The name, or the channel, has a configuration: API Reference, CreateSlackChannel…."""

    code = "ConflictException"


class ResourceNotFoundError(AWSError):
    """No such configuration: API Reference, UpdateSlackChannelConfiguration."""

    code = "ResourceNotFoundException"


def _channel(request: Request, arn: str) -> dict[str, Any]:
    channel = _channels.of(request).get(arn)
    if channel is None:
        raise ResourceNotFoundError(f"Could not find the configuration: {arn}")
    return channel


_tags.serve(_SERVICE, _channel, arn="ResourceARN")


def _create(request: Request, kind: str, *channel: str) -> Mapping[str, Any]:
    """Create a configuration; `channel` are the members of its channel, the first one unique."""
    params = request.params
    arn = request.arn(
        _SERVICE, f"chat-configuration/{kind}/{params['ConfigurationName']}", region=""
    )
    for other, found in _channels.of(request).items():
        if other == arn or found.get(channel[0]) == params[channel[0]]:
            raise ConflictError("A configuration of this name or channel exists already")
    made = {member: params[member] for member in (*channel, *_CHANGED) if member in params}
    _channels.of(request)[arn] = {
        "SnsTopicArns": [],
        "LoggingLevel": "NONE",
        "GuardrailPolicyArns": [managed_policy_arn(request.partition, _GUARDRAIL)],
        "UserAuthorizationRequired": False,
        "State": "ENABLED",
        **made,
        "ChatConfigurationArn": arn,
        "ConfigurationName": params["ConfigurationName"],
    }
    _tags.add(request, arn, params.get("Tags"))
    return _answer(request, arn)


def _answer(request: Request, arn: str) -> Mapping[str, Any]:
    return {"ChannelConfiguration": {**_channel(request, arn), "Tags": _tags.of(request, arn)}}


@addition(_SERVICE, "CreateSlackChannelConfiguration")
def create_slack(request: Request) -> Mapping[str, Any]:
    """API Reference, CreateSlackChannelConfiguration."""
    return _create(request, "slack-channel", "SlackChannelId", "SlackTeamId", "SlackChannelName")


@addition(_SERVICE, "CreateMicrosoftTeamsChannelConfiguration")
def create_teams(request: Request) -> Mapping[str, Any]:
    """API Reference, CreateMicrosoftTeamsChannelConfiguration."""
    members = ("ChannelId", "TeamId", "TenantId", "ChannelName", "TeamName")
    return _create(request, "microsoft-teams-channel", *members)


@addition(_SERVICE, "DescribeSlackChannelConfigurations")
def describe_slack(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeSlackChannelConfigurations: all, or the one of an ARN."""
    wanted = request.params.get("ChatConfigurationArn")
    listed = [
        {**channel, "Tags": _tags.of(request, arn)}
        for arn, channel in _channels.of(request).items()
        if "SlackTeamId" in channel and wanted in (None, arn)
    ]
    return paged("SlackChannelConfigurations", listed, request.params, size="MaxResults")


@addition(_SERVICE, "GetMicrosoftTeamsChannelConfiguration")
def get_teams(request: Request) -> Mapping[str, Any]:
    """API Reference, GetMicrosoftTeamsChannelConfiguration: empty if there is none."""
    arn = request.params["ChatConfigurationArn"]
    return _answer(request, arn) if arn in _channels.of(request) else {}


@addition(_SERVICE, "ListMicrosoftTeamsChannelConfigurations")
def list_teams(request: Request) -> Mapping[str, Any]:
    """API Reference, ListMicrosoftTeamsChannelConfigurations: all, or those of a team."""
    wanted = request.params.get("TeamId")
    listed = [
        {**channel, "Tags": _tags.of(request, arn)}
        for arn, channel in _channels.of(request).items()
        if "TeamId" in channel and wanted in (None, channel["TeamId"])
    ]
    return paged("TeamChannelConfigurations", listed, request.params, size="MaxResults")


@addition(_SERVICE, "UpdateSlackChannelConfiguration", "UpdateMicrosoftTeamsChannelConfiguration")
def update(request: Request) -> Mapping[str, Any]:
    """API Reference, UpdateSlackChannelConfiguration: what is sent replaces, the rest stays."""
    params = request.params
    channel = _channel(request, params["ChatConfigurationArn"])
    members = (*_CHANGED, "SlackChannelId", "SlackChannelName", "ChannelId", "ChannelName")
    channel.update({member: params[member] for member in members if member in params})
    return _answer(request, params["ChatConfigurationArn"])


@addition(_SERVICE, "DeleteSlackChannelConfiguration", "DeleteMicrosoftTeamsChannelConfiguration")
def delete(request: Request) -> None:
    """API Reference, DeleteSlackChannelConfiguration."""
    arn = request.params["ChatConfigurationArn"]
    _channel(request, arn)
    del _channels.of(request)[arn]
    _tags.forget(request, arn)
