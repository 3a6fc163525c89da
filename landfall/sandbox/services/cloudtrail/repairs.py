"""CloudTrail: a trail returns its selectors, and replaces them on update."""

from __future__ import annotations

from typing import Any

from moto.cloudtrail.models import Trail

_describe = Trail.description


def _description(self: Trail, include_region: bool = False) -> dict[str, Any]:
    """CloudTrail API Reference, Trail: HasCustomEventSelectors, HasInsightSelectors."""
    described: dict[str, Any] = _describe(self, include_region)
    described["HasCustomEventSelectors"] = bool(
        self.event_selectors or self.advanced_event_selectors
    )
    described["HasInsightSelectors"] = bool(self.insight_selectors)
    return described


def _put_insight_selectors(self: Trail, insight_selectors: list[dict[str, str]]) -> None:
    """CloudTrail API Reference, PutInsightSelectors: those that are not given are off."""
    self.insight_selectors = list(insight_selectors)


Trail.description = _description
Trail.put_insight_selectors = _put_insight_selectors
