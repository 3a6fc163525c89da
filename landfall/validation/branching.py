"""Checks of pipeline triggers: strategies, branches, tags, pull requests, AWS's limits."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from landfall.settings import keys, promotion
from landfall.settings.branching import default_branch, filters, triggers, validation
from landfall.settings.delivery import Application, CodeCommitSource, ConnectionSource, S3Source
from landfall.settings.git_globs import GlobError, UndecidedError, check, common_name, fits
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.strategies import MODELS
from landfall.settings.triggers import Trigger, excludes, includes, is_pattern
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the triggers of application pipelines."""
    for name, application in stack.delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        if isinstance(application.source, S3Source):
            continue
        yield from _names(path, application)
        for environment in application.environments:
            yield from _environment(stack, path, application, environment)
        yield from _overlaps(path, application)
        for trigger in validation(application):
            yield from _filter(stack, (*path, "pullRequests"), trigger)


def _names(path: Path, application: Application) -> Iterator[Mistake]:
    for index, name in enumerate(application.branch_names or ()):
        try:
            re.compile(name)
        except re.error as error:
            here = (*path, "branchNames", index)
            yield Mistake(
                here,
                f"'{name[:80]}' is not a regular expression: {error}",
                "correct it",
                kind=Kind.INVALID_VALUE,
            )


def _environment(
    stack: Stack, path: Path, application: Application, name: str
) -> Iterator[Mistake]:
    here, about = (*path, "environments", name), (*path, "strategy")
    own = application.environments[name]
    if own.triggers and (own.branches is not None or own.tags is not None):
        what = "triggers: repeats branches: or tags:"
        yield Mistake(
            (*here, "triggers"),
            what,
            "move everything to triggers:",
            kind=Kind.CONFLICTING_SETTINGS,
        )
    found = triggers(application, name)
    starts = own.schedule or own.started_by
    if not found and promotion.builds(application, name) and not starts:
        what = f"{application.strategy} has no branch for environment '{name}'"
        known = ", ".join(MODELS[application.strategy].environments)
        fix = "write branches: here" + (f", or name it one of {known}" if known else "")
        yield Mistake(here, what, fix, about, kind=Kind.MISSING_SETTING)
    for index, trigger in enumerate(found):
        at: Path = (*here, "triggers", index) if own.triggers else here
        yield from _filter(stack, at, trigger)
    yield from _counts(stack, here, found)
    yield from _pull_requests(here, application, found)
    if isinstance(application.source, ConnectionSource):
        yield from _first(here, application, name, found)
    if isinstance(application.source, CodeCommitSource) and found:
        yield from _codecommit(here, application, name, found)


def _filter(stack: Stack, path: Path, trigger: Trigger) -> Iterator[Mistake]:
    """Check one filter: its events, and the number of patterns in its lists."""
    events = [key for key in ("branches", "tags", "pull_requests") if getattr(trigger, key)]
    words = {"branches": "branches", "tags": "tags", "pull_requests": "pullRequests"}
    if len(events) > 1:
        said = " and ".join(words[key] for key in events)
        what = f"one filter combines {said}"
        yield Mistake(
            path, what, "write a separate entry in triggers: for each", kind=Kind.UNSUPPORTED
        )
    if not events:
        what = "the filter has no event"
        yield Mistake(
            path, what, "add branches:, tags: or pullRequests:", kind=Kind.MISSING_SETTING
        )
    if trigger.tags and trigger.paths:
        what = "paths: does not apply to tags"
        yield Mistake(
            (*path, "paths"), what, "remove paths:, or use branches:", kind=Kind.UNSUPPORTED
        )
    limit = stack.quota("patternsPerFilter")
    for key, word in (*words.items(), ("paths", "paths")):
        patterns: tuple[str, ...] = getattr(trigger, key)
        for part in (includes(patterns), excludes(patterns)):
            if len(part) > limit:
                what = f"{len(part)} patterns of {word} are in one filter"
                fix = f"CodePipeline allows {limit} in each list; add more filters in triggers:"
                yield Mistake((*path, word), what, fix, kind=Kind.EXCEEDS_LIMIT)
            for pattern in part:
                yield from _pattern((*path, word), pattern)


def _pattern(path: Path, pattern: str) -> Iterator[Mistake]:
    try:
        check(pattern)
    except GlobError as error:
        fix = "write a pattern as in release/*, v[0-9]* or {main,develop}"
        yield Mistake(
            path, f"'{pattern[:80]}' is not a valid pattern: {error}", fix, kind=Kind.INVALID_VALUE
        )


