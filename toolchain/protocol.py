"""The engine's protocol, without the SDK that contains it.

Importing `pulumi` takes 0.2 s and the language host needs none of it; the engine starts several
hosts in each run.
"""

from __future__ import annotations

import sys
from importlib.util import find_spec
from types import ModuleType

_PARENTS = ("pulumi", "pulumi.runtime")


def _hollow(name: str) -> ModuleType:
    """Return a package that finds its modules and runs no code of its own."""
    package = ModuleType(name)
    spec = find_spec("pulumi")
    (root,) = (spec.submodule_search_locations or [""]) if spec else [""]
    package.__path__ = ["/".join([root, *name.split(".")[1:]])]
    return package


_missing = [name for name in _PARENTS if name not in sys.modules]
# Both before either is registered: finding the second would need the first.
sys.modules.update({name: _hollow(name) for name in _missing})
try:
    from pulumi.runtime.proto import language_pb2, language_pb2_grpc, plugin_pb2
finally:
    # Whoever imports the SDK later gets it whole.
    for _name in _missing:
        del sys.modules[_name]

__all__ = ["language_pb2", "language_pb2_grpc", "plugin_pb2"]
