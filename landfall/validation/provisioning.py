"""Checks of provisioning: its references, and who may start it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from landfall.blueprint import parts
from landfall.settings import keys, naming, promotion
from landfall.settings.federation import WELL_KNOWN
from landfall.settings.provisioning import Jobs, Provisioning
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_HERE: Path = (keys.PROVISIONING,)


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in provisioning."""
    settings = stack.provisioning
    if settings is None:
        return
    if settings.source is None and settings.jobs is None:
        what = "provisioning has neither a source nor jobs"
        yield Mistake(
            _HERE,
            what,
            "add source: for pipelines in AWS, or jobs: for another CI system",
            kind=Kind.MISSING_SETTING,
        )
    if settings.source is not None:
        yield from _pipelines(stack, settings)
    yield from _batch(stack, settings)
    yield from _state(stack, settings)
    if settings.jobs is not None:
        yield from _jobs(stack, settings.jobs)
    yield from _roles(stack)


def _pipelines(stack: Stack, settings: Provisioning) -> Iterator[Mistake]:
    assert settings.source is not None  # noqa: S101 - the caller looked
    if stack.delivery_account is None:
        what = "no account for the pipelines"
        fix = "set purpose: delivery on an account, or add account: to landfall:delivery"
        yield Mistake(_HERE, what, fix, (keys.ACCOUNTS,), kind=Kind.MISSING_SETTING)
    known, connection = stack.delivery.connections, settings.source.connection
    if connection not in known:
        what = f"there is no connection '{connection}'"
        about = (keys.DELIVERY, "connections", connection)
        yield Mistake(
            (*_HERE, "source", "connection"),
            what,
            suggestion(connection, known),
            about,
            kind=Kind.UNKNOWN_REFERENCE,
        )
    if not settings.notify:
        what = "nobody is notified of drift and failures"
        yield Mistake((*_HERE, "notify"), what, "add an e-mail address", kind=Kind.MISSING_SETTING)
    applications = {
        naming.pipeline(name, environment): f"{name}/{environment}"
        for name, application in stack.delivery.applications.items()
        for environment in promotion.heads(application)
    }
    prefixes = {naming.artifact_prefix(name): own for name, own in applications.items()}
    for part in naming.PROVISIONING:
        pipeline = naming.provisioning(stack.name, part)
        yield from references.length(stack, _HERE, "pipeline", pipeline, "pipelineNameLength")
        longest = f"{pipeline}-pipeline"
        yield from references.length(stack, _HERE, "role", longest, "roleNameLength")
        other = applications.get(pipeline) or prefixes.get(naming.artifact_prefix(pipeline))
        if other:
            what = f"the provisioning pipeline '{pipeline}' conflicts with that of {other}"
            yield Mistake(
                _HERE,
                what,
                f"rename {other}: names must differ in the first 20 characters",
                kind=Kind.NAME_TAKEN,
            )


def _batch(stack: Stack, settings: Provisioning) -> Iterator[Mistake]:
    """Check that a batch has slices to apply, and a pipeline that starts it."""
    if settings.batch is None:
        return
    here: Path = (*_HERE, "batch")
    if stack.fleet is None:
        what = "the stack has no slices that a batch could apply"
        fix = "add landfall:fleet, or remove batch"
        yield Mistake(here, what, fix, kind=Kind.MISSING_SETTING)
        return
    if settings.source is None:
        what = "no pipeline starts the batch"
        fix = "add source:, or remove batch; landfall fleet ci writes jobs for other CI systems"
        yield Mistake(here, what, fix, kind=Kind.MISSING_SETTING)
    waves, most = len(parts.waves(stack)) - 1, settings.batch.builds
    if waves > most:
        what = f"the stack has {waves} waves after the foundation, and its batch {most} builds"
        fix = f"set builds to {waves} or more, or join some of the waves in landfall:fleet"
        yield Mistake((*here, "builds"), what, fix, (keys.FLEET,), kind=Kind.CONFLICTING_SETTINGS)
    role = f"{naming.provisioning(stack.name, 'provision')}-slices-batch"
    yield from references.length(stack, _HERE, "role", role, "roleNameLength")


def _state(stack: Stack, settings: Provisioning) -> Iterator[Mistake]:
    here: Path = (*_HERE, "state")
    if settings.state.account:
        yield from references.account(stack, (*here, "account"), settings.state.account)
    if settings.state.region:
        yield from references.known_region((*here, "region"), settings.state.region)
        yield from references.partition(stack, (*here, "region"), settings.state.region)


def _jobs(stack: Stack, jobs: Jobs) -> Iterator[Mistake]:
    here: Path = (*_HERE, "jobs")
    known = stack.access.oidc_providers
    if jobs.provider not in known:
        what = f"there is no OIDC provider '{jobs.provider}'"
        about = (keys.ACCESS, "oidcProviders", jobs.provider)
        yield Mistake(
            (*here, "provider"),
            what,
            suggestion(jobs.provider, known),
            about,
            kind=Kind.UNKNOWN_REFERENCE,
        )
        return
    well_known = WELL_KNOWN.get(known[jobs.provider].issuer)
    for part, subjects in (("read", jobs.read), ("apply", jobs.apply)):
        for index, subject in enumerate(subjects):
            at = (*here, part, index)
            if re.search(r"[*?]", subject):
                what = f"'{subject[:120]}' is a pattern, but apply needs exact subjects"
                yield Mistake(at, what, "write it without wildcards", kind=Kind.TOO_PERMISSIVE)
            elif subject.endswith(":pull_request"):
                what = f"'{subject[:120]}' allows every pull request to apply without review"
                yield Mistake(
                    at,
                    what,
                    "use an environment or a branch; see landfall check",
                    kind=Kind.TOO_PERMISSIVE,
                )
            elif well_known and not re.fullmatch(well_known.subject, subject):
                what = f"'{subject[:120]}' does not identify one project"
                yield Mistake(
                    at, what, f"write it as in {well_known.example}", kind=Kind.TOO_PERMISSIVE
                )
    for index, subject in enumerate(jobs.read):
        if subject in jobs.apply:
            what = f"'{subject[:120]}' is in apply, which includes read"
            yield Mistake(
                (*here, "read", index),
                what,
                "keep one of them",
                (*here, "apply"),
                kind=Kind.DUPLICATE_SETTING,
            )


def _roles(stack: Stack) -> Iterator[Mistake]:
    """Check that role names are free. They are unique in an account, ignoring path and case."""
    read = naming.provisioning_role(stack.name, "read")
    for name in stack.access.roles:
        if name.lower() == read.lower():
            what = "provisioning creates a role of this name"
            yield Mistake(
                (keys.ACCESS, "roles", name), what, "choose another name", kind=Kind.NAME_TAKEN
            )
