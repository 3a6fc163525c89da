"""The artifact stores of a stack: one in each region that pipelines work in or deploy to."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint import symbols
from landfall.blueprint.artifact_stores import (
    ArtifactStore,
    store_bucket,
    store_key,
    store_logs,
)
from landfall.blueprint.deployments import other_regions, reads_artifacts
from landfall.blueprint.packages import package_bucket
from landfall.blueprint.stack import delivery, packages, provisioning, repositories
from landfall.blueprint.stack.placed import PlacedBucket, PlacedKey
from landfall.blueprint.stack.scope import Scope, environments
from landfall.settings import branching, keys, naming, promotion
from landfall.settings.delivery import Application, CodeCommitSource
from landfall.settings.deploy_steps import ProjectDeploy
from landfall.settings.deployments import Deploy, Ec2Deploy
from landfall.settings.source import Path
from landfall.settings.waves import destinations

_PATH: Path = (keys.ARTIFACTS,)


def regions(scope: Scope) -> list[str]:
    """Return the regions that have a store, the home region first."""
    stack = scope.stack
    deployed = [
        region
        for _, application, environment in environments(stack)
        for region in other_regions(application.environments[environment], application, stack)
    ]
    packed = [
        region
        for _, application, environment in environments(stack)
        for region in packages.regions(scope, application, environment)
    ]
    return list(dict.fromkeys([stack.region, *deployed, *packed, *stack.artifacts.regions]))


def store(scope: Scope, region: str) -> ArtifactStore:
    """Return the store of a region, with the roles that use it."""
    settings, place = scope.stack.artifacts, scope.place(scope.store_account, region)
    writers, readers = list(_writers(scope, region)), list(_readers(scope, region))
    packers, unpackers = packages.writers(scope, region), packages.readers(scope, region)
    return ArtifactStore(
        place,
        symbols.ORGANIZATION,
        naming.artifact_bucket(place.account_id, region),
        writers=writers,
        readers=readers,
        senders=list(repositories.reader_arns(scope)) if region == scope.stack.region else (),
        used_through=["codecommit"] if _has_repositories(scope, region) else [],
        force_destroy=settings.force_destroy,
        expire_days=settings.expire_days,
        noncurrent_days=settings.noncurrent_days,
        packages=naming.package_bucket(place.account_id, region) if packers else "",
        package_writers=packers,
        package_readers=unpackers,
        key_writers=[role for role in packers if role not in writers],
        key_readers=[role for role in unpackers if role not in readers],
    )


def placed_keys(scope: Scope) -> Iterator[PlacedKey]:
    """Yield the keys of all stores."""
    for region in regions(scope):
        yield PlacedKey(scope.store_account, region, _PATH, store_key(store(scope, region)))


def placed_buckets(scope: Scope) -> Iterator[PlacedBucket]:
    """Yield the buckets of all stores, and those of their access logs."""
    for region in regions(scope):
        found = store(scope, region)
        key = symbols.artifact_key(region)
        made = [store_bucket(found, key), store_logs(found)]
        if found.packages:
            made.append(package_bucket(found, key))
        for bucket in made:
            yield PlacedBucket(scope.store_account, region, _PATH, bucket)


def _has_repositories(scope: Scope, region: str) -> bool:
    applications = scope.stack.delivery.applications.values()
    return region == scope.stack.region and any(
        isinstance(application.source, CodeCommitSource) for application in applications
    )


def _writers(scope: Scope, region: str) -> Iterator[str]:
    """Yield the roles that write to the store of a region.

    Every pipeline works in the home region. It writes to another region's store only where it
    deploys there.
    """
    stack = scope.stack
    home = region == stack.region
    for name, application, environment in environments(stack):
        pipeline = naming.pipeline(name, environment)
        has_pipeline = promotion.head(application, environment) == environment
        if has_pipeline and (home or region in delivery.regions(stack, application, environment)):
            yield scope.own_role_arn(scope.hub, f"{pipeline}-pipeline")
        if home:
            yield from _builds(scope, pipeline, application, environment)
    if not home:
        return
    for name, application in stack.delivery.applications.items():
        if branching.validation(application):
            yield scope.own_role_arn(scope.hub, f"{naming.validation(name)}-pipeline")
        if branching.tests_sources(application):
            yield scope.own_role_arn(scope.hub, naming.source_tests(name))
    for role in provisioning.artifact_roles(stack):
        yield scope.own_role_arn(scope.hub, role)


def _builds(
    scope: Scope, pipeline: str, application: Application, environment: str
) -> Iterator[str]:
    deploy = application.environments[environment].deploy or application.deploy
    if promotion.builds(application, environment):
        yield scope.own_role_arn(scope.hub, f"{pipeline}-build")
    if deploy.runner:
        yield scope.own_role_arn(scope.hub, f"{pipeline}-{deploy.runner}")
    for kind in application.tests.of_deployment(environment):
        yield scope.own_role_arn(scope.hub, naming.deployed_tests(pipeline, kind))


def _readers(scope: Scope, region: str) -> Iterator[str]:
    """Yield the roles that read from the store of a region: those that deploy from it."""
    for name, application, environment in environments(scope.stack):
        settings = application.environments[environment]
        pipeline = naming.pipeline(name, environment)
        deploy = settings.deploy or application.deploy
        for wave in destinations(settings, scope.stack):
            for there in wave:
                if there.region != region:
                    continue
                for part in reads_artifacts(deploy):
                    yield scope.own_role_arn(there.account, f"{pipeline}-{part}{there.suffix}")
                for path in _other_readers(deploy):
                    yield scope.role_arn(there.account, path)


def _other_readers(deploy: Deploy) -> tuple[str, ...]:
    """Return the roles of the application itself that download artifacts, with their paths."""
    if isinstance(deploy, Ec2Deploy):
        return deploy.instance_roles
    return deploy.roles if isinstance(deploy, ProjectDeploy) else ()
