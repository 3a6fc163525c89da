"""The export of costs: its bucket in the management account, its query and its name."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import arn_of, bucket_arn
from landfall.aws.cost_columns import COLUMNS, RESOURCE_COLUMNS
from landfall.blueprint import buckets
from landfall.blueprint.artifacts import OBJECT_READ
from landfall.blueprint.buckets import BUCKET_READ, Bucket, Lifecycle
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, exact_roles, statement

EXPORT = "landfall-costs"
"""The name of the export, and what its files' keys begin with."""
MONITOR = "landfall-services"
"""The name of the monitor of anomalies."""
TABLE = "COST_AND_USAGE_REPORT"
# Both check the bucket: Data Exports when the export is created, Billing when it delivers.
_SERVICES = ("bcm-data-exports.amazonaws.com", "billingreports.amazonaws.com")
# The API of Data Exports is in one region.
_REGION = "us-east-1"


@dataclass(frozen=True, slots=True)
class CostBucket:
    """The bucket of an export; `readers` are roles by ARN."""

    place: Place
    organization_id: str
    expire_days: int
    readers: Sequence[str] = ()
    force_destroy: bool = False

    @property
    def name(self) -> str:
        """The bucket's name."""
        return f"{EXPORT}-{self.place.account_id}-{self.place.region}"

    @property
    def arn(self) -> str:
        """The bucket's ARN."""
        return bucket_arn(self.place.partition, self.name)


def bucket(costs: CostBucket) -> Bucket:
    """Return the bucket. Billing delivers to no bucket with a KMS key.

    https://docs.aws.amazon.com/cur/latest/userguide/dataexports-s3-bucket.html
    """
    return Bucket(
        costs.name,
        [buckets.tls_only(costs.arn), _delivery(costs), *_readers(costs)],
        Lifecycle("keep", costs.expire_days),
        force_destroy=costs.force_destroy,
        logs=f"{costs.name}-access",
        log_prefix="costs/",
    )


def access_bucket(costs: CostBucket) -> Bucket:
    """Return the bucket of the bucket's access logs."""
    name = f"{costs.name}-access"
    return Bucket(
        name,
        buckets.access_logs("AccessLogsOfCosts", costs.place, costs.name, name),
        Lifecycle("keep", costs.expire_days),
        force_destroy=costs.force_destroy,
    )


def _delivery(costs: CostBucket) -> Statement:
    partition, account = costs.place.partition, costs.place.account_id
    sources = [
        arn_of(partition, service, resource, region=_REGION, account=account)
        for service, resource in (("cur", "definition/*"), ("bcm-data-exports", "export/*"))
    ]
    return statement(
        "Delivery",
        actions=["s3:GetBucketPolicy", "s3:PutObject"],
        resources=[costs.arn, f"{costs.arn}/*"],
        principals={"Service": list(_SERVICES)},
        conditions={
            "StringLike": {"aws:SourceAccount": account, "aws:SourceArn": sources},
        },
    )


def _readers(costs: CostBucket) -> list[Statement]:
    if not costs.readers:
        return []
    return [
        exact_roles("ReadersList", costs.readers, costs.organization_id, BUCKET_READ, [costs.arn]),
        exact_roles(
            "Readers", costs.readers, costs.organization_id, OBJECT_READ, [f"{costs.arn}/*"]
        ),
    ]


def query(*, resources: bool) -> str:
    """Return the query of the export. AWS takes no `*` for all columns."""
    columns = [each for each in COLUMNS if resources or each not in RESOURCE_COLUMNS]
    return " ".join(["SELECT", ", ".join(columns), "FROM", TABLE])


def table_settings(granularity: str, *, resources: bool) -> dict[str, str]:
    """Return the configuration of the table.

    https://docs.aws.amazon.com/cur/latest/userguide/table-dictionary-cur2.html
    """
    return {
        "INCLUDE_MANUAL_DISCOUNT_COMPATIBILITY": "FALSE",
        "INCLUDE_RESOURCES": "TRUE" if resources else "FALSE",
        "INCLUDE_SPLIT_COST_ALLOCATION_DATA": "FALSE",
        "TIME_GRANULARITY": granularity.upper(),
    }
