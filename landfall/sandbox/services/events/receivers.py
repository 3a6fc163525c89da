"""What a target does with an event that reaches it.

Services of which the sandbox has more than the emulator register theirs: CodePipeline, Lambda.
"""

from __future__ import annotations

import base64
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Delivery:
    """An event on its way from a rule to one of its targets.

    `account` and `region` are those of the rule; `text` is what the target gets. `hops` counts the
    buses of other rules that the event came through.
    """

    account: str
    region: str
    rule: str
    target: Mapping[str, Any]
    event: Mapping[str, Any]
    text: str
    hops: int

    @property
    def place(self) -> tuple[str, str, str]:
        """Return region, account and name of the target."""
        _, _, _, region, account, name = self.target["Arn"].split(":", 5)
        return region, account, name


class DeliveryError(Exception):
    """A target that cannot take an event; `code` is that of a dead-letter queue's message."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code


Receiver = Callable[[Delivery], object]

RECEIVERS: Final[dict[str, Receiver]] = {}
"""By kind of target; the sandbox does nothing for others."""


def receiver(kind: str) -> Callable[[Receiver], Receiver]:
    """Register what targets of a kind do."""

    def register(function: Receiver) -> Receiver:
        RECEIVERS[kind] = function
        return function

    return register


@receiver("sns")
def _publish(delivery: Delivery) -> None:
    from moto.sns.models import sns_backends

    region, account, _ = delivery.place
    topic = sns_backends[account][region].topics.get(delivery.target["Arn"])
    if topic is None:
        raise DeliveryError("NO_RESOURCE", "The topic does not exist.")
    topic.publish(delivery.text)


@receiver("sqs")
def _send(delivery: Delivery) -> None:
    from moto.sqs.models import sqs_backends

    region, account, name = delivery.place
    backend = sqs_backends[account][region]
    if name not in backend.queues:
        raise DeliveryError("NO_RESOURCE", "The queue does not exist.")
    group = delivery.target.get("SqsParameters", {}).get("MessageGroupId")
    if group and backend.queues[name].attributes.get("ContentBasedDeduplication") != "true":
        raise DeliveryError("INVALID_PARAMETER", "The queue has no content-based deduplication.")
    backend.send_message(queue_name=name, message_body=delivery.text, group_id=group)


@receiver("logs")
def _log(delivery: Delivery) -> None:
    from moto.logs.models import logs_backends

    region, account, name = delivery.place
    name = name.removeprefix("log-group:").removesuffix(":*")
    backend = logs_backends[account][region]
    if name not in backend.groups:
        raise DeliveryError("NO_RESOURCE", "The log group does not exist.")
    stream = str(uuid.uuid4())
    backend.create_log_stream(name, stream)
    entry = {"timestamp": int(time.time() * 1000), "message": delivery.text}
    backend.put_log_events(name, stream, [entry])


@receiver("codebuild")
def _build(delivery: Delivery) -> None:
    from moto.codebuild.models import codebuild_backends

    region, account, name = delivery.place
    name = name.removeprefix("project/")
    backend = codebuild_backends[account][region]
    if name not in backend.codebuild_projects:
        raise DeliveryError("NO_RESOURCE", "The project does not exist.")
    backend.start_build(name)


@receiver("states")
def _start(delivery: Delivery) -> None:
    from moto.stepfunctions.models import stepfunctions_backends

    region, account, _ = delivery.place
    backend = stepfunctions_backends[account][region]
    arn = delivery.target["Arn"]
    if not any(each.arn == arn for each in backend.state_machines):
        raise DeliveryError("NO_RESOURCE", "The state machine does not exist.")
    backend.start_execution(arn, "", delivery.text)


@receiver("kinesis")
def _put(delivery: Delivery) -> None:
    from moto.kinesis.models import kinesis_backends

    region, account, name = delivery.place
    name = name.removeprefix("stream/")
    backend = kinesis_backends[account][region]
    if name not in backend.streams:
        raise DeliveryError("NO_RESOURCE", "The stream does not exist.")
    path = delivery.target.get("KinesisParameters", {}).get("PartitionKeyPath", "$.id")
    key = str(delivery.event.get(path.removeprefix("$."), delivery.event["id"]))
    data = base64.b64encode(delivery.text.encode()).decode()
    backend.put_record(delivery.target["Arn"], name, key, "", data)


@receiver("firehose")
def _stream(delivery: Delivery) -> None:
    from moto.firehose.models import firehose_backends

    region, account, name = delivery.place
    name = name.removeprefix("deliverystream/")
    backend = firehose_backends[account][region]
    if name not in backend.delivery_streams:
        raise DeliveryError("NO_RESOURCE", "The delivery stream does not exist.")
    backend.put_record(name, {"Data": base64.b64encode(delivery.text.encode())})
