"""`landfall sandbox access`: the permissions that the roles of a sandbox used."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from enum import StrEnum
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Final

import typer

if TYPE_CHECKING:
    from landfall.sandbox.access import Denial, Grant, RoleAccess, ServiceDenial, Use

_MOST_DENIED: Final = 20
_MOST_RESOURCES: Final = 4


class Format(StrEnum):
    """Output format of the answer."""

    TEXT = "text"
    JSON = "json"


def access(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    role: Annotated[
        str, typer.Option("--role", help="A role's name, ACCOUNT/NAME or ARN, in full.")
    ] = "",
    format: Annotated[Format, typer.Option("--format", help="Output format.")] = Format.TEXT,
) -> None:
    """Show which permissions each role used, never used, and was denied since the start.

    And what services were denied that act as no role, such as CloudWatch for an alarm.
    """
    from landfall.sandbox import access as reading
    from landfall.sandbox import directories, engine

    server = engine.attach(directories.of_stack(stack), print)
    record = reading.read(server)
    found = reading.chosen(reading.roles_of(record), role)
    services = [] if role else reading.services_of(record)
    if format is Format.JSON:
        written = [*(_as_json(each) for each in found), *(asdict(each) for each in services)]
        print(json.dumps(written, indent=2))
        return
    for line in _in_full(found) if role else _listed(found, stack):
        print(line)
    for line in _of_services(services):
        print(line)
    if record["full"]:
        print("The record is full: later permissions are missing. Reset the sandbox.")


def _as_json(role: RoleAccess) -> dict[str, object]:
    return {
        "role": role.name,
        "account": role.account,
        "arn": role.arn,
        "exists": role.exists,
        "used": [asdict(use) for use in role.used],
        "neverUsed": [
            {
                "policy": grant.policy,
                "statement": grant.statement,
                "action": grant.action,
                "resources": list(grant.resources),
            }
            for grant in role.unused
        ],
        "denied": [asdict(denial) for denial in role.denied],
    }


def _listed(roles: Sequence[RoleAccess], stack: str) -> Iterator[str]:
    if not any(role.used or role.denied for role in roles):
        yield "No role has called the sandbox since it started, or it runs with --no-enforce-iam."
        return
    names = {role.arn: f"{role.account}/{role.name}" for role in roles}
    width = max(len(name) for name in names.values())
    yield f"{'role':<{width}}  {'granted':>7}  {'used':>4}  {'never used':>10}  {'denied':>6}"
    idle = 0
    for role in roles:
        if not role.used and not role.denied:
            idle += 1
            continue
        granted, unused = len(role.grants), len(role.unused)
        counts = f"{granted:>7}  {granted - unused:>4}  {unused:>10}  {len(role.denied):>6}"
        yield f"{names[role.arn]:<{width}}  {counts}"
    if idle:
        yield f"{idle} other {'role' if idle == 1 else 'roles'} made no call."
    yield from _denied([(names[role.arn], one) for role in roles for one in role.denied])
    yield f"Each permission of a role: landfall sandbox access -s {stack} --role NAME"


def _denied(denials: Sequence[tuple[str, Denial]]) -> Iterator[str]:
    """Yield the first denials of all roles; each message names the action and the policy."""
    if denials:
        yield "Roles were denied:"
    for name, denial in denials[:_MOST_DENIED]:
        yield f"  {name}: {denial.message} ({_times(denial.times)})"
    if len(denials) > _MOST_DENIED:
        yield f"  and {len(denials) - _MOST_DENIED} more; --role or --format json shows them"


def _of_services(denials: Sequence[ServiceDenial]) -> Iterator[str]:
    if denials:
        yield "Services were denied:"
    for denial in denials:
        yield f"  for {denial.source}: {denial.message} ({_times(denial.times)})"


def _in_full(roles: Sequence[RoleAccess]) -> Iterator[str]:
    for index, role in enumerate(roles):
        if index:
            yield ""
        gone = "" if role.exists else " (deleted)"
        yield f"Role {role.account}/{role.name}{gone}: {role.arn}"
        yield f"  denied: {len(role.denied) or 'nothing'}"
        yield from (f"    {denial.message} ({_times(denial.times)})" for denial in role.denied)
        yield f"  used: {len(role.used) or 'nothing'}"
        yield from (f"    {line}" for line in _used(role.used))
        yield f"  never used: {len(role.unused) or 'nothing'}"
        yield from (f"    {line}" for line in _never_used(role.unused))


def _used(uses: Sequence[Use]) -> Iterator[str]:
    """Yield a line for each resource, or one for an action on many."""
    for action, group in groupby(uses, lambda use: use.action):
        found = list(group)
        if len(found) > _MOST_RESOURCES:
            total = sum(use.times for use in found)
            first = found[0].resource or "an unknown resource"
            yield f"{action} on {len(found)} resources such as {first}, {_times(total)}"
            continue
        for use in found:
            yield f"{action} on {use.resource or 'an unknown resource'}, {_times(use.times)}"


def _never_used(grants: Sequence[Grant]) -> Iterator[str]:
    """Yield a line for each action of the stack's own policies, and one for each of AWS's."""
    own = [grant for grant in grants if not _is_of_aws(grant.policy)]
    yield from map(_written, own)
    of_aws = Counter(grant.policy for grant in grants if _is_of_aws(grant.policy))
    for policy, count in of_aws.items():
        yield f"{count} actions of AWS's policy {policy.rpartition('/')[2]}"


def _is_of_aws(policy: str) -> bool:
    return ":iam::aws:policy/" in policy


def _times(count: int) -> str:
    return "once" if count == 1 else f"{count} times"


def _written(grant: Grant) -> str:
    first, *more = grant.resources
    others = f" and {len(more)} more" if more else ""
    return f"{grant.action} on {first}{others} ({grant.policy}, {grant.statement})"
