"""The alarms on the organization's trail, from a stack's settings."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.trail_alarms import TRAIL_ALARMS
from landfall.blueprint import symbols
from landfall.blueprint.places import Place
from landfall.blueprint.security import trail_log_group
from landfall.blueprint.stack.placed import Named, PlacedKey, PlacedTopic
from landfall.blueprint.trail_alarms import alarm_name, alarms_key, alarms_topic
from landfall.settings import keys, naming
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.trail import OwnAlarm, TrailAlarms

_PATH: Path = (keys.SECURITY, "trail", "alarms")


def of_stack(stack: Stack) -> TrailAlarms | None:
    """Return the settings of the alarms; None where there are none."""
    if stack.security is None or stack.account_with_purpose("log-archive") is None:
        return None
    trail = stack.security.trail
    return trail.alarms if trail.enabled and trail.log_group_days is not None else None


def alarms(settings: TrailAlarms) -> dict[str, OwnAlarm]:
    """Return the alarms by kind: those of AWS's list, then the custom ones."""
    chosen = TRAIL_ALARMS if settings.kinds is None else settings.kinds
    listed = {kind: OwnAlarm(pattern=TRAIL_ALARMS[kind].pattern) for kind in chosen}
    return {**listed, **settings.own}


def placed_keys(stack: Stack) -> Iterator[PlacedKey]:
    """Yield the key of the alarms' topic."""
    if of_stack(stack) is not None:
        key = alarms_key(_place(stack))
        yield PlacedKey(naming.MANAGEMENT, stack.region, _PATH, key)


def topics(stack: Stack) -> Iterator[PlacedTopic]:
    """Yield the alarms' topic."""
    if (settings := of_stack(stack)) is not None:
        kinds = [*alarms(settings)]
        topic = alarms_topic(_place(stack), symbols.TRAIL_ALARMS_KEY, kinds, settings.notify)
        yield PlacedTopic(naming.MANAGEMENT, stack.region, _PATH, topic)


def resources(stack: Stack) -> Iterator[Named]:
    """Yield the metric filters of the trail's log group, and the alarms."""
    if (settings := of_stack(stack)) is not None:
        group = trail_log_group(naming.TRAIL)
        yield Named("metric-filter", naming.MANAGEMENT, stack.region, group, _PATH)
        for kind in alarms(settings):
            yield Named("alarm", naming.MANAGEMENT, stack.region, alarm_name(kind), _PATH)


def _place(stack: Stack) -> Place:
    return Place(stack.partition, stack.region, symbols.account(naming.MANAGEMENT))
