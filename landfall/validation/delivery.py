"""Checks of the applications, their pipelines and their artifact stores."""

from __future__ import annotations

from collections.abc import Iterator

from pydantic.alias_generators import to_camel

from landfall.settings import keys, naming, promotion
from landfall.settings.branching import validation
from landfall.settings.delivery import Application, CodeCommitSource, ConnectionSource, S3Source
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the delivery of applications."""
    yield from _artifacts(stack)
    delivery = stack.delivery
    if delivery.account:
        yield from references.account(stack, (keys.DELIVERY, "account"), delivery.account)
    elif delivery.applications and stack.delivery_account is None:
        yield Mistake(
            (keys.DELIVERY,),
            "no account for the pipelines",
            "set purpose: delivery on an account, or add account: here",
            (keys.ACCOUNTS,),
            kind=Kind.MISSING_SETTING,
        )
    yield from _connections(stack)
    prefixes: dict[str, str] = {}
    pipelines: dict[str, str] = {}
    for name, application in delivery.applications.items():
        path: Path = (keys.DELIVERY, "applications", name)
        yield from _source(stack, path, application)
        for environment, settings in application.environments.items():
            here = (*path, "environments", environment)
            yield from references.account(stack, (*here, "account"), settings.account)
            if settings.region:
                yield from references.region_in_use(stack, (*here, "region"), settings.region)
            yield from _reserved(here, environment)
            has_pipeline = promotion.head(application, environment) == environment
            yield from _names(
                stack, here, name, environment, pipelines, prefixes, has_pipeline=has_pipeline
            )
        if validation(application):
            yield from _names(stack, path, name, naming.VALIDATION, pipelines, prefixes)


def _artifacts(stack: Stack) -> Iterator[Mistake]:
    if stack.artifacts.account:
        path = (keys.ARTIFACTS, "account")
        yield from references.account(stack, path, stack.artifacts.account)
    for index, region in enumerate(stack.artifacts.regions):
        yield from references.region_in_use(stack, (keys.ARTIFACTS, "regions", index), region)


def _connections(stack: Stack) -> Iterator[Mistake]:
    for name, connection in stack.delivery.connections.items():
        path: Path = (keys.DELIVERY, "connections", name)
        exists = connection.id is not None
        if connection.self_managed and connection.endpoint is None and not exists:
            what = f"the address of {connection.provider} is missing"
            yield Mistake(
                (*path, "endpoint"),
                what,
                "add endpoint: with its https address",
                kind=Kind.MISSING_SETTING,
            )
        if exists and connection.network is not None:
            what = "the connection exists already, with its host"
            yield Mistake((*path, "network"), what, "remove it", kind=Kind.DUPLICATE_SETTING)
        for key in ("endpoint", "network"):
            if not connection.self_managed and getattr(connection, key) is not None:
                what = f"{connection.provider} is not self-managed"
                yield Mistake((*path, key), what, "remove it", kind=Kind.UNSUPPORTED)


def _source(stack: Stack, path: Path, application: Application) -> Iterator[Mistake]:
    source = application.source
    if isinstance(source, ConnectionSource):
        known = stack.delivery.connections
        if source.connection not in known:
            what = f"there is no connection '{source.connection}'"
            about = (keys.DELIVERY, "connections", source.connection)
            fix = suggestion(source.connection, known)
            yield Mistake(
                (*path, "source", "connection"), what, fix, about, kind=Kind.UNKNOWN_REFERENCE
            )
        if source.submodules and not source.full_clone and application.review is None:
            what = "an archive of the sources has no submodules"
            yield Mistake(
                (*path, "source", "submodules"),
                what,
                "write fullClone: true",
                kind=Kind.UNSUPPORTED,
            )
    if isinstance(source, CodeCommitSource) and source.account is not None:
        here = (*path, "source", "account")
        yield from references.account(stack, here, source.account)
        if source.account == stack.delivery_account:
            what = f"'{source.account}' is the delivery account"
            yield Mistake(here, what, "remove it", kind=Kind.DUPLICATE_SETTING)
    if isinstance(source, S3Source):
        if "strategy" in application.model_fields_set:
            what = "an S3 source has no branches, so it needs no strategy"
            yield Mistake(
                (*path, "strategy"), what, "remove it", (*path, "source"), kind=Kind.UNSUPPORTED
            )
        for name, environment in application.environments.items():
            for key in ("branches", "tags", "triggers"):
                if key in environment.model_fields_set:
                    here = (*path, "environments", name, key)
                    what = f"an S3 source does not support {key}"
                    yield Mistake(here, what, "remove it", (*path, "source"), kind=Kind.UNSUPPORTED)
        for key in ("default_branch", "pull_requests", "branch_names", "review"):
            if key in application.model_fields_set:
                what = "an S3 source has no branches or pull requests"
                yield Mistake(
                    (*path, to_camel(key)),
                    what,
                    "remove it",
                    (*path, "source"),
                    kind=Kind.UNSUPPORTED,
                )


def _reserved(path: Path, environment: str) -> Iterator[Mistake]:
    """Check that an environment's name is not reserved for validation or tests."""
    if environment == naming.VALIDATION or environment.split("-")[0] == "tests":
        what = f"'{environment}' is reserved for source tests"
        yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)


def _names(
    stack: Stack,
    path: Path,
    application: str,
    environment: str,
    pipelines: dict[str, str],
    prefixes: dict[str, str],
    *,
    has_pipeline: bool = True,
) -> Iterator[Mistake]:
    pipeline, own = naming.pipeline(application, environment), f"{application}/{environment}"
    yield from references.length(stack, path, "pipeline", pipeline, "pipelineNameLength")
    longest = max(naming.PIPELINE_ROLES, key=len)
    role = naming.pipeline_role(application, environment, longest)
    yield from references.length(stack, path, "role", role, "roleNameLength")
    prefix = naming.artifact_prefix(pipeline)
    if not has_pipeline:
        # Names of its own resources begin with it, so it is taken too.
        prefix = f"{pipeline}/"
    if pipeline in pipelines:
        what = f"the pipeline of {pipelines[pipeline]} has the same name '{pipeline}'"
        yield Mistake(path, what, "rename the application or the environment", kind=Kind.NAME_TAKEN)
    elif prefix in prefixes:
        what = f"its artifacts would have the same prefix '{prefix}' as those of {prefixes[prefix]}"
        fix = f"CodePipeline uses the first {len(prefix)} characters of a name; make these differ"
        yield Mistake(path, what, fix, kind=Kind.NAME_TAKEN)
    pipelines.setdefault(pipeline, own)
    prefixes.setdefault(prefix, own)
