"""Which permissions each role of a sandbox used, never used, and was denied."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from landfall.iam import documents, patterns
from landfall.iam.documents import DocumentError, Effect, Statement
from landfall.problems import refuse
from landfall.sandbox.server_process import Server, require_loopback

PATH = "/_landfall/access"


@dataclass(frozen=True, slots=True)
class Use:
    """An action on a resource that a role used; the resource is empty if it is unknown."""

    action: str
    resource: str
    times: int


@dataclass(frozen=True, slots=True)
class Denial:
    """An action on a resource that a role was denied, with AWS's latest message."""

    action: str
    resource: str
    times: int
    message: str


@dataclass(frozen=True, slots=True)
class ServiceDenial:
    """What a service was denied that acts as no role, for a source such as a rule or an alarm.

    The action is empty if the resource does not exist.
    """

    service: str
    source: str
    action: str
    resource: str
    times: int
    message: str


@dataclass(frozen=True, slots=True)
class Grant:
    """One action pattern of an Allow statement, and the used actions that it allows.

    `action` begins with `not ` for NotAction.
    """

    policy: str
    statement: str
    action: str
    resources: tuple[str, ...]
    used: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class RoleAccess:
    """What one role may do, did, and was denied; `account` is the account's name, or its id."""

    arn: str
    account: str
    exists: bool
    grants: tuple[Grant, ...]
    used: tuple[Use, ...]
    denied: tuple[Denial, ...]

    @property
    def name(self) -> str:
        """The role's name, without its path."""
        return self.arn.rpartition("/")[2]

    @property
    def unused(self) -> tuple[Grant, ...]:
        """The grants that no call used."""
        return tuple(grant for grant in self.grants if not grant.used)


def read(server: Server) -> Mapping[str, Any]:
    """Return the record of a running sandbox.

    Raises:
        ProblemsError: the server's endpoint is not on this machine.

    """
    require_loopback(server.url)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(server.url + PATH, timeout=120) as answer:
        found: Mapping[str, Any] = json.load(answer)
    return found


def roles_of(record: Mapping[str, Any]) -> list[RoleAccess]:
    """Return the access of each role in a record, by account and name."""
    policies = {role["arn"]: role["policies"] for role in record["roles"]}
    used: dict[str, list[Use]] = {}
    for arn, action, resource, times in record["used"]:
        used.setdefault(arn, []).append(Use(action, resource, times))
    denied: dict[str, list[Denial]] = {}
    for arn, action, resource, times, message in record["denied"]:
        denied.setdefault(arn, []).append(Denial(action, resource, times, message))
    found = [
        RoleAccess(
            arn,
            record["accounts"].get(arn.split(":")[4]) or arn.split(":")[4],
            exists=arn in policies,
            grants=tuple(_grants(policies.get(arn, ()), used.get(arn, ()))),
            used=tuple(sorted(used.get(arn, ()), key=lambda use: (use.action, use.resource))),
            denied=tuple(sorted(denied.get(arn, ()), key=lambda one: (one.action, one.resource))),
        )
        for arn in {*policies, *used, *denied}
    ]
    return sorted(found, key=lambda role: (role.account, role.name))


def services_of(record: Mapping[str, Any]) -> list[ServiceDenial]:
    """Return what services were denied, by service and source."""
    found = (ServiceDenial(*entry) for entry in record["services"])
    return sorted(found, key=lambda one: (one.service, one.source, one.resource, one.action))


def hint(record: Mapping[str, Any], stack: str) -> str:
    """Return how to see what the sandbox denied; empty if it denied nothing.

    The errors of some services name neither the action nor the policy.
    """
    count = len(record["denied"]) + len(record["services"])
    if not count:
        return ""
    what = "1 permission" if count == 1 else f"{count} permissions"
    return (
        f"The sandbox has denied {what} so far. To see which: `landfall sandbox access -s {stack}`"
    )


def chosen(roles: Sequence[RoleAccess], wanted: str) -> list[RoleAccess]:
    """Return the roles of a name, ARN or `ACCOUNT/NAME`; all without one.

    Raises:
        ProblemsError: there is none.

    """
    if not wanted:
        return list(roles)
    found = [
        role for role in roles if wanted in (role.name, role.arn, f"{role.account}/{role.name}")
    ]
    if not found:
        from landfall.settings.suggestions import suggestion

        names = {role.name for role in roles} | {f"{role.account}/{role.name}" for role in roles}
        raise refuse(f"the sandbox has no role '{wanted}'", suggestion(wanted, names))
    return found


def _grants(policies: Iterable[Mapping[str, Any]], used: Sequence[Use]) -> Iterator[Grant]:
    for policy in policies:
        try:
            document = documents.parse(policy["document"])
        except DocumentError:
            continue
        for statement in document.statements:
            if statement.effect is Effect.ALLOW:
                yield from _of_statement(policy["name"], statement, used)


def _of_statement(policy: str, statement: Statement, used: Sequence[Use]) -> Iterator[Grant]:
    resources = statement.resources or tuple(f"not {one}" for one in statement.not_resources)
    matching = [use for use in used if _is_about(statement, use.resource)]
    if statement.not_actions:
        others = tuple(
            sorted({use.action for use in matching if not _any(statement.not_actions, use.action)})
        )
        written = f"not {', '.join(statement.not_actions)}"
        yield Grant(policy, statement.label, written, resources, others)
    for pattern in statement.actions:
        found = sorted({use.action for use in matching if _any((pattern,), use.action)})
        yield Grant(policy, statement.label, pattern, resources, tuple(found))


def _is_about(statement: Statement, resource: str) -> bool:
    """Return whether a statement may apply to a resource; an unknown one may be any."""
    if not resource:
        return True
    if statement.not_resources:
        return not any(_matches(one, resource) for one in statement.not_resources)
    return any(_matches(one, resource) for one in statement.resources)


def _matches(pattern: str, resource: str) -> bool:
    if "${" in pattern:
        return True
    return pattern == "*" or patterns.matches(pattern, resource, case_sensitive=True)


def _any(actions: Iterable[str], action: str) -> bool:
    return any(patterns.matches(each, action, case_sensitive=False) for each in actions)
