"""The components as a Pulumi package, for programs in other languages."""

from __future__ import annotations

import importlib
import inspect
import json
import pkgutil
from typing import Any

import pulumi
import pytest

import components
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
    assert sorted(schema["resources"]) == sorted(f"landfall:index:{name}" for name in made())


def made() -> set[str]:
    """Return the names of all components in `components/`."""
    modules = pkgutil.walk_packages(components.__path__, "components.")
    names = [module.name for module in modules if not module.name.endswith("__main__")]
    return {
        name
        for module in map(importlib.import_module, names)
        for name, value in vars(module).items()
        if inspect.isclass(value)
        and issubclass(value, pulumi.ComponentResource)
        and value.__module__ == module.__name__
    }


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
