"""What a first update waited for, from the times in its state."""

from __future__ import annotations

from typing import Any

from bench.critical_path import path

PREFIX = "urn:pulumi:dev::landfall::"
BUCKET, POLICY, COMPONENT = "aws:s3/bucket:Bucket", "aws:iam/policy:Policy", "landfall:x:X"


def resource(kind: str, name: str, second: int = 0, **more: Any) -> dict[str, Any]:
    found = {"urn": f"{PREFIX}{kind}::{name}", "type": kind, "custom": kind != COMPONENT, **more}
    return found | ({"created": f"2026-11-30T10:00:{second:02}Z"} if kind != COMPONENT else {})


def urn(kind: str, name: str) -> str:
    return f"{PREFIX}{kind}::{name}"


def names(resources: list[dict[str, Any]]) -> list[tuple[str, float, float]]:
    return [(step.name.split()[0], step.began, step.ended) for step in path(resources)]


def test_path_leads_through_the_last_needed_resource() -> None:
    state = [
        resource(BUCKET, "early", 1),
        resource(BUCKET, "late", 5),
        resource(BUCKET, "other", 9),
        resource(POLICY, "end", 20, dependencies=[urn(BUCKET, "early"), urn(BUCKET, "late")]),
    ]
    assert names(state) == [("late", 0.0, 4.0), ("end", 4.0, 19.0)]


def test_child_waits_for_what_its_component_waits_for() -> None:
    state = [
        resource(COMPONENT, "first"),
        resource(BUCKET, "inside", 7, parent=urn(COMPONENT, "first")),
        resource(BUCKET, "outside", 2),
        resource(COMPONENT, "second", dependencies=[urn(COMPONENT, "first")]),
        resource(POLICY, "end", 9, parent=urn(COMPONENT, "second")),
    ]
    assert names(state) == [("inside", 0.0, 5.0), ("end", 5.0, 7.0)]


def test_resource_waits_for_its_provider() -> None:
    provider = resource("pulumi:providers:aws", "audit", 4)
    state = [
        provider,
        resource(BUCKET, "first", 1),
        resource(BUCKET, "end", 6, provider=f"{provider['urn']}::some-id"),
    ]
    assert names(state) == [("audit", 0.0, 3.0), ("end", 3.0, 5.0)]


def test_state_without_resources_has_no_path() -> None:
    assert path([]) == []
