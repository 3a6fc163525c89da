"""Take away each permission of the shipped stacks alone: the call that needs it must fail.

`python -m bench.permissions` builds both stacks in sandboxes whose server runs in this program, so
that calls can be judged again, by the sandbox's own code, with a policy changed. A call is one that
`landfall up` made, or one that the bench makes as the role (`calls`). Each permission is one action
of an Allow statement of a role, or one principal of a resource's policy, or one condition that
exempts a call from a guardrail. It passes if the call is allowed with it, denied without it, and
the message names the action, the resource and the kind of policy to mend.
"""
