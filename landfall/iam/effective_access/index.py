"""Index of a document's statements by action."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from landfall.iam import patterns
from landfall.iam.documents import Document, Statement


class Index:
    """The statements of one document, by action."""

    def __init__(self, label: str, document: Document) -> None:
        self.label = label
        self.document = document
        self.exact: dict[str, list[int]] = {}
        self.wild: dict[str, list[int]] = {}
        self.negated: dict[int, tuple[frozenset[str], tuple[str, ...]]] = {}
        for place, statement in enumerate(document.statements):
            if statement.not_actions:
                lower = {text.lower() for text in statement.not_actions}
                wild = tuple(sorted(filter(patterns.has_wildcard, lower)))
                self.negated[place] = frozenset(lower.difference(wild)), wild
            for text in statement.actions:
                named = self.wild if patterns.has_wildcard(text) else self.exact
                named.setdefault(text.lower(), []).append(place)

    def about(self, action: str) -> Iterator[Statement]:
        """Yield the statements that apply to an action, given in lower case, in order."""
        places = set(self.exact.get(action, ()))
        for pattern, found in self.wild.items():
            if patterns.matcher(pattern)(action):
                places.update(found)
        for place, (exact, wild) in self.negated.items():
            if action not in exact and not any(patterns.matcher(one)(action) for one in wild):
                places.add(place)
        for place in sorted(places):
            yield self.document.statements[place]


@lru_cache(maxsize=256)
def index(label: str, document: Document) -> Index:
    """Index a document; cached."""
    return Index(label, document)
