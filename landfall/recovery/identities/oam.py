"""CloudWatch Observability Access Manager: sinks and links."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, OccupiedError, finds, pages


@finds("aws:oam/sink:Sink")
def _sink(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # An account has one sink in a region, and its name cannot change.
    # https://docs.aws.amazon.com/OAM/latest/APIReference/API_CreateSink.html
    found = list(pages(client("oam"), "list_sinks", "Items"))
    if found and found[0]["Name"] != inputs["name"]:
        raise OccupiedError(
            f"the account has the monitoring sink '{found[0]['Name']}' already",
            f"delete its links and then it: aws oam delete-sink --identifier {found[0]['Arn']}",
        )
    return str(found[0]["Arn"]) if found else None


@finds("aws:oam/link:Link")
def _link(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # An account has one link to a sink.
    found = pages(client("oam"), "list_links", "Items")
    own = (str(each["Arn"]) for each in found if each["SinkArn"] == inputs["sinkIdentifier"])
    return next(own, None)
