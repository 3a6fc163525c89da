"""What is wrong with policies: escalations, exposure, trust, and what only looks like a limit."""

from landfall.iam.analysis.checking import Report, check
from landfall.iam.analysis.conditions import Meaning, Verdict, meaning
from landfall.iam.analysis.findings import REGISTRY, AnalysisRule, Finding
from landfall.iam.analysis.subject import Examined, Subject, levels

__all__ = [
    "REGISTRY",
    "AnalysisRule",
    "Examined",
    "Finding",
    "Meaning",
    "Report",
    "Subject",
    "Verdict",
    "check",
    "levels",
    "meaning",
]
