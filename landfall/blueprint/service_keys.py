"""The key of topics, secrets and traces, which delivery has beside artifacts in a region.

In an account with repositories of pipelines elsewhere, it encrypts those, too.

Artifacts have a key of their own, which every pipeline uses: a secret under it would be one grant
away from all of them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.blueprint import keys
from landfall.blueprint.artifacts import KEY_USE
from landfall.blueprint.keys import ENCRYPTION, Key
from landfall.blueprint.places import Place

ALIAS = "landfall/delivery"
MOST_EXACT_TOPICS = 60
"""More topics are admitted as all topics of the account and region: docs/decisions/0013."""


@dataclass(frozen=True, slots=True)
class ServiceKey:
    """What makes the key: the topics by name, and by id the accounts whose alarms publish to them.

    Without `alarm_accounts` those are the alarms of the own account.

    `secrets`: secrets and parameters of the account are encrypted with it. `traces`: X-Ray's traces
    are, too. `repositories`: CodeCommit's repositories of the account are.
    """

    place: Place
    topics: Sequence[str] = ()
    alarm_accounts: Sequence[str] = ()
    secrets: bool = False
    traces: bool = False
    repositories: bool = False


def service_key(described: ServiceKey) -> Key:
    """Return the key."""
    place = described.place
    statements = [keys.administration(place)]
    if described.topics:
        topics = described.topics if len(described.topics) <= MOST_EXACT_TOPICS else ["*"]
        arns = [place.arn("sns", topic) for topic in topics]
        alarming = described.alarm_accounts or [place.account_id]
        statements += [
            keys.publish_encrypted("EventsToTopics", "events", arns),
            keys.publish_encrypted("AlarmsToTopics", "cloudwatch", arns, alarming),
            keys.publish_encrypted(
                "NotificationsToTopics", "codestar-notifications", arns, [place.account_id]
            ),
        ]
    if described.secrets:
        stores = ("secretsmanager", "ssm")
        statements.append(
            keys.through_services("ThroughTheStoresOfSecrets", place, stores, ENCRYPTION)
        )
    if described.traces:
        # Who looks at traces decrypts them with their own permission.
        # https://docs.aws.amazon.com/xray/latest/devguide/xray-console-encryption.html
        statements.append(keys.through_services("ReadTraces", place, ("xray",), ("kms:Decrypt",)))
    if described.repositories:
        statements.append(
            keys.through_services("ThroughRepositories", place, ("codecommit",), KEY_USE)
        )
    return Key(f"Topics, secrets and traces of delivery in {place.region}", statements, ALIAS)
