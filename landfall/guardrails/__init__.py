"""Guardrails: the catalogue, and the policies that a stack's guardrails compile to. Pure."""
