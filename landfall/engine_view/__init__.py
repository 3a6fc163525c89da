"""Landfall's view of an engine run: events in, lines out.

Pure: no Pulumi, no AWS, no I/O, no clock. `landfall.sandbox.watching` reads the event log and
prints the lines.
"""
