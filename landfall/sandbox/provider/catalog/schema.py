"""Terraform schemas in a form that is fast to traverse, and the provider's whole schema."""

from __future__ import annotations

import json
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final

from landfall.sandbox.provider.protocol import tfplugin5_pb2 as tf

# A cty type in Terraform's JSON form: "string", ["set", "string"], ["object", {...}].
CtyType = Any

_NESTING: Final = {1: "single", 2: "list", 3: "set", 4: "map", 5: "group"}


@dataclass(frozen=True, slots=True)
class Attribute:
    """One attribute of a block."""

    name: str
    type: CtyType
    required: bool
    optional: bool
    computed: bool
    sensitive: bool

    @property
    def settable(self) -> bool:
        """Whether a program may give it a value."""
        return self.required or self.optional


@dataclass(frozen=True, slots=True)
class NestedBlock:
    """A block inside a block; `nesting` is single, list, set, map or group."""

    name: str
    block: Block
    nesting: str
    max_items: int

    @property
    def type(self) -> CtyType:
        """The cty type of the attribute that holds the blocks."""
        if self.nesting in ("single", "group"):
            return self.block.type
        return [self.nesting, self.block.type]


class Block:
    """Attributes and nested blocks of a resource, data source, provider or nested block."""

    def __init__(self, message: tf.Schema.Block) -> None:
        self.attributes = {
            item.name: Attribute(
                item.name,
                json.loads(item.type),
                item.required,
                item.optional,
                item.computed,
                item.sensitive,
            )
            for item in message.attributes
        }
        self.blocks = {
            item.type_name: NestedBlock(
                item.type_name, Block(item.block), _NESTING[item.nesting], item.max_items
            )
            for item in message.block_types
        }

    @cached_property
    def type(self) -> CtyType:
        """The cty object type of a value of this block."""
        types = {name: attribute.type for name, attribute in self.attributes.items()}
        types |= {name: nested.type for name, nested in self.blocks.items()}
        return ["object", types]

    @property
    def names(self) -> list[str]:
        """The names of all attributes and blocks, in the schema's order."""
        return [*self.attributes, *self.blocks]


class ProviderSchema:
    """All schemas of a Terraform provider; each is unpacked on first use."""

    def __init__(self, serialized: bytes) -> None:
        self._message = tf.GetProviderSchema.Response.FromString(serialized)
        self._lock = threading.Lock()
        self._blocks: dict[tuple[str, str], Block] = {}
        self.resource_types = frozenset(self._message.resource_schemas)
        self.data_sources = frozenset(self._message.data_source_schemas)

    def provider(self) -> Block:
        """The block of the provider's own configuration."""
        return self._block("provider", "", self._message.provider)

    def resource(self, name: str) -> Block:
        """The block of a resource type, as `aws_s3_bucket`."""
        return self._block("resource", name, self._message.resource_schemas[name])

    def resource_version(self, name: str) -> int:
        """The version of a resource type's schema, which states are upgraded by."""
        return int(self._message.resource_schemas[name].version)

    def data_source(self, name: str) -> Block:
        """The block of a data source, as `aws_caller_identity`."""
        return self._block("data", name, self._message.data_source_schemas[name])

    def _block(self, kind: str, name: str, message: tf.Schema) -> Block:
        with self._lock:
            key = (kind, name)
            if key not in self._blocks:
                self._blocks[key] = Block(message.block)
            return self._blocks[key]