def _first(
    path: Path, application: Application, name: str, found: tuple[Trigger, ...]
) -> Iterator[Mistake]:
    """Check that what an execution takes which no push started can be told from other branches.

    A condition of a stage asks about the branch or about the tag of an execution, not about either.
    """
    pushed, tagged = filters(found, "branches"), filters(found, "tags")
    branch = default_branch(application, name)
    try:
        unclear = pushed and tagged and not any(fits(each, branch) for each in pushed)
    except GlobError:
        return  # `_filter` reports the pattern.
    if unclear:
        what = f"creating the pipeline would deploy '{branch}', which starts nothing here"
        fix = "name one branch without a pattern, or make branches and tags two environments"
        yield Mistake(path, what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _pull_requests(
    path: Path, application: Application, found: tuple[Trigger, ...]
) -> Iterator[Mistake]:
    """Check that the build of a pull request, which nobody has reviewed, gets no secret."""
    opened = [index for index, trigger in enumerate(found) if trigger.pull_requests]
    secret = next((key for key, each in application.secrets.items() if each.variable), None)
    if opened and secret is not None and isinstance(application.source, ConnectionSource):
        what = f"the build of a pull request would get secret '{secret}' before any review"
        fix = "leave it to pullRequests: of the application, which builds and tests without secrets"
        about = (*path[:-2], "secrets", secret)
        yield Mistake(
            (*path, "triggers", opened[0], "pullRequests"),
            what,
            fix,
            about,
            kind=Kind.TOO_PERMISSIVE,
        )


def _counts(stack: Stack, path: Path, found: tuple[Trigger, ...]) -> Iterator[Mistake]:
    limit = stack.quota("filtersPerTrigger")
    pull_requests = sum(bool(trigger.pull_requests) for trigger in found)
    for word, count in (("push", len(found) - pull_requests), ("pull-request", pull_requests)):
        if count > limit:
            what = f"{count} {word} filters start the pipeline"
            fix = f"CodePipeline allows {limit} for a source; combine patterns in one filter"
            yield Mistake((*path, "triggers"), what, fix, kind=Kind.EXCEEDS_LIMIT)


def _codecommit(
    path: Path, application: Application, name: str, found: tuple[Trigger, ...]
) -> Iterator[Mistake]:
    """Check the limits of CodeCommit sources, which use EventBridge instead of triggers.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/pipelines-triggers.html
    """
    own = application.environments[name]
    about = (*path[:-2], "source") if own.triggers or own.tags else (*path[:-2], "strategy")
    branches = [branch for trigger in found for branch in trigger.branches]
    if len(branches) > 1 or any(is_pattern(branch) for branch in branches):
        what = f"CodeCommit's source action needs one branch, not {', '.join(branches)}"
        yield Mistake(path, what, "write branches: with one branch", about, kind=Kind.UNSUPPORTED)
    for key, word in (("tags", "tags"), ("pull_requests", "pull requests"), ("paths", "paths")):
        if any(getattr(trigger, key) for trigger in found):
            at = (*path, "triggers") if own.triggers else (*path, key)
            what = f"a CodeCommit source does not support filters of {word}; only connections do"
            fix = "write branches: with one branch"
            if key == "pull_requests":
                fix = "use the application's pullRequests:, which builds and tests them"
            yield Mistake(at, what, fix, about, kind=Kind.UNSUPPORTED)


def _overlaps(path: Path, application: Application) -> Iterator[Mistake]:
    """Check that a branch or tag starts only one pipeline, if the strategy requires it."""
    # In trunk-based development, one branch delivers to every environment.
    if not MODELS[application.strategy].one_each:
        return
    for one, other in combinations(application.environments, 2):
        for word in ("branch", "tag"):
            yield from _overlap(path, application, word, one, other)


def _overlap(
    path: Path, application: Application, word: str, one: str, other: str
) -> Iterator[Mistake]:
    key = {"branch": "branches", "tag": "tags"}[word]
    sides = [filters(triggers(application, name), key) for name in (one, other)]
    here, about = (*path, "environments", other), (*path, "strategy")
    try:
        name = common_name(*sides) if all(sides) else None
    except GlobError:
        return  # `_filter` reports the pattern.
    except UndecidedError:
        what = f"it cannot be decided whether a {word} also starts environment '{one}'"
        yield Mistake(
            here, what, "write fewer or simpler patterns", about, kind=Kind.DUPLICATE_SETTING
        )
        return
    if name is not None:
        what = f"{word} '{name}' also starts environment '{one}'"
        fix = f"with {application.strategy}, each {word} has one environment"
        yield Mistake(here, what, fix, about, kind=Kind.DUPLICATE_SETTING)
