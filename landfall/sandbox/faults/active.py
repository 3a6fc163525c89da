"""The faults of a server: each request meets them before it is answered, and after."""

from __future__ import annotations

import itertools
import random
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from landfall.sandbox.faults import aws_errors
from landfall.sandbox.faults.buckets import Bucket
from landfall.sandbox.faults.kinds import Fault, Kind
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.incoming import Incoming
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.gate.state import at_reset

_WRITES: Final = ("Create", "Put", "Register", "Run", "Attach", "Add")
_MOST_CREATED: Final = 1_000
# Shorter texts, such as versions and flags, do not name a resource.
_SHORTEST: Final = 4


@dataclass(slots=True)
class Active:
    """A fault of the server, how many requests it matched, and how many it met."""

    id: int
    fault: Fault
    matched: int = 0
    met: int = 0
    chance: random.Random = field(default_factory=random.Random, repr=False)
    expired: set[str] = field(default_factory=set, repr=False)
    left: dict[int, int] = field(default_factory=dict, repr=False)
    buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict, repr=False)

    def is_due(self, place: tuple[str, ...] = ()) -> bool:
        """Count a request that matches, and return whether the fault meets it.

        `place` is what has a token bucket of its own: service, account and region.
        """
        self.matched += 1
        if self.fault.per_second and self._bucket(place).take():
            return False
        if self.matched <= self.fault.after or (self.fault.times and self.met >= self.fault.times):
            return False
        if self.fault.rate < 1 and self.chance.random() >= self.fault.rate:
            return False
        self.met += 1
        return True

    def _bucket(self, place: tuple[str, ...]) -> Bucket:
        if place not in self.buckets:
            self.buckets[place] = Bucket(self.fault.per_second, self.fault.burst)
        return self.buckets[place]


@dataclass(frozen=True, slots=True)
class _Created:
    """What one request created: the names in it, and the answer."""

    names: frozenset[str]
    answer: str


class Faults:
    """The faults of one server; a reset removes them."""

    def __init__(self) -> None:
        self._active: list[Active] = []
        self._created: list[_Created] = []
        self._ids = itertools.count(1)
        self._lock = threading.Lock()

    def add(self, fault: Fault) -> Active:
        """Add a fault, and return it with its number."""
        with self._lock:
            added = Active(next(self._ids), fault, chance=random.Random(fault.seed))  # noqa: S311
            self._active = [*self._active, added]
        return added

    def remove(self, identity: int | None = None) -> list[Active]:
        """Remove the fault of a number, or all; return those that were there."""
        with self._lock:
            gone = [each for each in self._active if identity in (None, each.id)]
            self._active = [each for each in self._active if each not in gone]
            if not self._active:
                self._created.clear()
        return gone

    def listed(self) -> list[dict[str, Any]]:
        """Return the faults as JSON, with the number of requests that each matched and met."""
        return [
            {"id": one.id, **one.fault.as_json(), "matched": one.matched, "met": one.met}
            for one in self._active
        ]

    def before(self, incoming: Incoming, caller: Caller) -> None:
        """Raise the error of a fault that meets a request, or delay it."""
        for one in self._matching(incoming, caller):
            error = self._error(one, incoming, caller)
            if error is not None:
                raise error

    def after(
        self, incoming: Incoming, caller: Caller, status: int, body: Iterable[bytes]
    ) -> AWSError | None:
        """Return the error that replaces the answer of a request that was carried out."""
        if not self._active or status >= 400:
            return None
        if incoming.operation.name.startswith(_WRITES):
            self._remember(incoming, body)
        for one in self._matching(incoming, caller):
            if one.fault.kind is Kind.HALF_WAY and self._is_due(one):
                return aws_errors.half_way(incoming.protocol)
        return None

    def account_failure(self, email: str) -> str:
        """Return the reason why an account's creation fails; empty if it does not."""
        for one in self._active:
            if one.fault.kind is Kind.ACCOUNT and email and self._is_due(one):
                return one.fault.reason
        return ""

    def _matching(self, incoming: Incoming, caller: Caller) -> Iterator[Active]:
        if not self._active:
            return
        role = (caller.role or "").rpartition("/")[2]
        service, operation = incoming.model.service_name, incoming.operation.name
        for one in self._active:
            if one.fault.matches(service, operation, incoming.scope.region, role):
                yield one

    def _is_due(self, one: Active, place: tuple[str, ...] = ()) -> bool:
        with self._lock:
            return one.is_due(place)

    def _error(self, one: Active, incoming: Incoming, caller: Caller) -> AWSError | None:
        kind, service = one.fault.kind, incoming.model.service_name
        operation = incoming.operation.name
        if kind is Kind.EXPIRED:
            return self._expired(one, incoming, caller)
        if kind is Kind.STALE:
            return self._stale(one, incoming)
        if kind in (Kind.HALF_WAY, Kind.ACCOUNT):
            return None
        if kind is Kind.CONCURRENT and not aws_errors.concurrent_code(service, operation):
            return None
        if not self._is_due(one, (service, caller.account, incoming.scope.region)):
            return None
        if kind is Kind.LATENCY:
            time.sleep(one.fault.milliseconds / 1000)
            return None
        if kind is Kind.REGION:
            return aws_errors.unavailable(incoming.scope.region)
        if kind is Kind.CONCURRENT:
            return aws_errors.concurrent(service, operation)
        return aws_errors.throttled(service, operation, incoming.protocol)

    def _expired(self, one: Active, incoming: Incoming, caller: Caller) -> AWSError | None:
        """End the session of a request; others, and new ones of the same role, go on."""
        if caller.issued is None:
            return None
        key = incoming.scope.access_key
        if key not in one.expired:
            if not self._is_due(one):
                return None
            one.expired.add(key)
        return aws_errors.expired(incoming.model.service_name, incoming.protocol)

    def _stale(self, one: Active, incoming: Incoming) -> AWSError | None:
        """Do not find a new resource, a number of times for each resource and fault."""
        if not self._created or incoming.operation.name.startswith(_WRITES):
            return None
        try:
            named = _texts(incoming.parse())
        except ValueError:
            return None
        for index, created in enumerate(self._created):
            name = next((each for each in named if _is_of(each, created)), None)
            if name is None or one.left.get(index, one.fault.reads) <= 0:
                continue
            if not self._is_due(one):
                return None
            one.left[index] = one.left.get(index, one.fault.reads) - 1
            return aws_errors.not_found(incoming.model.service_name, incoming.operation.name, name)
        return None

    def _remember(self, incoming: Incoming, body: Iterable[bytes]) -> None:
        if not any(one.fault.kind is Kind.STALE for one in self._active):
            return
        try:
            names = frozenset(_texts(incoming.parse()))
        except ValueError:
            return
        with self._lock:
            if len(self._created) < _MOST_CREATED:
                answer = b"".join(body).decode(errors="replace")
                self._created.append(_Created(names, answer))


def _texts(params: Mapping[str, Any]) -> list[str]:
    return [
        value
        for value in params.values()
        if isinstance(value, str) and len(value) >= _SHORTEST and "{" not in value
    ]


def _is_of(name: str, created: _Created) -> bool:
    """Return whether a request's text names what was created: by name, ARN, or id in its answer."""
    last = name.rpartition("/")[2].rpartition(":")[2]
    return last in created.names or (len(name) >= 2 * _SHORTEST and name in created.answer)


faults = Faults()
at_reset(faults.remove)
