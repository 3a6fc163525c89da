"""The environments of a stack's builds and tests."""

from __future__ import annotations

from dataclasses import replace

from landfall.blueprint import symbols
from landfall.blueprint.computing import CodeArtifact, Computing
from landfall.blueprint.stack.scope import Scope
from landfall.settings import computing as settings_of
from landfall.settings.builds import Build


def computing(scope: Scope, settings: settings_of.Computing) -> Computing:
    """Return the environment of a build or a test."""
    network, registry, packages = (
        settings.network,
        settings.registry_credentials,
        settings.codeartifact,
    )
    return Computing(
        settings.image,
        registry_secret=registry.secret if registry else "",
        registry_key=(registry.key or "") if registry else "",
        subnets=network.subnets if network else (),
        security_groups=network.security_groups if network else (),
        codeartifact=_codeartifact(scope, packages) if packages else None,
    )


def of_pull_requests(scope: Scope, settings: Build) -> Computing:
    """Return the environment of the build of pull requests, which publishes no packages."""
    found = computing(scope, settings)
    if found.codeartifact is None:
        return found
    return replace(found, codeartifact=replace(found.codeartifact, publish=False))


def _codeartifact(scope: Scope, settings: settings_of.CodeArtifact) -> CodeArtifact:
    return CodeArtifact(
        settings.domain,
        settings.repository,
        symbols.account(settings.account or scope.hub),
        settings.region or scope.stack.region,
        settings.publish,
    )
