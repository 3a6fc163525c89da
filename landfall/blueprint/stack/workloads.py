"""What deployed applications and builds have beside their roles: secrets and traces."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.secrets import SECRET
from landfall.blueprint.stack.placed import Named
from landfall.blueprint.stack.scope import Scope, application_path, environments
from landfall.settings import formerly, naming
from landfall.settings.source import Path
from landfall.settings.waves import destinations


def resources(scope: Scope) -> Iterator[Named]:
    """Yield secrets of builds and of deployed applications, and what traces them."""
    yield from _trace_encryption(scope)
    for name, application in scope.stack.delivery.applications.items():
        for key, secret in application.secrets.items():
            if secret.variable and secret.store == SECRET:
                found = formerly.secret(name, application, key)
                path = application_path(name)
                yield Named("secret", scope.hub, scope.stack.region, found, path)
    for name, application, environment in environments(scope.stack):
        path = application_path(name, environment)
        held = [
            formerly.secret(name, application, key, environment)
            for key, secret in application.secrets.items()
            if not secret.variable and secret.store == SECRET
        ]
        pipeline = naming.pipeline(name, environment)
        for wave in destinations(application.environments[environment], scope.stack):
            for there in wave:
                for found in held:
                    yield Named("secret", there.account, there.region, found, path)
                if application.observability.tracing is not None:
                    yield Named("trace-group", there.account, there.region, pipeline, path)
                    rule = naming.sampling_rule(pipeline)
                    yield Named("sampling-rule", there.account, there.region, rule, path)


def _trace_encryption(scope: Scope) -> Iterator[Named]:
    """Yield the one setting by which an account and region encrypt all their traces."""
    found: dict[tuple[str, str], Path] = {}
    for name, application, environment in environments(scope.stack):
        if application.observability.tracing is None:
            continue
        for wave in destinations(application.environments[environment], scope.stack):
            for there in wave:
                place = (there.account, there.region)
                found.setdefault(place, application_path(name, environment))
    for (account, region), path in found.items():
        yield Named("trace-encryption", account, region, "*", path)
