"""The file of a snapshot: a versioned JSON document. Pure.

    {
      "format": "landfall-snapshot",
      "version": 1,
      "taken": "2026-11-29T10:00:00+00:00",
      "regions": ["eu-west-1"],
      "organization": {"id": "o-…", "units": […], "accounts": […], "policies": […], …},
      "resources": {"111122223333": {"": {"role": […]}, "eu-west-1": {"GuardDuty detector": […]}}},
      "quotas": {"accounts": 60}
    }

`resources` are by account, region (empty for global ones) and kind, as `landfall.adoption.kinds`
names it. `quotas` are those that AWS reports, by their names in `landfall:quotas`.

The version changes when an older Landfall would misunderstand the file.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from landfall.problems import Location, Problem, ProblemsError
from landfall.snapshots.found import Account, Organization, Unit

FORMAT: Final = "landfall-snapshot"
VERSION: Final = 1
_AGAIN: Final = "write it again: landfall snapshot -o FILE"
_CHOOSE: Final = "choose a file that landfall snapshot wrote"

Resources = Mapping[str, Mapping[str, Mapping[str, tuple[Mapping[str, Any], ...]]]]


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What an organization contained when it was read, without secrets."""

    taken: str
    regions: tuple[str, ...]
    organization: Organization
    resources: Resources
    quotas: Mapping[str, int] = field(default_factory=dict)

    def of_kind(self, kind: str) -> Iterator[tuple[str, str, Mapping[str, Any]]]:
        """Yield account, region and contents of each resource of a kind."""
        for account, regions in self.resources.items():
            for region, kinds in regions.items():
                for each in kinds.get(kind, ()):
                    yield account, region, each


_SNAPSHOT: Final = TypeAdapter(Snapshot)


def text(snapshot: Snapshot) -> str:
    """Return the contents of the file."""
    body = _SNAPSHOT.dump_python(snapshot, mode="json")
    document = {"format": FORMAT, "version": VERSION, **body}
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"


def parse(written: str, name: str) -> Snapshot:
    """Return the snapshot in the text of the file `name`.

    Raises `ProblemsError` with all mistakes if it is cut short, no JSON, of a newer version, or
    does not fit together.
    """
    document = _document(written, name)
    try:
        snapshot = _SNAPSHOT.validate_python(document)
    except ValidationError as error:
        raise _refused(name, *_mistakes(error)) from None
    if problems := list(_loose_ends(snapshot)):
        raise _refused(name, *problems)
    return snapshot


def _document(written: str, name: str) -> dict[str, Any]:
    try:
        found = json.loads(written)
    except json.JSONDecodeError as error:
        is_cut = error.pos >= len(written.rstrip()) or error.msg.startswith("Unterminated")
        if is_cut:
            what = "the snapshot is cut short"
            raise _refused(name, ("", what, _AGAIN), line=error.lineno) from None
        what = f"the file is not JSON: {error.msg} in column {error.colno}"
        raise _refused(name, ("", what, _CHOOSE), line=error.lineno) from None
    except RecursionError:
        what = "the file is no snapshot: its lists are nested too deeply"
        raise _refused(name, ("", what, _CHOOSE)) from None
    if not isinstance(found, dict) or found.get("format") != FORMAT:
        what = f'the file is no snapshot: "format" is not "{FORMAT}"'
        raise _refused(name, ("", what, _CHOOSE))
    version = found.get("version")
    if type(version) is not int or version < 1:
        raise _refused(name, ("version", f"{version!r} is no version of a snapshot", _AGAIN))
    if version > VERSION:
        what = f"the snapshot has version {version}, and this Landfall reads {VERSION}"
        fix = "update Landfall, or write the snapshot again with this one"
        raise _refused(name, ("version", what, fix))
    return found


_Mistake = tuple[str, str, str]
"""The path, what is wrong, and the fix."""


def _refused(name: str, *mistakes: _Mistake, line: int = 0) -> ProblemsError:
    place = Location(name, line)
    problems = [Problem(what, fix, path, place) for path, what, fix in mistakes]
    return ProblemsError(problems, exit_status=2)


def _mistakes(error: ValidationError) -> Iterator[_Mistake]:
    for each in error.errors(include_url=False):
        path = ".".join(str(part) for part in each["loc"])
        what = "is missing" if each["type"] == "missing" else str(each["msg"])
        yield path, what, _AGAIN


def _loose_ends(snapshot: Snapshot) -> Iterator[_Mistake]:
    """Yield references to units and accounts that the snapshot does not contain."""
    found = snapshot.organization
    above = {found.root, *(unit.id for unit in found.units)}
    accounts = {account.id for account in found.accounts}
    for kind, ids in (
        ("accounts", [account.id for account in found.accounts]),
        ("units", [unit.id for unit in found.units]),
        ("policies", [policy.id for policy in found.policies]),
    ):
        for twice in sorted(each for each, times in Counter(ids).items() if times > 1):
            yield f"organization.{kind}", f"{twice} is there twice", _AGAIN
    if found.management_account not in accounts:
        what = f"the management account {found.management_account} is missing"
        yield "organization.accounts", what, _AGAIN
    below: list[Unit | Account] = [*found.units, *found.accounts]
    for each in below:
        if each.parent not in above:
            what = f"{each.id} is in {each.parent}, which is missing"
            yield "organization.units", what, _AGAIN
    for policy in found.policies:
        for target in policy.targets:
            if target not in above | accounts:
                what = f"{policy.id} is attached to {target}, which is missing"
                yield "organization.policies", what, _AGAIN
    for account in snapshot.resources:
        if account not in accounts:
            yield f"resources.{account}", "the account is not in the organization", _AGAIN
