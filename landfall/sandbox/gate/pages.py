"""Paging as in AWS: a number of results, and a token for the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

T = TypeVar("T")


def page(items: Sequence[T], token: str | None, size: int | None) -> tuple[list[T], str | None]:
    """Return the page for a token and the token of the next page, None after the last."""
    start = int(token) if token and token.isdigit() else 0
    end = len(items) if not size else start + int(size)
    return list(items[start:end]), str(end) if end < len(items) else None


def paged(
    name: str, items: Sequence[Any], params: Any, *, next_member: str = "NextToken", size: str = ""
) -> dict[str, Any]:
    """Return an answer with one page of `items` as `name`.

    `next_member` and `size` are the members for token and page size, in request and answer.
    """
    found, following = page(items, params.get(next_member), params.get(size))
    return {name: found, **({next_member: following} if following else {})}
