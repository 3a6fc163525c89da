"""Load the modules of pulumi_aws that a program uses, instead of every module of a service.

The SDK loads a service as a whole when one of its names is read: EC2's 180 modules take 0.4 s for
one resource, and those of a landing zone's services more than half of the program's start. Each
resource and function has a module of its own, named after it, so most names can be found alone.
"""

from __future__ import annotations

import importlib
import importlib.util
import re
import sys
from importlib.machinery import ModuleSpec
from pathlib import Path
from types import ModuleType
from typing import Any

_SDK = "pulumi_aws"
_SETTINGS = "config"
"""The one package that is no service: its names are settings, computed when they are read."""
_TYPES = "_inputs"
"""The module of a service's nested input types."""


class _Service(ModuleType):
    """A service's package, which loads a module when one of its names is first read.

    A name without a module of its own loads the package as the SDK does.
    """

    def __init__(self, spec: ModuleSpec) -> None:
        super().__init__(spec.name)
        self.__spec__ = spec
        self.__loader__ = spec.loader
        self.__file__ = spec.origin
        self.__package__ = spec.name
        self.__path__ = list(spec.submodule_search_locations or [])

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(f"module {self.__name__!r} has no attribute {name!r}")
        _find(self, name)
        try:
            return self.__dict__[name]
        except KeyError:
            message = f"module {self.__name__!r} has no attribute {name!r}"
            raise AttributeError(message) from None

    def __setattr__(self, name: str, value: Any) -> None:
        # Importing the module of a function would hide the function, which has the same name.
        if isinstance(value, ModuleType) and value.__name__ == f"{self.__name__}.{name}":
            value = getattr(value, name, value)
        super().__setattr__(name, value)


def load_singly() -> None:
    """Make each service of pulumi_aws that is not loaded yet load its modules one by one."""
    sdk = importlib.import_module(_SDK)
    for name, module in list(vars(sdk).items()):
        # The SDK's own lazy modules have a class of their own until they are loaded.
        is_lazy = isinstance(module, ModuleType) and type(module) not in (ModuleType, _Service)
        if is_lazy and name != _SETTINGS:
            _replace(sdk, name)


def load_named(source: str) -> None:
    """Load what the text of a module names of the SDK, as in `aws.s3.Bucket`."""
    sdk = importlib.import_module(_SDK)
    for service, name in set(re.findall(r"\baws\.(\w+)\.(\w+)", source)):
        getattr(getattr(sdk, service, None), name, None)


def _replace(sdk: ModuleType, attribute: str) -> None:
    qualified = f"{sdk.__name__}.{attribute}"
    lazy = sys.modules.pop(qualified)
    spec = importlib.util.find_spec(qualified)
    service = lazy if spec is None else _Service(spec)
    sys.modules[qualified] = service
    setattr(sdk, attribute, service)


def _find(service: _Service, name: str) -> None:
    """Put `name` into `service`: from its own module, the nested types, or the whole package.

    Takes no lock: imports have locks of their own, and a second thread finds the same.
    """
    for module in (_module_of(name), _TYPES):
        if not any(Path(at, f"{module}.py").is_file() for at in service.__path__):
            continue
        imported = importlib.import_module(f"{service.__name__}.{module}")
        if name in vars(imported).get("__all__", ()):
            setattr(service, name, vars(imported)[name])
            return
        if name == module:
            setattr(service, name, imported)
            return
    spec = service.__spec__
    assert spec is not None  # noqa: S101 - a service has the spec that it was made of
    assert spec.loader is not None  # noqa: S101 - the finder of files gives a loader
    spec.loader.exec_module(service)


def _module_of(name: str) -> str:
    """Return the module that the SDK's generator makes for a resource, its arguments, a function.

    `BucketArgs` and `Bucket` are in `bucket`; `get_bucket`, `get_bucket_output` and
    `GetBucketResult` in `get_bucket`.
    """
    words = re.sub(r"(.)([A-Z][a-z]+)", r"\1_\2", name)
    words = re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", words).lower()
    return re.sub(r"_(args|output|result)$", "", words)
