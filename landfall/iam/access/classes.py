"""Actions that no policy at hand tells apart, so that one of each kind stands for all.

The actions are those that AWS documents and those that the policies name. What a pattern would
take in beside them, AWS's actions of tomorrow, is stood for by one name that nobody has given.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from typing import Final

from landfall.iam import actions, patterns
from landfall.iam.access.identities import Identity

_UNHEARD_OF: Final = "\ue000"


def representatives(action: str, identities: Sequence[Identity]) -> tuple[str, ...]:
    """Return one action for each kind that an action pattern stands for, in order of name."""
    if not patterns.has_wildcard(action):
        return (action,)
    return tuple(min(names) for names in classes(action, identities))


def classes(action: str, identities: Sequence[Identity]) -> tuple[frozenset[str], ...]:
    """Divide what an action pattern stands for into the kinds that the policies tell apart."""
    named = action_patterns(identities)
    listed = frozenset(_listed(action))
    for pattern in named:
        if patterns.covers(action, pattern, case_sensitive=False):
            listed |= {_future(pattern) if patterns.has_wildcard(pattern) else _named(pattern)}
    undocumented = [one for one in listed if actions.find(one) is None]
    kinds: list[frozenset[str]] = [listed]
    for pattern in named:
        taken = actions.expand(pattern) | {
            one for one in undocumented if patterns.matches(pattern, one, case_sensitive=False)
        }
        divided = []
        for kind in kinds:
            inside = kind & taken
            divided.extend(part for part in (inside, kind - inside) if part)
        kinds = divided
    return tuple(sorted(kinds, key=min))


def action_patterns(identities: Iterable[Identity]) -> tuple[str, ...]:
    """Return every action pattern that the documents of identities name, once each."""
    return tuple(
        dict.fromkeys(
            text.lower()
            for identity in identities
            for layer in identity.layers
            for _, document in layer
            for statement in document.statements
            for text in statement.actions or statement.not_actions
        )
    )


def is_future(name: str) -> bool:
    """Tell whether a name stands for actions that AWS has not documented."""
    return _UNHEARD_OF in name


def pattern_of(name: str) -> str:
    """Return the pattern that such a name was made from."""
    return name.replace(_UNHEARD_OF, "*")


def _future(pattern: str) -> str:
    return pattern.replace("*", _UNHEARD_OF).replace("?", _UNHEARD_OF)


@lru_cache(maxsize=4096)
def _listed(action: str) -> frozenset[str]:
    return actions.expand(action) | {_future(action.lower())}


def _named(action: str) -> str:
    found = actions.find(action)
    return found.name if found else action
