"""The gate in front of the emulator: it identifies each request's caller and operation.

A request passes, in this order: the caller's credentials, AWS's own service model
(`landfall.sandbox.model`), the caller's permissions (`landfall.sandbox.judging`), the limits that
AWS enforces beyond it (`limits.py` of the service in `landfall.sandbox.services`), then either an
addition (its `additions.py`) or the emulator with its repairs (its `repairs.py`). Each of them
answers errors in the service's protocol, as AWS does.
"""
