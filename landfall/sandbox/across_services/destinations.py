"""Whether a service may send to a topic, queue, function or log group of any account.

The destination's policy must allow it, and the policy of the customer-managed key that encrypts it:
SNS and SQS Developer Guides, 'Key management'; Lambda Developer Guide, 'Resource-based policies';
EventBridge User Guide, 'CloudWatch Logs permissions'.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final, NamedTuple

from moto.kms.models import kms_backends

from landfall.aws.source_keys import Use
from landfall.sandbox.across_services.deliveries import denied_by_key, words
from landfall.sandbox.across_services.trust import decide, service
from landfall.sandbox.judging.resource_policies import existing

_OF_KEY: Final = ("kms:Decrypt", "kms:GenerateDataKey")


class Refused(NamedTuple):
    """A permission that a service lacks, and AWS's words.

    The action is empty if the resource does not exist.
    """

    action: str
    resource: str
    message: str


class _Destination(NamedTuple):
    """A destination's policy, the actions on it, and its key with the encryption context.

    `resource` is what the actions are on, if that is not the destination's ARN.
    """

    use: Use
    actions: tuple[str, ...]
    policy: Mapping[str, Any]
    key: str = ""
    context: str = ""
    resource: str = ""


def may_reach(principal: str, account: str, source: str, arn: str) -> bool:
    """Return whether a service, for a source of an account, may send to a destination by its ARN.

    A destination that does not exist cannot be reached.
    """
    return refusal_of(principal, account, source, arn) is None


def refusal_of(principal: str, account: str, source: str, arn: str) -> Refused | None:
    """Return what keeps a service from a destination; None if nothing does."""
    parts = arn.split(":", 5)
    known = len(parts) == 6 and parts[2] in _LOOK_UPS
    found = _LOOK_UPS[parts[2]](arn, parts) if known else None
    if found is None:
        return Refused("", arn, f"The resource {arn} does not exist.")
    applicant = service(principal, account, source, found.use)
    resource = found.resource or arn
    for action in found.actions:
        effect = decide(found.policy, applicant, action, resource)
        if effect != "Allow":
            return Refused(action, arn, words(principal, action, arn, effect))
    return _refusal_of_key(principal, account, source, arn, found) if found.key else None


def _refusal_of_key(
    principal: str, account: str, source: str, arn: str, found: _Destination
) -> Refused | None:
    key = _key_arn(found.key, arn.split(":", 5))
    using = service(principal, account, source, "key")
    # Nobody but its own account uses an AWS managed key, and no service of it.
    is_managed = found.key.startswith("alias/aws/")
    if is_managed or key is None:
        return Refused(_OF_KEY[1], found.key, words(principal, _OF_KEY[1], found.key, None))
    for action in _OF_KEY:
        if denied_by_key(using, key, (action,), {found.context: arn}) != "":
            return Refused(action, key, words(principal, action, key, None))
    return None


def _topic(arn: str, parts: list[str]) -> _Destination | None:
    from moto.sns.models import sns_backends

    backend = existing(sns_backends, parts[4], parts[3])
    topic = backend.topics.get(arn) if backend else None
    if topic is None:
        return None
    policy, key = json.loads(topic.policy), topic.kms_master_key_id
    return _Destination("topic", ("sns:Publish",), policy, key or "", "aws:sns:topicarn")


def _queue(_: str, parts: list[str]) -> _Destination | None:
    from moto.sqs.models import sqs_backends

    backend = existing(sqs_backends, parts[4], parts[3])
    queue = backend.queues.get(parts[5]) if backend else None
    if queue is None:
        return None
    policy = json.loads(queue.policy) if queue.policy else {}
    key = getattr(queue, "kms_master_key_id", None)
    return _Destination("queue", ("sqs:SendMessage",), policy, key or "", "aws:sqs:arn")


def _function(_: str, parts: list[str]) -> _Destination | None:
    from moto.awslambda.models import lambda_backends

    backend = existing(lambda_backends, parts[4], parts[3])
    name = parts[5].removeprefix("function:").partition(":")[0]
    kept = backend._lambdas._functions.get(name) if backend else None
    if not kept:
        return None
    versions = [each for each in (kept["latest"], *kept["versions"]) if each is not None]
    statements = [one for each in versions for one in each.policy.statements]
    return _Destination("function", ("lambda:InvokeFunction",), {"Statement": statements})


def _log_group(arn: str, parts: list[str]) -> _Destination | None:
    from moto.logs.models import logs_backends

    backend = existing(logs_backends, parts[4], parts[3])
    name = parts[5].removeprefix("log-group:").removesuffix(":*")
    if backend is None or name not in backend.groups:
        return None
    policies = [json.loads(one.policy_document) for one in backend.resource_policies.values()]
    statements = [one for each in policies for one in _listed(each.get("Statement", []))]
    return _Destination(
        "log-group",
        ("logs:CreateLogStream", "logs:PutLogEvents"),
        {"Statement": statements},
        resource=f"{arn.removesuffix(':*')}:log-stream:events",
    )


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def _key_arn(named: str, parts: list[str]) -> str | None:
    """Return the ARN of a key named by id, ARN or alias, in the account of what it encrypts."""
    if named.startswith("arn:") and ":key/" in named:
        return named
    backend = existing(kms_backends, parts[4], parts[3])
    keys = list(backend.keys.values()) if backend else []
    alias = named.rpartition(":")[2]
    return next((key.arn for key in keys if alias == key.id or alias in key.aliases), None)


_LOOK_UPS: Final = {"lambda": _function, "logs": _log_group, "sns": _topic, "sqs": _queue}
