"""Check the components' inputs against the schemas of the sandbox's providers."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landfall.sandbox.provider.catalog.catalog import Catalog, ResourceType
from landfall.sandbox.provider.catalog.shapes import Field, Shape
from tests.components.conftest import Registered
from tests.sandbox_provider import recorded_schemas
from tests.sandbox_provider.lacking import by_version

NO_RESOURCES = ("landfall:", "pulumi:")


def sent(value: Any, shape: Shape | None, path: str) -> Iterator[tuple[str, Field | None]]:
    """Yield the dotted path of each property of an object, with its field in the schema."""
    if isinstance(value, list):
        for item in value:
            yield from sent(item, shape, path)
    elif isinstance(value, dict) and shape is not None:
        for name, inner in value.items():
            field = shape.by_pulumi.get(name)
            yield f"{path}{name}", field
            if field is not None:
                yield from sent(inner, field.fields, f"{path}{name}.")


def unknown(kind: ResourceType, inputs: dict[str, Any]) -> set[str]:
    """Return the paths of inputs that the provider's schema lacks."""
    known_elsewhere = {"region"} if kind.regional else set()
    attributes = kind.block.attributes
    return {
        path
        for path, field in sent(inputs, kind.shape, "")
        if path not in known_elsewhere
        and (
            field is None
            or (
                "." not in path
                and field.terraform in attributes
                and not attributes[field.terraform].settable
            )
        )
    }


@pytest.mark.parametrize("version", recorded_schemas.VERSIONS)
@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_each_argument_sent_is_in_the_schema(
    shipped: Callable[[str], Registered], stack: str, version: str
) -> None:
    catalog = Catalog(recorded_schemas.read(version))
    registered = [r for r in shipped(stack).resources if not r.typ.startswith(NO_RESOURCES)]
    assert len(registered) > 300
    wrong = {
        (each.typ, path)
        for each in registered
        for path in unknown(catalog.resource(each.typ), dict(each.inputs))
    }
    assert not wrong


@pytest.mark.parametrize("version", recorded_schemas.VERSIONS)
def test_an_argument_that_a_version_lacks_is_found(version: str) -> None:
    kind = Catalog(recorded_schemas.read(version)).resource("aws:codepipeline/pipeline:Pipeline")
    inputs = {"name": "orders", "stages": [{"name": "Build", "actions": [{"commands": ["make"]}]}]}
    assert unknown(kind, inputs) == {"stages.actions.commands"}
    assert "stages.actions.commands" in by_version(version)[kind.token]
