"""The difference of two access sets.

Both are compared for each class of actions that their statements distinguish, on the resources that
AWS checks the action on. The rules that allow in the other set count as denies of the first: what
is left is the difference.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice, product
from typing import Final

from landfall.iam import actions, patterns, variables
from landfall.iam.effective_access import literals as logic
from landfall.iam.effective_access.classes import classes, is_future, names_of
from landfall.iam.effective_access.deciding import Case, Hold, Way, possibly, together, ways
from landfall.iam.effective_access.globs import Patterns, witness
from landfall.iam.effective_access.holdings import Holdings, Reading
from landfall.iam.effective_access.literals import Literal
from landfall.iam.effective_access.rules import Resources, Rule, without_denied
from landfall.iam.effective_access.universe import NO_ARN_OF_IAM, resources_of

_MOST_WAYS: Final = 500
_MOST_SHOWN: Final = 12


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant: action patterns, on resource patterns, under conditions.

    `outside` are resources that are excluded although `resources` matches them. `example` is one
    resource of the grant (empty in the rare case that none was found). `certain`: it is allowed on
    the example without further conditions, and the other set does not allow it.
    """

    actions: tuple[str, ...]
    resources: tuple[str, ...]
    outside: tuple[str, ...]
    conditions: tuple[str, ...]
    certain: bool
    example: str

    def __str__(self) -> str:
        text = f"{', '.join(self.actions)} on {', '.join(self.resources)}"
        if self.outside:
            text += f" but not {', '.join(self.outside)}"
        if self.conditions:
            text += f" if {' and '.join(self.conditions)}"
        return text if self.certain else f"{text} (perhaps)"


def differences(
    left: Holdings, right: Holdings, action: str, *, most: int | None = None
) -> tuple[Grant, ...]:
    """Return what `left` allows and `right` does not; at most so many, then not merged."""
    found: dict[Grant, set[str]] = {}
    for names in _kinds(left, right, action):
        for grant in _of_kind(min(names), left, right):
            found.setdefault(grant, set()).update(names)
            if most is not None and len(found) >= most:
                return tuple(found)
    return tuple(
        replace(grant, actions=_shown(names, left)) for grant, names in _merged(found).items()
    )


def _merged(found: dict[Grant, set[str]]) -> dict[Grant, set[str]]:
    """Merge grants that differ only in the example."""
    examples: dict[Grant, str] = {}
    merged: dict[Grant, set[str]] = {}
    for grant, names in found.items():
        key = replace(grant, example="")
        examples.setdefault(key, grant.example)
        merged.setdefault(key, set()).update(names)
    return {replace(key, example=examples[key]): names for key, names in merged.items()}


def _kinds(left: Holdings, right: Holdings, action: str) -> Iterator[frozenset[str]]:
    """Yield the classes of actions, divided by the resources that AWS checks them on."""
    for names in classes(action, [*left.layers, *right.layers]):
        one = min(names)
        if not all(left.reading_of(one).layers):
            continue
        if _is_simple(left.reading_of(one)) and _is_simple(right.reading_of(one)):
            apart: dict[object, set[str]] = {None: set(names)}
        else:
            apart = {}
            for name in sorted(names):
                apart.setdefault(resources_of(name, left.identity), set()).add(name)
        for part in apart.values():
            of_iam = {name for name in part if name.lower().startswith("iam:")}
            # Requests for actions of IAM do not all have the same keys.
            yield from (frozenset({name}) for name in sorted(of_iam))
            if part - of_iam:
                yield frozenset(part - of_iam)


def _is_simple(reading: Reading) -> bool:
    """Whether resources make no difference: all statements apply to all of them."""
    rules = [*reading.denies, *(rule for layer in reading.layers for rule in layer)]
    return all(rule.most.is_all for rule in rules)


