"""Pipelines that a change leaves without automatic rollback."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.releases import disarmed

TYPE = "aws:codepipeline/pipeline:Pipeline"


def event(name: str, operation: str, result: str, type_: str = TYPE) -> dict[str, Any]:
    stages = [{"name": "Source"}, {"name": "Deploy", "onFailure": {"result": result}}]
    new = {"inputs": {"name": name, "stages": stages}}
    urn = f"urn:pulumi:dev::landfall::{type_}::{name}"
    return {
        "resourcePreEvent": {"metadata": {"urn": urn, "type": type_, "op": operation, "new": new}}
    }


@pytest.mark.parametrize(
    ("operation", "result", "type_"),
    [
        ("create", "ROLLBACK", TYPE),
        ("same", "ROLLBACK", TYPE),
        ("update", "RETRY", TYPE),
        ("update", "ROLLBACK", "aws:iam/role:Role"),
    ],
)
def test_event_that_keeps_automatic_rollback_is_not_reported(
    operation: str, result: str, type_: str
) -> None:
    assert disarmed.by([event("orders-prod", operation, result, type_)]) == []


def test_pipelines_without_automatic_rollback_are_listed_in_the_note() -> None:
    found = disarmed.by([event(name, "update", "ROLLBACK") for name in ("b-prod", "a-prod")])
    assert disarmed.note(found) == (
        "a-prod, b-prod change in structure: no automatic rollback until the next success."
    )
