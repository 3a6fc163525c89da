"""CloudWatch Logs: log groups."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:cloudwatch/logGroup:LogGroup")
def _log_group(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    groups = pages(
        client("logs"),
        "describe_log_groups",
        "logGroups",
        logGroupNamePrefix=inputs["name"],
    )
    names = (each["logGroupName"] for each in groups)
    return next((name for name in names if name == inputs["name"]), None)
