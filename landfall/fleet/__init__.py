"""Many Pulumi stacks of one stack file: which must run, in which order, how many at once.

`landfall.blueprint.parts` says how a stack is cut. `choosing` picks the parts of a run,
`fingerprints` says what has changed, `journal` remembers, `scheduling` starts parts side by side
within a limit of memory, `engines` runs one, `running` is the whole.
"""
