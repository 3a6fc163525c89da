"""Compare two previews of a stack: whose access changes, and how."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from landfall.checking.access import rules
from landfall.checking.access.effect import Access, gained, is_administrators, summary
from landfall.checking.access.holders import Holder, accounts, holders
from landfall.checking.preview import Planned
from landfall.iam.documents import Document, DocumentError, parse
from landfall.iam.effective_access import Hold
from landfall.iam.escalation import escalations

# The property that contains the resource policy or organization policy.
_POLICIES: Final = {
    "aws:ecr/repositoryPolicy:RepositoryPolicy": "policy",
    "aws:kms/key:Key": "policy",
    "aws:kms/keyPolicy:KeyPolicy": "policy",
    "aws:organizations/policy:Policy": "content",
    "aws:s3/bucketPolicy:BucketPolicy": "policy",
    "aws:secretsmanager/secretPolicy:SecretPolicy": "policy",
    "aws:sns/topicPolicy:TopicPolicy": "policy",
    "aws:sqs/queuePolicy:QueuePolicy": "policy",
}
# Excludes the comma: role names may contain one, but here it separates two ARNs.
_ROLE_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\w[\w.-]*):role/([\w+=.@/*?-]+)")
_TOKENS_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::\w[\w.-]*:oidc-provider/([\w./-]+)")
_ROOT_ARN: Final = re.compile(r"arn:aws[a-z-]*:iam::(\w[\w.-]*):root")
_NAMED: Final = frozenset(
    {
        "aws:codeconnections/connection:Connection",
        "aws:kms/key:Key",
        "aws:kms/replicaKey:ReplicaKey",
    }
)
_OWN: Final = "ACCOUNT"

ALARMING: Final = 1
"""Show changes of this risk or a lower number in full; 0 is the highest risk."""


@dataclass(frozen=True, slots=True)
class Change:
    """How the access of one role or user changes, the same in every account of `accounts`.

    `verb` is `new`, `changed` or `removed`. `trust`, `gains` and `loses` are lines of text;
    `alarms` say why the change is dangerous. `risk` counts from 0, the highest.
    """

    kind: str
    name: str
    accounts: tuple[str, ...]
    verb: str
    trust: tuple[tuple[str, str], ...] = ()
    gains: tuple[str, ...] = ()
    loses: tuple[str, ...] = ()
    alarms: tuple[str, ...] = ()
    unread: tuple[str, ...] = ()
    summary: str = ""
    risk: int = 4


@dataclass(frozen=True, slots=True)
class Policy:
    """How a policy of a resource or of the organization changes, statement by statement."""

    urn: str
    verb: str
    lines: tuple[tuple[str, str], ...]


def of_holders(before: Sequence[Planned], after: Sequence[Planned]) -> list[Change]:
    """Return the changes of roles and users, highest risk first; equal changes are merged."""
    names = _names(before, after)
    old = {each.key: each for each in holders(before)}
    new = {each.key: each for each in holders(after)}
    alike: dict[Change, list[str]] = defaultdict(list)
    for key in sorted({*old, *new}):
        change = _change(old.get(key), new.get(key), names)
        if change is not None:
            alike[change].append(key[0])
    found = [_in_accounts(change, places) for change, places in alike.items()]
    return sorted(found, key=lambda change: (change.risk, change.name, change.accounts))


def of_policies(before: Sequence[Planned], after: Sequence[Planned]) -> list[Policy]:
    """Return the changes of resource policies and of the organization's policies."""
    names = _names(before, after)
    old, new = _policies(before), _policies(after)
    found = []
    for urn in sorted({*old, *new}):
        lines = tuple(
            (verb, _named(line, names, ""))
            for verb, line in rules.compared(_lines(old.get(urn)), _lines(new.get(urn)))
        )
        if lines or (urn in old) != (urn in new):
            verb = "new" if urn not in old else "removed" if urn not in new else "changed"
            found.append(Policy(urn, verb, lines))
    return found


def _names(before: Sequence[Planned], after: Sequence[Planned]) -> dict[str, str]:
    """Return readable names for generated ids."""
    made_up = {
        each.id.rpartition("/")[2]: each.name
        for each in (*before, *after)
        if each.type in _NAMED and each.id
    }
    return {**made_up, **accounts(before), **accounts(after)}


