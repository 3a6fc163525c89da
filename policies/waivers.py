"""Waivers: reviewed exceptions, each with an owner, a reason and an expiry date.

They are in `waivers.yaml` beside this file, or in the file that `LANDFALL_WAIVERS` names, and in a
stack's setting `policies:waivers`. An expired or malformed waiver excuses nothing and is a finding.
"""

from __future__ import annotations

import datetime
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from landfall.iam import patterns
from policies.rules import find

VARIABLE = "LANDFALL_WAIVERS"
FILE = Path(__file__).with_name("waivers.yaml")

_REQUIRED = ("rule", "resource", "owner", "reason", "expires")
_OPTIONAL = ("stack",)


@dataclass(frozen=True, slots=True)
class Waiver:
    """An exception: until the end of the day `expires` (UTC), `rule` does not apply to `resource`.

    `resource` is a URN, or its last parts `type::name` or `name`; `*` and `?` are wildcards.
    `stack` limits the waiver to one stack.
    """

    rule: str
    resource: str
    owner: str
    reason: str
    expires: datetime.date
    stack: str = ""

    def covers(self, rule: str, urn: str) -> bool:
        """Return whether it covers this rule and resource, even if it has expired."""
        if rule != self.rule:
            return False
        type_and_name = urn.split("::", 2)[-1].rsplit("$", 1)[-1]
        ends = (urn, type_and_name, urn.rsplit("::", 1)[-1])
        return any(patterns.matches(self.resource, end, case_sensitive=True) for end in ends)


@dataclass(frozen=True, slots=True)
class Waivers:
    """The waivers of one stack, and the errors in invalid ones."""

    valid: Sequence[Waiver] = ()
    expired: Sequence[Waiver] = ()
    problems: Sequence[str] = ()

    def covering(self, rule: str, urn: str) -> Waiver | None:
        """Return the valid waiver of a rule and a resource."""
        return next((w for w in self.valid if w.covers(rule, urn)), None)

    def lapsed(self, rule: str, urn: str) -> Waiver | None:
        """Return the expired waiver of a rule and a resource."""
        return next((w for w in self.expired if w.covers(rule, urn)), None)


def read(
    inline: Iterable[Any] = (), stack: str = "", today: datetime.date | None = None
) -> Waivers:
    """Return the waivers of the file and of the stack, valid and expired ones.

    Waivers of the file that name another stack are left out.
    """
    path = Path(os.environ.get(VARIABLE) or FILE)
    problems: list[str] = []
    entries = [(f"{path.name}: waivers[{i}]", e) for i, e in enumerate(_of_file(path, problems))]
    for i, entry in enumerate(inline):
        own = {"stack": stack, **entry} if isinstance(entry, dict) else entry
        entries.append((f"policies:waivers[{i}]", own))
    day = today or datetime.datetime.now(datetime.UTC).date()
    parsed = [_parsed(place, entry, problems) for place, entry in entries]
    waivers = [waiver for waiver in parsed if waiver and waiver.stack in ("", stack)]
    return Waivers(
        tuple(w for w in waivers if w.expires >= day),
        tuple(w for w in waivers if w.expires < day),
        tuple(problems),
    )


def _of_file(path: Path, problems: list[str]) -> list[Any]:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        if path != FILE:
            problems.append(f"{path.name}, which {VARIABLE} names, does not exist")
        return []
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        problems.append(f"{path.name} cannot be read as YAML ({type(error).__name__})")
        return []
    entries = document.get("waivers", []) if isinstance(document, dict) else document
    if entries is not None and not isinstance(entries, list):
        problems.append(f"{path.name} has no list under 'waivers'")
        return []
    return entries or []


def _parsed(place: str, entry: Any, problems: list[str]) -> Waiver | None:
    if not isinstance(entry, dict):
        problems.append(f"{place} is not a mapping of {', '.join(_REQUIRED)}")
        return None
    wrong = [f"has no '{key}'" for key in _REQUIRED if not entry.get(key)]
    wrong += [f"has an unknown key '{k}'" for k in entry if k not in _REQUIRED + _OPTIONAL]
    expires = _date(entry.get("expires"))
    if entry.get("expires") and expires is None:
        wrong.append("has an 'expires' that is not a date such as 2027-01-31")
    if entry.get("rule") and find(str(entry["rule"])) is None:
        wrong.append("names a rule that the pack does not have")
    if entry.get("resource") and not str(entry["resource"]).strip("*?: "):
        wrong.append("covers every resource; name the one that needs it")
    if wrong or expires is None:
        problems.append(f"{place} {', and '.join(wrong)}")
        return None
    texts = {key: str(entry.get(key, "")) for key in (*_REQUIRED, *_OPTIONAL) if key != "expires"}
    return Waiver(**texts, expires=expires)


def _date(value: Any) -> datetime.date | None:
    if isinstance(value, datetime.datetime):
        return value.date()
    if isinstance(value, datetime.date):
        return value
    try:
        return datetime.date.fromisoformat(str(value))
    except ValueError:
        return None
