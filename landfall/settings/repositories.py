"""The accounts of CodeCommit repositories."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.stack import Stack


def account(stack: Stack, source: CodeCommitSource) -> str:
    """Return the account of a repository; empty if the stack has no delivery account."""
    return source.account or stack.delivery_account or ""


def elsewhere(stack: Stack, application: Application) -> str | None:
    """Return the account of an application's repository, if it is not the delivery account."""
    source = application.source
    if not isinstance(source, CodeCommitSource):
        return None
    found = account(stack, source)
    return found if found != stack.delivery_account else None


def foreign(stack: Stack) -> Iterator[tuple[str, str]]:
    """Yield the account and name of each repository outside the delivery account, once each."""
    found = {
        (there, application.source.codecommit)
        for application in stack.delivery.applications.values()
        if isinstance(application.source, CodeCommitSource)
        and (there := elsewhere(stack, application)) is not None
    }
    yield from sorted(found)
