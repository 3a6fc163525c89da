"""The table of rules as the documentation has it."""

from __future__ import annotations

from landfall.iam.analysis import all_rules


def table() -> str:
    """Return all rules as Markdown, those of a subject together."""
    subjects: dict[str, list[str]] = {}
    for rule in all_rules():
        row = f"| `{rule.id}` | {rule.severity} | {rule.title} | {rule.fix} |"
        subjects.setdefault(rule.subject, []).append(row)
    parts = []
    for subject, rows in subjects.items():
        head = ["| rule | severity | what is found | what to do |", "|---|---|---|---|"]
        parts.append("\n".join([f"## {subject[0].upper()}{subject[1:]}", "", *head, *rows]))
    return "\n\n".join(parts)
