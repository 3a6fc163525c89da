"""The artifact store of a region: its key, its bucket, and the bucket of access logs.

No statement allows anything to an account as a whole: each ends at exact roles of the organization.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint import buckets, keys
from landfall.blueprint.artifacts import KEY_READ, KEY_USE, OBJECT_READ, OBJECT_WRITE
from landfall.blueprint.buckets import BUCKET_READ, Bucket, Lifecycle
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, exact_roles

ALIAS = "landfall/artifacts"
LOG_GROUPS = "/landfall/"


@dataclass(frozen=True, slots=True)
class ArtifactStore:
    """What makes a store.

    `writers` and `readers` are roles by ARN. Principals of the account use the key through the
    services of `used_through`, and log groups below `log_groups` are encrypted with it. `packages`
    is the bucket of packaged code, if the region has one, with its own writers and readers; those
    of them that do not use the artifacts are `key_writers` and `key_readers`.
    """

    place: Place
    organization_id: str
    bucket: str
    writers: Sequence[str] = ()
    readers: Sequence[str] = ()
    used_through: Sequence[str] = ()
    alias: str = ALIAS
    log_groups: str = LOG_GROUPS
    force_destroy: bool = False
    expire_days: int = 90
    noncurrent_days: int = 30
    packages: str = ""
    package_writers: Sequence[str] = ()
    package_readers: Sequence[str] = ()
    key_writers: Sequence[str] = ()
    key_readers: Sequence[str] = ()

    @property
    def arn(self) -> str:
        """The ARN of the bucket."""
        return bucket_arn(self.place.partition, self.bucket)

    @property
    def lifecycle(self) -> Lifecycle:
        """What becomes of artifacts and access logs."""
        return Lifecycle("expire", self.expire_days, self.noncurrent_days)


def store_key(store: ArtifactStore) -> Key:
    """Return the key of a store."""
    place = store.place
    statements = [
        keys.administration(place),
        keys.encrypt_logs("LogGroups", place, f"{store.log_groups}*"),
    ]
    if store.used_through:
        statements.append(
            keys.through_services("ThroughServices", place, store.used_through, KEY_USE)
        )
    for sid, roles, actions in (
        ("Writers", [*store.writers, *store.key_writers], KEY_USE),
        ("Readers", [*store.readers, *store.key_readers], KEY_READ),
    ):
        if roles:
            statements.append(exact_roles(sid, roles, store.organization_id, actions, ["*"]))
    return Key(f"Artifacts of delivery pipelines in {place.region}", statements, store.alias)


def store_bucket(store: ArtifactStore, key_arn: str) -> Bucket:
    """Return the bucket of a store."""
    return Bucket(
        store.bucket,
        [
            buckets.tls_only(store.arn),
            buckets.only_key(store.arn, key_arn),
            buckets.only_kms(store.arn),
            *_access(store),
        ],
        store.lifecycle,
        key_arn=key_arn,
        bucket_key=True,
        force_destroy=store.force_destroy,
        logs=f"{store.bucket}-logs",
        log_prefix="artifacts/",
    )


def store_logs(store: ArtifactStore) -> Bucket:
    """Return the bucket of a store's access logs."""
    name = f"{store.bucket}-logs"
    statements = buckets.access_logs(
        "AccessLogsOfTheArtifactBucket", store.place, store.bucket, name
    )
    if store.packages:
        statements += buckets.access_logs(
            "AccessLogsOfThePackageBucket", store.place, store.packages, name
        )[1:]
    return Bucket(
        name,
        statements,
        store.lifecycle,
        force_destroy=store.force_destroy,
    )


def _access(store: ArtifactStore) -> list[Statement]:
    objects, organization = [f"{store.arn}/*"], store.organization_id
    statements = []
    for sid, roles, actions in (
        ("Writers", store.writers, OBJECT_WRITE),
        ("Readers", store.readers, OBJECT_READ),
    ):
        if roles:
            statements.append(exact_roles(sid, roles, organization, actions, objects))
    if everyone := [*store.writers, *store.readers]:
        statements.append(exact_roles("Listing", everyone, organization, BUCKET_READ, [store.arn]))
    return statements
