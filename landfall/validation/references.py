"""Checks of references: to an account, a unit, a region; and of name lengths."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import managed_policy_arn
from landfall.settings import keys
from landfall.settings.organization_tree import ROOT
from landfall.settings.regions import PARTITIONS, READ_ON, REGIONS
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import nearest, same_place, suggestion
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def unit_path(path: str) -> Path:
    """Return a unit's path in the config: `Workloads/Dev` is below `units` twice."""
    result: Path = (keys.ORGANIZATION,)
    for part in path.split("/"):
        result = (*result, "units", part)
    return result


def account(stack: Stack, path: Path, name: str) -> Iterator[Mistake]:
    """Check that the stack has an account of this name, and that it is not suspended."""
    if name not in stack.accounts:
        fix = same_place(name, stack.accounts)
        yield Mistake(
            path,
            f"there is no account '{name}'",
            fix,
            (keys.ACCOUNTS, name),
            kind=Kind.UNKNOWN_ACCOUNT,
        )
    elif stack.is_suspended(name):
        what = f"account '{name}' is in the suspended unit '{stack.accounts[name].unit}'"
        yield Mistake(
            path,
            what,
            "remove it here, or move the account",
            (keys.ACCOUNTS, name),
            kind=Kind.SUSPENDED_ACCOUNT,
        )


def unit(stack: Stack, path: Path, name: str, *, root: bool) -> Iterator[Mistake]:
    """Check that the stack has a unit of this path; `root` also allows `Root`."""
    if stack.organization.has_unit(name) or (root and name == ROOT):
        return
    units = [*([ROOT] if root else []), *(known for known, _ in stack.organization.walk())]
    # Users often write only the last name of a path.
    full = [known for known in units if known.rpartition("/")[2].lower() == name.lower()]
    fix = f"did you mean '{full[0]}'?" if len(full) == 1 else same_place(name, units)
    yield Mistake(
        path,
        f"there is no organizational unit '{name}'",
        fix,
        unit_path(name),
        kind=Kind.UNKNOWN_UNIT,
    )


def boundary(stack: Stack, path: Path, name: str | None) -> Iterator[Mistake]:
    """Check that a permissions boundary is one of the stack's, or a policy of AWS by ARN."""
    known = stack.access.boundaries
    if name is None or name in known or name.startswith(managed_policy_arn(stack.partition, "")):
        return
    about: Path = (keys.ACCESS, "boundaries", name)
    fix = f"{suggestion(name, known)}, or write {managed_policy_arn(stack.partition, 'NAME')}"
    what = f"there is no permissions boundary '{name[:80]}'"
    yield Mistake(path, what, fix, about, kind=Kind.UNKNOWN_REFERENCE)


def known_region(path: Path, region: str) -> Iterator[Mistake]:
    """Check that AWS has the region."""
    if region not in PARTITIONS:
        near = nearest(region, PARTITIONS)
        fix = f"did you mean '{near}'?" if near else f"write an AWS region (as of {READ_ON})"
        # If the home region itself is malformed, another one replaces it.
        yield Mistake(path, f"there is no region '{region}'", fix, path, kind=Kind.UNKNOWN_REGION)


def region_in_use(stack: Stack, path: Path, region: str) -> Iterator[Mistake]:
    """Check that a region is one of the organization's."""
    if region in stack.regions:
        return
    if region not in PARTITIONS and (near := nearest(region, stack.regions)):
        yield Mistake(
            path,
            f"there is no region '{region}'",
            f"did you mean '{near}'?",
            kind=Kind.UNKNOWN_REGION,
        )
    elif region not in PARTITIONS:
        yield from known_region(path, region)
    else:
        yield Mistake(
            path,
            f"region '{region}' is not used by the organization",
            f"add it to {keys.ORGANIZATION}.regions, or write one of {', '.join(stack.regions)}",
            (keys.ORGANIZATION, "regions") if stack.organization.regions else (keys.REGION,),
            kind=Kind.UNUSED_REGION,
        )


def partition(stack: Stack, path: Path, region: str) -> Iterator[Mistake]:
    """Check that a region is in the partition of the home region."""
    if region in PARTITIONS and region not in REGIONS.get(stack.partition, ()):
        yield Mistake(
            path,
            f"{region} is in partition {PARTITIONS[region]}, {stack.region} in {stack.partition}",
            "write a region of the organization's partition",
            (keys.REGION,),
            kind=Kind.OTHER_PARTITION,
        )


def length(stack: Stack, path: Path, what: str, name: str, quota: str) -> Iterator[Mistake]:
    """Check the length of a resource's future name."""
    limit = stack.quota(quota)
    if len(name) > limit:
        yield Mistake(
            path,
            f"the {what} '{name[:80]}' would have {len(name)} characters",
            f"AWS allows {limit}; shorten the names",
            kind=Kind.EXCEEDS_LIMIT,
        )
