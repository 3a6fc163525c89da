"""The policy of a resource, and the account that owns it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from moto.iam.models import iam_backends

if TYPE_CHECKING:
    from moto.s3.models import FakeBucket

from landfall.iam.matching import PreparedDocument
from landfall.sandbox.judging.documents import prepared

_LABEL: Final = "a resource-based policy"
_TRUST: Final = "the role trust policy"

# Services whose resources can have policies that are not looked up here: what no identity policy
# allows may be allowed there (IAM User Guide, 'AWS services that work with IAM').
_NOT_LOOKED_UP: Final = frozenset(
    {"dynamodb", "elasticfilesystem", "es", "glue", "s3-object-lambda", "s3express"}
)


@dataclass(frozen=True, slots=True)
class ResourcePolicy:
    """A resource's policy and owner; `is_certain` is false if there may be an unknown policy."""

    document: PreparedDocument | None = None
    owner: str | None = None
    is_certain: bool = True


def policy_of(action: str, resource: str) -> ResourcePolicy:
    """Return the policy of a resource by its ARN. Raises `UnreadableError`."""
    prefix = action.partition(":")[0]
    parts = resource.split(":", 5)
    if len(parts) != 6:
        return ResourcePolicy()
    look_up = _LOOK_UPS.get((prefix, parts[2]))
    if look_up is not None:
        return look_up(resource, parts)
    return ResourcePolicy(is_certain=prefix not in _NOT_LOOKED_UP)


def _of_bucket(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.s3.models import s3_backends

    name = parts[5].partition("/")[0]
    place = s3_backends.bucket_accounts.get(name)
    if place is None:
        return ResourcePolicy()
    partition, account = place
    bucket = s3_backends[account][partition].buckets.get(name)
    if bucket is None:
        return ResourcePolicy(owner=account)
    text = bucket.policy.decode() if isinstance(bucket.policy, bytes) else bucket.policy
    return ResourcePolicy(
        prepared(text, _LABEL) if text else None, account, is_certain=not _grants_others(bucket)
    )


def _grants_others(bucket: FakeBucket) -> bool:
    """Return whether the bucket's access control list may allow somebody besides its owner."""
    return bucket.acl is not None and len(bucket.acl.grants) > 1


def _of_key(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.kms.models import kms_backends

    _, _, _, region, account, rest = parts
    backend = existing(kms_backends, account, region)
    key = backend.keys.get(rest.removeprefix("key/")) if backend and "key/" in rest else None
    if key is None:
        return ResourcePolicy(owner=account, is_certain=False)
    # A grant allows what the policy does not: KMS Developer Guide, 'Grants in AWS KMS'.
    return ResourcePolicy(prepared(key.policy, _LABEL), account, is_certain=not key.grants)


def _of_topic(resource: str, parts: list[str]) -> ResourcePolicy:
    from moto.sns.models import sns_backends

    backend = existing(sns_backends, parts[4], parts[3])
    topic = backend.topics.get(resource) if backend else None
    if topic is None:
        return ResourcePolicy(owner=parts[4])
    return ResourcePolicy(prepared(topic.policy, _LABEL), parts[4])


def _of_queue(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.sqs.models import sqs_backends

    backend = existing(sqs_backends, parts[4], parts[3])
    queue = backend.queues.get(parts[5]) if backend else None
    text = queue.policy if queue else None
    return ResourcePolicy(prepared(text, _LABEL) if text else None, parts[4])


def _of_secret(resource: str, parts: list[str]) -> ResourcePolicy:
    from moto.secretsmanager.models import secretsmanager_backends

    backend = existing(secretsmanager_backends, parts[4], parts[3])
    secret = backend.secrets.get(resource) if backend else None
    text = secret.policy if secret is not None and hasattr(secret, "policy") else None
    return ResourcePolicy(prepared(text, _LABEL) if text else None, parts[4])


def _of_repository(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.ecr.models import ecr_backends

    backend = existing(ecr_backends, parts[4], parts[3])
    name = parts[5].removeprefix("repository/")
    repository = backend.repositories.get(name) if backend else None
    text = repository.policy if repository else None
    # A repository's policy has no Resource: it is about the repository.
    return ResourcePolicy(prepared(text, _LABEL) if text else None, parts[4])


def _of_function(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.awslambda.models import lambda_backends

    backend = existing(lambda_backends, parts[4], parts[3])
    name = parts[5].removeprefix("function:").partition(":")[0]
    kept = backend._lambdas._functions.get(name) if backend else None
    versions = [kept["latest"], *kept["versions"]] if kept else []
    has_policy = any(each.policy.statements for each in versions if each is not None)
    return ResourcePolicy(owner=parts[4], is_certain=not has_policy)


def _of_rule(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.events.models import events_backends

    backend = existing(events_backends, parts[4], parts[3])
    buses = list(backend.event_buses.values()) if backend else []
    return ResourcePolicy(owner=parts[4], is_certain=not any(bus._statements for bus in buses))


def _of_stream(resource: str, parts: list[str]) -> ResourcePolicy:
    from moto.kinesis.models import kinesis_backends

    backend = existing(kinesis_backends, parts[4], parts[3])
    text = backend.resource_policies.get(resource) if backend else None
    return ResourcePolicy(prepared(text, _LABEL) if text else None, parts[4])


def _of_log_group(_: str, parts: list[str]) -> ResourcePolicy:
    from moto.logs.models import logs_backends

    backend = existing(logs_backends, parts[4], parts[3])
    return ResourcePolicy(owner=parts[4], is_certain=not (backend and backend.resource_policies))


def _of_role(resource: str, parts: list[str]) -> ResourcePolicy:
    backend = existing(iam_backends, parts[4], parts[1])
    roles = list(backend.roles.values()) if backend else []
    role = next((one for one in roles if one.arn == resource), None)
    if role is None:
        return ResourcePolicy(owner=parts[4], is_certain=False)
    return ResourcePolicy(prepared(role.assume_role_policy_document, _TRUST), parts[4])


def existing(backends: Mapping[str, Mapping[str, Any]], account: str, place: str) -> Any:
    """Return the emulator's backend if the account has used it: a look-up would create it."""
    if account not in list(backends):
        return None
    return backends[account][place]


_LOOK_UPS: Final[Mapping[tuple[str, str], Callable[[str, list[str]], ResourcePolicy]]] = {
    ("s3", "s3"): _of_bucket,
    ("kms", "kms"): _of_key,
    ("sns", "sns"): _of_topic,
    ("sqs", "sqs"): _of_queue,
    ("secretsmanager", "secretsmanager"): _of_secret,
    ("ecr", "ecr"): _of_repository,
    ("events", "events"): _of_rule,
    ("kinesis", "kinesis"): _of_stream,
    ("lambda", "lambda"): _of_function,
    ("logs", "logs"): _of_log_group,
    ("sts", "iam"): _of_role,
}
