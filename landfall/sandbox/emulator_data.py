"""Read large data of the emulator when a request first needs it, not at its import.

The emulator's EC2 reads all instance types, and which of them each of 30 regions offers. Few
sandboxes launch an instance. `services/ec2/repairs.py` defers images of machines.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from importlib.abc import Loader, MetaPathFinder
from importlib.machinery import ModuleSpec, PathFinder
from types import ModuleType
from typing import Any, Final

_MODULE: Final = "moto.ec2.models.instance_types"
_TYPES: Final = "ec2/resources/instance_types.json"
_OFFERINGS: Final = "ec2/resources/instance_type_offerings"

Offerings = list[dict[str, Any]]


def defer() -> None:
    """Defer data of services that are imported later. Once a process."""
    if not any(isinstance(each, _Finder) for each in sys.meta_path):
        sys.meta_path.insert(0, _Finder())


class _Types(Mapping[str, Any]):
    """The instance types by name."""

    @cached_property
    def _read(self) -> dict[str, Any]:
        from moto.utilities.utils import load_resource

        found: dict[str, Any] = load_resource(_TYPES)
        return found

    def __getitem__(self, name: str) -> Any:
        return self._read[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._read)

    def __len__(self) -> int:
        return len(self._read)


class _OfRegions(dict[str, Offerings]):
    """The instance types offered in each region, for one kind of location."""

    def __init__(self, kind: str) -> None:
        super().__init__()
        self._kind = kind

    def __missing__(self, region: str) -> Offerings:
        from moto.utilities.utils import load_resource

        try:
            found: Offerings = load_resource(f"{_OFFERINGS}/{self._kind}/{region}.json")
        except FileNotFoundError:
            raise KeyError(region) from None
        for each in found:
            each["LocationType"] = self._kind
        self[region] = found
        return found

    def get(self, region: str, default: Any = None) -> Any:
        """Return the offerings of a region, or the default for a region without any."""
        try:
            return self[region]
        except KeyError:
            return default


class _Finder(MetaPathFinder):
    """Finds the module of instance types, and makes it leave out its data."""

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Return the module's spec with another loader; None for all other modules."""
        if name != _MODULE:
            return None
        spec = PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            spec.loader = _WithoutData(spec.loader)
        return spec


class _WithoutData(Loader):
    def __init__(self, loader: Loader) -> None:
        self._loader = loader

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """Create the module as its own loader does."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module while its resources are empty, then add those that load later."""
        import moto.utilities.utils as resources

        load = resources.load_resource

        def load_others(resource: str) -> Any:
            if resource == _TYPES:
                return {}
            return [] if resource.startswith(_OFFERINGS) else load(resource)

        vars(resources)["load_resource"] = load_others
        try:
            self._loader.exec_module(module)
        finally:
            vars(resources)["load_resource"] = load
        _fill(vars(module))


def _fill(module: dict[str, Any]) -> None:
    types = module["INSTANCE_TYPES"] = _Types()
    offerings: dict[str, Any] = module["INSTANCE_TYPE_OFFERINGS"]
    offerings.update({kind: _OfRegions(kind) for kind in offerings})
    described: list[Any] = []

    def describe(_: object) -> list[Any]:
        if not described:
            described[:] = map(module["InstanceType"], types)
        return described

    module["InstanceTypeBackend"].instance_types = property(describe)

    def families(name: str) -> Any:
        # AWS Batch of the emulator imports it.
        if name != "INSTANCE_FAMILIES":
            raise AttributeError(f"module {_MODULE!r} has no attribute {name!r}")
        return list({each.partition(".")[0] for each in types})

    del module["INSTANCE_FAMILIES"]
    module["__getattr__"] = families
