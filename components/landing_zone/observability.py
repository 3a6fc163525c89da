"""The observability of each application of a stack, from its settings."""

import pulumi

from components.arns import output_arn
from components.delivery.chat import ChatArgs
from components.delivery.observability import Observability, ObservabilityArgs
from components.landing_zone.foundation import Foundation
from components.landing_zone.service_keys import ServiceKeys
from landfall.settings import Stack, naming
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.observability import Chat
from landfall.settings.readiness import own_alarms
from landfall.settings.waves import destinations


def observe(
    stack: Stack,
    foundation: Foundation,
    hub: str,
    keys: ServiceKeys,
    name: str,
    application: Application,
) -> Observability:
    """Make what watches an application."""
    settings = application.observability
    account_id = foundation.accounts[hub].account_id
    # Three quarters of the time at which CodeBuild would end the build.
    slow = settings.build_minutes or max(1, application.build.timeout_minutes * 3 // 4)
    args: ObservabilityArgs = {
        "application": name,
        "account_id": account_id,
        "region": stack.region,
        "partition": stack.partition,
        "pipelines": [
            {"name": naming.pipeline(name, environment), "build_minutes": slow}
            for environment in application.environments
        ],
        "health_alarm_arns": _health_alarms(stack, foundation, name, application),
    }
    if settings.told:
        args["topic_name"] = naming.topic(name)
        args["key_arn"] = keys.arn(hub, stack.region)
        args["emails"] = list(settings.notify)
        if settings.chat is not None:
            args["chat"] = _chat(name, settings.chat)
        args["events"] = list(dict.fromkeys(settings.events))
        if isinstance(application.source, CodeCommitSource):
            args["repository_arn"] = output_arn(
                stack.partition,
                "codecommit",
                application.source.codecommit,
                region=stack.region,
                account=account_id,
            )
    return Observability(f"{name}-observability", args, opts=foundation.in_account(hub))


def _chat(name: str, settings: Chat) -> ChatArgs:
    args: ChatArgs = {"topic_name": naming.chat_topic(name)}
    if settings.slack is not None:
        args["slack"] = {
            "workspace": settings.slack.workspace,
            "channel": settings.slack.channel,
        }
    if settings.teams is not None:
        args["teams"] = {
            "tenant": settings.teams.tenant,
            "team": settings.teams.team,
            "channel": settings.teams.channel,
        }
    return args


def topic_arn(stack: Stack, foundation: Foundation, hub: str, name: str) -> pulumi.Output[str]:
    """Return the ARN of an application's topic."""
    return output_arn(
        stack.partition,
        "sns",
        naming.topic(name),
        region=stack.region,
        account=foundation.accounts[hub].account_id,
    )


def _health_alarms(
    stack: Stack, foundation: Foundation, name: str, application: Application
) -> list[pulumi.Input[str]]:
    return [
        output_arn(
            stack.partition,
            "cloudwatch",
            pulumi.Output.concat("alarm:", alarm),
            region=there.region,
            account=foundation.accounts[there.account].account_id,
        )
        for environment, settings in application.environments.items()
        for wave in destinations(settings, stack.region)
        for there in wave
        for alarm in own_alarms(
            naming.pipeline(name, environment), settings, settings.deploy or application.deploy
        )
    ]
