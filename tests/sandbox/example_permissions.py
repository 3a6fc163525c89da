"""Take permissions of the examples' roles away, one at a time: the rehearsal names each.

`make bench-rehearsed-permissions` builds the examples' stack and prints the table. It takes those
that a release used, as the sandbox recorded. One without which a release succeeds all the same is
in the table, and counted apart.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import urlsplit

from landfall.sandbox import access
from landfall.sandbox.server_process import Server
from tests.sandbox.example_releases import Examples, examples, pipeline_of
from tests.sandbox.examples_stack import FOLDERS

LEAST: Final = 100


@dataclass(frozen=True)
class Row:
    """A permission without which an application was rehearsed, and what the rehearsal said.

    `message` is the error of the action `where`, or what another action said that goes on.
    """

    application: str
    role: str
    permission: str
    where: str
    message: str
    is_live: bool
    is_on_all: bool

    @property
    def is_needed(self) -> bool:
        """Return whether the rehearsal failed without it."""
        return bool(self.where)

    @property
    def passed(self) -> bool:
        """Return whether action, resource, role and policy are named, and the release is live.

        AWS names no resource for actions that are granted on all resources alone. A release is not
        live whose rollback needs the permission, too: then the rehearsal says that it failed.
        """
        words = self.message.split()
        named = any(fnmatch.fnmatchcase(each, self.permission) for each in words)
        parts = (self.role, "policy", *(() if self.is_on_all else ("on resource: ",)))
        _, failed, why = self.message.partition("Its rollback ")
        is_returned = self.is_live or (bool(failed) and self.permission in why)
        return named and is_returned and all(each in self.message for each in parts)


def roles(found: Examples, application: str) -> dict[str, str]:
    """Return the roles that an application's pipeline uses, with their last stage or nothing.

    A role with a stage is used by builds and tests of this stage and of earlier ones alone.
    """
    client = found.aws("codepipeline", found.hub)
    pipeline = client.get_pipeline(name=pipeline_of(application))["pipeline"]
    used = {pipeline["roleArn"]: ""}
    for stage in pipeline["stages"]:
        for action in stage["actions"]:
            for role in _of_action(found, action):
                is_build = action["actionTypeId"]["provider"] == "CodeBuild"
                used[role] = stage["name"] if is_build and used.get(role, "new") else ""
        for when in ("beforeEntry", "onSuccess", "onFailure"):
            for condition in stage.get(when, {}).get("conditions", ()):
                used |= {each["roleArn"]: "" for each in condition["rules"] if "roleArn" in each}
    return used


def _of_action(found: Examples, action: dict[str, Any]) -> Iterator[str]:
    configuration, provider = action.get("configuration", {}), action["actionTypeId"]["provider"]
    if "roleArn" in action:
        yield action["roleArn"]
    if "RoleArn" in configuration:
        yield configuration["RoleArn"]
    if provider == "CodeBuild":
        names = [configuration["ProjectName"]]
        (project,) = found.aws("codebuild", found.hub).batch_get_projects(names=names)["projects"]
        yield project["serviceRole"]
    if provider.startswith("CodeDeploy"):
        group = found.aws("codedeploy").get_deployment_group(
            applicationName=configuration["ApplicationName"],
            deploymentGroupName=configuration["DeploymentGroupName"],
        )
        yield group["deploymentGroupInfo"]["serviceRoleArn"]


@dataclass(frozen=True)
class Permission:
    """An action that a role's policies allow.

    `is_used` says that some call needed it, `is_on_all` that it is granted on all resources.
    """

    action: str
    is_used: bool
    is_on_all: bool


def permissions(found: Examples, role: str) -> list[Permission]:
    """Return the permissions of a role, and whether the sandbox saw it use them."""
    port = urlsplit(found.sandbox.url).port
    assert port is not None
    record = access.read(Server(0, port, found.sandbox.account, 0.0))
    (known,) = [each for each in access.roles_of(record) if each.arn == role]
    actions: dict[str, Permission] = {}
    for each in known.grants:
        before = actions.get(each.action)
        actions[each.action] = Permission(
            each.action,
            bool(each.used) or (before is not None and before.is_used),
            each.resources == ("*",),
        )
    return list(actions.values())


def without(
    found: Examples, application: str, role: str, permission: Permission, until: str, first: Any
) -> Row:
    """Rehearse an application without one permission, until a stage."""
    with found.without(role, permission.action):
        course = found.rehearse(application, found.sources(application), minute=0.0, until=until)
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    said = [each.summary for each in course.entries if permission.action in each.summary]
    return Row(
        application,
        role.rpartition("/")[2],
        permission.action,
        failed[0].action if failed else "",
        " ".join((failed[0].message if failed else "".join(said[:1])).split()),
        found.live(application) == first,
        permission.is_on_all,
    )


def rows(found: Examples, applications: list[str]) -> Iterator[Row]:
    """Yield the result of each permission that the first release of an application used.

    The sandbox records them, so that none of the others is rehearsed in vain.
    """
    seen: set[str] = set()
    for application in applications:
        course = found.rehearse(application, found.sources(application))
        assert course.has_succeeded, [each.message for each in course.entries]
        first = found.live(application)
        for role, until in roles(found, application).items():
            if role in seen:
                continue
            seen.add(role)
            for permission in permissions(found, role):
                if permission.is_used:
                    yield without(found, application, role, permission, until, first)


def main(applications: list[str]) -> int:
    """Print the table; the exit status is 1 unless all needed ones, at least 100, are named.

    `applications` are those of the examples' stack; without any, all.
    """
    taken = []
    with examples() as (found, _):
        print("| application | role | permission | fails in | what the rehearsal says |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        for row in rows(found, applications or list(FOLDERS)):
            taken.append(row)
            result = row.message if row.passed else f"NOT NAMED: {row.message}"
            cells = [row.application, row.role, row.permission, row.where or "-"]
            goes_on = f"not needed. {row.message}".strip()
            cells.append(result if row.is_needed else goes_on)
            print(f"| {' | '.join(cells)} |", flush=True)
    needed = [row for row in taken if row.is_needed]
    passed = sum(row.passed for row in needed)
    figures = {"bench": "rehearsed permissions", "passed": passed, "of": len(needed)}
    print(json.dumps({**figures, "not needed": len(taken) - len(needed)}))
    return 0 if passed == len(needed) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
