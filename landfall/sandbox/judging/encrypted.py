"""The permissions for a KMS key that a call to another service needs.

The service calls KMS for its caller, who needs the permission; the request says through which
service (`kms:ViaService`), and has that service's encryption context. Sources: S3 User Guide,
'Using server-side encryption with AWS KMS keys'; SNS Developer Guide, 'Key management'; SQS
Developer Guide, 'Key management'; Secrets Manager User Guide, 'Secret encryption and decryption';
Systems Manager User Guide, 'AWS KMS encryption for Parameter Store SecureString parameters'.

An AWS managed key (`alias/aws/s3`) allows every caller of its account, so it needs no permission.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any, Final

from landfall.aws.arns import arn_of, bucket_arn
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging.context import Keys
from landfall.sandbox.judging.named_resources import key_arn

_READ: Final = ("kms:Decrypt",)
_WRITE: Final = ("kms:GenerateDataKey",)
_BOTH: Final = ("kms:Decrypt", "kms:GenerateDataKey")
_PARTS: Final = frozenset({"CompleteMultipartUpload", "CreateMultipartUpload", "UploadPart"})

Use = tuple[str, tuple[str, ...], dict[str, str], str]
"""A key's name or ARN, the actions, the encryption context, and the region of the key."""


def uses_of(request: Request) -> Iterator[tuple[str, str, Keys]]:
    """Yield action, key and condition keys of each permission for a key that a call needs."""
    look_up = _LOOK_UPS.get(request.service)
    if look_up is None:
        return
    for named, actions, context, region in look_up(request):
        arn = key_arn(request, named, region)
        if arn is None:
            continue
        keys: Keys = {
            "aws:viaawsservice": ["true"],
            "kms:calleraccount": [request.account],
            "kms:viaservice": [f"{request.service}.{region}.amazonaws.com"],
            "kms:encryptioncontextkeys": list(context),
            **{f"kms:encryptioncontext:{name}".lower(): [one] for name, one in context.items()},
        }
        for action in actions:
            yield action, arn, keys


def _s3(request: Request) -> Iterator[Use]:
    from moto.s3.models import s3_backends

    params, operation = request.params, request.operation
    owner = s3_backends.bucket_accounts.get(params.get("Bucket", ""))
    if owner is None or "Key" not in params:
        return
    bucket = s3_backends[owner[1]][owner[0]].buckets.get(params["Bucket"])
    if bucket is None:
        return
    arn = bucket_arn(owner[0], bucket.name)
    if operation == "GetObject":
        kept = bucket.keys.get(params["Key"])
        if kept is not None and kept.encryption == "aws:kms" and kept.kms_key_id:
            whole = arn if kept.bucket_key_enabled else f"{arn}/{params['Key']}"
            yield kept.kms_key_id, _READ, {"aws:s3:arn": whole}, bucket.region_name
    elif operation in ("PutObject", "CopyObject") or operation in _PARTS:
        key, has_bucket_key = _key_of_new_object(params, bucket.encryption)
        if key is not None:
            whole = arn if has_bucket_key else f"{arn}/{params['Key']}"
            actions = _BOTH if operation in _PARTS else _WRITE
            yield key, actions, {"aws:s3:arn": whole}, bucket.region_name


def _key_of_new_object(
    params: Mapping[str, Any], default: Mapping[str, Any] | None
) -> tuple[str | None, bool]:
    """Return the key that encrypts a new object, and whether through the bucket's key."""
    rule = (default or {}).get("Rule") or {}
    chosen = rule.get("ApplyServerSideEncryptionByDefault", {})
    algorithm = params.get("ServerSideEncryption") or chosen.get("SSEAlgorithm")
    if algorithm != "aws:kms" or "SSECustomerAlgorithm" in params:
        return None, False
    key = params.get("SSEKMSKeyId") or chosen.get("KMSMasterKeyID")
    enabled = params.get("BucketKeyEnabled", rule.get("BucketKeyEnabled", False))
    return key, str(enabled).lower() == "true"


def _sns(request: Request) -> Iterator[Use]:
    from moto.sns.models import sns_backends

    arn = request.params.get("TopicArn", request.params.get("TargetArn", ""))
    parts = arn.split(":")
    if not request.operation.startswith("Publish") or len(parts) != 6:
        return
    topic = sns_backends[parts[4]][parts[3]].topics.get(arn)
    if topic is not None and topic.kms_master_key_id:
        yield topic.kms_master_key_id, _BOTH, {"aws:sns:topicArn": arn}, parts[3]


def _sqs(request: Request) -> Iterator[Use]:
    from moto.sqs.models import sqs_backends

    sends = request.operation.startswith("SendMessage")
    if not sends and request.operation != "ReceiveMessage":
        return
    account, _, name = str(request.params.get("QueueUrl", "")).rpartition("/")
    queue = sqs_backends[account.rpartition("/")[2] or request.account][request.region].queues.get(
        name
    )
    key = getattr(queue, "kms_master_key_id", None)
    if queue is not None and key:
        context = {"aws:sqs:arn": queue.queue_arn}
        yield key, _BOTH if sends else _READ, context, request.region


def _secretsmanager(request: Request) -> Iterator[Use]:
    from moto.secretsmanager.models import secretsmanager_backends

    name = request.params.get("SecretId", "")
    account = name.split(":")[4] if name.startswith("arn:") else request.account
    secret = secretsmanager_backends[account][request.region].secrets.get(name)
    if secret is None or not secret.kms_key_id:
        return
    context = {"SecretARN": secret.arn}
    if request.operation == "GetSecretValue":
        yield secret.kms_key_id, _READ, context, request.region
    elif request.operation in ("PutSecretValue", "UpdateSecret"):
        yield secret.kms_key_id, _BOTH, context, request.region


def _ssm(request: Request) -> Iterator[Use]:
    from moto.ssm.models import ssm_backends

    params = request.params

    def context(name: str) -> dict[str, str]:
        resource = f"parameter/{name.removeprefix('/')}"
        where = {"region": request.region, "account": request.account}
        return {"PARAMETER_ARN": arn_of(request.partition, "ssm", resource, **where)}

    if request.operation == "PutParameter" and params.get("Type") == "SecureString":
        if params.get("KeyId"):
            yield params["KeyId"], ("kms:Encrypt",), context(params["Name"]), request.region
    elif request.operation in ("GetParameter", "GetParameters") and params.get("WithDecryption"):
        backend = ssm_backends[request.account][request.region]
        for name in [params["Name"]] if "Name" in params else params.get("Names", ()):
            kept = backend._parameters.get(name)
            if kept and kept[-1].parameter_type == "SecureString" and kept[-1].keyid:
                yield kept[-1].keyid, _READ, context(name), request.region


_LOOK_UPS: Final[Mapping[str, Callable[[Request], Iterator[Use]]]] = {
    "s3": _s3,
    "secretsmanager": _secretsmanager,
    "sns": _sns,
    "sqs": _sqs,
    "ssm": _ssm,
}
