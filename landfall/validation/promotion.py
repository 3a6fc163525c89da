"""Checks of promotion: which environment follows which, in one pipeline or in several."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from landfall.blueprint import promotions
from landfall.blueprint.deployments import PLANNED, deployment_args
from landfall.blueprint.stack import promoted
from landfall.blueprint.testing import before_build
from landfall.settings import keys, naming, promotion
from landfall.settings.delivery import Application, Environment
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import same_place
from landfall.settings.waves import destinations
from landfall.validation import action_values, references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_STARTS = ("branches", "tags", "triggers", "schedule", "started_by")


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the promotion of environments."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        followed: dict[str, str] = {}
        for environment, settings in application.environments.items():
            here = (*path, "environments", environment)
            for key in ("after", "promoted_from"):
                yield from _reference(here, application, environment, key)
            yield from _conflicts(here, settings)
            yield from _followed(here, environment, settings, followed)
            yield from _promoted(stack, here, name, application, environment)
        for first in promotion.heads(application):
            yield from _size(stack, (*path, "environments", first), application, first)


def _reference(
    path: Path, application: Application, environment: str, key: str
) -> Iterator[Mistake]:
    """Check that an environment comes after a known one, and that none waits for itself.

    The order of the file does not count: Pulumi does not keep it.
    """
    settings = application.environments[environment]
    wanted: str | None = getattr(settings, key)
    if wanted is None:
        return
    here, names = (*path, to_camel(key)), list(application.environments)
    about = (*path[:-1], wanted)
    if wanted not in application.environments:
        what = f"there is no environment '{wanted}'"
        fix = same_place(wanted, names)
        yield Mistake(here, what, fix, about, kind=Kind.UNKNOWN_REFERENCE)
    elif wanted == environment:
        what = f"'{environment}' cannot come after itself"
        yield Mistake(here, what, "name an earlier environment", kind=Kind.CONFLICTING_SETTINGS)
    elif environment in (way := promotion.way(application, wanted)):
        through = ", which comes after ".join(f"'{each}'" for each in way)
        what = f"'{environment}' comes after {through}"
        fix = "name an earlier environment"
        yield Mistake(here, what, fix, about, kind=Kind.CONFLICTING_SETTINGS)


def _conflicts(path: Path, settings: Environment) -> Iterator[Mistake]:
    given = settings.model_fields_set
    if settings.after is not None and settings.promoted_from is not None:
        what = "after: is for the same pipeline, promotedFrom: for another one"
        yield Mistake(
            (*path, "promotedFrom"), what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS
        )
    if settings.after is not None:
        for key in (*_STARTS, "execution_mode"):
            if key in given:
                what = f"the pipeline of '{settings.after}' deploys this environment"
                fix = "write it there, or remove it"
                about = (*path, "after")
                yield Mistake(
                    (*path, to_camel(key)), what, fix, about, kind=Kind.CONFLICTING_SETTINGS
                )
    elif settings.promoted_from is not None:
        for key in _STARTS:
            if key in given:
                what = f"only a promotion from '{settings.promoted_from}' starts this pipeline"
                fix = "remove it; approval: and rollback.window: hold a promotion back"
                about = (*path, "promotedFrom")
                yield Mistake(
                    (*path, to_camel(key)), what, fix, about, kind=Kind.CONFLICTING_SETTINGS
                )


def _followed(
    path: Path, environment: str, settings: Environment, followed: dict[str, str]
) -> Iterator[Mistake]:
    if settings.after is None:
        return
    other = followed.setdefault(settings.after, environment)
    if other != environment:
        what = f"'{other}' comes after '{settings.after}' already: stages of a pipeline are in line"
        fix = f"write 'after: {other}', or use waves:"
        yield Mistake((*path, "after"), what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _promoted(
    stack: Stack, path: Path, name: str, application: Application, environment: str
) -> Iterator[Mistake]:
    origin = application.environments[environment].promoted_from
    if origin is None or origin not in application.environments:
        return
    here: Path = (*path, "promotedFrom")
    if stack.artifacts.account not in (None, stack.delivery_account):
        what = "a promoted pipeline reads its sources in its own account"
        fix = "remove account: of the artifact stores, or write after: here"
        about = (keys.ARTIFACTS, "account")
        yield Mistake(here, what, fix, about, kind=Kind.UNSUPPORTED)
    revisions = promotions.revisions(
        naming.pipeline(name, origin), promoted.received(application, environment)
    )
    yield from action_values.too_long(stack, here, revisions)


def _size(stack: Stack, path: Path, application: Application, first: str) -> Iterator[Mistake]:
    """Check how many stages and actions a pipeline has, and the names of its stages."""
    members = promotion.members(application, first)
    if len(members) == 1 and not promotion.promoted_to(application, first):
        return
    stages, actions = 1, 1
    if promotion.builds(application, first):
        tests = len(before_build(application, first))
        stages += 1 + bool(tests)
        actions += 1 + tests
    for each in members:
        more = _counts(stack, application, each)
        stages, actions = stages + more[0], actions + more[1]
        if each != first:
            name = f"Approval@{each}"
            here = (*path[:-1], each)
            yield from references.length(stack, here, "stage", name, "stageNameLength")
    for count, word, quota in (
        (stages, "stages", "stagesPerPipeline"),
        (actions, "actions", "actionsPerPipeline"),
    ):
        most = stack.quota(quota)
        if count > most:
            what = f"the pipeline would have {count} {word} with its {len(members)} environments"
            fix = f"CodePipeline allows {most}; write promotedFrom: in place of after:"
            yield Mistake(path, what, fix, kind=Kind.EXCEEDS_LIMIT)


def _counts(stack: Stack, application: Application, environment: str) -> tuple[int, int]:
    """Return how many stages and actions an environment adds to its pipeline."""
    settings = application.environments[environment]
    deploy = settings.deploy or application.deploy
    waves = destinations(settings, stack)
    places = sum(map(len, waves))
    stages, actions = len(waves), 2 * places + len(application.tests.of_deployment(environment))
    if settings.approval is not None:
        stages, actions = stages + 1, actions + 1
        if deployment_args(deploy)["kind"] in PLANNED:
            stages, actions = stages + 1, actions + places
    if later := promotion.promoted_to(application, environment):
        kept = len(promoted.handed_on(application, environment))
        stages, actions = stages + 1, actions + kept + len(later)
    return stages, actions
