"""What is watched of each application, and the topics that tell of it."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import symbols
from landfall.blueprint.stack.placed import Kind, Named, PlacedTopic
from landfall.blueprint.stack.scope import Scope, application_path, environments
from landfall.blueprint.topics import (
    ApplicationTopic,
    Topic,
    application_topic,
    approval_topic,
    event_topic,
    pipeline_alarms,
)
from landfall.settings import naming, promotion
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.readiness import own_alarms
from landfall.settings.waves import destinations


def topics(scope: Scope) -> Iterator[PlacedTopic]:
    """Yield the topics of applications: of events, for chat, and of approvals."""
    for name, application in scope.stack.delivery.applications.items():
        for topic in _of_application(scope, name, application):
            yield PlacedTopic(scope.hub, scope.stack.region, application_path(name), topic)
    key = symbols.artifact_key(scope.stack.region)
    for name, application, environment in environments(scope.stack):
        approval = application.environments[environment].approval
        if approval is not None and approval.notify:
            topic = approval_topic(naming.pipeline(name, environment), key, approval.notify)
            path = application_path(name, environment)
            yield PlacedTopic(scope.hub, scope.stack.region, path, topic)


def resources(scope: Scope) -> Iterator[Named]:
    """Yield alarms, dashboards, rules of events, and what else notifies."""
    for name, application in scope.stack.delivery.applications.items():
        for kind, found in _names(name, application):
            yield Named(kind, scope.hub, scope.stack.region, found, application_path(name))
    for name, application, environment in environments(scope.stack):
        settings = application.environments[environment]
        pipeline = naming.pipeline(name, environment)
        path = application_path(name, environment)
        for wave in destinations(settings, scope.stack):
            for there in wave:
                for alarm in own_alarms(pipeline, settings, settings.deploy or application.deploy):
                    yield Named("alarm", there.account, there.region, alarm, path)


def alarm_arns(scope: Scope, name: str, application: Application) -> list[str]:
    """Return the alarms on an application's pipelines, then those where it is deployed."""
    own = [
        scope.home.arn("cloudwatch", f"alarm:{alarm}")
        for alarm in _pipeline_alarms(name, application)
    ]
    return [*own, *health_alarm_arns(scope, name, application)]


def _pipeline_alarms(name: str, application: Application) -> Iterator[str]:
    for environment in promotion.heads(application):
        pipeline = naming.pipeline(name, environment)
        yield from pipeline_alarms(pipeline, builds=promotion.builds(application, environment))


def health_alarm_arns(scope: Scope, name: str, application: Application) -> list[str]:
    """Return the alarms that Landfall makes where an application is deployed."""
    return [
        scope.place(there.account, there.region).arn("cloudwatch", f"alarm:{alarm}")
        for environment, settings in application.environments.items()
        for wave in destinations(settings, scope.stack)
        for there in wave
        for alarm in own_alarms(
            naming.pipeline(name, environment), settings, settings.deploy or application.deploy
        )
    ]


def _of_application(scope: Scope, name: str, application: Application) -> Iterator[Topic]:
    told = application.observability
    if not told.told:
        return
    key = symbols.service_key(scope.hub, scope.stack.region)
    rules = _rules(name, application)
    described = ApplicationTopic(
        naming.topic(name),
        key,
        alarm_arns(scope, name, application),
        rules,
        pull_requests=notifies_of_pull_requests(application),
        emails=told.notify,
    )
    yield application_topic(scope.home, described)
    if told.chat is not None:
        yield event_topic(scope.home, naming.chat_topic(name), key, rules)


def notifies_of_pull_requests(application: Application) -> bool:
    """Return whether pull requests of the repository are notified.

    A notification rule belongs to the account of its repository, and the topic to the pipelines'.
    """
    source = application.source
    return isinstance(source, CodeCommitSource) and source.account is None


def _rules(name: str, application: Application) -> list[str]:
    return [f"{name}-{kind}" for kind in dict.fromkeys(application.observability.events)]


def _names(name: str, application: Application) -> Iterator[tuple[Kind, str]]:
    yield "dashboard", naming.dashboard(name)
    for alarm in _pipeline_alarms(name, application):
        yield "alarm", alarm
    told = application.observability
    if not told.told:
        return
    for rule in _rules(name, application):
        yield "rule", rule
    if notifies_of_pull_requests(application):
        yield "notification-rule", f"{name}-pull-requests"
    if told.chat is not None and told.chat.slack is not None:
        yield "slack-channel", naming.chat_topic(name)
    if told.chat is not None and told.chat.teams is not None:
        yield "teams-channel", naming.chat_topic(name)
