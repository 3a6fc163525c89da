"""Which source keys an AWS service sends, by what it reaches.

A service that assumes a role, or that uses a bucket, key or topic, can say for which resource and
account it acts: `aws:SourceArn` and `aws:SourceAccount`. A policy that requires a key that never
comes allows nothing (IAM User Guide, 'AWS global condition context keys').

A key is in the table if the service's own guide says so. A key without a document counts as not
sent: such a policy must use an operator with `IfExists`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

from landfall.aws.service_principals import short

Use = Literal["bucket", "function", "key", "log-group", "queue", "role", "topic"]
"""What the service reaches; a role is assumed."""

READ_ON: Final = "2026-11-29"
_DOCS: Final = "https://docs.aws.amazon.com"
_DEPUTY: Final = "cross-service-confused-deputy-prevention.html"

ARN: Final = "aws:sourcearn"
ACCOUNT: Final = "aws:sourceaccount"
# IAM derives these from the source account: IAM User Guide, `aws:SourceOrgID`.
OF_ACCOUNT: Final = ("aws:sourceorgid", "aws:sourceorgpaths")
ALL: Final = frozenset({ARN, ACCOUNT, *OF_ACCOUNT, "aws:sourceowner"})


@dataclass(frozen=True, slots=True)
class Sent:
    """What one service sends for one use.

    `service` is the principal without domain and region. `keys` are in lower case. `page` is AWS's
    document. `why` explains an absent key. `of` is a part of the source's ARN, if the service sends
    the keys for some of its resources only.
    """

    service: str
    use: Use
    keys: tuple[str, ...]
    page: str
    why: str = ""
    of: str = ""

    @property
    def with_organization(self) -> frozenset[str]:
        """The keys, with those of the source account's organization."""
        return frozenset({*self.keys, *(OF_ACCOUNT if ACCOUNT in self.keys else ())})


_BOTH: Final = (ARN, ACCOUNT)
_SNS: Final = f"{_DOCS}/sns/latest/dg/sns-key-management.html"

_SERVICES: Final = (
    Sent(
        "backup",
        "role",
        (),
        f"{_DOCS}/aws-backup/latest/devguide/{_DEPUTY}",
        "the page is about topics that AWS Backup publishes to, not about its role",
    ),
    Sent("chatbot", "role", _BOTH, f"{_DOCS}/chatbot/latest/adminguide/security-iam.html"),
    Sent(
        "cloudformation",
        "role",
        (),
        f"{_DOCS}/AWSCloudFormation/latest/UserGuide/using-iam-servicerole.html",
        "the guide's page on confused deputies is about extensions, not about stacks",
    ),
    Sent(
        "cloudformation",
        "role",
        _BOTH,
        f"{_DOCS}/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html",
        of=":stackset/",
    ),
    Sent(
        "cloudtrail",
        "role",
        (),
        f"{_DOCS}/awscloudtrail/latest/userguide/"
        "cloudtrail-required-policy-for-cloudwatch-logs.html",
        "the role for CloudWatch Logs supports neither key",
    ),
    Sent("codebuild", "role", _BOTH, f"{_DOCS}/codebuild/latest/userguide/{_DEPUTY}"),
    Sent(
        "codedeploy",
        "role",
        _BOTH,
        f"{_DOCS}/codedeploy/latest/userguide/security_confused_deputy.html",
    ),
    Sent(
        "codepipeline",
        "role",
        (ACCOUNT,),
        f"{_DOCS}/codepipeline/latest/userguide/how-to-custom-role.html",
        "the console's trust policy has the account alone, and no page mentions the ARN",
    ),
    Sent("config", "role", _BOTH, f"{_DOCS}/config/latest/developerguide/iamrole-permissions.html"),
    Sent("events", "role", _BOTH, f"{_DOCS}/eventbridge/latest/userguide/{_DEPUTY}"),
    Sent(
        "scheduler",
        "role",
        _BOTH,
        f"{_DOCS}/scheduler/latest/UserGuide/{_DEPUTY}",
        "the ARN is the schedule group's, not the schedule's",
    ),
    Sent(
        "bcm-data-exports",
        "bucket",
        _BOTH,
        f"{_DOCS}/cur/latest/userguide/dataexports-s3-bucket.html",
    ),
    Sent(
        "billingreports",
        "bucket",
        _BOTH,
        f"{_DOCS}/cur/latest/userguide/dataexports-s3-bucket.html",
    ),
    Sent("cloudtrail", "bucket", _BOTH, f"{_DOCS}/awscloudtrail/latest/userguide/{_DEPUTY}"),
    Sent("config", "bucket", _BOTH, f"{_DOCS}/config/latest/developerguide/s3-bucket-policy.html"),
    Sent(
        "logging.s3",
        "bucket",
        _BOTH,
        f"{_DOCS}/AmazonS3/latest/userguide/enable-server-access-logging.html",
    ),
    Sent(
        "cloudtrail",
        "key",
        _BOTH,
        f"{_DOCS}/awscloudtrail/latest/userguide/create-kms-key-policy-for-cloudtrail.html",
    ),
    Sent("config", "key", _BOTH, f"{_DOCS}/config/latest/developerguide/s3-kms-key-policy.html"),
    Sent("cloudwatch", "key", _BOTH, _SNS),
    Sent(
        "codestar-notifications",
        "key",
        (),
        f"{_DOCS}/dtconsole/latest/userguide/set-up-sns.html",
        "the page limits the key by kms:ViaService",
    ),
    Sent("events", "key", (), _SNS, "not supported for EventBridge-to-encrypted topics"),
    Sent(
        "logs",
        "key",
        (),
        f"{_DOCS}/AmazonCloudWatch/latest/logs/encrypt-log-data-kms.html",
        "the page limits the key by the encryption context",
    ),
    Sent(
        "cloudwatch",
        "topic",
        # SNS's default policy of a topic admits alarms of its account, and asks for this key:
        # SNS Developer Guide, 'aws:SourceAccount versus aws:SourceOwner'.
        (*_BOTH, "aws:sourceowner"),
        f"{_DOCS}/AmazonCloudWatch/latest/monitoring/Notify_Users_Alarm_Changes.html",
    ),
    Sent(
        "codestar-notifications",
        "topic",
        (ACCOUNT,),
        f"{_DOCS}/dtconsole/latest/userguide/set-up-sns.html",
    ),
)

