"""AWS's permission language: documents, requests, decisions, and analyses of them.

To read it, begin with `elements` (a document's values), `parsing` and `writing` (their JSON; all
three by `documents`), `requests` and `evaluation` (one request decided: `matching` finds the
statements, `conditions` their conditions, `layers` sums up the policies of a kind,
`required_grants` says which kinds have to allow), and `simulation` (the same as JSON). Above these
stand, each upon the ones before:

- `effective_access`: what an identity holds in effect, as a set that is asked and compared;
- `escalation`: what an identity can become, by the known paths and over an organization's accounts;
- `policy_checks`: the rules of `landfall iam check`.

All of it is pure: no AWS, no Pulumi, and no files except the installed data.
"""
