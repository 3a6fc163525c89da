"""Rehearsals: the pipelines of a sandbox, executed on this machine.

Pure: `batches`, `buildspec`, `page`, `report_files`, `results`, `selecting`, `timeline`, `traffic`,
`triggers`, `variables`. At the edge: the sandbox's clients and sessions, processes, builds, and
`actions`, one module for each action type.
"""
