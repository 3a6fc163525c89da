"""Find what is wrong with policies: escalation, exposure, trust, limits without effect."""

from landfall.iam.policy_checks.checking import Report, check
from landfall.iam.policy_checks.conditions import Meaning, Verdict, meaning
from landfall.iam.policy_checks.findings import REGISTRY, AnalysisRule, Finding
from landfall.iam.policy_checks.subject import Examined, Subject, levels

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
