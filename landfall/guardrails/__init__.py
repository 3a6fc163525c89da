"""Guardrails: what no principal of a unit may do, as IAM statements, and their compilation."""
