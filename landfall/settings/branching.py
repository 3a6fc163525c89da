"""Triggers of an application's pipelines, protected branches, and branch names."""

from __future__ import annotations

from typing import NamedTuple

from landfall.settings import promotion
from landfall.settings.delivery import Application, ConnectionSource, S3Source
from landfall.settings.git_expressions import expression
from landfall.settings.git_globs import Filter, fits
from landfall.settings.strategies import MODELS
from landfall.settings.triggers import Trigger, excludes, includes, is_pattern


class Entry(NamedTuple):
    """What an execution must be of before it deploys: a variable of the source, and its values.

    `values` is a regular expression.
    """

    variable: str
    values: str


def triggers(application: Application, environment: str) -> tuple[Trigger, ...]:
    """Return the filters that start an environment's pipeline.

    Its own triggers if it has any, otherwise the strategy's branches; none if the strategy lacks
    the environment, or if something else than a push starts it. An S3 source has no branches: a new
    object version starts every environment.
    """
    own = application.environments[environment]
    if isinstance(application.source, S3Source) or not promotion.builds(application, environment):
        return ()
    if own.triggers:
        found = own.triggers
    elif own.branches is not None or own.tags is not None:
        found = tuple(
            trigger
            for trigger in (Trigger(branches=own.branches or ()), Trigger(tags=own.tags or ()))
            if trigger.branches or trigger.tags
        )
    elif own.schedule or own.started_by:
        found = ()
    else:
        branches_ = MODELS[application.strategy].branches(environment)
        found = (Trigger(branches=branches_),) if branches_ else ()
    return tuple(_within_paths(application, trigger) for trigger in found)


def branches(application: Application, environment: str) -> tuple[str, ...]:
    """Return the branches (CodePipeline patterns) whose pushes start a pipeline."""
    return tuple(
        branch for trigger in triggers(application, environment) for branch in trigger.branches
    )


def validation(application: Application) -> tuple[Trigger, ...]:
    """Return the filters for pull requests that are built and tested, but not deployed."""
    if isinstance(application.source, S3Source):
        return ()
    targets = application.pull_requests
    if targets is None:
        targets = MODELS[application.strategy].pull_requests
    return (_within_paths(application, Trigger(pull_requests=targets)),) if targets else ()


def tests_sources(application: Application) -> bool:
    """Return whether an application has any tests of its sources."""
    reviewed = application.review is not None
    return reviewed or bool(validation(application)) or bool(application.tests.of_sources())


def filters(found: tuple[Trigger, ...], key: str) -> tuple[Filter, ...]:
    """Return the filters of triggers that are about `branches`, `tags` or `pull_requests`."""
    lists: list[tuple[str, ...]] = [getattr(trigger, key) for trigger in found]
    return tuple(Filter(includes(each), excludes(each)) for each in lists if each)


def default_branch(application: Application, environment: str) -> str:
    """Return the branch that an execution takes which no push started.

    Creating a pipeline starts one, and a user can. It is the environment's first branch without a
    pattern, else the repository's default branch: a pattern is not a branch. An environment that
    no push starts has the strategy's branches.
    """
    found = branches(application, environment)
    if not triggers(application, environment):
        found = MODELS[application.strategy].branches(environment)
    return _first_plain(application, found)


def validated_branch(application: Application) -> str:
    """Return the branch of the pull requests' pipeline that an execution takes by itself."""
    found = validation(application)
    return _first_plain(application, tuple(each for one in found for each in one.pull_requests))


def _first_plain(application: Application, patterns: tuple[str, ...]) -> str:
    plain = (name for name in includes(patterns) if not is_pattern(name))
    return next(plain, application.default_branch)


def entry(application: Application, environment: str) -> Entry | None:
    """Return what an execution must be of before it deploys to an environment.

    None if the default branch may be deployed: other executions then count as pushes. A push
    of an image starts a pipeline with that branch too, so that nothing more is asked of it.
    """
    found = triggers(application, environment)
    if not isinstance(application.source, ConnectionSource) or application.image is not None:
        return None
    pushed, tagged = filters(found, "branches"), filters(found, "tags")
    branch = default_branch(application, environment)
    if any(fits(each, branch) for each in pushed) or any(each.pull_requests for each in found):
        return None
    if pushed and not tagged:
        return Entry("BranchName", expression(pushed))
    return Entry("TagName", expression(tagged)) if tagged and not pushed else None


def cloned(application: Application) -> bool:
    """Return whether builds clone the repository with its history, which a review reads."""
    source = application.source
    wanted = isinstance(source, ConnectionSource) and source.full_clone
    return wanted or application.review is not None


def protected(application: Application) -> tuple[str, ...]:
    """Return the branches that require reviewed pull requests."""
    if application.review is not None and application.review.branches is not None:
        return application.review.branches
    return MODELS[application.strategy].protected


def enforced(application: Application) -> bool:
    """Return whether a build rejects unreviewed commits; for CodeCommit, AWS does this."""
    return application.review is not None and isinstance(application.source, ConnectionSource)


def names(application: Application) -> tuple[str, ...]:
    """Return the extended regular expressions for branch names; empty for no rule."""
    if application.branch_names is not None:
        return application.branch_names
    return MODELS[application.strategy].names


def _within_paths(application: Application, trigger: Trigger) -> Trigger:
    source = application.source
    if not isinstance(source, ConnectionSource) or trigger.paths or trigger.tags:
        return trigger
    return trigger.model_copy(update={"paths": source.paths})
