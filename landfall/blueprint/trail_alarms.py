"""The key and topic of the alarms on the organization's trail, in the management account."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint import keys
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.topics import Topic, publish

TOPIC = "landfall-trail-alarms"
"""The name of the topic."""
NAMESPACE = "Landfall/Trail"
"""The CloudWatch namespace of the metrics that the alarms watch."""


def alarm_name(kind: str) -> str:
    """Return the name of an alarm, of its metric and of its metric filter."""
    return f"landfall-trail-{kind}"


def alarms_key(place: Place) -> Key:
    """Return the key of the topic."""
    statements = [
        keys.administration(place),
        keys.publish_encrypted(
            "AlarmsToTheTopic", "cloudwatch", [place.arn("sns", TOPIC)], [place.account_id]
        ),
    ]
    return Key("Topic of alarms on the organization's trail", statements, "landfall/trail-alarms")


def alarms_topic(place: Place, key_arn: str, kinds: Sequence[str], emails: Sequence[str]) -> Topic:
    """Return the topic, to which only these alarms publish."""
    arns = [place.arn("cloudwatch", f"alarm:{alarm_name(kind)}") for kind in kinds]
    alarms = publish("Alarms", place, TOPIC, "cloudwatch", {"ArnEquals": {"aws:SourceArn": arns}})
    return Topic(TOPIC, key_arn, [alarms], tuple(emails))
