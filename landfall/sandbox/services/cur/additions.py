"""Cost and Usage Reports, the reports before Data Exports; nothing is delivered.

Billing and Cost Management API Reference, AWS Cost and Usage Report.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_reports: Store[Mapping[str, Any]] = Store()


class DuplicateReportNameError(AWSError):
    """A report of the name exists: API Reference, PutReportDefinition."""

    code = "DuplicateReportNameException"
    message = "A report with the specified name already exists in the account."


@addition("cur", "PutReportDefinition")
def put_report(request: Request) -> Mapping[str, Any]:
    """API Reference, PutReportDefinition."""
    report = request.params["ReportDefinition"]
    kept = _reports.of(request)
    if report["ReportName"] in kept:
        raise DuplicateReportNameError
    kept[report["ReportName"]] = report
    return {}


@addition("cur", "DescribeReportDefinitions")
def describe_reports(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeReportDefinitions."""
    return {"ReportDefinitions": list(_reports.of(request).values())}
