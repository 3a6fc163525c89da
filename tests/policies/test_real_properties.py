"""The types and properties that rules read exist in the installed pulumi-aws SDK."""

from __future__ import annotations

import importlib
import inspect
import re
from collections.abc import Iterator
from functools import lru_cache
from pathlib import Path
from typing import Any

import pulumi_aws
import pytest

from policies import documents, encryption_s3
from policies.rules import RESOURCE_RULES, all_rules
from policies.values import Resource
from tests.policies.analyzer import Analyzer
from tests.policies.cases import BAD, BUCKET_TYPE, PRESENT, bad
from tests.policies.good_resources import GOOD

_INIT = Path(str(pulumi_aws.__file__)).read_text(encoding="utf-8")
_MODULE = re.compile(r'"fqn": "([\w.]+)",\s*"classes": \{(.*?)\}', re.DOTALL)
_CLASSES = {
    token: (module, name)
    for module, classes in _MODULE.findall(_INIT)
    for token, name in re.findall(r'"([^"]+)": "([^"]+)"', classes)
}


@lru_cache
def inputs(type_: str) -> frozenset[str]:
    """Return the names of a type's inputs, as the engine has them."""
    module, name = _CLASSES[type_]
    made = getattr(importlib.import_module(module), name)
    names = inspect.signature(made._internal_init).parameters
    return frozenset(map(camel, names))


def camel(name: str) -> str:
    return re.sub(r"_(\w)", lambda m: m[1].upper(), name)


def shape(annotation: Any) -> str | None:
    """Return the SDK's class of a nested input that an annotation names."""
    named = re.search(r"(\w+ArgsDict)", str(annotation))
    return named[1] if named else None


def unreal(type_: str, props: dict[str, Any]) -> list[str]:
    """Return the paths in inputs that the SDK does not know, at any depth."""
    module, name = _CLASSES[type_]
    made = getattr(importlib.import_module(module), name)
    shapes = importlib.import_module(f"{module}._inputs")
    parameters = inspect.signature(made._internal_init).parameters.items()
    known = {camel(key): shape(parameter.annotation) for key, parameter in parameters}
    return list(_unreal(props, known, shapes, ""))


def _unreal(value: Any, known: dict[str, str | None], shapes: Any, at: str) -> Iterator[str]:
    for key, inner in value.items():
        if key not in known:
            yield f"{at}{key}"
            continue
        name = known[key]
        if name is None or name == "PolicyDocumentArgsDict":
            continue  # plain, or a mapping whose keys are the program's own
        nested = getattr(shapes, name).__annotations__
        below = {camel(field): shape(annotation) for field, annotation in nested.items()}
        for each in inner if isinstance(inner, list) else [inner]:
            yield from _unreal(each, below, shapes, f"{at}{key}.")


def test_every_type_of_a_rule_exists() -> None:
    Analyzer()
    types = {type_ for rule in all_rules() for type_ in rule.types}
    types |= {*encryption_s3.ENCRYPTIONS, *encryption_s3.LOGGINGS, *encryption_s3.VERSIONINGS}
    assert types - set(_CLASSES) == set()


@pytest.mark.parametrize("type_", sorted({*GOOD, BUCKET_TYPE}))
def test_inputs_of_good_resources_are_real(type_: str) -> None:
    assert unreal(type_, GOOD.get(type_, {})) == []


@pytest.mark.parametrize("id", sorted({**BAD, **PRESENT}))
def test_inputs_of_bad_resources_are_real(id: str) -> None:
    assert unreal(*bad(id)) == []


def test_document_properties_of_rules_are_real_inputs() -> None:
    for places in (documents.IDENTITY, documents.TRUST, documents.RESOURCE):
        for type_, paths in places.items():
            assert {path.split(".")[0] for path in paths} <= inputs(type_), type_


class _Asked(dict[str, Any]):
    """Inputs that record which of them are read."""

    def __init__(self) -> None:
        super().__init__()
        self.keys_asked: set[str] = set()

    def get(self, key: str, default: Any = None) -> Any:
        self.keys_asked.add(key)
        return default


def test_rules_ask_only_for_what_their_types_have() -> None:
    Analyzer()
    wrong = set()
    for type_, rules in RESOURCE_RULES.items():
        for rule, check in rules:
            asked = _Asked()
            list(check(Resource(type_, "urn::a", asked)))
            known = frozenset().union(*(inputs(each) for each in rule.types)) | {"tagsAll"}
            wrong |= {(rule.id, type_, key) for key in asked.keys_asked - known}
            if asked.keys_asked and not asked.keys_asked & inputs(type_):
                wrong.add((rule.id, type_, "nothing that it has"))
    assert wrong == set()
