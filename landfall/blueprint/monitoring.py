"""The monitoring account's sinks, to which accounts of the organization link."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.blueprint.statements import Statement, statement
from landfall.settings.monitoring import Telemetry

SINK = "landfall"
"""The name of the sink; an account has one in each region."""
LABEL = "$AccountName"
"""How the monitoring account calls a source account."""

# https://docs.aws.amazon.com/OAM/latest/APIReference/API_CreateLink.html
_TYPES: dict[Telemetry, tuple[str, ...]] = {
    "metrics": ("AWS::CloudWatch::Metric",),
    "logs": ("AWS::Logs::LogGroup",),
    "traces": ("AWS::XRay::Trace",),
    "application-insights": ("AWS::ApplicationInsights::Application",),
    "application-signals": (
        "AWS::ApplicationSignals::Service",
        "AWS::ApplicationSignals::ServiceLevelObjective",
    ),
    "internet-monitor": ("AWS::InternetMonitor::Monitor",),
}


def resource_types(share: Sequence[Telemetry]) -> list[str]:
    """Return the resource types of kinds of data."""
    return [each for kind in share for each in _TYPES[kind]]


def sink_policy(organization_id: str, types: Sequence[str]) -> list[Statement]:
    """Return the policy of a sink: accounts of the organization may link these types to it.

    https://docs.aws.amazon.com/OAM/latest/APIReference/API_PutSinkPolicy.html
    """
    return [
        statement(
            "LinksOfTheOrganization",
            actions=["oam:CreateLink", "oam:UpdateLink"],
            resources=["*"],
            principals="*",
            conditions={
                "StringEquals": {"aws:PrincipalOrgID": organization_id},
                "ForAllValues:StringEquals": {"oam:ResourceTypes": list(types)},
            },
        )
    ]
