"""CodePipeline: pipelines."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds


@finds("aws:codepipeline/pipeline:Pipeline")
def _pipeline(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    found = client("codepipeline").get_pipeline(name=inputs["name"])["pipeline"]
    return str(found["name"])
