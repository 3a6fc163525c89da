"""Releases of pipelines: list them, and roll back to one."""
