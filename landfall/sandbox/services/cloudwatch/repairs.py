"""CloudWatch: an alarm that changes its state publishes to its topics, and is an event."""

from __future__ import annotations

from moto.cloudwatch.models import Alarm

from landfall.sandbox.services.cloudwatch.alarm_actions import carry_out

_update = Alarm.update_state


def _update_state(self: Alarm, reason: str, reason_data: str, state_value: str) -> None:
    """Act on a change of state; the same state again is none: User Guide, 'Alarm actions'."""
    before = self.state_value
    _update(self, reason, reason_data, state_value)
    if state_value != before:
        carry_out(self, before)


Alarm.update_state = _update_state
