"""Rehearsals: the pipelines of a sandbox, executed on this machine.

Pure: `buildspec`, `selecting`, `traffic`, `variables`, `results`, `timeline`. At the edge: the
sandbox's clients and sessions, processes, builds, and `actions`, one module for each action type.
"""
