"""Costs of an organization, in its management account: export, anomalies, allocation tags.

Does not create budgets: those are each account's. Only the management account sees the costs of all
accounts, and an export is delivered to a bucket of its own account.
https://docs.aws.amazon.com/cur/latest/userguide/what-is-data-exports.html
"""

from collections.abc import Sequence
from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.buckets import make_bucket
from components.inputs import Inputs
from landfall.blueprint import costs as described


class CostExportArgs(TypedDict):
    """The arguments of the export."""

    account_id: pulumi.Input[str]
    """The management account."""
    organization_id: pulumi.Input[str]
    """The organization (`o-…`)."""
    region: str
    """The bucket's region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    granularity: str
    """`hourly`, `daily` or `monthly`."""
    resources: bool
    """The ids of resources are in the files."""
    expire_days: int
    """Days until files are deleted."""
    reader_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles that may read the files."""
    force_destroy: NotRequired[bool]
    """Delete the files on destroy; otherwise the bucket is protected."""


class CostExport(pulumi.ComponentResource):
    """The export of costs and usage, and its private bucket with access logs."""

    bucket_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: CostExportArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:costs:CostExport", name, None, opts)
        inputs, region = Inputs(), args["region"]
        costs = described.CostBucket(
            inputs.place(args.get("partition", "aws"), region, args["account_id"]),
            inputs.text(args["organization_id"]),
            args["expire_days"],
            inputs.texts(args.get("reader_role_arns", [])),
            args.get("force_destroy", False),
        )
        own = described.access_bucket(costs)
        logs = make_bucket(f"{name}-access", own, inputs, region, self)
        made = make_bucket(name, described.bucket(costs), inputs, region, self, logs=logs)
        resources = args["resources"]
        settings = described.table_settings(args["granularity"], resources=resources)
        aws.bcmdata.Export(
            name,
            export={
                "name": described.EXPORT,
                "data_queries": [
                    {
                        "query_statement": described.query(resources=resources),
                        "table_configurations": {described.TABLE: settings},
                    }
                ],
                "destination_configurations": [
                    {
                        "s3_destinations": [
                            {
                                "s3_bucket": made.bucket.bucket,
                                "s3_prefix": described.EXPORT,
                                "s3_region": region,
                                "s3_output_configurations": [
                                    {
                                        "compression": "PARQUET",
                                        "format": "PARQUET",
                                        "output_type": "CUSTOM",
                                        "overwrite": "OVERWRITE_REPORT",
                                    }
                                ],
                            }
                        ]
                    }
                ],
                "refresh_cadences": [{"frequency": "SYNCHRONOUS"}],
            },
            # The service checks that it may deliver.
            opts=pulumi.ResourceOptions(parent=self, depends_on=[made.policy]),
        )
        self.bucket_name = made.bucket.bucket
        self.register_outputs({"bucket_name": self.bucket_name})


class CostAnomaliesArgs(TypedDict):
    """The arguments of the alerts."""

    minimum: str
    """The least impact in US dollars to notify of."""
    emails: list[str]
    """E-mail addresses to notify."""
    frequency: str
    """`DAILY` or `WEEKLY`, for e-mails."""
    topic_arn: NotRequired[str]
    """An SNS topic to notify at once."""


class CostAnomalies(pulumi.ComponentResource):
    """The monitor of the costs of each service, and who is notified of anomalies."""

    def __init__(
        self, name: str, args: CostAnomaliesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:costs:CostAnomalies", name, None, opts)
        monitor = aws.costexplorer.AnomalyMonitor(
            name,
            name=described.MONITOR,
            monitor_type="DIMENSIONAL",
            monitor_dimension="SERVICE",
            # An account has one monitor of services, whose name stays if it is taken over.
            opts=pulumi.ResourceOptions(parent=self, ignore_changes=["name"]),
        )
        if args["emails"]:
            self._subscribe(
                f"{name}-emails",
                monitor,
                args["minimum"],
                args["frequency"],
                "EMAIL",
                args["emails"],
            )
        if "topic_arn" in args:
            # AWS notifies topics at once, and addresses once a day or week.
            self._subscribe(
                f"{name}-topic", monitor, args["minimum"], "IMMEDIATE", "SNS", [args["topic_arn"]]
            )
        self.register_outputs({})

    def _subscribe(
        self,
        name: str,
        monitor: aws.costexplorer.AnomalyMonitor,
        minimum: str,
        frequency: str,
        kind: str,
        addresses: Sequence[str],
    ) -> None:
        aws.costexplorer.AnomalySubscription(
            name,
            name=f"landfall-{name}",
            frequency=frequency,
            monitor_arn_lists=[monitor.arn],
            subscribers=[{"type": kind, "address": address} for address in addresses],
            threshold_expression={
                "dimension": {
                    "key": "ANOMALY_TOTAL_IMPACT_ABSOLUTE",
                    "match_options": ["GREATER_THAN_OR_EQUAL"],
                    "values": [minimum],
                }
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
