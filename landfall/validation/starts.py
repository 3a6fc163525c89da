"""Checks of what starts a pipeline beside pushes, of its mode, and of its variables."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.aws import schedules
from landfall.aws.codepipeline.rules import ZONE
from landfall.blueprint.promotions import DECLARED
from landfall.settings import keys, promotion, starting
from landfall.settings.delivery import Application, Environment
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import same_place, suggestion
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in starts, modes and variables of pipelines."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield from _variables(stack, (*path, "variables"), application)
        for environment, settings in application.environments.items():
            here = (*path, "environments", environment)
            for index, schedule in enumerate(settings.schedule):
                yield from _schedule((*here, "schedule", index), schedule.cron, schedule.time_zone)
            yield from _started_by(stack, (*here, "startedBy"), (name, environment), settings)
            yield from _parallel(path, application, environment)


def _variables(stack: Stack, path: Path, application: Application) -> Iterator[Mistake]:
    promoted = any(
        promotion.promoted_from(application, each) for each in promotion.heads(application)
    )
    own = DECLARED if promoted else {}
    for name in application.variables:
        if name in own:
            what = f"a promotion sets '{name}'"
            yield Mistake((*path, name), what, "choose another name", kind=Kind.NAME_TAKEN)
    count, most = len(application.variables) + len(own), stack.quota("variablesPerPipeline")
    if count > most:
        beside = f", {len(own)} of them by promotion" if own else ""
        what = f"the pipelines would have {count} variables{beside}"
        yield Mistake(path, what, f"CodePipeline allows {most}", kind=Kind.EXCEEDS_LIMIT)


def _schedule(path: Path, cron: str, zone: str) -> Iterator[Mistake]:
    why = schedules.problem(cron)
    if why is not None:
        what = f"'{cron[:60]}' is not a schedule: {why}"
        fix = "write it as in '0 6 ? * MON-FRI *': minutes, hours, day, month, weekday, year"
        yield Mistake((*path, "cron"), what, fix, kind=Kind.INVALID_VALUE)
    if not re.fullmatch(ZONE, zone):
        what = f"there is no time zone '{zone[:40]}'"
        fix = "write it as in Europe/Berlin or UTC"
        yield Mistake((*path, "timeZone"), what, fix, kind=Kind.UNKNOWN_REFERENCE)


def _started_by(
    stack: Stack, path: Path, own: tuple[str, str], settings: Environment
) -> Iterator[Mistake]:
    for index, reference in enumerate(settings.started_by):
        here = (*path, index)
        first = starting.of(stack, reference)
        if reference in settings.started_by[:index]:
            what = f"'{reference}' is listed twice"
            yield Mistake(here, what, "keep one of them", kind=Kind.DUPLICATE_SETTING)
        elif first is None:
            yield _unknown(stack, here, reference)
        elif (way := starting.way(stack, first, own)) is not None:
            through = ", ".join(f"{name}/{environment}" for name, environment in way[:-1])
            what = f"the pipeline would start itself{through and ' through '}{through}, without end"
            fix = f"remove '{reference}' here"
            yield Mistake(here, what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _unknown(stack: Stack, path: Path, reference: str) -> Mistake:
    applications = stack.delivery.applications
    name, _, environment = reference.partition("/")
    if name not in applications:
        what, fix = f"there is no application '{name}'", suggestion(name, applications)
        about: Path = (keys.DELIVERY, "applications", name)
    else:
        environments = applications[name].environments
        what = f"application {name} has no environment '{environment}'"
        fix = same_place(environment, environments)
        about = (keys.DELIVERY, "applications", name, "environments", environment)
    return Mistake(path, what, fix, about, kind=Kind.UNKNOWN_REFERENCE)


def _parallel(path: Path, application: Application, environment: str) -> Iterator[Mistake]:
    """Check that nothing rolls back in a pipeline whose executions run in parallel.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/stage-rollback.html
    """
    first = promotion.head(application, environment)
    own = application.environments[first].execution_mode
    if (own or application.execution_mode) != "parallel":
        return
    settings = application.environments[environment]
    here: Path = (*path, "environments", environment)
    mode: Path = (*path, "executionMode")
    if own is not None:
        mode = (*path, "environments", first, "executionMode")
    if settings.rollback.on_failure == "rollback":
        what = "parallel executions cannot roll back a stage"
        at = (*here, "rollback") if "rollback" in settings.model_fields_set else here
        fix = "write rollback: {onFailure: stop} or retry, or another executionMode:"
        yield Mistake(at, what, fix, mode, kind=Kind.UNSUPPORTED)
    if settings.rollback.bake_minutes is not None:
        what = "an alarm rolls back during the bake time, and parallel executions cannot"
        fix = "remove it, or write another executionMode:"
        yield Mistake((*here, "rollback", "bakeMinutes"), what, fix, mode, kind=Kind.UNSUPPORTED)
