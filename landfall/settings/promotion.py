"""Which pipeline deploys an environment, and which one built what it deploys.

An environment has a pipeline with a build, or is deployed in the pipeline of another one (`after`),
or has a pipeline that starts from what another one deployed (`promotedFrom`). The functions end for
references that are unknown or go in circles too, which `landfall.validation.promotion` reports.
"""

from __future__ import annotations

from landfall.settings import naming
from landfall.settings.delivery import Application


def head(application: Application, environment: str) -> str:
    """Return the environment that gives its name to the pipeline that deploys an environment."""
    seen = {environment}
    while True:
        before = application.environments[environment].after
        if before is None or before in seen or before not in application.environments:
            return environment
        seen.add(before)
        environment = before


def way(application: Application, environment: str) -> tuple[str, ...]:
    """Return an environment and those before it, back to the first or to one that comes again."""
    found = [environment]
    while True:
        settings = application.environments[found[-1]]
        before = settings.after or settings.promoted_from
        if before is None or before not in application.environments:
            return tuple(found)
        if before in found:
            return (*found, before)
        found.append(before)


def pipeline(name: str, application: Application, environment: str) -> str:
    """Return the name of the pipeline that deploys an environment."""
    return naming.pipeline(name, head(application, environment))


def heads(application: Application) -> tuple[str, ...]:
    """Return the environments that have a pipeline, in the order of the settings."""
    return tuple(each for each in application.environments if head(application, each) == each)


def members(application: Application, first: str) -> tuple[str, ...]:
    """Return the environments of a pipeline in the order of their deployment."""
    found = [first]
    for current in found:
        found += [
            each
            for each, settings in sorted(application.environments.items())
            if settings.after == current and each not in found
        ]
    return tuple(found)


def builds(application: Application, environment: str) -> bool:
    """Return whether an environment has a pipeline with a build."""
    settings = application.environments[environment]
    return head(application, environment) == environment and not _source(application, settings)


def builders(application: Application) -> tuple[str, ...]:
    """Return the environments whose pipelines build."""
    return tuple(each for each in application.environments if builds(application, each))


def builder(application: Application, environment: str) -> str:
    """Return the environment whose pipeline built what an environment deploys."""
    seen: set[str] = set()
    while True:
        environment = head(application, environment)
        source = _source(application, application.environments[environment])
        if source is None or environment in seen:
            return environment
        seen.add(environment)
        environment = source


def built_for(application: Application, first: str) -> tuple[str, ...]:
    """Return the environments that deploy what a pipeline builds, its own first."""
    found = (each for each in application.environments if builder(application, each) == first)
    return tuple(sorted(found, key=lambda each: (each != first, each)))


def promoted_from(application: Application, first: str) -> str | None:
    """Return the environment that a pipeline promotes from; None if it builds."""
    return _source(application, application.environments[first])


def promoted_to(application: Application, environment: str) -> tuple[str, ...]:
    """Return the environments whose pipelines start from what an environment deployed."""
    return tuple(
        each
        for each in sorted(heads(application))
        if each != environment and promoted_from(application, each) == environment
    )


def _source(application: Application, settings: object) -> str | None:
    source: str | None = getattr(settings, "promoted_from", None)
    return source if source in application.environments else None
