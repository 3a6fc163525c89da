"""Move the resources of a stack between Pulumi stacks: cut an applied stack, or join its parts.

`resources` places the resources of states where programs register them, `preparing` builds the
new states on a copy and previews them there, `states` reads and writes the backend, `record`
remembers an unfinished move, `moves` writes the states in an order that is safe at each step.
"""
