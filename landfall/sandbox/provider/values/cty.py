"""Terraform values (cty) <-> msgpack, by type.

Unknown is msgpack extension 0. A set's elements are sorted canonically when read, so that two equal
states are equal as Python values. See the wire format in Terraform's docs/plugin-protocol.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Final

import msgpack

from landfall.sandbox.provider.catalog.schema import CtyType
from landfall.sandbox.provider.values.properties import UNKNOWN, Value, canonical, has_unknown

_UNKNOWN_EXTENSION: Final = msgpack.ExtType(0, b"\x00")


class CtyError(ValueError):
    """A value does not fit its type; `steps` lead to it from the top."""

    def __init__(self, steps: tuple[str | int, ...], reason: str) -> None:
        self.steps = steps
        self.reason = reason
        super().__init__(f"{'.'.join(str(step) for step in steps)}: {reason}")


def pack(value: Value, cty: CtyType) -> bytes:
    """Encode `value` as a DynamicValue's msgpack; raises `CtyError`."""
    packed = msgpack.packb(_encode(value, cty, ()), use_bin_type=True)
    return bytes(packed)


def unpack(data: bytes, cty: CtyType) -> Value:
    """Decode a DynamicValue's msgpack."""
    return _decode(msgpack.unpackb(data, raw=False, strict_map_key=False), cty)


def _encode(value: Value, cty: CtyType, steps: tuple[str | int, ...]) -> Any:
    if value is UNKNOWN:
        return _UNKNOWN_EXTENSION
    if value is None:
        return None
    if isinstance(cty, str):
        return _encode_primitive(value, cty, steps)
    kind, inner = cty
    if kind in ("list", "set"):
        if not isinstance(value, list | tuple):
            raise CtyError(steps, f"expected a list, got {_kind(value)}")
        return [_encode(item, inner, (*steps, index)) for index, item in enumerate(value)]
    if kind == "tuple":
        return [
            _encode(item, of, (*steps, index))
            for index, (item, of) in enumerate(zip(value, inner, strict=True))
        ]
    if not isinstance(value, Mapping):
        raise CtyError(steps, f"expected an object, got {_kind(value)}")
    if kind == "map":
        return {key: _encode(value[key], inner, (*steps, key)) for key in sorted(value)}
    return {name: _encode(value.get(name), of, (*steps, name)) for name, of in inner.items()}


def _encode_primitive(value: Value, cty: str, steps: tuple[str | int, ...]) -> Any:
    if cty == "string":
        return _UNKNOWN_EXTENSION if has_unknown(value) else to_text(value)
    if cty == "dynamic":
        inferred = _infer(value)
        return [json.dumps(inferred).encode(), _encode(value, inferred, steps)]
    if cty == "bool":
        if isinstance(value, bool):
            return value
        if value in ("true", "false"):
            return value == "true"
        raise CtyError(steps, f"expected true or false, got {_kind(value)}")
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        raise CtyError(steps, f"expected a number, got {_kind(value)}")
    try:
        number = float(value)
    except ValueError:
        raise CtyError(steps, f"expected a number, got {_kind(value)}") from None
    if isinstance(value, int):
        return value
    return int(number) if number.is_integer() else number


def to_text(value: Value) -> str:
    """Return a string attribute's value: an object becomes compact JSON with sorted keys."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping | list | tuple):
        return json.dumps(value, sort_keys=True, separators=(",", ":"))
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return str(value)


def _infer(value: Value) -> CtyType:
    if isinstance(value, bool):
        return "bool"
    if isinstance(value, int | float):
        return "number"
    if isinstance(value, Mapping):
        return ["object", {key: _infer(value[key]) for key in sorted(value)}]
    if isinstance(value, list | tuple):
        return ["tuple", [_infer(item) for item in value]]
    return "dynamic" if value is None else "string"


def _decode(value: Any, cty: CtyType) -> Value:
    if isinstance(value, msgpack.ExtType):
        return UNKNOWN
    if value is None:
        return None
    if isinstance(cty, str):
        if cty == "dynamic":
            return _decode(value[1], json.loads(value[0]))
        if cty == "number" and not isinstance(value, int):
            # Numbers without an exact float are text.
            number = float(value)
            return int(number) if number.is_integer() else number
        return value
    kind, inner = cty
    if kind == "list":
        return [_decode(item, inner) for item in value]
    if kind == "set":
        return sorted((_decode(item, inner) for item in value), key=canonical)
    if kind == "tuple":
        return [_decode(item, of) for item, of in zip(value, inner, strict=True)]
    if kind == "map":
        return {key: _decode(item, inner) for key, item in value.items()}
    return {name: _decode(value.get(name), of) for name, of in inner.items()}


def _kind(value: Value) -> str:
    if isinstance(value, Mapping):
        return "an object"
    if isinstance(value, list | tuple):
        return "a list"
    return {bool: "true or false", str: "a string"}.get(type(value), "a number")
