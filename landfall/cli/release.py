"""`landfall release`: list the releases of a pipeline, and roll back to one of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from landfall.problems import refuse

if TYPE_CHECKING:
    from landfall.settings import Stack

app = typer.Typer(add_completion=False, no_args_is_help=True)

_Stack = Annotated[str, typer.Option("-s", "--stack", help="The stack.")]
_Application = Annotated[str, typer.Argument(help="The application's name.")]
_Environment = Annotated[str, typer.Argument(help="Its environment.")]
_Directory = Annotated[Path, typer.Option(help="Where the stack files are.")]


@app.callback()
def _release() -> None:
    """List the releases of a pipeline, and roll back to an earlier release.

    Uses the AWS credentials of the shell, for the management account or the delivery account; for
    the sandbox: eval "$(landfall env -s STACK)".
    """


@app.command("list")
def list_(
    application: _Application,
    environment: _Environment,
    stack: _Stack = "dev",
    directory: _Directory = Path("."),
) -> None:
    """List the executions of a pipeline, newest first."""
    from landfall.releases import account, history

    settings = _settings(stack, directory)
    pipeline, stages = _pipeline(settings, application, environment)
    found = history.read(account.codepipeline(settings), pipeline, stages)
    if not found.releases:
        print(f"Pipeline {pipeline} has not run yet.")
        return
    current = {stage: found.current(stage) for stage in found.stages}
    print(f"Pipeline {pipeline}, version {found.version}")
    print(f"{'RELEASE':15}{'STARTED':18}{'STATUS':12}{'REVISION':14}")
    for release in found.releases:
        marks = [stage for stage in found.stages if current[stage] == release]
        notes = [f"in {', '.join(marks)}"] if marks else []
        if release.promoted:
            notes.append(f"promoted from {release.promoted[:13]} of {found.origin}")
        if release.back_to:
            notes.append(f"rollback to {release.back_to[:13]}")
        elif release.reachable and not marks:
            notes.append("rollback possible")
        elif release.stages and not marks:
            notes.append(f"of version {release.version}")
        print(
            f"{release.id[:13]:15}{release.started:%Y-%m-%d %H:%M}  {release.status:12}"
            f"{release.revision[:12]:14}{'; '.join(notes)}".rstrip()
        )


@app.command()
def rollback(
    application: _Application,
    environment: _Environment,
    release: Annotated[
        str | None,
        typer.Argument(help="Execution id or revision. Default: the previous release."),
    ] = None,
    stack: _Stack = "dev",
    directory: _Directory = Path("."),
) -> None:
    """Deploy an earlier release again, in every stage that it reached."""
    from landfall.releases import account, history
    from landfall.releases import rollback as back

    settings = _settings(stack, directory)
    pipeline, stages = _pipeline(settings, application, environment)
    client = account.codepipeline(settings)
    found = history.read(client, pipeline, stages)
    target = back.chosen(found, release)
    for stage, execution in back.go_back(client, found, target):
        print(
            f"Stage {stage} of {pipeline} rolls back to {target.id[:13]} "
            f"(revision {target.revision[:12]}), in execution {execution[:13]}."
        )


def _settings(stack: str, directory: Path) -> Stack:
    from landfall import stack_files

    return stack_files.load(stack, directory)


def _pipeline(stack: Stack, application: str, environment: str) -> tuple[str, str]:
    """Return the pipeline of an environment, and what the names of its stages there end in."""
    from landfall.settings import naming, promotion
    from landfall.settings.suggestions import same_place, suggestion

    applications = stack.delivery.applications
    if application not in applications:
        fix = suggestion(application, applications)
        raise refuse(f"there is no application '{application}'", fix, exit_status=1)
    environments = applications[application].environments
    if environment not in environments:
        fix = same_place(environment, environments)
        what = f"application {application} has no environment '{environment}'"
        raise refuse(what, fix, exit_status=1)
    head = promotion.head(applications[application], environment)
    return naming.pipeline(application, head), environment if head != environment else ""
