"""Whether a service may send to a topic, queue or function of any account.

The destination's policy must allow it, and the policy of the customer-managed key that encrypts it:
SNS and SQS Developer Guides, 'Key management'; Lambda Developer Guide, 'Resource-based policies'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from moto.kms.models import kms_backends

from landfall.aws.source_keys import Use
from landfall.sandbox.across_services.deliveries import may_use_key
from landfall.sandbox.across_services.trust import decide, service
from landfall.sandbox.judging.resource_policies import existing

_OF_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")


class _Destination(NamedTuple):
    """A destination's policy, the action on it, and its key with the encryption context."""

    use: Use
    action: str
    policy: Mapping[str, Any]
    key: str = ""
    context: str = ""


def may_reach(principal: str, account: str, source: str, arn: str) -> bool:
    """Return whether a service, for a source of an account, may send to a destination by its ARN.

    A destination that does not exist cannot be reached.
    """
    parts = arn.split(":", 5)
    if len(parts) != 6:
        return False
    found = _LOOK_UPS[parts[2]](arn, parts) if parts[2] in _LOOK_UPS else None
    if found is None:
        return False
    applicant = service(principal, account, source, found.use)
    if decide(found.policy, applicant, found.action, arn) != "Allow":
        return False
    if not found.key or found.key.startswith("alias/aws/"):
        # Nobody but its own account uses an AWS managed key, and no service of it.
        return not found.key
    key = _key_arn(found.key, parts)
    if key is None:
        return False
    using = service(principal, account, source, "key")
    return bool(may_use_key(using, key, _OF_KEY, {found.context: arn}))


def _topic(arn: str, parts: list[str]) -> _Destination | None:
    from moto.sns.models import sns_backends

    backend = existing(sns_backends, parts[4], parts[3])
    topic = backend.topics.get(arn) if backend else None
    if topic is None:
        return None
    policy, key = json.loads(topic.policy), topic.kms_master_key_id
    return _Destination("topic", "sns:Publish", policy, key or "", "aws:sns:topicarn")


def _queue(_: str, parts: list[str]) -> _Destination | None:
    from moto.sqs.models import sqs_backends

    backend = existing(sqs_backends, parts[4], parts[3])
    queue = backend.queues.get(parts[5]) if backend else None
    if queue is None:
        return None
    policy = json.loads(queue.policy) if queue.policy else {}
    key = getattr(queue, "kms_master_key_id", None)
    return _Destination("queue", "sqs:SendMessage", policy, key or "", "aws:sqs:arn")


def _function(_: str, parts: list[str]) -> _Destination | None:
    from moto.awslambda.models import lambda_backends

    backend = existing(lambda_backends, parts[4], parts[3])
    name = parts[5].removeprefix("function:").partition(":")[0]
    kept = backend._lambdas._functions.get(name) if backend else None
    if not kept:
        return None
    versions = [each for each in (kept["latest"], *kept["versions"]) if each is not None]
    statements = [one for each in versions for one in each.policy.statements]
    return _Destination("function", "lambda:InvokeFunction", {"Statement": statements})


def _key_arn(named: str, parts: list[str]) -> str | None:
    """Return the ARN of a key named by id, ARN or alias, in the account of what it encrypts."""
    if named.startswith("arn:") and ":key/" in named:
        return named
    backend = existing(kms_backends, parts[4], parts[3])
    keys = list(backend.keys.values()) if backend else []
    alias = named.rpartition(":")[2]
    return next((key.arn for key in keys if alias == key.id or alias in key.aliases), None)


_LOOK_UPS: Final = {"lambda": _function, "sns": _topic, "sqs": _queue}
