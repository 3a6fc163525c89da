"""The tags of a resource, for `aws:ResourceTag/KEY` and the services' own keys of the same kind.

IAM User Guide, 'Controlling access to AWS resources using tags'. S3 has the key only for buckets
with attribute-based access control, which a bucket does not have by default.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from landfall.sandbox.judging.resource_policies import existing

Tags = Mapping[str, str]


def tags_of(action: str, resource: str) -> Tags | None:
    """Return the tags of a resource by its ARN; None if the gate does not read them."""
    parts = resource.split(":", 5)
    if len(parts) != 6:
        return {} if resource == "*" else None
    look_up = _LOOK_UPS.get(parts[2])
    if look_up is None or action.partition(":")[0] != parts[2]:
        return None
    return look_up(resource, parts)


def _of_iam(resource: str, parts: list[str]) -> Tags | None:
    from moto.iam.models import iam_backends

    backend = existing(iam_backends, parts[4], parts[1])
    kind = parts[5].partition("/")[0]
    if backend is None or kind not in ("role", "user"):
        return {} if kind in ("role", "user") else None
    kept = backend.roles if kind == "role" else backend.users
    found = next((one for one in list(kept.values()) if one.arn == resource), None)
    return _pairs(found.tags) if found is not None else {}


def _of_key(_: str, parts: list[str]) -> Tags | None:
    from moto.kms.models import kms_backends

    backend = existing(kms_backends, parts[4], parts[3])
    identity = parts[5].removeprefix("key/")
    if backend is None or identity not in backend.keys:
        return None
    return _pairs(backend.list_resource_tags(identity).get("Tags", []), "TagKey", "TagValue")


def _of_topic(resource: str, parts: list[str]) -> Tags | None:
    from moto.sns.models import sns_backends

    backend = existing(sns_backends, parts[4], parts[3])
    topic = backend.topics.get(resource) if backend else None
    return dict(topic._tags) if topic is not None else {}


def _of_queue(_: str, parts: list[str]) -> Tags | None:
    from moto.sqs.models import sqs_backends

    backend = existing(sqs_backends, parts[4], parts[3])
    queue = backend.queues.get(parts[5]) if backend else None
    return dict(queue.tags) if queue is not None else {}


def _of_secret(resource: str, parts: list[str]) -> Tags | None:
    from moto.secretsmanager.models import secretsmanager_backends

    backend = existing(secretsmanager_backends, parts[4], parts[3])
    secret = backend.secrets.get(resource) if backend else None
    return _pairs(secret.tags or []) if secret is not None else None


def _of_bucket(_: str, __: list[str]) -> Tags:
    return {}


def _pairs(tags: Any, key: str = "Key", value: str = "Value") -> dict[str, str]:
    if isinstance(tags, Mapping):
        tags = [
            each if isinstance(each, Mapping) else {key: name, value: each}
            for name, each in tags.items()
        ]
    return {str(one[key]): str(one.get(value, "")) for one in tags or ()}


_LOOK_UPS: Final[Mapping[str, Callable[[str, list[str]], Tags | None]]] = {
    "iam": _of_iam,
    "kms": _of_key,
    "s3": _of_bucket,
    "secretsmanager": _of_secret,
    "sns": _of_topic,
    "sqs": _of_queue,
}
