"""CodeCommit repositories of other accounts: roles that read them and send their events."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from landfall.blueprint import foreign_repositories, symbols
from landfall.blueprint.foreign_repositories import Reader
from landfall.blueprint.roles import Role
from landfall.blueprint.stack.placed import Named, PlacedRole
from landfall.blueprint.stack.scope import Scope, application_path
from landfall.settings import branching, keys, naming, promotion, repositories
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.source import Path


def roles(scope: Scope) -> Iterator[PlacedRole]:
    """Yield the roles that read repositories, and those that send their events."""
    region = scope.stack.region
    for account, path, reader in readers(scope):
        role = reader_role(scope, account, reader)
        yield PlacedRole(account, region, path, role)
    for account, names in senders(scope).items():
        role = foreign_repositories.sender(scope.place(account), names, bus_arn(scope))
        yield PlacedRole(account, region, (keys.DELIVERY,), role)


def resources(scope: Scope) -> Iterator[Named]:
    """Yield the event bus, and the rules that send events to it."""
    region, path = scope.stack.region, (keys.DELIVERY,)
    found = senders(scope)
    if found:
        yield Named("event-bus", scope.hub, region, naming.SOURCE_EVENTS, path)
    for account, names in found.items():
        for name in names:
            yield Named("rule", account, region, naming.source_events(name), path)


def readers(scope: Scope) -> Iterator[tuple[str, Path, Reader]]:
    """Yield the role of each pipeline with a repository elsewhere, with its account and setting."""
    for name, application in scope.stack.delivery.applications.items():
        account, source = repositories.elsewhere(scope.stack, application), application.source
        if account is None or not isinstance(source, CodeCommitSource):
            continue
        for pipeline, path in _pipelines(name, application):
            of_pipeline = scope.own_role_arn(scope.hub, f"{pipeline}-pipeline")
            yield (
                account,
                path,
                Reader(reader_name(pipeline), pipeline, of_pipeline, source.codecommit),
            )


def reader_role(scope: Scope, account: str, reader: Reader) -> Role:
    """Return the role with which a pipeline reads a repository of an account."""
    region = scope.stack.region
    key = symbols.service_key(account, region)
    return reader.role(scope.place(account), scope.store(region), symbols.ORGANIZATION, key)


def reader_name(pipeline: str) -> str:
    """Return the name of the role with which a pipeline reads a repository elsewhere."""
    return f"{pipeline}-source"


def reader_arns(scope: Scope) -> Iterator[str]:
    """Yield the roles that write sources to the artifact store of the home region."""
    for account, _, reader in readers(scope):
        yield scope.own_role_arn(account, reader.name)


def reader_arn(scope: Scope, application: Application, pipeline: str) -> str:
    """Return the role with which a pipeline reads its repository; empty if it needs none."""
    account = repositories.elsewhere(scope.stack, application)
    return scope.own_role_arn(account, reader_name(pipeline)) if account else ""


def senders(scope: Scope) -> dict[str, list[str]]:
    """Return the repositories outside the pipelines' account, by account."""
    found = repositories.foreign(scope.stack)
    return {
        account: [name for _, name in group] for account, group in groupby(found, lambda it: it[0])
    }


def bus_arn(scope: Scope) -> str:
    """Return the event bus of the pipelines' account."""
    return scope.home.arn("events", foreign_repositories.BUS)


def _pipelines(name: str, application: Application) -> Iterator[tuple[str, Path]]:
    """Yield the pipelines of an application that take its sources."""
    if branching.validation(application):
        yield naming.validation(name), application_path(name)
    for environment in application.environments:
        if promotion.builds(application, environment):
            pipeline = naming.pipeline(name, environment)
            yield pipeline, application_path(name, environment)
