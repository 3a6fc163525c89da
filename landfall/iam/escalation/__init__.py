"""How an identity can become more than it was made to be: known paths, and paths over accounts."""

from landfall.iam.escalation.finding import Escalation, escalations

__all__ = ["Escalation", "escalations"]
