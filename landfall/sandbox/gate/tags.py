"""Tags of the additions' resources, in the shapes of each service."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from landfall.sandbox.gate.registry import addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

Sent = Sequence[Mapping[str, str]] | Mapping[str, str] | None


class Tags:
    """Tags by ARN. `pairs` are the members of a tag, None for services that send a map."""

    def __init__(self, pairs: tuple[str, str] | None = ("Key", "Value")) -> None:
        self._pairs = pairs
        self._store: Store[dict[str, str]] = Store(everywhere=True)

    def add(self, request: Request, arn: str, sent: Sent) -> None:
        """Add tags, or change the values of those that are there."""
        self._store.of(request).setdefault(arn, {}).update(self._read(sent))

    def put(self, account: str, arn: str, tags: Mapping[str, str]) -> None:
        """Set the tags of a resource, by key, without a request."""
        self._store.at(account)[arn] = dict(tags)

    def remove(self, request: Request, arn: str, keys: Sequence[str]) -> None:
        """Remove the tags of these keys."""
        kept = self._store.of(request).get(arn, {})
        for key in keys:
            kept.pop(key, None)

    def forget(self, request: Request, arn: str) -> None:
        """Forget a resource that is no more."""
        self._store.of(request).pop(arn, None)

    def of(self, request: Request, arn: str) -> Any:
        """Return the tags of a resource in the service's shape."""
        kept = self._store.of(request).get(arn, {})
        if self._pairs is None:
            return dict(kept)
        key, value = self._pairs
        return [{key: each, value: kept[each]} for each in kept]

    def _read(self, sent: Sent) -> dict[str, str]:
        if not sent:
            return {}
        if isinstance(sent, Mapping):
            return dict(sent)
        key, value = self._pairs or ("Key", "Value")
        return {tag[key]: tag[value] for tag in sent}

    def serve(
        self,
        service: str,
        require: Callable[[Request, str], object],
        *,
        arn: str = "ResourceArn",
        tags: str = "Tags",
        keys: str = "TagKeys",
    ) -> None:
        """Answer TagResource, UntagResource and ListTagsForResource of a service.

        `require` raises the service's error for an unknown ARN; the other arguments are
        members of the requests.
        """

        @addition(service, "TagResource")
        def tag(request: Request) -> None:
            require(request, request.params[arn])
            self.add(request, request.params[arn], request.params[tags])

        @addition(service, "UntagResource")
        def untag(request: Request) -> None:
            require(request, request.params[arn])
            self.remove(request, request.params[arn], request.params[keys])

        @addition(service, "ListTagsForResource")
        def listed(request: Request) -> Mapping[str, Any]:
            require(request, request.params[arn])
            return {tags: self.of(request, request.params[arn])}
