"""The resource types and functions of this provider, with their names on both sides."""

from __future__ import annotations

import threading
from dataclasses import dataclass

from landfall.sandbox.provider.catalog import sdk
from landfall.sandbox.provider.catalog.schema import Block, ProviderSchema
from landfall.sandbox.provider.catalog.shapes import Shape, shape_of
from landfall.sandbox.provider.catalog.tokens import terraform_type
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.rules.naming import AutoName, autoname_of
from landfall.sandbox.provider.rules.plan import State


@dataclass(frozen=True, slots=True)
class ResourceType:
    """A Pulumi resource `token` and the Terraform resource type `name` behind it.

    `regional`: the SDK has a `region` argument that Terraform's schema lacks, so the region
    is that of the process. `inputs` maps each input to whether the SDK requires it.
    """

    token: str
    name: str
    block: Block
    version: int
    shape: Shape
    inputs: dict[str, bool]
    regional: bool
    autoname: AutoName | None

    @property
    def has_own_region(self) -> bool:
        """Whether Terraform's schema has the `region` argument, as it has since provider 6."""
        return not self.regional and "region" in self.inputs

    def identity(self, state: State) -> str:
        """The Pulumi id; a few types have no `id`, and are known by an ARN or name instead."""
        for key in ("id", "arn", "name"):
            if state.get(key):
                return str(state[key])
        for ending in ("_arn", "_id", "_name"):
            for key in sorted(state):
                if key.endswith(ending) and isinstance(state[key], str) and state[key]:
                    return str(state[key])
        raise ProviderError(f"{self.name} was made, but nothing in its state identifies it")


@dataclass(frozen=True, slots=True)
class Function:
    """A Pulumi function `token` and the Terraform data source `name` behind it."""

    token: str
    name: str
    block: Block
    shape: Shape
    regional: bool


class Catalog:
    """Resource types and functions by token, matched on first use and cached."""

    def __init__(self, schema: ProviderSchema) -> None:
        self.schema = schema
        self._lock = threading.Lock()
        self._resources: dict[str, ResourceType] = {}
        self._functions: dict[str, Function] = {}

    def resource(self, token: str) -> ResourceType:
        """Find a resource type; raises `ProviderError` where either side lacks it."""
        with self._lock:
            found = self._resources.get(token)
            if found is None:
                found = self._resources[token] = self._match_resource(token)
            return found

    def function(self, token: str) -> Function:
        """Find a function; raises `ProviderError` where either side lacks it."""
        with self._lock:
            found = self._functions.get(token)
            if found is None:
                found = self._functions[token] = self._match_function(token)
            return found

    def _match_resource(self, token: str) -> ResourceType:
        name = terraform_type(token, self.schema.resource_types)
        if name is None:
            raise ProviderError(
                f"the installed Terraform provider has no resource type for {token}"
            )
        block = self.schema.resource(name)
        properties = sdk.resource_properties(token)
        inputs = sdk.resource_inputs(token)
        shape = shape_of(block, properties, name)
        own_region = _takes_region(block, shape)
        return ResourceType(
            token,
            name,
            block,
            self.schema.resource_version(name),
            shape,
            inputs,
            "region" in inputs and not own_region,
            autoname_of(token, inputs),
        )

    def _match_function(self, token: str) -> Function:
        name = terraform_type(token, self.schema.data_sources, function=True)
        if name is None:
            raise ProviderError(f"the installed Terraform provider has no data source for {token}")
        block = self.schema.data_source(name)
        results = sdk.function_results(token)
        shape = shape_of(block, results, f"data.{name}")
        own_region = _takes_region(block, shape)
        return Function(token, name, block, shape, "region" in results and not own_region)


def _takes_region(block: Block, shape: Shape) -> bool:
    field = shape.by_pulumi.get("region")
    attribute = block.attributes.get(field.terraform) if field is not None else None
    return attribute is not None and attribute.settable
