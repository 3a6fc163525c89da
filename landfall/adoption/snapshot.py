"""The steps of `landfall snapshot`: read an organization in full, and write the file of its twin.

Only what a twin needs is read, member by member. Variables of functions, parameters, secrets,
access keys and users are never read, so no file contains them.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any, Final

from botocore.exceptions import BotoCoreError, ClientError

from landfall import commands
from landfall.adoption import kinds, stack_file
from landfall.adoption.calls import Report, is_denied, unreachable
from landfall.adoption.connecting import connect, progress
from landfall.adoption.kinds import Kind, Open
from landfall.adoption.members import Members
from landfall.adoption.reading import read_organization
from landfall.adoption.reporting import account_names, counted
from landfall.adoption.services import UNUSED, Reading, listed
from landfall.problems import refuse
from landfall.settings.naming import global_region
from landfall.snapshots import document
from landfall.snapshots.document import Snapshot
from landfall.snapshots.found import Organization, Unread

# Organizations User Guide, 'Quotas and service limits': the number of accounts, which AWS raises.
_QUOTAS: Final = {"accounts": ("organizations", "L-E619E033")}
_CLOSED: Final = "no role could be assumed"


@dataclasses.dataclass(frozen=True, slots=True)
class Request:
    """The command's options."""

    output: Path
    region: str | None
    account_roles: tuple[str, ...]
    regions: tuple[str, ...]
    force: bool


def run(request: Request) -> None:
    """Read the organization, write the file, and print a summary.

    Raises `ProblemsError` (status 2) if AWS cannot be read or the file exists.
    """
    require_writable(request.output, force=request.force)
    session, regions = connect(request.region, request.regions)
    with progress() as report:
        organization = read_organization(session, report)
        members = Members(session, organization.partition, request.account_roles)
        snapshot = take(organization, members, regions, report)
    write(snapshot, request.output)
    print("\n".join(summary(snapshot, request.output)))


def require_writable(path: Path, *, force: bool) -> None:
    """Raise a `ProblemsError` if the file exists, unless it may be replaced, or has no folder."""
    if not path.parent.is_dir():
        raise refuse(f"there is no folder {path.parent}", "choose another file, or create it")
    if path.exists() and not force:
        raise refuse(f"{path} already exists", "choose another file, or replace it with --force")


def take(
    organization: Organization, members: Members, regions: Sequence[str], report: Report
) -> Snapshot:
    """Return what an organization and its accounts contain.

    A denied call is no error: `unread` of the organization says what could not be read.
    """
    reading = Reading(organization, members)
    places = reading.everywhere(_contents, regions, report)
    resources: dict[str, dict[str, dict[str, tuple[Mapping[str, Any], ...]]]] = {}
    for account, region, kind, described in (each for place in places for each in place):
        resources.setdefault(account, {}).setdefault(region, {})[kind] = described
    if policies := _attached_of_aws(reading, resources):
        resources.setdefault(organization.management_account, {}).setdefault("", {})[
            kinds.OF_AWS.name
        ] = policies
    quotas = _quotas(organization, members, reading.unread)
    found = dataclasses.replace(
        organization,
        roles=(),
        in_use=tuple(
            each for place in reading.everywhere(listed, regions, report) for each in place
        ),
        unread_accounts=dict.fromkeys(sorted(members.closed), _CLOSED),
        account_roles=dict(sorted(members.assumed.items())),
        unread=tuple(sorted(set(reading.unread))),
    )
    taken = datetime.now(UTC).isoformat(timespec="seconds")
    return Snapshot(taken, tuple(regions), found, resources, quotas)


_Contents = tuple[str, str, str, tuple[Mapping[str, Any], ...]]


def _contents(reading: Reading, account: str, region: str) -> list[_Contents]:
    """Return an account's resources in a region by kind, or its global ones without a region."""
    found = []
    for kind in _kinds(reading, account, region):
        described = tuple(reading.read(kind, account, region, partial(_all_described, kind)))
        if described:
            found.append((account, region, kind.name, described))
    return found


