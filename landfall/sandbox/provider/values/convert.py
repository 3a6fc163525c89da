"""Convert property values between Pulumi's shape and Terraform's.

No input is dropped: a property that Terraform's schema lacks, or that is an output
there, is an `InputFault` with its path. Outputs omit absent values.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence

from landfall.sandbox.provider.catalog.schema import Block
from landfall.sandbox.provider.catalog.shapes import Field, Shape
from landfall.sandbox.provider.errors import InputFault
from landfall.sandbox.provider.values.properties import UNKNOWN, Asset, Properties, Secret, Value

AssetPath = Callable[[Asset], str]


def to_terraform(
    properties: Mapping[str, Value], shape: Shape, asset_path: AssetPath, faults: list[InputFault]
) -> Properties:
    """Rename and unflatten `properties`; add mismatches to `faults`."""
    return _object_in(properties, shape, asset_path, faults, "")


def _object_in(
    properties: Mapping[str, Value],
    shape: Shape,
    asset_path: AssetPath,
    faults: list[InputFault],
    path: str,
) -> Properties:
    result: Properties = {}
    for name, value in properties.items():
        if value is None or name.startswith("__"):
            continue
        place = f"{path}.{name}" if path else name
        field = shape.by_pulumi.get(name)
        if field is None:
            faults.append(InputFault(place, "the installed Terraform provider has no such input"))
            continue
        result[field.terraform] = _value_in(value, field, asset_path, faults, place)
    return result


def _value_in(
    value: Value, field: Field, asset_path: AssetPath, faults: list[InputFault], path: str
) -> Value:
    def element(item: Value, place: str) -> Value:
        if item is None or item is UNKNOWN or field.fields is None:
            return item
        if not isinstance(item, Mapping):
            faults.append(InputFault(place, "expected an object"))
            return None
        return _object_in(item, field.fields, asset_path, faults, place)

    if value is UNKNOWN:
        return UNKNOWN
    if isinstance(value, Asset):
        return asset_path(value)
    if field.kind in ("list", "set"):
        if field.flat:
            return [element(value, path)]
        if not isinstance(value, list | tuple):
            faults.append(InputFault(path, "expected a list"))
            return None
        return [element(item, f"{path}[{index}]") for index, item in enumerate(value)]
    if field.kind == "map":
        if not isinstance(value, Mapping):
            faults.append(InputFault(path, "expected a map"))
            return None
        return {
            key: element(item, f"{path}{step_text(key, first=False)}")
            for key, item in value.items()
            if item is not None
        }
    if field.kind == "object":
        return element(value, path)
    return value


def to_pulumi(state: Mapping[str, Value], shape: Shape) -> Properties:
    """Rename and flatten a Terraform value, without null attributes."""
    result: Properties = {}
    for field in shape.by_terraform.values():
        value = _value_out(state.get(field.terraform), field)
        if value is not None:
            result[field.pulumi] = value
    return result


def _value_out(value: Value, field: Field) -> Value:
    def element(item: Value) -> Value:
        if field.fields is None or not isinstance(item, Mapping):
            return item
        return to_pulumi(item, field.fields)

    if value is None or value is UNKNOWN:
        return value
    if field.kind in ("list", "set"):
        if field.flat:
            return element(value[0]) if value else None
        return [element(item) for item in value]
    if field.kind == "map":
        return {key: element(item) for key, item in value.items()}
    return element(value)


def mark_sensitive(properties: Properties, shape: Shape, block: Block) -> Properties:
    """Wrap the values of sensitive attributes of Terraform's schema, at every depth."""
    marked = dict(properties)
    for field in shape.by_terraform.values():
        value = marked.get(field.pulumi)
        if value is None:
            continue
        attribute = block.attributes.get(field.terraform)
        if attribute is None:
            marked[field.pulumi] = _mark_nested(value, field, block.blocks[field.terraform].block)
        elif attribute.sensitive:
            marked[field.pulumi] = Secret(value)
    return marked


def _mark_nested(value: Value, field: Field, block: Block) -> Value:
    if field.fields is None:
        return value
    if isinstance(value, list):
        return [_mark_nested(item, field, block) for item in value]
    if not isinstance(value, dict):
        return value
    if field.kind == "map":
        return {key: mark_sensitive(item, field.fields, block) for key, item in value.items()}
    return mark_sensitive(value, field.fields, block)


def pulumi_path(steps: Sequence[str | int], shape: Shape) -> str:
    """Return a Terraform attribute path as a Pulumi property path; empty if Pulumi has none.

    `("rule", 0, "filter", 0, "prefix")` is `rules[0].filter.prefix` if filter is flattened.
    """
    path = ""
    level: Shape | None = shape
    field: Field | None = None
    key_follows = False
    for step in steps:
        if isinstance(step, int):
            if field is None or not field.flat:
                path += f"[{step}]"
        elif key_follows:
            path += step_text(step, first=False)
            key_follows = False
        else:
            field = level.by_terraform.get(step) if level is not None else None
            if field is None:
                return path
            path += step_text(field.pulumi, first=not path)
            level, key_follows = field.fields, field.kind == "map"
    return path


def step_text(name: str, *, first: bool) -> str:
    """Return one key of a Pulumi property path: `.name`, or `["a.b"]` for a key with a dot."""
    if re.fullmatch(r"[A-Za-z_$][\w$]*", name):
        return name if first else f".{name}"
    escaped = name.replace("\\", "\\\\").replace('"', '\\"')
    return f'["{escaped}"]'
