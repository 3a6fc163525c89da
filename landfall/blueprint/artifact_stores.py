"""The artifact store of a region: its key, its bucket, and the bucket of access logs.

No statement allows anything to an account as a whole: each ends at exact roles of the organization,
or, if they are too many for a policy, at Landfall's roles of exact accounts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint import buckets, keys
from landfall.blueprint.artifacts import CACHES, KEY_READ, KEY_USE, REPORTS
from landfall.blueprint.buckets import Bucket, Lifecycle
from landfall.blueprint.keys import Key
from landfall.blueprint.places import Place
from landfall.blueprint.store_access import bucket_users, key_users

ALIAS = "landfall/artifacts"
LOG_GROUPS = "/landfall/"


@dataclass(frozen=True, slots=True)
class ArtifactStore:
    """What makes a store.

    `writers` and `readers` are roles by ARN; `senders` write sources from other accounts.
    Principals of the account use the key through the services of `used_through`, and log groups
    below `log_groups` are encrypted with it. `packages` is the bucket of packaged code, if the
    region has one, with its own writers and readers; those of them that do not use the artifacts
    are `key_writers` and `key_readers`.
    """

    place: Place
    organization_id: str
    bucket: str
    writers: Sequence[str] = ()
    readers: Sequence[str] = ()
    senders: Sequence[str] = ()
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
        """What becomes of the bucket's objects.

        Artifacts stay: a new instance of an Auto Scaling group and the rollback of a stage fetch
        those of earlier executions, however old.
        https://docs.aws.amazon.com/codedeploy/latest/userguide/integrations-aws-auto-scaling.html
        https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
        """
        prefixes = (f"{CACHES}/", f"{REPORTS}/")
        return Lifecycle("expire", self.expire_days, self.noncurrent_days, prefixes=prefixes)


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
    statements += key_users(
        store.organization_id,
        [*store.writers, *store.senders, *store.key_writers],
        [*store.readers, *store.key_readers],
        {"Writers": KEY_USE, "Readers": KEY_READ},
    )
    return Key(f"Artifacts of delivery pipelines in {place.region}", statements, store.alias)


def store_bucket(store: ArtifactStore, key_arn: str) -> Bucket:
    """Return the bucket of a store."""
    return Bucket(
        store.bucket,
        [
            buckets.tls_only(store.arn),
            buckets.only_key(store.arn, key_arn),
            buckets.only_kms(store.arn),
            *bucket_users(
                store.arn, store.organization_id, store.writers, store.readers, store.senders
            ),
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
        Lifecycle("expire", store.expire_days, store.noncurrent_days),
        force_destroy=store.force_destroy,
    )
