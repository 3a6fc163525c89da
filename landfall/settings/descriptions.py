"""Give the settings the descriptions that their fields have in the code, for the JSON Schema.

pydantic can read them as it makes each model (`use_attribute_docstrings`). That parses the source
of every model at every start of every command, and only the schema needs the result.
"""

from __future__ import annotations

import ast
import inspect
import textwrap
from collections.abc import Iterator
from itertools import pairwise
from typing import Any, get_args

from pydantic import BaseModel

from landfall.settings.base import Settings


def describe(*models: type[BaseModel]) -> None:
    """Set the descriptions of all fields of models, and of those that they contain."""
    described: set[type[BaseModel]] = set()
    for model in models:
        _describe(model, described)


def _describe(model: type[BaseModel], described: set[type[BaseModel]]) -> None:
    described.add(model)
    for kind in reversed(model.__mro__):
        for name, text in _descriptions(kind) if issubclass(kind, Settings) else ():
            model.model_fields[name].description = text
    for field in model.model_fields.values():
        for contained in _models(field.annotation):
            if contained not in described:
                _describe(contained, described)
    # A model's schema includes those of the models that it contains: they come first.
    model.model_rebuild(force=True)


def _models(annotation: Any) -> Iterator[type[BaseModel]]:
    """Yield the models that a type names."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for argument in get_args(annotation):
        yield from _models(argument)


def _descriptions(model: type[BaseModel]) -> Iterator[tuple[str, str]]:
    """Yield the fields of a model's own body that a text follows, with that text."""
    (body,) = ast.parse(textwrap.dedent(inspect.getsource(model))).body
    statements = body.body if isinstance(body, ast.ClassDef) else []
    for field, text in pairwise(statements):
        if (
            isinstance(field, ast.AnnAssign)
            and isinstance(field.target, ast.Name)
            and field.target.id in model.model_fields
            and isinstance(text, ast.Expr)
            and isinstance(text.value, ast.Constant)
            and isinstance(text.value.value, str)
        ):
            yield field.target.id, inspect.cleandoc(text.value.value)
