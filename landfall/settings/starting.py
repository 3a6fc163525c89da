"""Which pipelines start which: by their success, or by a promotion."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from landfall.settings import naming, promotion
from landfall.settings.stack import Stack

Started = tuple[str, str]
"""An application and the environment that gives its name to a pipeline."""


def of(stack: Stack, reference: str) -> Started | None:
    """Return the pipeline that `APPLICATION/ENVIRONMENT` means; None if there is none."""
    name, _, environment = reference.partition("/")
    application = stack.delivery.applications.get(name)
    if application is None or environment not in application.environments:
        return None
    return name, promotion.head(application, environment)


def pipelines(stack: Stack, references: Iterable[str]) -> Iterator[str]:
    """Yield the names of the pipelines that references mean, each once."""
    found = (of(stack, each) for each in references)
    yield from dict.fromkeys(naming.pipeline(*each) for each in found if each is not None)


def before(stack: Stack, pipeline: Started) -> Iterator[Started]:
    """Yield the pipelines that start a pipeline."""
    name, first = pipeline
    application = stack.delivery.applications[name]
    origin = promotion.promoted_from(application, first)
    if origin is not None:
        yield name, promotion.head(application, origin)
    for reference in application.environments[first].started_by:
        if (found := of(stack, reference)) is not None:
            yield found


def way(stack: Stack, start: Started, end: Started) -> tuple[Started, ...] | None:
    """Return the pipelines from one back to one that starts it, both included; None if none is."""
    waiting: list[tuple[Started, ...]] = [(start,)]
    seen: set[Started] = set()
    while waiting:
        path = waiting.pop(0)
        if path[-1] == end:
            return path
        if path[-1] not in seen:
            seen.add(path[-1])
            waiting += [(*path, each) for each in before(stack, path[-1])]
    return None
