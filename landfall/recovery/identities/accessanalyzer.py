"""Access Analyzer: analyzers."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:accessanalyzer/analyzer:Analyzer")
def _analyzer(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    name: str = inputs["analyzerName"]
    client("accessanalyzer").get_analyzer(analyzerName=name)
    return name
