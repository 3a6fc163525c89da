"""Which room may import which."""

from __future__ import annotations

import ast

from tests.architecture.modules import parsed


def imported(tree: ast.Module) -> set[str]:
    """Return the modules of the project that a module imports."""
    found = set()
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and node.module:
            found |= {node.module, *(f"{node.module}.{each.name}" for each in node.names)}
        elif isinstance(node, ast.Import):
            found |= {each.name for each in node.names}
    return {name for name in found if name.startswith(("landfall.", "components", "policies"))}


def test_tables_of_aws_import_no_other_room() -> None:
    modules = {name: tree for name, tree in parsed() if name.startswith("landfall/aws/")}
    assert len(modules) > 3
    for name, tree in modules.items():
        assert all(each.startswith("landfall.aws") for each in imported(tree)), name
