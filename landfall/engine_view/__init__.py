"""Landfall's view of an engine run: events in, lines out.

Pure: no Pulumi, no AWS, no I/O, no clock. `landfall.engine` reads the event log and
`landfall.sandbox.watching` prints the lines.
"""
