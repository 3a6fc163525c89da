"""Whether AWS would deny a call: the gate asks before it answers.

`actions` and `resources` say what a call needs permission for, `context` with which condition keys,
`caller_policies`, `organization_policies` and `resource_policies` which policies apply, and `judge`
decides with `landfall.iam`. What the gate does not know stays unknown: a call that depends on it
passes.
"""
