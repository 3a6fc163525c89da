"""The check of a pull request: preview stacks offline, check them and report.

workspace   a separate folder for the engine: no credentials, no state, no sandbox
preview     runs the engine there and reads its events and the pack's findings
verdicts    converts the pack's findings and the settings' mistakes to findings
tracing     finds the setting that creates a resource
access      finds the access that a change adds and removes
base        previews the same stacks at another commit, for comparison
command     runs all of it
"""
