"""Rehearsals: the pipelines of a sandbox, executed on this machine.

Pure: `buildspec`, `selecting`, `report_files`, `traffic`, `triggers`, `variables`, `results`,
`timeline`, `page`. At the edge: the sandbox's clients and sessions, processes, builds, and
`actions`, one module for each action type.
"""
