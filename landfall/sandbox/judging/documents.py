"""Policy documents of the emulator, prepared for evaluation and kept by their text."""

from __future__ import annotations

from functools import lru_cache

from landfall.iam import documents
from landfall.iam.documents import DocumentError
from landfall.iam.matching import PreparedDocument


class UnreadableError(Exception):
    """A document that cannot be read, so that nothing is certain."""


def prepared(text: str, label: str) -> PreparedDocument:
    """Return a document; `label` names it in a refusal, in AWS's words.

    A changed policy is another text, so what is kept is never out of date. Raises
    `UnreadableError`.
    """
    found = _prepared(text, label)
    if found is None:
        raise UnreadableError(label)
    return found


@lru_cache(maxsize=8192)
def _prepared(text: str, label: str) -> PreparedDocument | None:
    try:
        return PreparedDocument(documents.parse(text), label)
    except DocumentError:
        return None
