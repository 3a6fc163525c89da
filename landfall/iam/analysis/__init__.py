"""What is wrong with policies: escalations, exposure, trust, and what only looks like a limit."""

from landfall.iam.analysis.checking import Report, check
from landfall.iam.analysis.conditions import Meaning, Verdict, meaning
from landfall.iam.analysis.findings import Finding, Rule, Severity, all_rules
from landfall.iam.analysis.subject import Examined, Subject, levels

__all__ = [
    "Examined",
    "Finding",
    "Meaning",
    "Report",
    "Rule",
    "Severity",
    "Subject",
    "Verdict",
    "all_rules",
    "check",
    "levels",
    "meaning",
]
