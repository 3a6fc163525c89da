"""Which of CodePipeline's action types and condition rules Landfall makes, and why not others.

`python -m landfall.blueprint.action_types docs/codepipeline-actions.md` rewrites the page
between its two marks.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from landfall.aws.codepipeline.catalogue import ACTIONS
from landfall.aws.codepipeline.kinds import ActionType
from landfall.aws.codepipeline.rules import RULES

BEGIN = (
    "<!-- action types: python -m landfall.blueprint.action_types docs/codepipeline-actions.md -->"
)
END = "<!-- end of action types -->"


class Use(NamedTuple):
    """Whether Landfall makes an action type: by which setting, or why not."""

    made: bool
    how: str


_NOT_ASKED_FOR = "no kind of deployment or test uses it"
_WORKER = "it needs a job worker or a contract of your own with its maker"

USES: dict[tuple[str, str, str], Use] = {
    ("Source", "AWS", "CodeStarSourceConnection"): Use(True, "`source: {connection: …}`"),
    ("Source", "AWS", "CodeCommit"): Use(True, "`source: {codecommit: …}`"),
    ("Source", "AWS", "S3"): Use(True, "`source: {bucket: …}`, `promotedFrom`"),
    ("Source", "AWS", "ECR"): Use(True, "`image`"),
    ("Source", "ThirdParty", "GitHub"): Use(
        False, "it keeps an OAuth token in the pipeline; a connection needs none"
    ),
    ("Build", "AWS", "CodeBuild"): Use(
        True, "`build`, and `deploy` of `pulumi`, `terraform`, `commands` and `project`"
    ),
    ("Test", "AWS", "CodeBuild"): Use(True, "`tests`"),
    ("Build", "AWS", "ECRBuildAndPublish"): Use(
        False, "a build of `build.privileged` makes images, with its own tests, cache and role"
    ),
    ("Compute", "AWS", "Commands"): Use(
        False, "its commands run with the pipeline's role; a build has a role of its own"
    ),
    ("Test", "AWS", "DeviceFarm"): Use(False, _NOT_ASKED_FOR),
    ("Approval", "AWS", "Manual"): Use(True, "`approval`"),
    ("Deploy", "AWS", "Lambda"): Use(True, "`deploy: {lambda: …}`"),
    ("Deploy", "AWS", "CodeDeploy"): Use(True, "`deploy: {ec2: …}`"),
    ("Deploy", "AWS", "CodeDeployToECS"): Use(True, "`deploy: {ecs: …}`"),
    ("Deploy", "AWS", "CloudFormation"): Use(True, "`deploy: {cloudformation: …}`"),
    ("Deploy", "AWS", "S3"): Use(True, "`deploy: {s3: …}`, `promotedFrom`"),
    ("Deploy", "AWS", "ECS"): Use(True, "`deploy: {ecsService: …}`"),
    ("Deploy", "AWS", "EC2"): Use(
        False, "CodeDeploy also deploys to new instances of a group, and rolls back automatically"
    ),
    ("Deploy", "AWS", "EKS"): Use(True, "`deploy: {eks: …}`"),
    ("Deploy", "AWS", "ElasticBeanstalk"): Use(
        False, "its role needs whole services, `ec2:*` and `s3:*` among them"
    ),
    ("Deploy", "AWS", "AppConfig"): Use(False, _NOT_ASKED_FOR),
    ("Deploy", "AWS", "ServiceCatalog"): Use(False, _NOT_ASKED_FOR),
    ("Deploy", "AWS", "OpsWorks"): Use(False, "AWS ended the service in May 2024"),
    ("Deploy", "AWS", "CloudFormationStackSet"): Use(True, "`deploy: {stackSet: …}`"),
    ("Deploy", "AWS", "CloudFormationStackInstances"): Use(
        True, "`deploy: {stackSet: …}` with several groups of `targets`"
    ),
    ("Invoke", "AWS", "Lambda"): Use(True, "`deploy: {invoke: …}`"),
    ("Invoke", "AWS", "StepFunctions"): Use(False, _NOT_ASKED_FOR),
    ("Invoke", "AWS", "CodePipeline"): Use(True, "`promotedFrom`"),
    ("Invoke", "AWS", "InspectorScan"): Use(
        False, "`tests: {dependencies: true}` scans sources, and the repository scans its images"
    ),
    ("Invoke", "ThirdParty", "Snyk"): Use(False, "it is set up in its maker's console alone"),
    ("Deploy", "ThirdParty", "AlexaSkillsKit"): Use(
        False, "it keeps a client secret in the pipeline"
    ),
    ("Rule", "AWS", "CloudWatchAlarm"): Use(True, "`rollback.alarms`, `rollback.bakeMinutes`"),
    ("Rule", "AWS", "DeploymentWindow"): Use(True, "`rollback.window`"),
    ("Rule", "AWS", "CodeBuild"): Use(False, "`tests` runs builds as actions"),
    ("Rule", "AWS", "Commands"): Use(False, "its commands run with the pipeline's role"),
    ("Rule", "AWS", "LambdaInvoke"): Use(False, _NOT_ASKED_FOR),
    ("Rule", "AWS", "VariableCheck"): Use(True, "`branches` or `tags` that are patterns alone"),
}


def use(kind: ActionType) -> Use:
    """Return whether Landfall makes an action type or rule."""
    return USES.get((kind.category, kind.owner, kind.provider), Use(False, _WORKER))


def table() -> str:
    """Return all action types and rules as a Markdown table."""
    rows = [
        "| category | provider | inputs | outputs | pipelines | variables | made | how or why |",
        "|---|---|---|---|---|---|---|---|",
    ]
    return "\n".join([*rows, *(_row(kind) for kind in (*ACTIONS, *RULES))])


def _row(kind: ActionType) -> str:
    used = use(kind)
    provider = kind.provider if kind.owner == "AWS" else f"{kind.provider} ({kind.owner})"
    columns = (
        kind.category,
        f"[{provider}]({kind.url})",
        _counted(kind.inputs),
        _counted(kind.outputs),
        "V2" if kind.v2_only else "V1, V2",
        "of its run" if kind.variables is None else ", ".join(kind.variables),
        "yes" if used.made else "no",
        used.how,
    )
    return f"| {' | '.join(columns)} |"


def _counted(bounds: tuple[int, int]) -> str:
    least, most = bounds
    return str(least) if least == most else f"{least} to {most}"


def open_points() -> str:
    """Return what AWS's pages leave open, as a Markdown list."""
    return "\n".join(_open_points())


def _open_points() -> Iterator[str]:
    for kind in (*ACTIONS, *RULES):
        for point in kind.unconfirmed:
            yield f"- {kind.category} {kind.provider}: {point}."


def renewed(page: str) -> str:
    """Return a page with the table between its marks written anew; refuses one without them."""
    before, begin, rest = page.partition(BEGIN)
    _, end, after = rest.partition(END)
    if not begin or not end:
        raise ValueError(f"the page lacks the marks {BEGIN} and {END}")
    made = f"{table()}\n\n## What AWS's pages leave open\n\n{open_points()}"
    return f"{before}{BEGIN}\n{made}\n{END}{after}"


def main(arguments: list[str]) -> int:
    """Rewrite the page that is named."""
    if len(arguments) != 1:
        print("usage: python -m landfall.blueprint.action_types PAGE", file=sys.stderr)
        return 2
    path = Path(arguments[0])
    try:
        path.write_text(renewed(path.read_text(encoding="utf-8")), encoding="utf-8")
    except (OSError, ValueError) as error:
        print(f"error: {path}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
