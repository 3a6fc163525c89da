"""A function that needs many values takes them as one."""

from __future__ import annotations

import ast

from tests.architecture.modules import parsed

MOST = 8
_OPTIONS = "typer reads a command's options from its parameters"
EXCEPTIONS = {
    ("landfall/cli/fleet.py", "preview"): _OPTIONS,
    ("landfall/cli/fleet.py", "up"): _OPTIONS,
    ("landfall/cli/iam_check.py", "check"): _OPTIONS,
    ("landfall/cli/rehearse.py", "rehearse"): _OPTIONS,
    ("landfall/cli/sandbox_faults.py", "add"): _OPTIONS,
}


def parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many values a caller can pass; the instance or class of a method is none."""
    given = function.args
    listed = [*given.posonlyargs, *given.args, *given.kwonlyargs]
    own = bool(listed) and listed[0].arg in ("self", "cls")
    return len(listed) - own


def over(tree: ast.Module, most: int) -> set[str]:
    """Return the functions of a module with more than `most` parameters."""
    return {
        node.name
        for node in ast.walk(tree)
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and parameters(node) > most
    }


def test_function_in_any_module_has_few_parameters() -> None:
    found = {(name, function) for name, tree in parsed() for function in over(tree, MOST)}
    assert found - set(EXCEPTIONS) == set()


def test_function_with_one_parameter_more_is_found() -> None:
    source = "class A:\n    def f(self, a, /, b, *, c): ...\n    async def g(self, a, b): ..."
    assert over(ast.parse(source), 2) == {"f"}
