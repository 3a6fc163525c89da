"""The one place that runs the Pulumi CLI and reads its events.

`running` starts the CLI, `event_log` reads the file that the engine writes its events to, and
`events` turns each event into a small record.
"""
