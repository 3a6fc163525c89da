"""Read the file of a snapshot, and compare it with the stack file that is tried on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from landfall.problems import Location, Problem, ProblemsError, refuse
from landfall.settings import Stack, keys
from landfall.settings.organization_tree import Organization, Unit
from landfall.snapshots.document import Snapshot, parse
from landfall.snapshots.found import Account
from landfall.validation.messages import shown


def read(path: Path) -> Snapshot:
    """Return the snapshot in a file; raises `ProblemsError` with every mistake, status 2."""
    try:
        written = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        fix = "choose a file that landfall snapshot wrote"
        raise refuse(f"{path} is not JSON: it is not UTF-8 text", fix) from None
    except OSError as error:
        fix = "write it with landfall snapshot -o FILE, with credentials that only read"
        raise refuse(f"cannot read the snapshot {path}: {error.strerror}", fix) from None
    return parse(written, str(path))


def require_fit(snapshot: Snapshot, stack: Stack, stack_file: str) -> None:
    """Raise a `ProblemsError` with all that the stack file adopts and the snapshot lacks."""
    problems = list(_misfits(snapshot, stack, stack_file))
    if problems:
        raise ProblemsError(problems, exit_status=2)


def _misfits(snapshot: Snapshot, stack: Stack, stack_file: str) -> Iterator[Problem]:
    found, wanted, place = snapshot.organization, stack.organization, Location(stack_file)
    if wanted.mode != "adopt":
        what = f"the stack creates its organization, and the twin has one already, {found.id}"
        fix = "write its stack file with landfall adopt, or leave out --twin"
        yield Problem(what, fix, keys.ORGANIZATION, place)
        return
    if wanted.id != found.id:
        what = f"the stack adopts organization {wanted.id}, and the snapshot is of {found.id}"
        yield Problem(what, "choose the snapshot of this organization", keys.ORGANIZATION, place)
        return
    fix = "take a snapshot again with landfall snapshot, or correct the id"
    accounts = {account.id for account in found.accounts}
    for name, account in stack.accounts.items():
        if account.id is not None and account.id not in accounts:
            what = f"the snapshot has no account {account.id}"
            yield Problem(what, fix, f"{keys.ACCOUNTS}.{name}.id", place)
    units = {unit.id for unit in found.units}
    for path, unit in _units(wanted):
        if unit.id is not None and unit.id not in units:
            what = f"the snapshot has no unit {unit.id}"
            yield Problem(what, fix, f"{keys.ORGANIZATION}.units.{path}.id", place)
    yield from _other_center(snapshot, stack, place)
    if wanted.parent is not None and wanted.parent not in units:
        what = f"the snapshot has no unit {wanted.parent}"
        yield Problem(what, fix, f"{keys.ORGANIZATION}.parent", place)


def _other_center(snapshot: Snapshot, stack: Stack, place: Location) -> Iterator[Problem]:
    wanted = stack.access.identity_center
    found = next((each for _, _, each in snapshot.of_kind("Identity Center instance")), None)
    if wanted is None or found is None:
        return
    for name, given, has in (
        ("instance", wanted.instance, str(found.get("InstanceArn", "")).rpartition("/")[2]),
        ("identityStore", wanted.identity_store, str(found.get("IdentityStoreId", ""))),
    ):
        if has not in ("", given):
            path = f"{keys.ACCESS}.identityCenter.{name}"
            yield Problem(f"the snapshot has {has}, not {given}", "correct the id", path, place)


def _units(above: Organization | Unit, path: str = "") -> Iterator[tuple[str, Unit]]:
    for name, unit in above.units.items():
        yield f"{path}{name}", unit
        yield from _units(unit, f"{path}{name}.units.")


def unlisted(snapshot: Snapshot, stack: Stack) -> list[Account]:
    """Return the active member accounts that the stack file lacks; the stack leaves them alone."""
    listed = {account.id for account in stack.accounts.values()}
    return [
        account
        for account in snapshot.organization.accounts
        if account.state == "ACTIVE"
        and account.id not in {*listed, snapshot.organization.management_account}
    ]


def note(snapshot: Snapshot, stack: Stack, stack_file: str) -> str:
    """Return what to tell about accounts that the stack file lacks; empty if there are none."""
    accounts = unlisted(snapshot, stack)
    if not accounts or stack.organization.parent is not None:
        return ""
    names = ", ".join(f"{shown(each.name)} ({each.id})" for each in accounts)
    return (
        f"{stack_file} lacks accounts of the twin: {names}. The stack leaves them alone. To manage"
        f" them, write the file again: landfall adopt -s {stack.name} --force"
    )