def _of_kind(action: str, left: Holdings, right: Holdings) -> Iterator[Grant]:
    ours, theirs = left.reading_of(action), right.reading_of(action)
    among = resources_of(action, left.identity)
    seen: set[tuple[Resources, frozenset[Literal]]] = set()
    layers = [ways(layer) for layer in ours.layers]
    for way in islice(product(*layers), _MOST_WAYS):
        literals: frozenset[Literal] = frozenset().union(*(one.literals for one in way))
        if not logic.is_consistent(literals):
            continue
        case = Case(literals, *together(among, [one.most for one in way]))
        for part, denies in _lacking(case, ours, theirs):
            left.work.begin()
            found = possibly(part, denies, left.work)
            if found is None:
                continue
            key = (_narrowest(way), found[1])
            if key not in seen:
                seen.add(key)
                yield _grant(action, part, denies, way, found, left, right)


def _lacking(case: Case, ours: Reading, theirs: Reading) -> Iterator[tuple[Case, list[Rule]]]:
    """Yield the parts of a case that the other set does not allow, with the denies in them."""
    for layer in theirs.layers:
        covers = [without_denied(rule, layer) for rule in layer]
        yield case, [*ours.denies, *covers]
    for deny in theirs.denies:
        literals = case.literals | deny.literals
        if logic.is_consistent(literals):
            within, outside = together(Resources(None, case.outside), [deny.most])
            yield Case(literals, (*case.within, *within), outside), ours.denies


def _narrowest(way: Sequence[Way]) -> Resources:
    """Return the first resources of a layer that are not all resources."""
    return next((one.most for one in way if not one.most.is_all), Resources(("*",)))


def _grant(
    action: str,
    part: Case,
    denies: Sequence[Rule],
    way: Sequence[Way],
    found: tuple[str, frozenset[Literal]],
    left: Holdings,
    right: Holdings,
) -> Grant:
    example, literals = found
    shown = _narrowest(way)
    within = tuple(
        text
        for text in dict.fromkeys(shown.within or ("*",))
        if possibly(Case(part.literals, (*part.within, (text,)), part.outside), denies, left.work)
    )
    cut = [*part.outside]
    for deny in denies:
        if all(logic.entails(literals, one) for one in deny.literals):
            cut.extend(deny.least.within or ())
    apart = [text for text in dict.fromkeys(cut) if text not in NO_ARN_OF_IAM]
    outside = tuple(text for text in apart if witness([*part.within, within, (text,)])[0])
    certain = bool(example) and (
        left.held(action, _exact(example)).hold is Hold.YES
        and right.held(action, _exact(example)).hold is Hold.NO
    )
    return Grant(
        actions=(),
        resources=within or ("*",),
        outside=tuple(map(variables.plain, outside[:_MOST_SHOWN])),
        conditions=tuple(sorted(map(str, literals))),
        certain=certain,
        example=example,
    )


def _exact(resource: str) -> str:
    return resource.replace("*", patterns.LITERAL_STAR).replace("?", patterns.LITERAL_QUESTION)


def _shown(names: set[str], among: Holdings) -> tuple[str, ...]:
    """Return actions as patterns of the policies that match no others, and the remaining names."""
    left = set(names)
    future = {name for name in names if is_future(name)}
    shown = []
    written = dict.fromkeys(
        text for layer in among.layers for document in layer for text in document.wild
    )
    for pattern in sorted(written, key=len):
        meant = names_of(pattern, future)
        if meant & left and _are_without_effect(pattern, meant - names, among):
            shown.append(_as_written(pattern, meant))
            left -= meant
    for service in {name.partition(":")[0] for name in left if not is_future(name)}:
        whole = actions.expand(f"{service}:*")
        if len(whole) > 1 and whole <= names:
            shown.append(f"{service}:*")
            left -= whole
    return tuple(sorted({*shown, *(name for name in left if not is_future(name))})) or ("*",)


def _are_without_effect(pattern: str, names: set[str], among: Holdings) -> bool:
    """Return whether a set allows none of these actions, which its pattern matches."""
    if names and patterns.has_wildcard(pattern.partition(":")[0]):
        return False
    return all(among.can(name) is Hold.NO for name in names)


def _as_written(pattern: str, meant: set[str]) -> str:
    """Return a pattern with its literal prefix capitalized as AWS writes the actions."""
    named = next((name for name in sorted(meant) if actions.find(name)), "")
    fixed = pattern.find("*") if "?" not in pattern else -1
    return named[:fixed] + pattern[fixed:] if named and fixed > 0 else pattern


__all__ = ["Grant", "Patterns", "differences"]