def _policies(resources: Sequence[Planned]) -> dict[str, Document | None]:
    found = {}
    for each in resources:
        value = each.inputs.get(_POLICIES.get(each.type, ""))
        if isinstance(value, str):
            found[each.urn] = _read(value)
    return found


def _read(text: str) -> Document | None:
    try:
        return parse(text)
    except DocumentError:
        return None


def _lines(document: Document | None) -> tuple[str, ...]:
    return rules.described(document) if document else ()


def _change(old: Holder | None, new: Holder | None, names: Mapping[str, str]) -> Change | None:
    """Return how a holder changes, without its account, so that equal changes compare equal."""
    one = new or old
    if one is None or old == new:
        return None
    gains = gained(new.identity if new else None, old.identity if old else None)
    loses = gained(old.identity if old else None, new.identity if new else None)

    def told(text: str) -> str:
        return _named(text, names, one.account_id)

    trust = tuple(
        # Keep account names in trust: the trusted role is the same in every account.
        (verb, _named(line, names, ""))
        for verb, line in rules.compared(
            _trusted(old),
            _trusted(new),
        )
    )
    unread = tuple(name for name in new.unread if not old or name not in old.unread) if new else ()
    if not (gains or loses or trust or unread or old is None or new is None):
        return None
    alarms = tuple(map(told, _alarms(old, new, gains)))
    return Change(
        one.kind,
        one.name,
        (),
        "new" if old is None else "removed" if new is None else "changed",
        trust,
        tuple(told(str(each)) for each in gains),
        tuple(told(str(each)) for each in loses),
        alarms,
        unread,
        summary(gains if new else loses),
        _risk(alarms, gains, trust),
    )


def _trusted(holder: Holder | None) -> tuple[str, ...]:
    """Return who may assume a holder, by trust or by assignment, one line each."""
    return (*rules.trusted(holder.trust), *holder.people) if holder else ()


def _alarms(old: Holder | None, new: Holder | None, gains: Sequence[Access]) -> Iterator[str]:
    if new is None:
        return
    if rules.is_open(new.trust) and not (old and rules.is_open(old.trust)):
        yield "anyone on the internet can assume it"
    if is_administrators(gains):
        yield "administrator access"
        return
    if not gains:
        return
    known = {each.path for each in escalations(old.identity)} if old else set()
    ways = [each for each in escalations(new.identity) if each.path not in known]
    ways.sort(key=lambda way: way.hold is not Hold.YES)
    if ways:
        verb = "can" if ways[0].hold is Hold.YES else "may be able to"
        more = f", or in {len(ways) - 1} other ways" if len(ways) > 1 else ""
        yield f"{verb} gain administrator access by {' and '.join(ways[0].actions)}{more}"


def _risk(alarms: Sequence[str], gains: Sequence[Access], trust: Sequence[tuple[str, str]]) -> int:
    if alarms:
        return 0
    levels = {each.level for each in gains}
    if "Permissions management" in levels:
        return 1
    if "Write" in levels or any(verb == "gains" for verb, _ in trust):
        return 2
    return 3 if gains else 4


def _in_accounts(change: Change, places: Sequence[str]) -> Change:
    """Return a change with its accounts; if there is only one, name it in the lines."""
    known = tuple(place for place in places if place)

    def here(text: str) -> str:
        return text.replace(_OWN, known[0]) if len(known) == 1 else text

    return Change(
        change.kind,
        change.name,
        known,
        change.verb,
        tuple((verb, here(line)) for verb, line in change.trust),
        tuple(map(here, change.gains)),
        tuple(map(here, change.loses)),
        tuple(map(here, change.alarms)),
        change.unread,
        change.summary,
        change.risk,
    )


def _named(text: str, names: Mapping[str, str], own: str) -> str:
    """Return a text with account names instead of ids, and role names instead of ARNs."""
    for id_, name in names.items():
        text = text.replace(id_, _OWN if id_ == own else name)
    text = _ROLE_ARN.sub(r"\2 of \1", text)
    text = _TOKENS_ARN.sub(r"tokens of \1", text)
    text = _ROOT_ARN.sub(r"any principal in \1", text)
    return text.replace("organization o-preview000", "the organization")
