"""Names, tags and policy documents of bootstrap's resources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landfall.aws.arns import bucket_arn, iam_arn

STATE, SECRETS = "state", "secrets"
PURPOSE_TAG = "landfall:purpose"

_VERSION = "2012-10-17"
_OBJECTS = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
_LISTING = ["s3:GetBucketLocation", "s3:ListBucket"]
_THROUGH_S3 = ["kms:Decrypt", "kms:GenerateDataKey"]
_SECRETS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]
# Key administration without key use: https://docs.aws.amazon.com/kms/latest/developerguide/
# key-policy-default.html#key-policy-default-allow-administrators
_ADMINISTRATION = [
    "kms:CancelKeyDeletion",
    "kms:CreateAlias",
    "kms:CreateGrant",
    "kms:DeleteAlias",
    "kms:DescribeKey",
    "kms:DisableKey",
    "kms:DisableKeyRotation",
    "kms:EnableKey",
    "kms:EnableKeyRotation",
    "kms:GetKeyPolicy",
    "kms:GetKeyRotationStatus",
    "kms:ListGrants",
    "kms:ListKeyPolicies",
    "kms:ListResourceTags",
    "kms:PutKeyPolicy",
    "kms:RevokeGrant",
    "kms:ScheduleKeyDeletion",
    "kms:TagResource",
    "kms:UntagResource",
    "kms:UpdateAlias",
    "kms:UpdateKeyDescription",
]


@dataclass(frozen=True, slots=True)
class Plan:
    """The backend's resources in one account and region.

    `principals` are the ARNs of the roles and users that may read and write the state; no other
    principal can decrypt it. Replaced versions of the state are kept for `noncurrent_days`.
    """

    partition: str
    account: str
    region: str
    bucket: str
    principals: tuple[str, ...]
    noncurrent_days: int = 365
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def logs(self) -> str:
        """The name of the access log bucket."""
        return f"{self.bucket}-logs"

    def tags_of(self, purpose: str) -> dict[str, str]:
        """Return the tags of the resource for `purpose`."""
        return {**self.tags, PURPOSE_TAG: f"pulumi-{purpose}"}

    def description(self, purpose: str) -> str:
        """Return the description of a key."""
        what = "State" if purpose == STATE else "Secrets"
        return f"{what} of Pulumi stacks, made by landfall bootstrap"

    def key_policy(self, purpose: str) -> dict[str, Any]:
        """Return a key's policy: the account may administer it, only the principals may use it."""
        conditions: dict[str, dict[str, Any]] = {
            "ArnEquals": {"aws:PrincipalArn": list(self.principals)}
        }
        if purpose == STATE:
            dns = "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"
            conditions["StringEquals"] = {"kms:ViaService": f"s3.{self.region}.{dns}"}
        return _document(
            {
                "Sid": "AdministrationByThisAccount",
                "Effect": "Allow",
                "Principal": {"AWS": self._root(self.account)},
                "Action": _ADMINISTRATION,
                "Resource": "*",
            },
            {
                "Sid": "UseByThosePrincipals",
                "Effect": "Allow",
                "Principal": {"AWS": self._roots()},
                "Action": _THROUGH_S3 if purpose == STATE else _SECRETS,
                "Resource": "*",
                "Condition": conditions,
            },
        )

    def bucket_policy(self, key_arn: str) -> dict[str, Any]:
        """Return the state bucket's policy: only TLS, only this key, only the principals."""
        encryption = "s3:x-amz-server-side-encryption"
        return _document(
            self._tls_only(self.bucket),
            self._only("OnlyKmsEncryption", encryption, "aws:kms"),
            self._only("OnlyThisKey", f"{encryption}-aws-kms-key-id", key_arn),
            self._allowed("Objects", _OBJECTS, f"{self._arn(self.bucket)}/*"),
            self._allowed("Listing", _LISTING, self._arn(self.bucket)),
        )

    def logs_policy(self) -> dict[str, Any]:
        """Return the log bucket's policy: only TLS, and log delivery by S3."""
        return _document(
            self._tls_only(self.logs),
            {
                "Sid": "AccessLogsOfTheState",
                "Effect": "Allow",
                "Principal": {"Service": "logging.s3.amazonaws.com"},
                "Action": "s3:PutObject",
                "Resource": f"{self._arn(self.logs)}/*",
                "Condition": {
                    "ArnEquals": {"aws:SourceArn": self._arn(self.bucket)},
                    "StringEquals": {"aws:SourceAccount": self.account},
                },
            },
        )

    def lifecycle(self, *, logs: bool) -> list[dict[str, Any]]:
        """Return the lifecycle rules: replaced versions expire, the current state stays."""
        expiration: dict[str, Any] = {"ExpiredObjectDeleteMarker": True}
        if logs:
            expiration = {"Days": self.noncurrent_days}
        return [
            {
                "ID": "expire",
                "Status": "Enabled",
                "Filter": {"Prefix": ""},
                "Expiration": expiration,
                "NoncurrentVersionExpiration": {"NoncurrentDays": self.noncurrent_days},
                "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": 7},
            }
        ]

    def _root(self, account: str) -> str:
        return iam_arn(self.partition, account, "root")

    def _roots(self) -> list[str]:
        return sorted({self._root(account_of(arn)) for arn in self.principals})

    def _arn(self, bucket: str) -> str:
        return bucket_arn(self.partition, bucket)

    def _tls_only(self, bucket: str) -> dict[str, Any]:
        return {
            "Sid": "TlsOnly",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:*",
            "Resource": [self._arn(bucket), f"{self._arn(bucket)}/*"],
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }

    def _only(self, sid: str, header: str, value: str) -> dict[str, Any]:
        # Null allows requests without the header: they get the bucket's default encryption.
        return {
            "Sid": sid,
            "Effect": "Deny",
            "Principal": "*",
            "Action": "s3:PutObject",
            "Resource": f"{self._arn(self.bucket)}/*",
            "Condition": {"StringNotEquals": {header: value}, "Null": {header: "false"}},
        }

    def _allowed(self, sid: str, actions: list[str], resource: str) -> dict[str, Any]:
        return {
            "Sid": sid,
            "Effect": "Allow",
            "Principal": {"AWS": self._roots()},
            "Action": actions,
            "Resource": resource,
            "Condition": {"ArnEquals": {"aws:PrincipalArn": list(self.principals)}},
        }


def alias(purpose: str) -> str:
    """Return the alias of a key."""
    return f"alias/landfall/{purpose}"


def account_of(arn: str) -> str:
    """Return the account in an ARN."""
    return arn.split(":")[4]


def users_of(key_policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the principals that may use a key, from a key policy of this module."""
    for statement in key_policy.get("Statement", []):
        if statement.get("Sid") == "UseByThosePrincipals":
            named = statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]
            return (named,) if isinstance(named, str) else tuple(named)
    return ()


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": _VERSION, "Statement": list(statements)}


def as_tags(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[Any]:
    """Return tags as a list of AWS key and value objects."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def lacking(wanted: Mapping[str, str], there: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the wanted tags that are missing or have another value."""
    held = dict(there)
    return {name: text for name, text in wanted.items() if held.get(name) != text}
