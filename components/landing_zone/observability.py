"""The observability of each application of a stack, from its settings."""

from components.delivery.chat import ChatArgs
from components.delivery.observability import (
    Observability,
    ObservabilityArgs,
    WatchedPipelineArgs,
)
from components.landing_zone.ground import Ground
from landfall.blueprint import symbols
from landfall.blueprint.stack.observability import health_alarm_arns, notifies_of_pull_requests
from landfall.blueprint.stack.scope import Scope
from landfall.settings import naming
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.observability import Chat
from landfall.settings.promotion import builds, heads


def observe(scope: Scope, foundation: Ground, name: str, application: Application) -> Observability:
    """Create the observability of an application."""
    stack, values = scope.stack, foundation.values
    settings = application.observability
    # Three quarters of the build's timeout.
    slow = settings.build_minutes or max(1, application.build.timeout_minutes * 3 // 4)
    args: ObservabilityArgs = {
        "application": name,
        "account_id": values.output(scope.home.account_id),
        "region": stack.region,
        "partition": stack.partition,
        "pipelines": [_watched(name, application, each, slow) for each in heads(application)],
        "health_alarm_arns": [
            values.output(arn) for arn in health_alarm_arns(scope, name, application)
        ],
    }
    if settings.told:
        args["topic_name"] = naming.topic(name)
        args["key_arn"] = values.output(symbols.service_key(scope.hub, stack.region))
        args["emails"] = list(settings.notify)
        if settings.chat is not None:
            args["chat"] = _chat(name, settings.chat)
        args["events"] = list(dict.fromkeys(settings.events))
        source = application.source
        if isinstance(source, CodeCommitSource) and notifies_of_pull_requests(application):
            repository = scope.home.arn("codecommit", source.codecommit)
            args["repository_arn"] = values.output(repository)
    return Observability(f"{name}-observability", args, opts=foundation.in_account(scope.hub))


def _watched(
    name: str, application: Application, environment: str, slow: int
) -> WatchedPipelineArgs:
    args: WatchedPipelineArgs = {"name": naming.pipeline(name, environment)}
    if builds(application, environment):
        args["build_minutes"] = slow
    return args


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
