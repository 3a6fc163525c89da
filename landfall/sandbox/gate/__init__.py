"""The gate in front of the emulator: it knows of each request who calls, what, and with what.

A request passes, in this order: the caller's credentials, AWS's own service model
(`landfall.sandbox.model`), the limits that AWS enforces beyond it (`limits.py` of the service in
`landfall.sandbox.services`), then either an addition (its `additions.py`) or the emulator with its
repairs (its `repairs.py`). Whatever refuses answers in the protocol of the service, as AWS does.
"""
