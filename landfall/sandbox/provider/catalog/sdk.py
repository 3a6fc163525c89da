"""The installed pulumi_aws: classes by token, and property names with their types.

The SDK is the reference for every name: it is generated from the official provider's schema, and a
program can only send and read what its classes have.
"""

from __future__ import annotations

import collections.abc
import functools
import importlib
import importlib.util
import inspect
import json
import re
import sys
import threading
import types
import typing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pulumi import _types as pulumi_types

from landfall import sdk_modules
from landfall.sandbox.provider.errors import ProviderError

PropertyTypes = dict[str, Any]

sdk_modules.load_singly()

# Several threads that import parts of one package may see it half initialised.
_import_lock = threading.RLock()


@dataclass(frozen=True, slots=True)
class PropertyKind:
    """The kind of an SDK type: sequence, mapping, object or scalar.

    A sequence's or mapping's `inner` is the type of its elements, an object's its class.
    """

    kind: str
    inner: Any


@functools.cache
def resource_modules() -> dict[str, tuple[str, str]]:
    """Map each resource token to (module, class name), from the SDK's own registration."""
    spec = importlib.util.find_spec("pulumi_aws")
    if spec is None or spec.origin is None:
        raise ProviderError("the Python package pulumi-aws is not installed")
    text = Path(spec.origin).read_text(encoding="utf-8")
    found = re.search(r'resource_modules="""(.*?)"""', text, re.DOTALL)
    if found is None:
        raise ProviderError("this version of pulumi-aws registers its resources in a way unknown")
    return {
        token: (module["fqn"], name)
        for module in json.loads(found[1])
        for token, name in module["classes"].items()
    }


@functools.cache
def resource_properties(token: str) -> PropertyTypes:
    """Every property of a resource: Pulumi name -> type."""
    return dict(pulumi_types.resource_types(_resource_class(token)))


@functools.cache
def resource_inputs(token: str) -> dict[str, bool]:
    """The inputs of a resource: Pulumi name -> whether the SDK requires it."""
    resource = _resource_class(token)
    # If a nested type has the usual name of the arguments, they have another name.
    name = f"{resource.__name__}InitArgs"
    if not hasattr(sys.modules[resource.__module__], name):
        name = f"{resource.__name__}Args"
    arguments = _load(resource.__module__, name)
    names = pulumi_types.input_type_py_to_pulumi_names(arguments)
    parameters = inspect.signature(arguments).parameters
    return {
        pulumi: parameters[python].default is inspect.Parameter.empty
        for python, pulumi in names.items()
    }


@functools.cache
def function_results(token: str) -> PropertyTypes:
    """Every property of a function's result: Pulumi name -> type."""
    _, module, function = token.split(":")
    package = module.split("/")[0]
    where = "pulumi_aws"
    if package != "index":
        where += "." + {"lambda": "lambda_"}.get(package, package)
    result = _load(where, f"{function[0].upper()}{function[1:]}Result")
    return dict(pulumi_types.output_type_types(result))


@functools.cache
def provider_inputs() -> PropertyTypes:
    """Every property of the provider's configuration: Pulumi name -> type."""
    return dict(pulumi_types.input_type_types(_load("pulumi_aws.provider", "ProviderArgs")))


def kind_of(annotation: Any) -> PropertyKind:
    """Classify an SDK type; of a union, the first member that is not a scalar."""
    origin = typing.get_origin(annotation)
    arguments = typing.get_args(annotation)
    if origin in (typing.Union, types.UnionType):
        kinds = [kind_of(member) for member in arguments]
        return next((k for k in kinds if k.kind != "scalar"), PropertyKind("scalar", annotation))
    if origin is collections.abc.Awaitable:
        return kind_of(arguments[0])
    if origin in (list, collections.abc.Sequence):
        return PropertyKind("sequence", arguments[0])
    if origin in (dict, collections.abc.Mapping):
        return PropertyKind("mapping", arguments[1])
    if isinstance(annotation, type) and (
        pulumi_types.is_output_type(annotation) or pulumi_types.is_input_type(annotation)
    ):
        return PropertyKind("object", annotation)
    return PropertyKind("scalar", annotation)


def fields_of(annotation: Any) -> PropertyTypes | None:
    """The properties of an object type, or of a sequence's or mapping's elements; None if none."""
    kind = kind_of(annotation)
    while kind.kind in ("sequence", "mapping"):
        kind = kind_of(kind.inner)
    if kind.kind != "object":
        return None
    if pulumi_types.is_output_type(kind.inner):
        return dict(pulumi_types.output_type_types(kind.inner))
    return dict(pulumi_types.input_type_types(kind.inner))


def _resource_location(token: str) -> tuple[str, str]:
    try:
        return resource_modules()[token]
    except KeyError:
        raise ProviderError(f"pulumi-aws has no resource type {token}") from None


def _resource_class(token: str) -> type:
    module, name = _resource_location(token)
    return _load(module, name)


def _load(module: str, name: str) -> type:
    with _import_lock:
        try:
            found = getattr(importlib.import_module(module), name)
        except (ImportError, AttributeError) as error:
            raise ProviderError(f"pulumi-aws has no {module}.{name}") from error
    assert isinstance(found, type)  # noqa: S101 - generated code holds only classes there
    return found
