"""Denies that certainly cancel an Allow of the same document.

`landfall.iam.outsiders` decides, as in `iam check`: all Denies count together, including those with
exceptions. A Deny with a condition that the caller can avoid cancels nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from landfall.iam.documents import Document, Principal, Statement
from landfall.iam.outsiders import ANYBODY, Judge
from landfall.iam.policy_checks.subject import Placed, placed


def allows(statement: Statement, document: Document) -> bool:
    """Return whether a statement is an Allow that no Deny cancels and some request meets."""
    return _placed(document)[statement.index].allows and not taken_back(statement, document)


def taken_back(
    statement: Statement,
    document: Document,
    actions: Iterable[str] = (),
    principal: Principal | None = None,
) -> bool:
    """Return whether Denies cancel a statement, or its `actions`, for all its principals.

    `principal` limits the question to one of them.
    """
    own = _placed(document)[statement.index]
    if wanted := tuple(actions):
        own = replace(own, statement=replace(statement, actions=wanted, not_actions=()))
    return not _judge(document).lets(own, (ANYBODY,), principal=principal)


@lru_cache(maxsize=256)
def _placed(document: Document) -> tuple[Placed, ...]:
    return placed("policy", document, signed=False)


@lru_cache(maxsize=256)
def _judge(document: Document) -> Judge:
    return Judge(_placed(document))
