"""Checks across a stack's settings: references, uniqueness, lengths, AWS's limits.

Each check yields mistakes as (path in the config, what is wrong, what would be right).
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from landfall.guardrails.catalogue import CATALOGUE
from landfall.settings import naming
from landfall.settings.branching import branches
from landfall.settings.delivery import ConnectionSource
from landfall.settings.organization import ROOT
from landfall.settings.source import Path
from landfall.settings.suggestions import suggestion

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

Found = tuple[Path, str, str]

ORGANIZATION = "landfall:organization"
ACCOUNTS = "landfall:accounts"
ACCESS = "landfall:access"
ARTIFACTS = "landfall:artifacts"
DELIVERY = "landfall:delivery"

_CREDENTIAL = re.compile(
    r"(PASSWORD|PASSWD|SECRET|TOKEN|API_?KEY|ACCESS_?KEY|PRIVATE_?KEY|CREDENTIALS?)$", re.I
)


def all_of(stack: Stack) -> Iterator[Found]:
    """Yield every mistake of a stack whose values have the right form each by itself."""
    for check in (_organization, _units, _accounts, _access, _artifacts, _delivery):
        yield from check(stack)


def _organization(stack: Stack) -> Iterator[Found]:
    organization, path = stack.organization, (ORGANIZATION,)
    if organization.mode == "adopt" and organization.id is None:
        yield (*path, "mode"), "adopting needs the organization's id", "write id: o-…"
    for key in ("id", "parent"):
        if organization.mode == "create" and getattr(organization, key) is not None:
            yield (*path, key), f"'{key}' belongs to an organization that exists", "use mode: adopt"
    if organization.regions and stack.region not in organization.regions:
        yield (
            (*path, "regions"),
            f"the home region {stack.region} is not among the regions",
            f"add {stack.region}, or change aws:region",
        )
    for index, region in enumerate(organization.regions):
        if naming.partition(region) != stack.partition:
            yield (
                (*path, "regions", index),
                f"{region} is not in partition {stack.partition}",
                f"an organization spans one partition, that of {stack.region}",
            )
    yield from _guardrails(stack, (*path, "guardrails"), organization.guardrails)


def _units(stack: Stack) -> Iterator[Found]:
    depth, length = stack.quota("unitDepth"), stack.quota("unitNameLength")
    names: dict[tuple[str, str], str] = {}
    for unit_path, unit in stack.organization.walk():
        parts = unit_path.split("/")
        path = _unit_path(unit_path)
        if len(parts) > depth:
            yield path, f"stands {len(parts)} levels below the root", f"AWS allows {depth} levels"
        if len(parts[-1]) > length:
            yield path, f"a name of {len(parts[-1])} characters", f"AWS allows {length}"
        if not parts[-1].strip():
            yield path, "a unit without a name", "give it a name"
        same = (unit_path.rpartition("/")[0], parts[-1].lower())
        if same in names:
            yield path, f"stands beside '{names[same]}'", "names of units of one parent must differ"
        names.setdefault(same, parts[-1])
        yield from _guardrails(stack, (*path, "guardrails"), unit.guardrails)


def _unit_path(unit_path: str) -> Path:
    path: Path = (ORGANIZATION,)
    for part in unit_path.split("/"):
        path = (*path, "units", part)
    return path


def _guardrails(stack: Stack, path: Path, names: Iterable[str]) -> Iterator[Found]:
    known = {**CATALOGUE, **stack.guardrails}
    for index, name in enumerate(names):
        if name not in known:
            yield (*path, index), f"there is no guardrail '{name}'", suggestion(name, known)


def _accounts(stack: Stack) -> Iterator[Found]:
    units = [ROOT, *(path for path, _ in stack.organization.walk())]
    emails: dict[str, str] = {}
    names: dict[str, str] = {}
    purposes: dict[str, str] = {}
    for key, account in stack.accounts.items():
        path = (ACCOUNTS, key)
        if account.unit not in units:
            yield (
                (*path, "unit"),
                f"there is no organizational unit '{account.unit}'",
                suggestion(account.unit, units),
            )
        yield from _unique((*path, "email"), "e-mail", account.email.lower(), key, emails)
        yield from _unique((*path, "name"), "name", account.name or key, key, names)
        if account.purpose:
            yield from _unique((*path, "purpose"), "purpose", account.purpose, key, purposes)
        if account.name is None and len(key) > 50:
            yield path, f"a name of {len(key)} characters", "AWS allows 50; write a shorter name:"
    if len(stack.accounts) > stack.quota("accounts"):
        yield (ACCOUNTS,), f"{len(stack.accounts)} accounts", "more than the quota 'accounts'"


def _unique(path: Path, what: str, value: str, key: str, seen: dict[str, str]) -> Iterator[Found]:
    if value in seen:
        yield path, f"account '{seen[value]}' has this {what} too", f"each needs its own {what}"
    seen.setdefault(value, key)


def _access(stack: Stack) -> Iterator[Found]:
    units = [path for path, _ in stack.organization.walk()]
    for name, role in stack.access.roles.items():
        path = (ACCESS, "roles", name)
        yield from _length(stack, path, name, "roleNameLength")
        for index, principal in enumerate(role.principals):
            yield from _account(stack, (*path, "principals", index, "account"), principal.account)
        for index, account in enumerate(role.accounts):
            yield from _account(stack, (*path, "accounts", index), account)
        for index, unit in enumerate(role.units):
            if unit not in units:
                yield (
                    (*path, "units", index),
                    f"there is no organizational unit '{unit}'",
                    suggestion(unit, units),
                )
        if not role.managed_policies and not role.statements:
            yield path, "the role may do nothing", "write managedPolicies or statements"
        if len(role.managed_policies) > stack.quota("managedPoliciesPerRole"):
            yield (*path, "managedPolicies"), "too many", "see the quota 'managedPoliciesPerRole'"


def _artifacts(stack: Stack) -> Iterator[Found]:
    if stack.artifacts.account:
        yield from _account(stack, (ARTIFACTS, "account"), stack.artifacts.account)
    for index, region in enumerate(stack.artifacts.regions):
        yield from _region(stack, (ARTIFACTS, "regions", index), region)


def _delivery(stack: Stack) -> Iterator[Found]:
    delivery = stack.delivery
    if delivery.account:
        yield from _account(stack, (DELIVERY, "account"), delivery.account)
    elif delivery.applications and stack.delivery_account is None:
        yield (
            (DELIVERY,),
            "there is no account for the pipelines",
            "give an account purpose: delivery, or write account:",
        )
    made: dict[str, str] = {}
    for name, application in delivery.applications.items():
        path = (DELIVERY, "applications", name)
        source = application.source
        if isinstance(source, ConnectionSource) and source.connection not in delivery.connections:
            yield (
                (*path, "source", "connection"),
                f"there is no connection '{source.connection}'",
                suggestion(source.connection, delivery.connections),
            )
        for variable in application.build.environment:
            if _CREDENTIAL.search(variable):
                yield (
                    (*path, "build", "environment", variable),
                    "looks like a credential in plain text",
                    "read it in the build specification, under env: secrets-manager",
                )
        yield from _environments(stack, path, name, made)


def _environments(stack: Stack, path: Path, name: str, made: dict[str, str]) -> Iterator[Found]:
    application = stack.delivery.applications[name]
    started: dict[str, list[str]] = defaultdict(list)
    for environment, settings in application.environments.items():
        here = (*path, "environments", environment)
        yield from _account(stack, (*here, "account"), settings.account)
        if settings.region:
            yield from _region(stack, (*here, "region"), settings.region)
        pipeline = naming.pipeline(name, environment)
        yield from _length(stack, here, pipeline, "pipelineNameLength")
        yield from _length(
            stack, here, naming.pipeline_role(name, environment, "pipeline"), "roleNameLength"
        )
        if pipeline[:20] in made:
            yield (
                here,
                f"its artifacts would stand beside those of pipeline '{made[pipeline[:20]]}'",
                "make the first 20 characters of application and environment differ",
            )
        made.setdefault(pipeline[:20], pipeline)
        patterns = branches(application, environment)
        if not patterns:
            yield (
                here,
                f"{application.strategy} has no branch for environment '{environment}'",
                "write branches:, or use dev, staging or prod",
            )
        if len(patterns) > stack.quota("branchPatternsPerFilter"):
            yield (*here, "branches"), "too many", "see the quota 'branchPatternsPerFilter'"
        for pattern in patterns:
            started[pattern].append(environment)
    if application.strategy == "gitflow":
        for pattern, environments in started.items():
            for environment in environments[1:]:
                yield (
                    (*path, "environments", environment),
                    f"branch '{pattern}' starts environment '{environments[0]}' too",
                    "with gitflow, each branch delivers to one environment",
                )


def _account(stack: Stack, path: Path, name: str) -> Iterator[Found]:
    if name not in stack.accounts:
        yield path, f"there is no account '{name}'", suggestion(name, stack.accounts)


def _region(stack: Stack, path: Path, region: str) -> Iterator[Found]:
    if region not in stack.regions:
        yield (
            path,
            f"region '{region}' is not one of the organization's",
            suggestion(region, stack.regions),
        )


def _length(stack: Stack, path: Path, name: str, quota: str) -> Iterator[Found]:
    if len(name) > stack.quota(quota):
        yield path, f"'{name}' has {len(name)} characters", f"AWS allows {stack.quota(quota)}"