def _all_described(kind: Kind, client: Open) -> list[Mapping[str, Any]]:
    return [found for each in kind.find(client) for found in _described(kind, each.about, client)]


def _kinds(reading: Reading, account: str, region: str) -> Iterator[Kind]:
    # The roles of services are among all roles.
    yield from (kind for kind in reading.kinds(account, region) if kind.name != kinds.SERVICE_ROLE)
    yield from kinds.MORE_REGIONAL if region else kinds.MORE_GLOBAL
    if not region:
        return
    if account == reading.organization.management_account:
        yield from kinds.MORE_MANAGEMENT_REGIONAL
    for service, delegated in kinds.DELEGATED_REGIONAL.items():
        if account in reading.organization.delegations.get(service, ()):
            yield from delegated


def _attached_of_aws(
    reading: Reading, resources: Mapping[str, Mapping[str, Mapping[str, Any]]]
) -> tuple[Mapping[str, Any], ...]:
    """Return the policies of AWS that some role has: a sandbox may be older than one of them."""
    arns = {
        arn
        for regions in resources.values()
        for role in regions.get("", {}).get("role", ())
        for arn in (*role["managed"], role["boundary"])
        if ":iam::aws:policy/" in arn
    }
    management, kind = reading.organization.management_account, kinds.OF_AWS
    reads = (partial(_described, kind, arn) for arn in sorted(arns))
    return tuple(each for read in reads for each in reading.read(kind, management, "", read))


def _described(kind: Kind, about: Any, client: Open) -> list[Mapping[str, Any]]:
    try:
        found = kind.describe(client, about)
    except ClientError as error:
        if error.response["Error"]["Code"] not in UNUSED:
            raise
        return []  # It was deleted since it was listed: the others of its kind stay.
    return [] if found is None else [found]


def _quotas(
    organization: Organization, members: Members, unread: list[Unread]
) -> Mapping[str, int]:
    """Return quotas that AWS reports, by their names in `landfall:quotas`."""
    region = global_region(organization.partition)
    client = members.own("service-quotas", region)
    found: dict[str, int] = {}
    for name, (service, code) in _QUOTAS.items():
        try:
            answer = client.get_service_quota(ServiceCode=service, QuotaCode=code)
        except ClientError as error:
            told = error.response["Error"]["Code"]
            if is_denied(error) or told != "NoSuchResourceException":
                unread.append(Unread("quota", organization.management_account, region, told))
            continue
        except BotoCoreError as error:
            raise unreachable(error) from None
        found[name] = int(answer["Quota"]["Value"])
    return found


def write(snapshot: Snapshot, path: Path) -> None:
    """Write the file atomically; raises `ProblemsError` if that fails."""
    stack_file.write(path, document.text(snapshot))


def summary(snapshot: Snapshot, path: Path) -> Iterator[str]:
    """Yield what the file contains, what it lacks, and what to do with it."""
    found = snapshot.organization
    kinds_of_account = (kinds for each in snapshot.resources.values() for kinds in each.values())
    resources = sum(len(all_of_kind) for each in kinds_of_account for all_of_kind in each.values())
    yield (
        f"{path} has organization {found.id}: units {len(found.units)}, accounts"
        f" {len(found.accounts)}, policies {len(found.policies)}, resources {resources}."
    )
    names = account_names(found)
    lacks = [
        f"everything in {names[account]}: {why}" for account, why in found.unread_accounts.items()
    ]
    for each in found.unread:
        place = f"{names[each.account]}, {each.region}" if each.region else names[each.account]
        lacks.append(f"{each.kind} in {place}: AWS answered {each.code}")
    lacks += [f"{kind} {what}" for kind, what in counted(found)]
    if lacks:
        yield "\nNot in the file, so that the twin lacks it:"
        yield from (f"  {line}" for line in lacks)
    yield "\nNothing was changed in AWS. To rehearse on the twin, with the stack's file:"
    yield f"  {commands.typed(f'landfall preview -s STACK --twin {path}')}"
