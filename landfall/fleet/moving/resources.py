"""Place the resources of states in the stack whose program registers them.

A resource keeps its type, name, inputs and outputs. Its URN has the name of its Pulumi stack and
the types of its parents, so URNs and all references to them are written anew: parents, providers,
dependencies. The form is that of `pulumi stack export`, `apitype.ResourceV3`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from landfall.engine.events import STACK_TYPE, steps

Resource = dict[str, Any]

_REFERENCE_TYPE: Final = "pulumi:pulumi:StackReference"
_PROVIDERS: Final = "pulumi:providers:"
_LISTS: Final = ("dependencies", "replaceWith")


@dataclass(frozen=True, slots=True)
class Registered:
    """A resource that a program registers, with the URN of its parent."""

    urn: str
    type: str
    parent: str = ""

    @property
    def key(self) -> tuple[str, str]:
        """Its type and name, which stay the same in another stack."""
        return self.type, _name(self.urn)


@dataclass(frozen=True, slots=True)
class Placed:
    """The state of one stack: its `resources`, and the URNs in earlier states that they had.

    `problems` are messages about what the program registers and no earlier state has.
    """

    resources: tuple[Resource, ...]
    taken: frozenset[str]
    problems: tuple[str, ...]


def registered(events: Iterable[Mapping[str, Any]]) -> list[Registered]:
    """Return what the program of a preview registers, in its order."""
    found: dict[str, Registered] = {}
    for step in steps(events, "begun"):
        if step.operation != "delete":
            found.setdefault(step.urn, Registered(step.urn, step.type, step.parent))
    return list(found.values())


def place(
    sources: Mapping[str, Sequence[Resource]], wanted: Sequence[Registered], root: Resource
) -> Placed:
    """Return the state of the stack whose program registers `wanted`.

    `sources` are the resources of the earlier states. `root` is the earlier resource of the stack
    itself. Providers exist in each stack that uses them, so several may take the same one.
    """
    index: dict[tuple[str, str], list[Resource]] = {}
    for resources in sources.values():
        for each in resources:
            index.setdefault((each["type"], _name(each["urn"])), []).append(each)
    chosen: list[tuple[Registered, Resource]] = []
    problems: list[str] = []
    names = _Names()
    for new in wanted:
        if new.type == _REFERENCE_TYPE:
            continue
        if new.type == STACK_TYPE:
            names.know(root, new.urn, "")
            chosen.append((new, root))
            continue
        found = _matching(new, index.get(new.key, []))
        if len(found) == 1 or (found and new.type.startswith(_PROVIDERS)):
            chosen.append((new, found[0]))
            for each in found:
                names.know(each, new.urn, str(found[0].get("id") or ""))
        else:
            what = "is in several states" if found else "is in no state"
            problems.append(f"{new.key[1]} ({new.type}) {what}")
    placed = [names.rewritten(old, new) for new, old in chosen]
    taken = frozenset(names.urns)
    return Placed(tuple(_sorted(placed)), taken, tuple(problems))


def left(sources: Mapping[str, Sequence[Resource]], taken: Iterable[str]) -> Iterator[str]:
    """Yield a message for each resource of earlier states that no stack has taken."""
    known = set(taken)
    for stack, resources in sources.items():
        for each in resources:
            if each["type"] not in (_REFERENCE_TYPE, STACK_TYPE) and each["urn"] not in known:
                yield f"{_name(each['urn'])} ({each['type']}) of stack {stack}"


def _name(urn: str) -> str:
    return urn.split("::", 3)[-1]


def _matching(new: Registered, candidates: list[Resource]) -> list[Resource]:
    """Return the resources of this type and name; only those below the same parents, if any is."""
    below = [each for each in candidates if _types(each["urn"]) == _types(new.urn)]
    if new.type.startswith(_PROVIDERS):
        return [*below, *(each for each in candidates if each not in below)]
    return below or candidates


def _types(urn: str) -> str:
    return urn.split("::", 3)[2]


class _Names:
    """The new URNs of resources, and the new references to providers."""

    def __init__(self) -> None:
        self.urns: dict[str, str] = {}
        self._references: dict[str, str] = {}

    def know(self, old: Resource, urn: str, id_: str) -> None:
        """Note the new URN of a resource; `id_` is the id of the provider that replaces it."""
        self.urns[old["urn"]] = urn
        if old["type"].startswith(_PROVIDERS):
            self._references[f"{old['urn']}::{old.get('id')}"] = f"{urn}::{id_}"

    def rewritten(self, old: Resource, new: Registered) -> Resource:
        """Return a resource for another stack. References to resources of other stacks are lost."""
        resource = {key: self._values(value) for key, value in old.items()}
        resource["urn"] = new.urn
        resource.pop("parent", None)
        if new.parent:
            resource["parent"] = new.parent
        if provider := old.get("provider"):
            resource["provider"] = self._references.get(provider, provider)
        for key in _LISTS:
            if key in old:
                resource[key] = self._known(old[key])
        if "propertyDependencies" in old:
            resource["propertyDependencies"] = {
                name: self._known(urns)
                for name, urns in (old["propertyDependencies"] or {}).items()
            }
        if "deletedWith" in old and old["deletedWith"] not in self.urns:
            del resource["deletedWith"]
        if aliases := old.get("aliases"):
            # An alias names the resource as it was before in its own stack.
            stack = new.urn.split("::", 1)[0]
            resource["aliases"] = [f"{stack}::{each.split('::', 1)[1]}" for each in aliases]
        return resource

    def _known(self, urns: Iterable[str] | None) -> list[str]:
        return [self.urns[urn] for urn in urns or () if urn in self.urns]

    def _values(self, value: Any) -> Any:
        """Return a value with each URN in it replaced, as in outputs that refer to resources."""
        if isinstance(value, str):
            return self.urns.get(value, value) if value.startswith("urn:pulumi:") else value
        if isinstance(value, Mapping):
            return {key: self._values(item) for key, item in value.items()}
        return [self._values(item) for item in value] if isinstance(value, list) else value


def _sorted(resources: Sequence[Resource]) -> Iterator[Resource]:
    """Yield resources after those that they refer to, else in the given order.

    The engine refuses a state in another order (`Snapshot.VerifyIntegrity`).
    """
    by_urn = {each["urn"]: each for each in resources}
    done: set[str] = set()
    for urn in by_urn:
        waiting = [urn]
        while waiting:
            last = waiting[-1]
            before = (
                each
                for each in _references(by_urn[last])
                if each in by_urn and each not in done and each not in waiting
            )
            if found := next(before, None):
                waiting.append(found)
                continue
            waiting.pop()
            if last not in done:
                done.add(last)
                yield by_urn[last]


def _references(resource: Resource) -> Iterator[str]:
    yield str(resource.get("parent") or "")
    yield str(resource.get("provider") or "").rpartition("::")[0]
    yield from resource.get("dependencies") or ()
    for urns in (resource.get("propertyDependencies") or {}).values():
        yield from urns
    yield str(resource.get("deletedWith") or "")
