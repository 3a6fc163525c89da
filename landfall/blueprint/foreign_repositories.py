"""CodeCommit repositories of other accounts than the pipelines'.

A pipeline's source action assumes a role of the repository's account. EventBridge sends the
repository's events from there to an event bus of the pipelines' account, whose rules start them.

https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-create-cross-account.html
https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-cross-account.html
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.blueprint import artifacts
from landfall.blueprint.places import Place, Store
from landfall.blueprint.roles import CrossAccount, Role
from landfall.blueprint.sources import read_repository
from landfall.blueprint.statements import Statement, exact_roles, service_trust, statement
from landfall.settings import naming

BUS = f"event-bus/{naming.SOURCE_EVENTS}"
"""The event bus in its ARN."""


@dataclass(frozen=True, slots=True)
class Reader:
    """The role of a repository's account with which one pipeline reads it."""

    name: str
    pipeline: str
    pipeline_role_arn: str
    repository: str

    def role(self, there: Place, store: Store, organization_id: str, key_arn: str) -> Role:
        """Return the role; `there` is its account, `store` takes the sources.

        `key_arn` is the key of the repository.
        """
        return CrossAccount(
            self.name,
            organization_id,
            [self.pipeline_role_arn],
            [
                read_repository(self.repository, there),
                statement("UseRepositoryKey", actions=artifacts.KEY_USE, resources=[key_arn]),
                *artifacts.write_sources(self.pipeline, store),
            ],
            f"Reads the sources of pipeline {self.pipeline}",
        ).role()


def sender(there: Place, repositories: Sequence[str], bus_arn: str) -> Role:
    """Return the role with which an account sends events of its repositories to the bus."""
    rules = [there.arn("events", f"rule/{naming.source_events(each)}") for each in repositories]
    send = statement("SendEvents", actions=["events:PutEvents"], resources=[bus_arn])
    return Role(
        naming.SOURCE_EVENTS,
        [service_trust("events", there.account_id, rules)],
        {"send": [send]},
        description="Sends events of repositories to the account of their pipelines",
    )


def bus_policy(senders: Sequence[str], organization_id: str, bus_arn: str) -> list[Statement]:
    """Return the policy of the bus: these roles alone may send to it."""
    return [exact_roles("SourceEvents", senders, organization_id, ["events:PutEvents"], [bus_arn])]


def events_of(repository_arn: str) -> dict[str, object]:
    """Return the pattern of the events that are sent on."""
    return {"source": ["aws.codecommit"], "resources": [repository_arn]}
