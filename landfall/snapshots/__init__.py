"""Snapshots: what an organization contains, in a file from which a sandbox starts as its twin."""
