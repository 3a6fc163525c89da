"""The tests of an application, and the pipelines that run them."""

from __future__ import annotations

from landfall.settings import branching, naming, promotion
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.testing import Suite
from landfall.settings.triggers import is_pattern

REVIEW = "review"
BUILD = "build"


def source_kinds(application: Application) -> tuple[str, ...]:
    """Return the kinds of an application's source tests, in order."""
    found = list(application.tests.of_sources())
    validated = bool(branching.validation(application))
    # For CodeCommit, a pull request's branch is only in the history, which the review needs.
    named = validated and not isinstance(application.source, CodeCommitSource)
    if application.review is not None or (named and branching.names(application)):
        found.insert(0, REVIEW)
    if validated:
        found.append(BUILD)
    return tuple(found)


def before_build(application: Application, environment: str) -> tuple[str, ...]:
    """Return the kinds of source tests of an environment's pipeline; none without a build."""
    if not promotion.builds(application, environment):
        return ()
    skipped = {BUILD} if _reviewed(application, environment) else {BUILD, REVIEW}
    return tuple(kind for kind in source_kinds(application) if kind not in skipped)


def is_split(suite: Suite | None) -> bool:
    """Return whether a test runs as several builds."""
    return suite is not None and bool(suite.matrix or suite.shards)


def split_kinds(application: Application) -> tuple[str, ...]:
    """Return the kinds of source tests that run as several builds."""
    suites = application.tests.of_sources()
    return tuple(
        kind
        for kind in source_kinds(application)
        if is_split(suites.get(kind)) or (kind == BUILD and application.build.batch)
    )


def covers(application: Application) -> bool:
    """Return whether a test of an application reports coverage."""
    suites: list[Suite] = [*application.tests.of_sources().values()]
    for environment in application.environments:
        suites += application.tests.of_deployment(environment).values()
    return any(suite.coverage for suite in suites)


def pipelines(name: str, application: Application) -> tuple[str, ...]:
    """Return the names of the pipelines of an application's sources, that of pull requests last."""
    validation = [naming.validation(name)] if branching.validation(application) else []
    own = [naming.pipeline(name, each) for each in promotion.builders(application)]
    return (*own, *validation)


def _reviewed(application: Application, environment: str) -> bool:
    """Return whether an environment's pipeline checks the branch and its history.

    Without a review, it only checks the branch name, if the name is a pattern.
    """
    if application.review is not None:
        return True
    triggers = branching.triggers(application, environment)
    patterns = any(is_pattern(branch) for trigger in triggers for branch in trigger.branches)
    return patterns and not any(trigger.tags for trigger in triggers)
