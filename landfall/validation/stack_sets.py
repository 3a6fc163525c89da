"""Checks of stack sets: their targets, and what CodePipeline takes as one value."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.blueprint.stack_sets import ACCOUNTS_TOGETHER
from landfall.settings import keys, naming
from landfall.settings.delivery import Environment
from landfall.settings.deploy_stack_set import StackSetDeploy, StackSetTargets
from landfall.settings.organization_tree import ROOT
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.stack_set_targets import groups
from landfall.validation import action_values, references
from landfall.validation.cloudformation import deployments
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the stack sets of applications."""
    for path, deploy in deployments(stack):
        if isinstance(deploy, StackSetDeploy):
            yield from _parameters(stack, path, deploy)
            yield from _references(stack, path, deploy)
    held: dict[tuple[str, ...], str] = {}
    for name, application in stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            deploy = settings.deploy or application.deploy
            if isinstance(deploy, StackSetDeploy):
                path = (keys.DELIVERY, "applications", name, "environments", environment)
                about = (*path, "deploy") if settings.deploy else (*path[:3], "deploy")
                yield from _environment(stack, path, about, settings, deploy)
                role = naming.pipeline_role(name, environment, "execution")
                yield from references.length(stack, path, "role", role, "roleNameLength")
                where = (deploy.name, settings.account, settings.region or stack.region)
                other = held.setdefault(where, f"{name}/{environment}")
                if other != f"{name}/{environment}":
                    what = f"{other} deploys stack set '{deploy.name}' in {where[1]} too"
                    fix = "write a deploy: of this environment with another stackSet:"
                    yield Mistake(path, what, fix, about, kind=Kind.NAME_TAKEN)


def _parameters(stack: Stack, path: Path, deploy: StackSetDeploy) -> Iterator[Mistake]:
    yield from action_values.too_long(stack, (*path, "template"), f"Build::{deploy.template}")
    if deploy.parameters and deploy.parameter_file is not None:
        what = "parameters and parameterFile exclude each other"
        yield Mistake(
            (*path, "parameterFile"), what, "keep one of them", kind=Kind.CONFLICTING_SETTINGS
        )
    written = [((*path, "parameters"), deploy.parameters)]
    for index, group in enumerate(deploy.targets):
        here = (*path, "targets", index, "parameters")
        written.append((here, group.parameters))
        if index == 0 and group.parameters:
            what = "the first targets have the parameters of the stack set"
            fix = "move them to parameters: of the deployment, or the targets behind others"
            yield Mistake(here, what, fix, kind=Kind.UNSUPPORTED)
    for here, parameters in written:
        text = " ".join(
            f"ParameterKey={key},ParameterValue={value}" for key, value in parameters.items()
        )
        yield from action_values.too_long(stack, here, text)


def _references(stack: Stack, path: Path, deploy: StackSetDeploy) -> Iterator[Mistake]:
    for index, group in enumerate(deploy.targets):
        here = (*path, "targets", index)
        for number, account in enumerate(group.accounts):
            yield from references.account(stack, (*here, "accounts", number), account)
        for number, unit in enumerate(group.units):
            yield from references.unit(stack, (*here, "units", number), unit, root=True)
        for number, region in enumerate(group.regions):
            yield from references.region_in_use(stack, (*here, "regions", number), region)


def _environment(
    stack: Stack, path: Path, about: Path, settings: Environment, deploy: StackSetDeploy
) -> Iterator[Mistake]:
    if settings.waves:
        what = "a stack set has its own targets"
        fix = "remove waves:, and write groups in targets: of the deployment"
        yield Mistake((*path, "waves"), what, fix, about, kind=Kind.UNSUPPORTED)
    yield from _actions(stack, about, settings, deploy)
    seen: dict[tuple[str, str], int] = {}
    for index, group in enumerate(groups(stack, settings, deploy)):
        here = (*about, "targets", index)
        given = deploy.targets[index]
        if not given.accounts and not given.units:
            what = "a group of targets has no accounts"
            yield Mistake(here, what, "add accounts: or units:", kind=Kind.MISSING_SETTING)
        elif given.units and not group.accounts and _known(stack, given):
            what = f"no account is in {', '.join(given.units)}"
            fix = "remove the group until an account is there"
            yield Mistake(here, what, fix, kind=Kind.MISSING_SETTING)
        for place in ((account, region) for account in group.accounts for region in group.regions):
            if seen.setdefault(place, index) != index:
                what = f"{place[0]} in {place[1]} is in group {seen[place] + 1} already"
                fix = "keep it in one group"
                yield Mistake(here, what, fix, kind=Kind.DUPLICATE_SETTING)
                break


def _actions(
    stack: Stack, about: Path, settings: Environment, deploy: StackSetDeploy
) -> Iterator[Mistake]:
    found = groups(stack, settings, deploy)
    count = sum(-(-len(group.accounts) // ACCOUNTS_TOGETHER) for group in found)
    limit = stack.quota("actionsPerStage")
    if count > limit:
        what = f"the deployment stage would have {count} actions"
        fix = (
            f"a stage allows {limit}, each with {ACCOUNTS_TOGETHER} accounts; use more environments"
        )
        yield Mistake((*about, "targets"), what, fix, kind=Kind.EXCEEDS_LIMIT)


def _known(stack: Stack, given: StackSetTargets) -> bool:
    """Return whether the stack has each account and unit of a group."""
    units = all(unit == ROOT or stack.organization.has_unit(unit) for unit in given.units)
    return units and all(account in stack.accounts for account in given.accounts)
