"""Take permissions of the examples' roles away, one at a time: the rehearsal names each.

`make bench-rehearsed-permissions` builds the examples' stack and prints the table. A permission
that no rehearsal needs is in the table, and counted apart.
"""

from __future__ import annotations

import fnmatch
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from tests.sandbox.example_releases import Examples, examples, pipeline_of
from tests.sandbox.examples_stack import FOLDERS

LEAST: Final = 100


@dataclass(frozen=True)
class Row:
    """A permission without which an application was rehearsed, and what the rehearsal said."""

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

        AWS names no resource for actions that are granted on all resources alone.
        """
        words = self.message.split()
        named = any(fnmatch.fnmatchcase(each, self.permission) for each in words)
        parts = (self.role, "policy", *(() if self.is_on_all else ("on resource: ",)))
        return named and self.is_live and all(each in self.message for each in parts)


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


def permissions(found: Examples, role: str) -> dict[str, bool]:
    """Return the actions that a role's policies allow, with whether all resources are meant."""
    client, name = found.aws("iam", role.split(":")[4]), role.rpartition("/")[2]
    actions: dict[str, bool] = {}
    for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
        document = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
        for each in document["Statement"]:
            if each["Effect"] != "Allow":
                continue
            named = [each["Action"]] if isinstance(each["Action"], str) else each["Action"]
            actions |= dict.fromkeys(named, each["Resource"] in ("*", ["*"]))
    return actions


def without(
    found: Examples,
    application: str,
    role: str,
    permission: str,
    *,
    until: str,
    first: Any,
    is_on_all: bool,
) -> Row:
    """Rehearse an application without one permission, until a stage."""
    with found.without(role, permission):
        course = found.rehearse(application, found.sources(application), minute=0.0, until=until)
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    return Row(
        application,
        role.rpartition("/")[2],
        permission,
        failed[0].action if failed else "",
        " ".join(failed[0].message.split()) if failed else "",
        found.live(application) == first,
        is_on_all,
    )


def rows(found: Examples, applications: list[str]) -> Iterator[Row]:
    """Yield the result of each permission; a role of several applications is taken once."""
    seen: set[str] = set()
    for application in applications:
        course = found.rehearse(application, found.sources(application))
        assert course.has_succeeded, [each.message for each in course.entries]
        first = found.live(application)
        for role, until in roles(found, application).items():
            if role in seen:
                continue
            seen.add(role)
            for permission, is_on_all in permissions(found, role).items():
                yield without(
                    found,
                    application,
                    role,
                    permission,
                    until=until,
                    first=first,
                    is_on_all=is_on_all,
                )


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
            cells.append(result if row.is_needed else "not needed")
            print(f"| {' | '.join(cells)} |", flush=True)
    needed = [row for row in taken if row.is_needed]
    passed = sum(row.passed for row in needed)
    figures = {"bench": "rehearsed permissions", "passed": passed, "of": len(needed)}
    print(json.dumps({**figures, "not needed": len(taken) - len(needed)}))
    return 0 if passed == len(needed) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
