"""SNS: a message reaches the queues and functions that admit the topic, and no others.

SNS Developer Guide: 'Subscribing an Amazon SQS queue to an Amazon SNS topic', 'Fanout Amazon SNS
notifications to Lambda functions'. The subscription's dead-letter queue gets nothing.
"""

from __future__ import annotations

from typing import Any, Final

from moto.sns.models import Subscription

from landfall.sandbox.across_services.destinations import refusal_of
from landfall.sandbox.judging import record
from landfall.sandbox.judging.acting import Enforcement

_SERVICE: Final = "sns.amazonaws.com"
_publish = Subscription.publish


def _publish_if_admitted(self: Subscription, *given: Any, **named: Any) -> None:
    """Deliver a message; the emulator would look for the queue in the topic's account."""
    if self.protocol in ("lambda", "sqs"):
        topic = self.topic.arn
        lacking = refusal_of(_SERVICE, topic.split(":")[4], topic, self.endpoint)
        if lacking is not None and (Enforcement.is_on or not lacking.action):
            record.service_denied(_SERVICE, topic, *lacking)
            return
        self.account_id = self.endpoint.split(":")[4]
    _publish(self, *given, **named)


Subscription.publish = _publish_if_admitted
