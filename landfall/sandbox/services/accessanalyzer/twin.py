"""Access Analyzer of a snapshot: analyzers and archive rules."""

from __future__ import annotations

from datetime import UTC, datetime

from landfall.sandbox.services.accessanalyzer.additions import analyzers, archive_rules, tags
from landfall.sandbox.twin.loaders import Found, Place, loads


@loads("access analyzer")
def analyzer(place: Place, found: Found) -> None:
    """Make an analyzer with its rules."""
    now, name = datetime.now(UTC), found["name"]
    kept = ("arn", "name", "type", "status", "configuration")
    analyzers.at(place.account, place.region)[name] = {
        **{key: found[key] for key in kept if key in found},
        "createdAt": now,
    }
    archive_rules.at(place.account, place.region)[name] = {
        rule["ruleName"]: {**rule, "createdAt": now, "updatedAt": now} for rule in found["rules"]
    }
    tags.put(place.account, found["arn"], found.get("tags", {}))
