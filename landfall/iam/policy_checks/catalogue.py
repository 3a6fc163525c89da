"""The table of rules in the documentation."""

from __future__ import annotations

from landfall import pages
from landfall.iam.policy_checks import REGISTRY

_HEAD = ("rule", "severity", "what is found", "what to do")


def table() -> str:
    """Return all rules as Markdown, grouped by subject."""
    subjects: dict[str, list[tuple[str, ...]]] = {}
    for rule in REGISTRY:
        row = (f"`{rule.id}`", str(rule.severity), rule.title, rule.fix)
        subjects.setdefault(rule.subject, []).append(row)
    return "\n\n".join(
        f"## {subject[0].upper()}{subject[1:]}\n\n{pages.table(_HEAD, rows)}"
        for subject, rows in subjects.items()
    )
