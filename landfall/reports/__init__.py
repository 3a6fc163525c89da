"""Findings for people and machines: text, Markdown, JSON, SARIF and GitLab's Code Quality.

Pure: no Pulumi, no AWS, no clock.
"""

from landfall.reports.finding import Finding, Level, Severity, Verdict, counts, grouped, ordered
from landfall.reports.sections import Entry, Section

__all__ = [
    "Entry",
    "Finding",
    "Level",
    "Section",
    "Severity",
    "Verdict",
    "counts",
    "grouped",
    "ordered",
]
