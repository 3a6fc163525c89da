"""An identity: its policies, and what is known about each of its requests."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from landfall.iam import actions
from landfall.iam.documents import Document
from landfall.iam.presence import region_of
from landfall.iam.principals import PARTITIONS, Caller, read_caller
from landfall.iam.requests import UNKNOWN, ContextValue, Request

# A policy and its name in answers.
Labelled = tuple[str, Document]

_NOBODY: Final = "arn:aws:iam::000000000000:user/nobody"
# Keys that a request of an unspecified principal would get wrong.
_OF_NOBODY: Final[Mapping[str, ContextValue]] = dict.fromkeys(
    (
        "aws:principalarn",
        "aws:principalaccount",
        "aws:principaltype",
        "aws:userid",
        "aws:username",
        "aws:resourceaccount",
        "aws:viaawsservice",
    ),
    UNKNOWN,
)
_OF_SOMEBODY: Final[Mapping[str, ContextValue]] = {
    "aws:resourceaccount": UNKNOWN,
    "aws:viaawsservice": UNKNOWN,
}
_PARTITION: Final = re.compile(r"arn:(aws[a-z-]*):")
# Keys of IAM that a few of its actions have, and all others lack
# (Service Authorization Reference: 'Actions, resources, and condition keys for IAM').
_OF_FEW_ACTIONS: Final = (
    "iam:AWSServiceName",
    "iam:PassedToService",
    "iam:PermissionsBoundary",
    "iam:PolicyARN",
)


@dataclass(frozen=True)
class Identity:
    """A user or role: its policies merged, its boundary, and the SCPs above it.

    `policies` are all its identity policies, its groups' included. Without `boundaries` it has
    none; without `service_control` no SCP applies to it; else there is one tuple for each level,
    from the organization's root to the account, and a level that is empty allows nothing.
    `principal` is its ARN, where known: policy variables and conditions on the caller are then
    read, and resources that can only be its account's are looked for there. `context` is what
    holds in every request it makes beside that, as pairs of condition key and value.
    """

    policies: tuple[Labelled, ...]
    boundaries: tuple[Labelled, ...] = ()
    service_control: tuple[tuple[Labelled, ...], ...] = ()
    principal: str | None = None
    context: tuple[tuple[str, ContextValue], ...] = ()

    @property
    def layers(self) -> tuple[tuple[Labelled, ...], ...]:
        """The groups of documents that must each allow; the identity's own come first."""
        boundary = (self.boundaries,) if self.boundaries else ()
        return (self.policies, *boundary, *self.service_control)

    def request(self, action: str, more: Mapping[str, ContextValue] | None = None) -> Request:
        """Return the request for an action, as far as it is known.

        `more` is further context. Raises `landfall.iam.principals.CallerError` for a `principal`
        that is none.
        """
        context = dict(_OF_SOMEBODY if self.principal else _OF_NOBODY)
        if self.account and action.lower().startswith("iam:"):
            context["aws:resourceaccount"] = self.account
        context |= absent_keys(action)
        if len(self.partitions) == 1 and (region := region_of(action, self.partitions[0])):
            context["aws:requestedregion"] = region
        context |= {key.lower(): value for key, value in self.context}
        context |= {key.lower(): value for key, value in (more or {}).items()}
        return Request(self.principal or _NOBODY, action, context=context, complete=False)

    @cached_property
    def account(self) -> str | None:
        """The account of `principal`, 12 digits."""
        return self._caller.account if self._caller else None

    @cached_property
    def _caller(self) -> Caller | None:
        return read_caller(self.principal, "iam:PassRole") if self.principal else None

    @cached_property
    def partitions(self) -> tuple[str, ...]:
        """The possible partitions: its own, or those that its documents name, or `aws`."""
        if self._caller:
            return (self._caller.partition,)
        named = {
            found.group(1)
            for layer in self.layers
            for _, document in layer
            for text in _resources(document)
            if (found := _PARTITION.match(text))
        }
        return tuple(sorted(named & PARTITIONS)) or ("aws",)


def _resources(document: Document) -> Iterator[str]:
    for statement in document.statements:
        yield from statement.resources
        yield from statement.not_resources


def absent_keys(action: str) -> dict[str, ContextValue]:
    """Return the keys that requests for an action never have, as absent."""
    if not action.lower().startswith("iam:"):
        return dict.fromkeys(map(str.lower, _OF_FEW_ACTIONS), None)
    described = actions.find(action)
    if described is None:
        return {}
    return {key.lower(): None for key in _OF_FEW_ACTIONS if key not in described.condition_keys}
