"""Denies that take back what another statement of the same document allows, for certain.

The judgement is `landfall.iam.outsiders`', as in `iam check`: Denies count together, also those by
exception, and conditions that a caller can get round silence nothing.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from functools import lru_cache

from landfall.iam.documents import Document, Principal, Statement
from landfall.iam.outsiders import ANYBODY, Judge
from landfall.iam.policy_checks.subject import Placed, placed


def allows(statement: Statement, document: Document) -> bool:
    """Tell whether a statement is an Allow that holds for some request, denied by no other."""
    return _placed(document)[statement.index].allows and not taken_back(statement, document)


def taken_back(
    statement: Statement,
    document: Document,
    actions: Iterable[str] = (),
    principal: Principal | None = None,
) -> bool:
    """Tell whether Denies take back a statement, or `actions` of it, from all whom it names.

    `principal` asks for one of those alone.
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
