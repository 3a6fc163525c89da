"""AWS Config: a recorder keeps its recording mode and omits what it was not given."""

from __future__ import annotations

from typing import Any

from moto.config.models import ConfigBackend

_put = ConfigBackend.put_configuration_recorder
_CONTINUOUS = {"recordingFrequency": "CONTINUOUS"}


def _put_configuration_recorder(
    self: ConfigBackend, config_recorder: dict[str, Any], *args: Any, **kwargs: Any
) -> None:
    """Keep recordingMode, default CONTINUOUS: AWS Config API Reference, ConfigurationRecorder."""
    mode = config_recorder.pop("recordingMode", None)
    group = config_recorder.get("recordingGroup") or {}
    if not (group.get("exclusionByResourceTypes") or {}).get("resourceTypes"):
        group.pop("exclusionByResourceTypes", None)
    _put(self, config_recorder, *args, **kwargs)
    recorder = self.recorders[config_recorder["name"]]
    recorder.recording_mode = mode or _CONTINUOUS
    if not (recorder.recording_group.exclusion_by_resource_types or {}).get("resourceTypes"):
        recorder.recording_group.exclusion_by_resource_types = None


ConfigBackend.put_configuration_recorder = _put_configuration_recorder
