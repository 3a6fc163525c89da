"""Privilege escalation: known paths of one identity, and paths across accounts."""

from landfall.iam.escalation.finding import Escalation, escalations

__all__ = ["Escalation", "escalations"]
