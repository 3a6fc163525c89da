"""Determine the outcome in AWS of creations that a state does not record as finished.

Used by `landfall up` in the sandbox and by `landfall recover` on AWS. Reads AWS and returns the
new entries of the state; the caller writes them.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from enum import Enum
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from landfall.problems import Problem, ProblemsError
from landfall.recovery import identities
from landfall.recovery.clients import Clients, provider_urn
from landfall.recovery.creations import Resource, is_unknown

_THREADS: Final = 8
_PROVIDER: Final = "pulumi:providers:"


class Outcome(Enum):
    """The outcome of a creation."""

    FOUND = "AWS has it"
    ABSENT = "AWS does not have it"
    HELD = "the state has it under another name"
    REPEATABLE = "creating it again is harmless"
    UNSEARCHABLE = "no look-up for its type"
    UNDECIDED = "its identifying inputs are not known yet"


@dataclass(frozen=True, slots=True)
class Settled:
    """One resource and its outcome; `id` is its import id if AWS has it."""

    resource: Resource
    outcome: Outcome
    id: str = ""

    @property
    def urn(self) -> str:
        """The resource's URN."""
        return str(self.resource["urn"])

    @property
    def type(self) -> str:
        """The resource's type, as in `aws:iam/role:Role`."""
        return str(self.resource["type"])

    @property
    def name(self) -> str:
        """The resource's logical name."""
        return _name(self.resource)


def _name(resource: Resource) -> str:
    return str(resource["urn"]).rpartition("::")[2]


def look_up(
    creations: Sequence[Resource], resources: Sequence[Resource], clients: Clients
) -> list[Settled]:
    """Return the outcome of each creation, in order.

    `resources` are the state's resources and the planned providers.

    A resource that the state has under another name is not found, and no resource is found twice.

    Raises:
        ProblemsError: look-ups failed, or AWS has another resource where it allows one; the error
            lists all of them.

    """
    taken = {_place(each, each.get("id", "")): each["urn"] for each in resources}
    problems: list[Problem] = []

    def one(resource: Resource) -> Settled:
        try:
            return _look_up(resource, resources, clients, taken)
        except identities.OccupiedError as error:
            problems.append(Problem(f"{_name(resource)}: {error.what}", error.fix))
            return Settled(resource, Outcome.UNDECIDED)
        except (BotoCoreError, ClientError) as error:
            problems.append(Problem(f"{_name(resource)}: the look-up in AWS failed: {error}"))
            return Settled(resource, Outcome.UNDECIDED)

    with ThreadPoolExecutor(_THREADS) as pool:
        found = list(pool.map(one, creations))
    if problems:
        raise ProblemsError(problems, exit_status=2)
    return [_once(each, taken) for each in found]


def _once(settled: Settled, taken: dict[tuple[str, ...], str]) -> Settled:
    """Return the resource as held if its id belongs to another one; otherwise claim the id."""
    if settled.outcome is not Outcome.FOUND:
        return settled
    owner = taken.setdefault(_place(settled.resource, settled.id), settled.urn)
    return settled if owner == settled.urn else Settled(settled.resource, Outcome.HELD)


def _place(resource: Resource, id: str) -> tuple[str, ...]:
    """Return a unique key of an AWS resource; ids alone repeat across accounts."""
    region = str(resource.get("inputs", {}).get("region", ""))
    return resource["type"], provider_urn(resource), region, id


def _look_up(
    resource: Resource,
    resources: Sequence[Resource],
    clients: Clients,
    taken: Mapping[tuple[str, ...], str],
) -> Settled:
    token = resource["type"]
    if not resource.get("custom") or token.startswith("pulumi:"):
        return Settled(resource, Outcome.REPEATABLE)
    if token in identities.REPEATABLE:
        return Settled(resource, Outcome.REPEATABLE)
    if not identities.is_known(token):
        return Settled(resource, Outcome.UNSEARCHABLE)
    client = clients.of(resource, resources)
    if client is None:
        return Settled(resource, Outcome.UNDECIDED)
    ids = {place[3] for place in taken if place[0] == token}
    inputs = _Known(resource.get("inputs", {}))
    try:
        found = identities.look_up(token, client, inputs, ids)
    except _UnknownInputError:
        return Settled(resource, Outcome.UNDECIDED)
    if found is None:
        return Settled(resource, Outcome.ABSENT)
    return Settled(resource, Outcome.FOUND, found)


class _UnknownInputError(LookupError):
    """A look-up needs an input that is known only after an update."""


class _Known(dict[str, Any]):
    """The inputs of a resource, some of which a preview may not know."""

    def __getitem__(self, name: str) -> Any:
        return self._checked(super().__getitem__(name))

    def get(self, name: str, default: Any = None) -> Any:
        return self._checked(super().get(name, default))

    @staticmethod
    def _checked(value: Any) -> Any:
        if is_unknown(value):
            raise _UnknownInputError
        return value


def missing(
    found: Iterable[Settled], planned: Sequence[Resource], resources: Sequence[Resource]
) -> list[Resource]:
    """Return the entries to add to the state for the resources found, in a valid order.

    These are the resources with their ids, and their parents and providers that a preview would
    create. A parent that is neither planned nor in the state is omitted.
    """
    by_urn = {each["urn"]: each for each in planned}
    ids = {each["urn"]: each.get("id", "") for each in resources}
    added: dict[str, Resource] = {}

    def add(resource: Resource, id: str) -> None:
        urn = resource["urn"]
        if urn in ids:
            return
        for needed in (resource.get("parent"), provider_urn(resource)):
            above = by_urn.get(needed or "")
            if above is not None:
                add(above, str(uuid.uuid4()) if above.get("custom") else "")
        ids[urn] = id
        added[urn] = _entry(resource, id, ids)

    for each in found:
        add(each.resource, each.id)
    return list(added.values())


def _entry(resource: Resource, id: str, ids: Mapping[str, str]) -> Resource:
    """Return a resource in the state's format, without unknown inputs.

    Entries for AWS resources have no outputs, so that the next refresh reads all of them.
    """
    known = {k: v for k, v in resource.get("inputs", {}).items() if not is_unknown(v)}
    entry = {**resource, "inputs": known, "outputs": {}}
    if resource.get("parent") not in ids:
        entry.pop("parent", None)
    if not resource.get("custom"):
        return {**entry, "custom": False}
    if resource["type"].startswith(_PROVIDER):
        return {**entry, "id": id, "outputs": known}
    urn = provider_urn(resource)
    return {**entry, "id": id, **({"provider": f"{urn}::{ids[urn]}"} if urn else {})}
