"""Resources as rules see them: inputs with unknowns kept apart, and secrets never shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import proxy

_UNKNOWN = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))


class UndecidedError(Exception):
    """A rule met a value that is known only during the update; `path` is its property."""

    def __init__(self, path: str) -> None:
        self.path = path
        super().__init__(f"{path} is not known yet")


def is_unknown(value: Any) -> bool:
    """Tell whether the engine does not know a value yet."""
    return isinstance(value, str) and value in _UNKNOWN


@dataclass(frozen=True, slots=True)
class Resource:
    """One resource: type token, URN, its properties in the plain.

    `links` names, per property, the URNs of the resources that the property was computed from;
    it is known to stack rules only.
    """

    type: str
    urn: str
    props: Mapping[str, Any]
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, path: str, default: Any = None) -> Any:
        """Return the value at a dotted path of keys and indices, `default` where it is absent.

        Raises `UndecidedError` where the value, or one around it, is not known yet.
        """
        value: Any = self.props
        walked: list[str] = []
        for part in path.split("."):
            walked.append(part)
            if isinstance(value, Mapping):
                value = value.get(part)
            elif isinstance(value, list) and part.isdigit() and int(part) < len(value):
                value = value[int(part)]
            else:
                return default
            if is_unknown(value):
                raise UndecidedError(".".join(walked))
        return default if value is None else value

    def points_at(self, property: str, other: Resource) -> bool:
        """Tell whether a property names another resource, by its outputs or by its value."""
        if other.urn in self.links.get(property, ()):
            return True
        value = self.props.get(property)
        if value is None or is_unknown(value):
            return False
        return value in [other.props.get(key) for key in ("id", "bucket", "arn", "name")]

    def has(self, path: str) -> bool:
        """Tell whether a value is set, known or not."""
        try:
            return self.get(path) is not None
        except UndecidedError:
            return True

    def items(self, path: str) -> Iterator[tuple[str, Any]]:
        """Yield each item of a list with its path; raises `UndecidedError` for an unknown list."""
        for index, item in enumerate(self.get(path, [])):
            if is_unknown(item):
                raise UndecidedError(f"{path}.{index}")
            yield f"{path}.{index}", item


def plain(props: Any) -> Any:
    """Return inputs without the SDK's proxies, unknowns kept as the engine's markers."""
    if isinstance(props, proxy._DictProxy | proxy._ListProxy):
        return plain(props["__target"])
    if isinstance(props, Mapping):
        return {key: plain(value) for key, value in props.items()}
    if isinstance(props, list | tuple):
        return [plain(value) for value in props]
    return props
