"""Pulumi property values: protobuf Struct <-> Python.

In Python a property bag is a `dict[str, Value]`: None, bool, int, float, str, list, dict,
`UNKNOWN`, `Asset` and, on the way out only, `Secret`. Whole floats become integers, since a
Struct has no integers. The signatures and the unknown sentinels are the ones of Pulumi's
sdk/go/common/resource/plugin/rpc.go.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from google.protobuf import struct_pb2  # type: ignore[import-untyped]

from landfall.sandbox.provider.errors import ProviderError

Value = Any
Properties = dict[str, Value]

SIGNATURE: Final = "4dabf18193072939515e22adb298388d"
SECRET: Final = "1b47061264138c4ac30d75fd1eb44270"  # noqa: S105 - the wire format's mark
OUTPUT: Final = "d0e6a833031e9bbcd3f4e8bde6ca49a4"
ASSET: Final = "c44067f5952c0a294b673a41bacd8c17"
ARCHIVE: Final = "0def7320c3a5731c473e5ecbe6d01bc7"
RESOURCE: Final = "5cf8f73096256a8f31e491e813e4eb8e"

UNKNOWN_STRING: Final = "04da6b54-80e4-46f7-96ec-b56ff0331ba9"
UNKNOWN_SENTINELS: Final = frozenset(
    {
        UNKNOWN_STRING,
        "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",  # bool
        "3eeb2bf0-c639-47a8-9e75-3b44932eb421",  # number
        "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",  # array
        "030794c1-ac77-496b-92df-f27374a8bd58",  # asset
        "e48ece36-62e2-4504-bad9-02848725956a",  # archive
        "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",  # object
    }
)


class Unknown:
    """A value that is known only after the update; the single instance is `UNKNOWN`."""

    _instance: Unknown | None = None

    def __new__(cls) -> Unknown:
        """Return the one instance."""
        if cls._instance is None:
            cls._instance = super().__new__(cls)
        return cls._instance

    def __repr__(self) -> str:
        return "UNKNOWN"

    def __copy__(self) -> Unknown:
        return self

    def __deepcopy__(self, memo: object) -> Unknown:
        return self


UNKNOWN: Final = Unknown()


@dataclass(frozen=True, slots=True)
class Asset:
    """An asset or archive from the engine, with its signature, to be returned unchanged."""

    raw: Mapping[str, Value]

    @property
    def digest(self) -> str:
        """The engine's SHA-256 of the content; present even where the content is left out."""
        return str(self.raw.get("hash") or "")

    @property
    def is_archive(self) -> bool:
        """Whether the content is a tree of files, rather than one file."""
        return self.raw.get(SIGNATURE) == ARCHIVE


@dataclass(frozen=True, slots=True)
class Secret:
    """A value that Pulumi encrypts in the state and masks on screen."""

    value: Value


def from_struct(struct: struct_pb2.Struct) -> Properties:
    """Read a property bag; secrets are unwrapped, every unknown sentinel becomes `UNKNOWN`."""
    return {name: _from_value(value) for name, value in struct.fields.items()}


def _from_value(value: struct_pb2.Value) -> Value:
    kind = value.WhichOneof("kind")
    if kind == "string_value":
        text = value.string_value
        return UNKNOWN if text in UNKNOWN_SENTINELS else text
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "bool_value":
        return value.bool_value
    if kind == "list_value":
        return [_from_value(item) for item in value.list_value.values]
    if kind == "struct_value":
        fields = value.struct_value.fields
        if SIGNATURE in fields:
            return _from_special(value.struct_value)
        return {name: _from_value(item) for name, item in fields.items()}
    return None


def _from_special(struct: struct_pb2.Struct) -> Value:
    signature = struct.fields[SIGNATURE].string_value
    if signature == SECRET:
        return _from_value(struct.fields["value"])
    if signature == OUTPUT:
        return _from_value(struct.fields["value"]) if "value" in struct.fields else UNKNOWN
    if signature in (ASSET, ARCHIVE):
        return Asset(from_struct(struct))
    if signature == RESOURCE:
        return _from_value(struct.fields["id"]) if "id" in struct.fields else UNKNOWN
    raise ProviderError("a property holds a kind of value that this provider does not know")


def to_struct(properties: Mapping[str, Value]) -> struct_pb2.Struct:
    """Write a property bag; the inverse of `from_struct`, with `Secret` marked."""
    struct = struct_pb2.Struct()
    _fill(struct, properties)
    return struct


def _fill(struct: struct_pb2.Struct, properties: Mapping[str, Value]) -> None:
    for name, value in properties.items():
        _set(struct.fields[name], value)


def _set(target: struct_pb2.Value, value: Value) -> None:
    if value is None:
        target.null_value = struct_pb2.NULL_VALUE
    elif isinstance(value, bool):
        target.bool_value = value
    elif isinstance(value, int | float):
        target.number_value = value
    elif isinstance(value, str):
        target.string_value = value
    elif value is UNKNOWN:
        target.string_value = UNKNOWN_STRING
    elif isinstance(value, Mapping):
        target.struct_value.SetInParent()
        _fill(target.struct_value, value)
    elif isinstance(value, list | tuple):
        target.list_value.SetInParent()
        for item in value:
            _set(target.list_value.values.add(), item)
    elif isinstance(value, Secret):
        _fill(target.struct_value, {SIGNATURE: SECRET, "value": value.value})
    elif isinstance(value, Asset):
        _fill(target.struct_value, value.raw)
    else:
        raise TypeError(f"no property value: {type(value).__name__}")


def has_unknown(value: Value) -> bool:
    """Return whether `value` is unknown or holds an unknown at any depth."""
    if value is UNKNOWN:
        return True
    if isinstance(value, Mapping):
        return any(has_unknown(item) for item in value.values())
    if isinstance(value, list | tuple):
        return any(has_unknown(item) for item in value)
    if isinstance(value, Secret):
        return has_unknown(value.value)
    return False


def canonical(value: Value) -> str:
    """Return a text that is equal for equal values, ignoring key order; unknowns are equal."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), default=_canonical_default)


def _canonical_default(value: Value) -> Value:
    if value is UNKNOWN:
        return {"\x00": "unknown"}
    if isinstance(value, Asset):
        return {"\x00": "asset", "hash": value.digest}
    if isinstance(value, Secret):
        return value.value
    if isinstance(value, bytes):
        return {"\x00": value.hex()}
    raise TypeError(f"no property value: {type(value).__name__}")
