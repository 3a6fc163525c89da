"""Guardrails: a catalogue of them, and the policies that those of a stack come to. Pure."""
