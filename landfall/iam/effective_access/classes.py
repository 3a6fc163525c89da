"""Classes of actions that the given policies do not distinguish; one action represents a class.

The actions are those that AWS documents and those that the policies name. A made-up name represents
actions that AWS may add later.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence, Set
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns
from landfall.iam.effective_access.index import Index

_UNHEARD_OF: Final = "\ue000"

# Each is compared with each pattern; realistic policies have far fewer.
_MOST_FUTURES: Final = 400

Layers = Sequence[Sequence[Index]]


def representatives(action: str, layers: Layers) -> tuple[str, ...]:
    """Return one action for each class that an action pattern matches, ordered by name."""
    if not patterns.has_wildcard(action):
        return (action,)
    kinds = classes(action, layers)
    heard_of = [{name for name in names if not is_future(name)} for names in kinds]
    # Future actions count if a pattern matches nothing else.
    return tuple(min(names) for names in heard_of if names) or tuple(map(min, kinds))


def classes(action: str, layers: Layers) -> tuple[frozenset[str], ...]:
    """Divide the actions that match a pattern into the classes that statements distinguish."""
    documents = list(dict.fromkeys(one for layer in layers for one in layer))
    undocumented = {_future(action.lower()), *_undocumented(documents, action)}
    futures = sorted(filter(is_future, undocumented))
    undocumented -= set(futures[_MOST_FUTURES:])
    listed = actions.expand(action) | undocumented
    marks: dict[str, list[tuple[int, int]]] = {name: [] for name in listed}
    for number, document in enumerate(documents):
        for place, names in _taken(document, listed, undocumented):
            for name in names:
                marks[name].append((number, place))
    kinds: dict[tuple[tuple[int, int], ...], list[str]] = {}
    for name, marked in marks.items():
        kinds.setdefault(tuple(sorted(set(marked))), []).append(name)
    return tuple(sorted((frozenset(names) for names in kinds.values()), key=min))


def _undocumented(documents: Iterable[Index], action: str) -> Iterator[str]:
    for document in documents:
        negated = [document.document.statements[place] for place in document.negated]
        more = [text.lower() for statement in negated for text in statement.not_actions]
        for text in (*document.exact, *document.wild, *more):
            if patterns.has_wildcard(text):
                name = _future(text)
            elif actions.find(text) is None:
                name = text
            else:
                continue
            if patterns.matches(action, name, case_sensitive=False):
                yield name


def _taken(
    document: Index, listed: frozenset[str], undocumented: set[str]
) -> Iterator[tuple[int, frozenset[str] | set[str]]]:
    """Yield the indices of statements, each with the actions that it applies to."""
    for text, places in (*document.exact.items(), *document.wild.items()):
        names = names_of(text, undocumented) & listed
        for place in places:
            yield place, names
    for place in document.negated:
        excluded: set[str] = set()
        for text in document.document.statements[place].not_actions:
            excluded |= names_of(text.lower(), undocumented)
        yield place, listed - excluded


def names_of(pattern: str, undocumented: Set[str]) -> set[str]:
    """Return the documented actions that match a pattern in lower case, and the others."""
    if not patterns.has_wildcard(pattern):
        return {name for name in (pattern,) if name in undocumented} | actions.expand(pattern)
    test = patterns.matcher(pattern)
    prefix = pattern.partition(":")[0]
    if patterns.has_wildcard(prefix):
        others = {name for name in undocumented if test(name)}
    else:
        others = {name for name in undocumented if name.startswith(prefix) and test(name)}
    return others | actions.expand(pattern)


def is_future(name: str) -> bool:
    """Return whether a name represents actions that AWS has not documented."""
    return _UNHEARD_OF in name


@lru_cache(maxsize=16384)
def _future(pattern: str) -> str:
    return pattern.replace("*", _UNHEARD_OF).replace("?", _UNHEARD_OF)
