"""Read what accounts use outside of AWS Organizations: security services, IAM, Identity Center."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Iterator, Sequence
from typing import Any, Final, TypeVar

from botocore.exceptions import BotoCoreError, ClientError

from landfall.adoption import kinds, kinds_listed
from landfall.adoption.calls import Report, is_denied, side_by_side, unreachable
from landfall.adoption.kinds import Kind, Listed, Open
from landfall.adoption.members import Members
from landfall.settings.naming import global_region
from landfall.snapshots.found import InUse, Organization, Unread

T = TypeVar("T")

UNUSED: Final = frozenset(
    {
        "AWSServiceAccessNotEnabledException",
        "InvalidAccessException",
        "NoSuchEntity",
        "NoSuchEntityException",
        "ResourceNotFoundException",
        "ResourcePolicyNotFoundException",
        "ServiceQuotaTemplateNotInUseException",
        "UnsupportedAPIEndpointException",
    }
)
"""Errors of services that an account does not use, or that the region does not have."""


def with_services(
    organization: Organization, members: Members, regions: Sequence[str], report: Report
) -> Organization:
    """Return the organization with what its active accounts use in these regions.

    A denied call is no error: `unread` says what could not be read.
    """
    reading = Reading(organization, members)
    found = reading.everywhere(_used, regions, report)
    return dataclasses.replace(
        organization,
        in_use=tuple(each for uses in found for each in uses),
        unread=tuple(sorted(set(reading.unread))),
    )


def _used(reading: Reading, account: str, region: str) -> list[InUse]:
    """Return what an account uses in a region, or globally without one."""
    return [
        InUse(kind.name, account, region, each.name, kind.setting, kind.why)
        for kind in reading.kinds(account, region)
        for each in reading.found(kind, account, region)
    ] + listed(reading, account, region)


def listed(reading: Reading, account: str, region: str) -> list[InUse]:
    """Return what an account uses of the kinds that no snapshot contains."""
    return [
        InUse(kind.name, account, at, each.name, kind.setting, kind.why)
        for kind, at in reading.listed_kinds(account, region)
        for each in reading.found(kind, account, at)
    ]


class Reading:
    """Reads kinds of resources in the accounts of an organization. Thread-safe.

    `unread` is what could not be read; a service that an account does not use is not in it.
    """

    def __init__(self, organization: Organization, members: Members) -> None:
        self.organization = organization
        self._management, self._members = organization.management_account, members
        self.unread: list[Unread] = []

    def everywhere(
        self,
        work: Callable[[Reading, str, str], list[T]],
        regions: Sequence[str],
        report: Report,
    ) -> list[list[T]]:
        """Return `work(self, account, region)` for each place that can be entered.

        A place is an active account with each region, and with `""` for global resources.
        """
        active = [each.id for each in self.organization.accounts if each.state == "ACTIVE"]
        places = [(account, region) for account in active for region in ("", *regions)]

        def at(place: tuple[str, str]) -> list[T]:
            return work(self, *place) if self._can_enter(place[0]) else []

        try:
            return side_by_side(at, places, report, "accounts' services")
        except (BotoCoreError, ClientError) as error:
            raise unreachable(error) from None

    def _can_enter(self, account: str) -> bool:
        if account == self._management:
            return True
        return self._members.client(account, "iam") is not None

    def kinds(self, account: str, region: str) -> Iterator[Kind]:
        """Yield the kinds that `landfall adopt` reports."""
        yield from kinds.REGIONAL if region else kinds.GLOBAL
        if account == self._management:
            yield from kinds.MANAGEMENT_REGIONAL if region else kinds.MANAGEMENT

    def listed_kinds(self, account: str, region: str) -> Iterator[tuple[Kind, str]]:
        """Yield the kinds that are listed only, each with the region to ask."""
        partition = self.organization.partition
        if region:
            for service, kind in kinds_listed.REGIONAL:
                if self._members.has(service, region):
                    yield kind, region
        elif account == self._management and partition == "aws":
            yield from ((kind, global_region(partition)) for kind in kinds_listed.MANAGEMENT)

    def found(self, kind: Kind, account: str, region: str) -> list[Listed]:
        """Return the resources of a kind; none, with an entry in `unread`, if AWS refuses."""
        return self.read(kind, account, region, lambda client: list(kind.find(client)))

    def read(
        self, kind: Kind, account: str, region: str, work: Callable[[Open], list[T]]
    ) -> list[T]:
        """Return what `work` reads with clients of a place, as `found` does."""

        def client(service: str) -> Any:
            if account == self._management:
                return self._members.own(service, region or None)
            return self._members.client(account, service, region or None)

        try:
            return work(client)
        except ClientError as error:
            code = error.response["Error"]["Code"]
            if is_denied(error) or code not in UNUSED:
                # A region that is not enabled, or a service control policy, for example.
                self.unread.append(Unread(kind.name, account, region, code))
            return []
