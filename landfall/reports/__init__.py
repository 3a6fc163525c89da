"""Render findings as text, Markdown, JSON, SARIF and GitLab Code Quality.

Pure: no Pulumi, no AWS, no clock.
"""

from landfall.reports.finding import Finding, counts, grouped, ordered
from landfall.reports.sections import Entry, Section

__all__ = [
    "Entry",
    "Finding",
    "Section",
    "counts",
    "grouped",
    "ordered",
]
