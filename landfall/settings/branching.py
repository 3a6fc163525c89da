"""Triggers of an application's pipelines, protected branches, and branch names."""

from __future__ import annotations

from landfall.settings.delivery import Application, ConnectionSource, S3Source
from landfall.settings.strategies import MODELS
from landfall.settings.triggers import Trigger, includes, is_pattern

_DEFAULT_BRANCH = "main"


def triggers(application: Application, environment: str) -> tuple[Trigger, ...]:
    """Return the filters that start an environment's pipeline.

    Its own triggers if it has any, otherwise the strategy's branches; none if the strategy lacks
    the environment. An S3 source has no branches: a new object version starts every environment.
    """
    if isinstance(application.source, S3Source):
        return ()
    own = application.environments[environment]
    if own.triggers:
        found = own.triggers
    elif own.branches is not None or own.tags is not None:
        found = tuple(
            trigger
            for trigger in (Trigger(branches=own.branches or ()), Trigger(tags=own.tags or ()))
            if trigger.branches or trigger.tags
        )
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


def default_branch(application: Application, environment: str) -> str:
    """Return the branch of an execution without a trigger: the first that is not a pattern."""
    found = includes(branches(application, environment))
    plain = (name for name in found if not is_pattern(name))
    return next(plain, found[0] if found else _DEFAULT_BRANCH)


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
