"""Resources as rules see them: inputs in which unknown values are marked."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pulumi_policy import proxy

from policies.settings import Settings

_UNKNOWN = frozenset(value for name, value in vars(proxy).items() if name.startswith("UNKNOWN_"))
_IDENTITIES = ("id", "bucket", "arn", "name", "url", "keyId", "keyArn")


class UndecidedError(Exception):
    """A rule needs a value that is known only during the update; `path` is its property."""

    def __init__(self, path: str, resource: Resource | None = None) -> None:
        self.path = path
        self.resource = resource
        super().__init__(f"{path} is not known yet")


def is_unknown(value: Any) -> bool:
    """Return whether the engine does not know a value yet."""
    return isinstance(value, str) and value in _UNKNOWN


def is_true(value: Any) -> bool:
    """Return whether a flag is true; some of the provider's flags are strings."""
    return value is True or (isinstance(value, str) and value.lower() == "true")


@dataclass(frozen=True, slots=True)
class Resource:
    """A resource: type token, URN, inputs in plaintext.

    `links` has, by property, the URNs of the resources that the property was computed from, and
    `outputs` is the provider's answer; only stack rules have both. `managed` is false for resources
    that the program only reads.
    """

    type: str
    urn: str
    props: Mapping[str, Any]
    links: Mapping[str, frozenset[str]] = field(default_factory=dict)
    outputs: Mapping[str, Any] = field(default_factory=dict)
    protected: bool = False
    provider: Mapping[str, Any] = field(default_factory=dict)
    settings: Settings = field(default_factory=Settings)
    managed: bool = True

    @property
    def name(self) -> str:
        """The logical name."""
        return self.urn.rsplit("::", 1)[-1]

    def get(self, path: str, default: Any = None) -> Any:
        """Return the value at a dotted path of keys and indices, or `default` if it is absent.

        An empty string counts as absent: the provider writes absent strings as empty.

        Raises `UndecidedError` if the value, or a value that contains it, is not known yet.
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
                raise UndecidedError(".".join(walked), self)
        return default if value is None or value == "" else value

    def text(self, path: str, default: str = "") -> str:
        """Return `get` as a string."""
        return str(self.get(path, default))

    def is_set(self, path: str) -> bool:
        """Return whether a flag is true; raise `UndecidedError` like `get`."""
        return is_true(self.get(path))

    def has(self, path: str) -> bool:
        """Return whether a value is set; raise `UndecidedError` if it is not known yet."""
        return self.get(path) is not None

    def items(self, path: str) -> Iterator[tuple[str, Any]]:
        """Yield each item of a list with its path; raise `UndecidedError` at an unknown item."""
        value = self.get(path, [])
        if not isinstance(value, list):
            value = [value]
        for index, item in enumerate(value):
            if is_unknown(item):
                raise UndecidedError(f"{path}.{index}", self)
            yield f"{path}.{index}", item

    def points_at(self, property: str, other: Resource) -> bool:
        """Return whether a property names another resource, by its outputs or its value."""
        return other.urn in self.links.get(property, ()) or any(
            text in other.identities() for text in self.texts(property)
        )

    def texts(self, property: str) -> set[str]:
        """Return the known strings of a property, from inputs and outputs."""
        both = (self.props.get(property), self.outputs.get(property))
        return {text for text in both if isinstance(text, str) and not is_unknown(text)}

    def identities(self) -> set[str]:
        """Return the values by which other resources can name this one."""
        return {text for key in _IDENTITIES for text in self.texts(key)}

    def default_tags(self) -> Mapping[str, Any]:
        """Return the default tags of the resource's provider."""
        value = self.provider.get("defaultTags")
        if isinstance(value, str):
            if is_unknown(value):
                raise UndecidedError("the provider's defaultTags", self)
            try:
                value = json.loads(value)
            except ValueError:
                return {}
        tags = value.get("tags") if isinstance(value, Mapping) else None
        if is_unknown(tags):
            raise UndecidedError("the provider's defaultTags", self)
        return tags if isinstance(tags, Mapping) else {}


class Stack:
    """All resources of a stack, by type."""

    def __init__(self, resources: Iterable[Resource]) -> None:
        self._by_type: dict[str, list[Resource]] = {}
        self._by_urn: dict[str, Resource] = {}
        for resource in resources:
            self._by_urn[resource.urn] = resource
            self._by_type.setdefault(resource.type, []).append(resource)
        self._pointers: dict[tuple[str, str], dict[str, list[Resource]]] = {}

    def of(self, types: Iterable[str]) -> list[Resource]:
        """Return the resources of some types."""
        return [resource for type_ in types for resource in self._by_type.get(type_, ())]

    def managed(self, types: Iterable[str]) -> list[Resource]:
        """Return the resources of some types that the program manages."""
        return [resource for resource in self.of(types) if resource.managed]

    def pointing(self, types: Iterable[str], property: str, other: Resource) -> list[Resource]:
        """Return the resources whose property names another resource."""
        found: dict[str, Resource] = {}
        for type_ in types:
            pointers = self._pointing(type_, property)
            for key in (other.urn, *other.identities()):
                found |= {each.urn: each for each in pointers.get(key, ())}
        return list(found.values())

    def made_only_from(self, urn: str, path: str, types: Iterable[str]) -> bool:
        """Return whether a property was computed only from resources of some types."""
        resource = self._by_urn.get(urn)
        links = resource.links.get(path.split(".")[0], ()) if resource else ()
        made_from = [self._by_urn.get(link) for link in links]
        return bool(made_from) and all(each and each.type in types for each in made_from)

    def _pointing(self, type_: str, property: str) -> dict[str, list[Resource]]:
        """Return the resources of a type, by the URNs and strings in one of their properties."""
        if (type_, property) not in self._pointers:
            index = self._pointers[type_, property] = {}
            for each in self._by_type.get(type_, ()):
                for key in (*each.links.get(property, ()), *each.texts(property)):
                    index.setdefault(key, []).append(each)
        return self._pointers[type_, property]


def plain(props: Any) -> Any:
    """Return inputs without the SDK's proxies; unknown values stay the engine's markers."""
    if isinstance(props, proxy._DictProxy | proxy._ListProxy):
        return plain(props["__target"])
    if isinstance(props, Mapping):
        return {key: plain(value) for key, value in props.items()}
    if isinstance(props, list | tuple):
        return [plain(value) for value in props]
    return props