_TARGETS: Final = tuple(
    Sent("events", use, _BOTH, f"{_DOCS}/eventbridge/latest/userguide/eb-use-resource-based.html")
    for use in ("function", "log-group", "queue", "topic")
)

_SUBSCRIBED: Final = (
    Sent(
        "sns",
        "queue",
        (ARN,),
        f"{_DOCS}/sns/latest/dg/subscribe-sqs-queue-to-sns-topic.html",
        "the page limits the queue by the topic's ARN alone",
    ),
    Sent(
        "sns",
        "function",
        (ARN,),
        f"{_DOCS}/lambda/latest/dg/with-sns.html",
        "the page limits the function by the topic's ARN alone",
    ),
    Sent(
        "sns",
        "key",
        (),
        f"{_DOCS}/sns/latest/dg/sns-enable-encryption-for-topic-sqs-queue-subscriptions.html",
        "the page's key policy has no condition",
    ),
)

_S3_DESTINATIONS: Final = (
    f"{_DOCS}/AmazonS3/latest/userguide/grant-destinations-permissions-to-s3.html"
)
_NOTIFICATIONS: Final = (
    *(Sent("s3", use, _BOTH, _S3_DESTINATIONS) for use in ("function", "queue", "topic")),
    Sent("s3", "key", (), _S3_DESTINATIONS, "the page's key policy has no condition"),
)

TABLE: Final = (*_SERVICES, *_TARGETS, *_SUBSCRIBED, *_NOTIFICATIONS)

_BY_USE: Final[Mapping[tuple[str, str, str], Sent]] = {
    (each.service, each.use, each.of): each for each in TABLE
}
_PARTS: Final = sorted({each.of for each in TABLE if each.of})


def find(service: str, use: Use, source: str = "") -> Sent | None:
    """Return what a service principal sends for a use; None if the table lacks it.

    `source` is the ARN of the source, or a pattern of it.
    """
    name = short(service)
    parts = [part for part in _PARTS if part in source]
    found = (_BY_USE.get((name, use, part)) for part in (*parts, ""))
    return next((each for each in found if each is not None), None)


def keys_of(service: str, use: Use, source: str = "") -> frozenset[str]:
    """Return the source keys that come, in lower case; empty for an unknown service."""
    found = find(service, use, source)
    return frozenset() if found is None else found.with_organization


def never_sent(statement: Mapping[str, Any], use: Use) -> Iterator[tuple[str, str]]:
    """Yield a service and a key for each key that a statement requires and that never comes.

    A deny, `IfExists`, a negated operator and `Null` do not require a key.
    """
    principal = statement.get("Principal")
    if statement.get("Effect") != "Allow" or not isinstance(principal, Mapping):
        return
    conditions: Mapping[str, Mapping[str, Any]] = statement.get("Condition", {})
    source = _source(conditions)
    for service in _listed(principal.get("Service", [])):
        sent = keys_of(service, use, source)
        for operator, tests in conditions.items():
            if operator.endswith("IfExists") or "Not" in operator or operator == "Null":
                continue
            for key in tests:
                if key.lower() in ALL - sent:
                    yield service, key


def _source(conditions: Mapping[str, Mapping[str, Any]]) -> str:
    """Return the first source ARN that a statement's conditions name; empty without one."""
    for tests in conditions.values():
        for key, values in tests.items():
            if key.lower() == ARN:
                return next(iter(_listed(values)), "")
    return ""


def _listed(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else list(value)
