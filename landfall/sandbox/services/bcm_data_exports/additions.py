"""AWS Data Exports: exports of costs and usage; nothing is delivered.

Data Exports API Reference, and Data Exports User Guide, 'Setting up an Amazon S3 bucket'.
"""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any, Final

from landfall.aws.cost_columns import COLUMNS, RESOURCE_COLUMNS
from landfall.sandbox.across_services.deliveries import may_use_bucket
from landfall.sandbox.across_services.trust import service
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags

_PRINCIPAL: Final = "bcm-data-exports.amazonaws.com"
_TABLE: Final = "COST_AND_USAGE_REPORT"
_GRANULARITIES: Final = ("HOURLY", "DAILY", "MONTHLY")


class ValidationError(AWSError):
    """The input is wrong: Data Exports API Reference, 'ValidationException'."""

    code = "ValidationException"


class NotFoundError(AWSError):
    """It is not there: Data Exports API Reference, 'ResourceNotFoundException'."""

    code = "ResourceNotFoundException"
    message = "The specified Amazon Resource Name (ARN) in the request doesn't exist."


exports: Store[dict[str, Any]] = Store(everywhere=True)
tags = Tags()


def _checked(request: Request, wanted: Mapping[str, Any], arn: str) -> dict[str, Any]:
    """Return the export if Data Exports takes its query and may deliver to its bucket."""
    _check_query(wanted["DataQuery"])
    bucket = wanted["DestinationConfigurations"]["S3Destination"]["S3Bucket"]
    delivers = may_use_bucket(
        service(_PRINCIPAL, request.account, arn, "bucket"),
        bucket,
        [("s3:PutObject", "report"), ("s3:GetBucketPolicy", "")],
    )
    if not delivers:
        raise ValidationError(
            f"S3 bucket permission validation failed for bucket {bucket}: its policy must let "
            "Data Exports deliver."
        )
    return {**wanted, "ExportArn": arn}


def _check_query(data: Mapping[str, Any]) -> None:
    head, _, table = data["QueryStatement"].partition(" FROM ")
    columns = [each.strip() for each in head.removeprefix("SELECT ").split(",")]
    settings = data.get("TableConfigurations", {}).get(_TABLE, {})
    if table.strip() != _TABLE:
        return
    known = {each for each in COLUMNS if settings.get("INCLUDE_RESOURCES") == "TRUE"} or {
        each for each in COLUMNS if each not in RESOURCE_COLUMNS
    }
    for column in columns:
        if column not in known:
            raise ValidationError(f"Column {column} is not in table {_TABLE}.")
    if settings.get("TIME_GRANULARITY", "HOURLY") not in _GRANULARITIES:
        raise ValidationError("TIME_GRANULARITY must be HOURLY, DAILY or MONTHLY.")


@addition("bcm-data-exports", "CreateExport")
def create(request: Request) -> Mapping[str, Any]:
    """Data Exports API Reference, CreateExport: names are unique in an account."""
    wanted = request.params["Export"]
    kept = exports.of(request)
    if any(each["Name"] == wanted["Name"] for each in kept.values()):
        raise ValidationError(f"Export name {wanted['Name']} already exists.")
    # Wherever the request comes from, exports are in one region.
    name = f"export/{wanted['Name']}-{uuid.uuid4()}"
    arn = request.arn("bcm-data-exports", name, region="us-east-1")
    kept[arn] = _checked(request, wanted, arn)
    tags.add(request, arn, request.params.get("ResourceTags"))
    return {"ExportArn": arn}


def _export(request: Request) -> dict[str, Any]:
    found = exports.of(request).get(request.params["ExportArn"])
    if found is None:
        raise NotFoundError
    return found


@addition("bcm-data-exports", "GetExport")
def get(request: Request) -> Mapping[str, Any]:
    """Data Exports API Reference, GetExport."""
    now = datetime.now(UTC)
    status = {"StatusCode": "HEALTHY", "CreatedAt": now, "LastUpdatedAt": now}
    return {"Export": _export(request), "ExportStatus": status}


@addition("bcm-data-exports", "ListExports")
def listed(request: Request) -> Mapping[str, Any]:
    """Data Exports API Reference, ListExports."""
    found = [
        {
            "ExportArn": each["ExportArn"],
            "ExportName": each["Name"],
            "ExportStatus": {"StatusCode": "HEALTHY"},
        }
        for each in exports.of(request).values()
    ]
    return paged("Exports", found, request.params, size="MaxResults")


@addition("bcm-data-exports", "UpdateExport")
def update(request: Request) -> Mapping[str, Any]:
    """Data Exports API Reference, UpdateExport."""
    arn = _export(request)["ExportArn"]
    exports.of(request)[arn] = _checked(request, request.params["Export"], arn)
    return {"ExportArn": arn}


@addition("bcm-data-exports", "DeleteExport")
def delete(request: Request) -> Mapping[str, Any]:
    """Data Exports API Reference, DeleteExport."""
    arn = _export(request)["ExportArn"]
    del exports.of(request)[arn]
    tags.forget(request, arn)
    return {"ExportArn": arn}


def _require(request: Request, arn: str) -> None:
    if arn not in exports.of(request):
        raise NotFoundError


tags.serve("bcm-data-exports", _require, tags="ResourceTags", keys="ResourceTagKeys")
