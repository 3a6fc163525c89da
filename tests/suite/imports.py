"""Which module of the project imports which, read from the source and not by importing it.

Every import counts, also inside functions and under `TYPE_CHECKING`. `import package.module` counts
for the module alone: packages that the import passes through are no edges.
"""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import networkx

ROOT: Final = Path(__file__).parents[2]
_PACKAGES: Final = ("components", "landfall", "policies", "toolchain")


def graph(root: Path = ROOT) -> networkx.DiGraph[str]:
    """Return the modules below `root`, with an edge from each to every module it imports."""
    files = [root / "__main__.py", *(f for p in _PACKAGES for f in (root / p).rglob("*.py"))]
    modules = {_name(file.relative_to(root)): file for file in files if file.exists()}
    found: networkx.DiGraph[str] = networkx.DiGraph()
    found.add_nodes_from(modules)
    for name, file in modules.items():
        for imported in _imported(ast.parse(file.read_text("utf-8"))):
            module = _longest(imported, modules)
            if module and module != name:
                found.add_edge(name, module)
    return found


def rooms(modules: networkx.DiGraph[str]) -> networkx.DiGraph[str]:
    """Return the rooms of a graph of modules: `landfall/ROOM`, and the packages beside it."""
    found: networkx.DiGraph[str] = networkx.DiGraph()
    found.add_nodes_from(map(room, modules))
    found.add_edges_from(
        (room(one), room(other)) for one, other in modules.edges if room(one) != room(other)
    )
    return found


def room(module: str) -> str:
    """Return the room of a module: `landfall.iam` of `landfall.iam.documents`."""
    parts = module.split(".")
    return ".".join(parts[: 2 if parts[0] == "landfall" else 1])


def circles(imports: networkx.DiGraph[str]) -> list[list[str]]:
    """Return the groups whose members import each other, directly or through others."""
    groups = networkx.strongly_connected_components(imports)
    return sorted(sorted(group) for group in groups if len(group) > 1)


def _name(file: Path) -> str:
    parts = file.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imported(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            if node.level:
                raise ValueError(f"line {node.lineno}: a relative import, which is not followed")
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def _longest(imported: str, modules: dict[str, Path]) -> str:
    while imported and imported not in modules:
        imported = imported.rpartition(".")[0]
    return imported
