"""Costs and requested quotas, from a stack's settings."""

import pulumi
import pulumi_aws as aws

from components.costs import CostAnomalies, CostAnomaliesArgs, CostExport, CostExportArgs
from components.landing_zone.foundation import Foundation
from components.landing_zone.ground import Ground
from components.quotas import QuotaArgs, QuotaTemplate, ServiceQuotas
from landfall.blueprint.stack import operations
from landfall.settings import Stack, quota_requests
from landfall.settings.costs import CostAnomalies as AnomalySettings
from landfall.settings.costs import CostExport as ExportSettings
from landfall.settings.quota_requests import Requested

_MANAGEMENT = "management"


def account_for(stack: Stack, foundation: Foundation) -> None:
    """Create the export of costs, the alerts, and activate the tags."""
    costs = stack.costs
    if costs.export is not None:
        _export(stack, foundation, costs.export)
    if costs.anomalies is not None:
        _watch(costs.anomalies)
    for key in costs.allocation_tags:
        aws.costexplorer.CostAllocationTag(
            f"costs-{key}",
            tag_key=key,
            status="Active",
            # Only the management account of an organization may activate tags.
            opts=pulumi.ResourceOptions(depends_on=[foundation.organization]),
        )


def _export(stack: Stack, foundation: Foundation, settings: ExportSettings) -> None:
    args: CostExportArgs = {
        "account_id": foundation.management_account_id,
        "organization_id": foundation.organization_id,
        "region": stack.region,
        "partition": stack.partition,
        "granularity": settings.granularity,
        "resources": settings.resources,
        "expire_days": settings.expire_days,
        "reader_role_arns": [
            foundation.values.output(arn) for arn in operations.cost_readers(stack, settings)
        ],
        "force_destroy": settings.force_destroy,
    }
    CostExport("costs", args)


def _watch(settings: AnomalySettings) -> None:
    args: CostAnomaliesArgs = {
        "minimum": f"{settings.minimum:g}",
        "emails": list(settings.notify),
        "frequency": "WEEKLY" if settings.every == "week" else "DAILY",
    }
    if settings.topic is not None:
        args["topic_arn"] = settings.topic
    CostAnomalies("cost-anomalies", args)


def request_quotas(stack: Stack, ground: Ground) -> None:
    """Create the requests of this part's accounts, and the template of the organization."""
    for account in ground.part.accounts:
        if requested := quota_requests.of_account(stack, account):
            args = _quotas(requested)
            ServiceQuotas(f"{account}-quotas", {"quotas": args}, ground.in_account(account))
    if not isinstance(ground, Foundation):
        return
    if requested := quota_requests.of_management_account(stack):
        options = pulumi.ResourceOptions(depends_on=[*ground.enabled])
        name = f"{_MANAGEMENT}-quotas"
        ServiceQuotas(name, {"quotas": _quotas(requested)}, options)
    if requested := quota_requests.of_template(stack):
        options = ground.in_global_region()
        QuotaTemplate("quota-template", {"quotas": _quotas(requested)}, options)


def _quotas(requested: Requested) -> list[QuotaArgs]:
    found: list[QuotaArgs] = []
    for (quota, region), value in requested.items():
        service, _, code = quota.partition("/")
        found.append({"service": service, "code": code, "region": region, "value": value})
    return found
