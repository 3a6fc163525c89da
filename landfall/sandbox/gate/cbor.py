"""CBOR bodies of Smithy's RPC v2 protocol: read requests and write answers by the service model.

The codec is botocore's. It decodes any CBOR item, so `read` also checks each item's type against
the model. https://smithy.io/2.0/additional-specs/protocols/smithy-rpc-v2.html
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from botocore.model import Shape, StructureShape
from botocore.parsers import ResponseParserError, RpcV2CBORParser
from botocore.serialize import RpcV2CBORSerializer
from botocore.utils import ensure_boolean
from moto.core.model import OperationModel
from moto.core.parse import JSONParser, RequestParserError

_TYPES: dict[str, tuple[type, ...]] = {
    "blob": (bytes,),
    "boolean": (bool,),
    "double": (int, float),
    "float": (int, float),
    "integer": (int,),
    "list": (list,),
    "long": (int,),
    "map": (dict,),
    "string": (str,),
    "structure": (dict,),
    "timestamp": (datetime,),
}

_CONVERSIONS: dict[str, Callable[[Any], Any]] = {
    "boolean": ensure_boolean,
    "double": float,
    "float": float,
    "integer": int,
    "long": int,
    "string": str,
}

# The errors of botocore's decoder for malformed, too deep or too large items.
_MALFORMED = (ResponseParserError, ValueError, TypeError, OverflowError, RuntimeError)


class _Parser(JSONParser):  # type: ignore[misc]
    """Reads the members of a model from a decoded item, whose values are already typed."""

    def _parse_shape(self, shape: Shape, node: Any) -> Any:
        if node is None:
            return None
        wanted = _TYPES.get(shape.type_name, (object,))
        if not isinstance(node, wanted) or (isinstance(node, bool) and bool not in wanted):
            raise RequestParserError(f"{shape.name} is not of type {shape.type_name}")
        return super()._parse_shape(shape, node)

    def _parse_body_as_json(self, body_contents: Any) -> Any:
        return body_contents

    def _parse_blob(self, shape: Shape, value: bytes) -> bytes:
        return value

    def _parse_timestamp(self, shape: Shape, value: datetime) -> datetime:
        return value


class _ErrorShape:
    """The structure of an error's body: its code, its message and the members of its shape."""

    type_name = "structure"

    def __init__(self, modelled: StructureShape | None) -> None:
        text = Shape("String", {"type": "string"})
        own = modelled.members if modelled is not None else {}
        self.members: dict[str, Any] = {"__type": text, "message": text, **own}


def read(body: bytes, operation: OperationModel) -> dict[str, Any]:
    """Return the operation's input members in a body; an empty body has none.

    Raise RequestParserError for a body that is not one CBOR item of the input's types.
    """
    if not body:
        return {}
    decoder = RpcV2CBORParser()
    stream = decoder.get_peekable_stream_from_bytes(body)
    try:
        item = decoder.parse_data_item(stream)
    except _MALFORMED as error:
        raise RequestParserError("the body is not CBOR") from error
    if stream.read(1):
        raise RequestParserError("bytes follow the CBOR item")
    if not isinstance(item, dict):
        raise RequestParserError("the body is not a CBOR map")
    found = _Parser(operation).parse({"body": item})
    return {name: value for name, value in found.items() if value is not None}


def write(result: Mapping[str, Any], shape: StructureShape) -> bytes:
    """Return the body of an output, without members that the shape lacks."""
    known = {name: value for name, value in result.items() if name in shape.members}
    return _written(known, shape)


def write_error(
    code: str, message: str, members: Mapping[str, Any], shape: StructureShape | None = None
) -> bytes:
    """Return the body of an error; `shape` is the model's, None for an error without one.

    The message is sent as `message`, and under the shape's own name for it if that differs.
    """
    wanted = _ErrorShape(shape)
    sent = {name: value for name, value in members.items() if name in wanted.members}
    if "Message" in wanted.members:
        sent["Message"] = message
    return _written({**sent, "__type": code, "message": message}, wanted)


def _written(value: Mapping[str, Any], shape: Any) -> bytes:
    serializer: Any = RpcV2CBORSerializer()
    body: bytes = serializer._serialize_body_params(_typed(value, shape), shape)
    return body


def _typed(value: Any, shape: Any) -> Any:
    """Return a value in the types of its shape: the emulator's JSON mixes number types."""
    if value is None:
        return None
    if shape.type_name == "structure":
        return {name: _typed(value[name], shape.members[name]) for name in value}
    if shape.type_name == "list":
        return [_typed(item, shape.member) for item in value]
    if shape.type_name == "map":
        return {key: _typed(item, shape.value) for key, item in value.items()}
    convert = _CONVERSIONS.get(shape.type_name)
    return convert(value) if convert else value
