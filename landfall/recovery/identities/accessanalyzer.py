"""Access Analyzer: analyzers."""

from __future__ import annotations

from landfall.recovery.identities.registry import Client, Inputs, finds, pages


@finds("aws:accessanalyzer/analyzer:Analyzer")
def _analyzer(client: Client, inputs: Inputs, taken: frozenset[str]) -> str | None:
    # Another analyzer of the type has the same findings: AWS refuses it or charges twice.
    # https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-quotas.html
    kind = inputs.get("type", "ACCOUNT")
    analyzers = pages(client("accessanalyzer"), "list_analyzers", "analyzers", type=kind)
    names = sorted(str(each["name"]) for each in analyzers)
    own: str = inputs["analyzerName"]
    return own if own in names else next(iter(names), None)
