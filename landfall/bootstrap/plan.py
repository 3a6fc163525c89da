"""Names, tags and policy documents of bootstrap's resources. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from landfall.aws.arns import bucket_arn
from landfall.blueprint import buckets, keys
from landfall.blueprint.places import Place
from landfall.blueprint.statements import VERSION, accounts_of, statement

STATE, SECRETS = "state", "secrets"
PURPOSE_TAG = "landfall:purpose"

_OBJECTS = ["s3:DeleteObject", "s3:GetObject", "s3:PutObject"]
_LISTING = ["s3:GetBucketLocation", "s3:ListBucket"]
_THROUGH_S3 = ["kms:Decrypt", "kms:GenerateDataKey"]
_SECRETS = ["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt"]


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
        conditions: dict[str, dict[str, Any]] = self._exactly()
        if purpose == STATE:
            via = f"s3.{self.region}.{self._place.dns}"
            conditions["StringEquals"] = {"kms:ViaService": via}
        return _document(
            keys.administration(self._place),
            statement(
                "UseByThosePrincipals",
                actions=_THROUGH_S3 if purpose == STATE else _SECRETS,
                resources=["*"],
                principals={"AWS": self._roots()},
                conditions=conditions,
            ),
        )

    def bucket_policy(self, key_arn: str) -> dict[str, Any]:
        """Return the state bucket's policy: only TLS, only this key, only the principals."""
        arn = bucket_arn(self.partition, self.bucket)
        return _document(
            buckets.tls_only(arn),
            buckets.only_kms(arn),
            buckets.only_key(arn, key_arn),
            self._allowed("Objects", _OBJECTS, f"{arn}/*"),
            self._allowed("Listing", _LISTING, arn),
        )

    def logs_policy(self) -> dict[str, Any]:
        """Return the log bucket's policy: only TLS, and log delivery by S3."""
        sid = "AccessLogsOfTheState"
        return _document(*buckets.access_logs(sid, self._place, self.bucket, self.logs))

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

    @property
    def _place(self) -> Place:
        return Place(self.partition, self.region, self.account)

    def _roots(self) -> list[str]:
        return accounts_of(self.principals).texts()

    def _exactly(self) -> dict[str, dict[str, Any]]:
        return {"ArnEquals": {"aws:PrincipalArn": list(self.principals)}}

    def _allowed(self, sid: str, actions: list[str], resource: str) -> dict[str, Any]:
        return statement(
            sid,
            actions=actions,
            resources=[resource],
            principals={"AWS": self._roots()},
            conditions=self._exactly(),
        )


def alias(purpose: str) -> str:
    """Return the alias of a key."""
    return f"alias/landfall/{purpose}"


def account_of(arn: str) -> str:
    """Return the account in an ARN."""
    return arn.split(":")[4]


def users_of(key_policy: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the principals that may use a key, from a key policy of this module."""
    for each in key_policy.get("Statement", []):
        if each.get("Sid") == "UseByThosePrincipals":
            named = each["Condition"]["ArnEquals"]["aws:PrincipalArn"]
            return (named,) if isinstance(named, str) else tuple(named)
    return ()


def _document(*statements: Mapping[str, Any]) -> dict[str, Any]:
    return {"Version": VERSION, "Statement": list(statements)}


def as_tags(tags: Mapping[str, str], key: str = "Key", value: str = "Value") -> list[Any]:
    """Return tags as a list of AWS key and value objects."""
    return [{key: name, value: text} for name, text in sorted(tags.items())]


def lacking(wanted: Mapping[str, str], there: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Return the wanted tags that are missing or have another value."""
    held = dict(there)
    return {name: text for name, text in wanted.items() if held.get(name) != text}
