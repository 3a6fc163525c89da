"""Finds a document's statements about an action without reading all of them each time."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache

from landfall.iam import patterns
from landfall.iam.documents import Document, Statement
from landfall.iam.matching import takes_action


class Index:
    """The statements of one document by the actions they name."""

    def __init__(self, label: str, document: Document) -> None:
        self.label = label
        self.document = document
        self.exact: dict[str, list[int]] = {}
        self.wild: dict[str, list[int]] = {}
        self.negated: list[int] = []
        for place, statement in enumerate(document.statements):
            if statement.not_actions:
                self.negated.append(place)
            for text in statement.actions:
                named = self.wild if patterns.has_wildcard(text) else self.exact
                named.setdefault(text.lower(), []).append(place)

    def about(self, action: str) -> Iterator[Statement]:
        """Yield the statements about an action, given in lower case, in their order."""
        places = set(self.exact.get(action, ()))
        for pattern, found in self.wild.items():
            if patterns.matcher(pattern)(action):
                places.update(found)
        statements = self.document.statements
        places.update(one for one in self.negated if takes_action(statements[one], action))
        for place in sorted(places):
            yield statements[place]


@lru_cache(maxsize=256)
def index(label: str, document: Document) -> Index:
    """Index a document; the same one is indexed once."""
    return Index(label, document)
