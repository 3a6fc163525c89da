"""The check of a pull request: stacks previewed on paper, judged, and reported.

workspace   a folder of its own for the engine: no credentials, no state, nothing of a sandbox
preview     runs the engine there and reads what it and the pack tell
verdicts    the pack's lines and the settings' mistakes as findings
tracing     from a resource to the setting that made it
access      which access a change gives and takes
base        the same stacks as they stand at another commit, to compare with
command     all of it together
"""
