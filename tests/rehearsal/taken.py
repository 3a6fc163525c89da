"""Take permissions of the pipelines' roles away, one at a time: the rehearsal fails and names each.

`make bench-rehearsed-permissions` prints the table. A permission that no rehearsal needs is in the
table, and counted apart.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.rehearsal import deployed, rollbacks
from tests.rehearsal.rollbacks import Application
from tests.rehearsal.small import Small
from tests.sandbox_gate.conftest import Sandbox

LEAST = 100
_BUILDING = ("pipeline", "build")
_DEPLOYING = {
    "lambda": ("deploy", "function"),
    "ecs": ("deploy", "deployer-of-service", "hook"),
    "ec2": ("deploy", "deployer-of-servers", "instance"),
    "ecs-service": ("pipeline", "deploy"),
}
_OTHERS = {
    "lambda": ("codedeploy:", "ecs:", "s3:PutObject", "s3:GetBucket", "iam:PassRole"),
    "ecs": ("lambda:Get", "lambda:P", "lambda:U", "logs:", "s3:PutObject", "s3:GetBucket"),
    "ec2": ("lambda:", "ecs:", "iam:", "logs:", "s3:PutObject", "s3:GetBucket"),
    "ecs-service": ("lambda:", "codedeploy:", "cloudwatch:", "logs:"),
}
"""What the deploy role has for other pipelines."""


@dataclass(frozen=True)
class Row:
    """A permission without which an application was rehearsed, and what the rehearsal said."""

    kind: str
    role: str
    permission: str
    where: str
    message: str
    is_live: bool

    @property
    def is_needed(self) -> bool:
        """Return whether the rehearsal failed without it."""
        return bool(self.where)

    @property
    def passed(self) -> bool:
        """Return whether role, action and policy are named, and the first release is live."""
        said = self.message
        named = all(each in said for each in (self.permission, self.role, "policy"))
        return named and self.is_live


def shortened(structure: Mapping[str, Any]) -> dict[str, Any]:
    """Return a pipeline that only deploys its sources, and does not roll back."""
    found: dict[str, Any] = json.loads(json.dumps(structure).replace('"Build"', '"Source"'))
    source, *_, deploy = found["stages"]
    deploy = {**deploy, "actions": deploy["actions"][:1]}
    deploy.pop("onFailure")
    return {**found, "stages": [source, deploy]}


def candidates(made: Small, application: Application, roles: tuple[str, ...]) -> Iterator[Any]:
    """Yield roles and permissions of an application."""
    for role in roles:
        actions = [each for one in made.policies[role] for each in one["Action"]]
        for permission in dict.fromkeys(actions):
            if role == "deploy" and permission.startswith(_OTHERS[application.kind]):
                continue
            yield role, permission


def without(
    server: Sandbox, made: Small, application: Application, role: str, permission: str
) -> Row:
    """Rehearse an application without one permission."""
    kept = [dict(each) for each in made.policies[role]]
    made.without(role, permission)
    try:
        course = deployed.rehearse(
            server, application.pipeline, application.sources, approve=True, minute=0.0
        )
    finally:
        made.policies[role] = kept
        made.grant(role)
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    return Row(
        application.kind,
        role,
        permission,
        failed[0].action if failed else "",
        " ".join(failed[0].message.split()) if failed else "",
        application.live() == application.first,
    )


def rows(server: Sandbox, made: Small, folder: Path, kinds: list[str]) -> Iterator[Row]:
    """Yield the result of each permission of some kinds of applications."""
    client = made.aws("codepipeline")
    for application in [*rollbacks.applications(server, made, folder), _plain(made, folder)]:
        if application.kind not in kinds:
            continue
        course = rollbacks.first_release(server, application)
        assert course.has_succeeded, [each.message for each in course.entries]
        if application.kind != "ecs-service":
            for role, permission in candidates(made, application, _BUILDING):
                yield without(server, made, application, role, permission)
            structure = client.get_pipeline(name=application.pipeline)["pipeline"]
            client.update_pipeline(pipeline=shortened(structure))
        for role, permission in candidates(made, application, _DEPLOYING[application.kind]):
            yield without(server, made, application, role, permission)


def _plain(made: Small, folder: Path) -> Application:
    """Return the service that ECS itself rolls out, and whose pipeline writes a site, too."""
    deployed.make_plain_service(made)
    sources = folder / "plain"
    sources.mkdir()
    images = '[{"name": "web", "imageUri": "example/web:1"}]'
    (sources / "imagedefinitions.json").write_text(images)
    return Application(
        "ecs-service",
        deployed.PLAIN,
        sources,
        {},
        {},
        lambda: deployed.image_of(made.aws, deployed.PLAIN),
        "example/web:1",
    )


def main(kinds: list[str]) -> int:
    """Print the table; the exit status is 1 unless all needed ones, at least 100, are named.

    `kinds` are the applications; without any, all.
    """
    kinds = kinds or list(_DEPLOYING)
    found = []
    with rollbacks.sandbox() as (server, folder):
        made = rollbacks.make(server)
        print("| application | role | permission | fails in | what the rehearsal says |")
        print("| --- | --- | --- | --- | --- |", flush=True)
        measuring = rows(server, made, folder, kinds)
        while True:
            with rollbacks.quiet():
                row = next(measuring, None)
            if row is None:
                break
            found.append(row)
            result = row.message if row.passed else f"NOT NAMED: {row.message}"
            cells = (row.kind, row.role, row.permission, row.where or "-")
            print(f"| {' | '.join(cells)} | {result if row.is_needed else 'not needed'} |")
            sys.stdout.flush()
    needed = [row for row in found if row.is_needed]
    passed = sum(row.passed for row in needed)
    figures = {"bench": "rehearsed permissions", "passed": passed, "of": len(needed)}
    print(json.dumps({**figures, "not needed": len(found) - len(needed)}))
    return 0 if passed == len(needed) >= LEAST else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
