"""Find violations of a shape's constraints in parameters."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from botocore.model import ListShape, MapShape, Shape, StringShape, StructureShape

from landfall.sandbox.model import lenient
from landfall.sandbox.model.not_enforced import is_enforced
from landfall.sandbox.model.patterns import compiled

_LONGEST = 20_000  # Beyond this, patterns with nested repeats could take long.


@dataclass(frozen=True, slots=True)
class Breach:
    """One violated constraint; `path` is dotted, in the service's own case."""

    path: str
    rule: str
    wanted: str = ""
    value: Any = None


def breaches_of(shape: Shape, params: Mapping[str, Any], service: str) -> list[Breach]:
    """Return all violations, in the order of the shape's members."""
    return list(_structure(shape, params, "", service))


def _structure(shape: Shape, value: Any, path: str, service: str) -> Iterator[Breach]:
    if not isinstance(value, Mapping) or not isinstance(shape, StructureShape):
        return
    if getattr(shape, "is_document_type", False):
        return
    for name, member in shape.members.items():
        at = f"{path}.{name}" if path else name
        given = value.get(name)
        if given is None:
            if name in shape.required_members and service not in lenient.UNCHECKED_SERVICES:
                yield Breach(at, "required")
        else:
            yield from _value(member, given, at, service)


def _value(shape: Shape, value: Any, path: str, service: str) -> Iterator[Breach]:
    if isinstance(shape, StructureShape):
        yield from _structure(shape, value, path, service)
    elif isinstance(shape, ListShape) and isinstance(value, list):
        yield from _length(shape, len(value), path, value, service)
        for number, item in enumerate(value, start=1):
            yield from _value(shape.member, item, f"{path}.{number}.member", service)
    elif isinstance(shape, MapShape) and isinstance(value, Mapping):
        yield from _length(shape, len(value), path, value, service)
        for key, item in value.items():
            yield from _value(shape.key, key, path, service)
            yield from _value(shape.value, item, f"{path}.{key}.member", service)
    elif isinstance(value, str):
        yield from _text(shape, value, path, service)
    elif isinstance(value, bytes) and shape.type_name == "blob":
        yield from _length(shape, len(value), path, "", service)
    elif isinstance(value, int | float) and not isinstance(value, bool):
        yield from _number(shape, value, path, service)


def _length(shape: Shape, size: int, path: str, value: Any, service: str) -> Iterator[Breach]:
    least, most = _bounds(shape, service)
    if least is not None and size < least:
        yield Breach(path, "min-length", str(least), value)
    if most is not None and size > most:
        yield Breach(path, "max-length", str(most), value)


def _bounds(shape: Shape, service: str) -> tuple[Any, Any]:
    least, most = (
        shape.metadata.get(bound) if is_enforced(service, shape.name, bound) else None
        for bound in ("min", "max")
    )
    return least, most


def _text(shape: Shape, value: str, path: str, service: str) -> Iterator[Breach]:
    yield from _length(shape, len(value), path, value, service)
    values = getattr(shape, "enum", None) if isinstance(shape, StringShape) else None
    if values and value not in values and not _is_open(service, shape.name):
        yield Breach(path, "enum", f"[{', '.join(values)}]", value)
    pattern = shape.metadata.get("pattern")
    if len(value) > _LONGEST:
        return
    if pattern and is_enforced(service, shape.name, "pattern"):
        known = compiled(pattern)
        if known is not None and not known.fullmatch(value) and not _found(known, pattern, value):
            yield Breach(path, "pattern", pattern, value)


def _found(known: Any, pattern: str, value: str) -> bool:
    """Return whether an anchored pattern matches where `^` and `$` are part of it."""
    return pattern.startswith("^") and bool(known.search(value))


def _is_open(service: str, name: str) -> bool:
    lower = name.lower()
    return (
        (service, name) in lenient.OPEN_ENUMS
        or not is_enforced(service, name, "enum")
        or any(word in lower for word in lenient.OPEN_ENUM_WORDS)
    )


def _number(shape: Shape, value: float, path: str, service: str) -> Iterator[Breach]:
    if shape.type_name not in ("integer", "long", "float", "double"):
        return
    least, most = _bounds(shape, service)
    if least is not None and value < float(least):
        yield Breach(path, "min", str(least), value)
    if most is not None and value > float(most):
        yield Breach(path, "max", str(most), value)
