"""The components as a Pulumi package, for programs in other languages."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.sandbox.conftest import Project


@pytest.fixture(scope="module")
def schema(project: Project) -> dict[str, Any]:
    """What the engine infers from the package."""
    shown = project.pulumi("package get-schema ./components").stdout
    parsed: dict[str, Any] = json.loads(shown)
    return parsed


@pytest.mark.engine
def test_the_engine_infers_every_component(schema: dict[str, Any]) -> None:
    assert schema["name"] == "landfall"
    assert sorted(schema["resources"]) == [
        "landfall:index:Account",
        "landfall:index:ArtifactStore",
        "landfall:index:Baseline",
        "landfall:index:CrossAccountRole",
        "landfall:index:DeploymentTarget",
        "landfall:index:Organization",
        "landfall:index:Oversight",
        "landfall:index:Pipeline",
    ]


@pytest.mark.engine
def test_inputs_are_described_and_required_where_they_must_be(schema: dict[str, Any]) -> None:
    store = schema["resources"]["landfall:index:ArtifactStore"]
    assert sorted(store["requiredInputs"]) == [
        "accountId",
        "bucketName",
        "organizationId",
        "region",
    ]
    for component in schema["resources"].values():
        for name, value in component["inputProperties"].items():
            assert value.get("description"), name
