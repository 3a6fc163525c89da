"""Summarize a stack file: units, accounts, baseline, roles, user access, pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.cli import charges_summary, tree_summary
from landfall.cli.shortening import Lists
from landfall.guardrails import effective_baseline
from landfall.settings import (
    AccessRole,
    Application,
    S3Source,
    Stack,
    naming,
    prerequisites,
    promotion,
)
from landfall.settings.branching import triggers, validation
from landfall.settings.chosen_targets import ChosenTargets
from landfall.settings.delivery import Environment
from landfall.settings.readiness import notes
from landfall.settings.waves import Destination, destinations

_MOST_BUDGETS = 6
# Each note says what is missing and how to fix it, in two lines.
_MOST_NOTES = 10


def lines(stack: Stack, lists: Lists) -> Iterator[str]:
    """Yield lines that describe a stack; `lists` limits their length."""
    yield f"Pulumi.{stack.name}.yaml is valid."
    yield from _organization(stack, lists)
    yield from _baseline(stack, lists)
    yield from _roles(stack, lists)
    yield from _people(stack, lists)
    yield from _security(stack)
    yield from _pipelines(stack, lists)
    yield from _unguarded(stack, lists)
    yield from _provisioning(stack)
    yield from _beforehand(stack, lists)
    yield from charges_summary.lines(stack)


def _organization(stack: Stack, lists: Lists) -> Iterator[str]:
    verb = "adopts" if stack.organization.mode == "adopt" else "creates"
    home, *others = stack.regions
    beside = f" and further regions {', '.join(others)}" if others else ""
    yield f"\nIt {verb} an organization with home region {home}{beside}."
    yield from tree_summary.lines(stack, lists)


def _baseline(stack: Stack, lists: Lists) -> Iterator[str]:
    found = {name: effective_baseline.of_account(stack, name) for name in stack.accounts}
    management = effective_baseline.of_management_account(stack)
    count = sum(map(effective_baseline.stands, found.values()))
    beside = " and in the management account" if effective_baseline.stands(management) else ""
    if count or beside:
        yield f"\nBaseline in {count:,} of {len(found):,} accounts{beside}"
    budgets: dict[str, list[str]] = {}
    for name, baseline in {**found, "the management account": management}.items():
        if baseline.budget.enabled:
            notified = ", ".join(baseline.budget.notify) or "nobody"
            budget = f"budget of {baseline.budget.amount:g} a month, notifies {notified}"
            budgets.setdefault(budget, []).append(name)
    listed = (f"  {budget}: {lists.names(n, 'accounts')}" for budget, n in budgets.items())
    yield from lists.lines(listed, "budgets", _MOST_BUDGETS)


def _roles(stack: Stack, lists: Lists) -> Iterator[str]:
    if stack.access.roles:
        yield f"\nAccess roles ({len(stack.access.roles)})"
    yield from lists.lines(_each_role(stack, lists), "roles")


def _each_role(stack: Stack, lists: Lists) -> Iterator[str]:
    for name, role in stack.access.roles.items():
        by = [f"{each.role} of {each.account}" for each in role.principals]
        by += [f"user {each} of the management account with MFA" for each in role.users]
        by += [f"service {each}" for each in role.services]
        by += [f"users of {each}" for each in role.saml]
        by += [
            f"{subject} of {each.provider}" for each in role.federated for subject in each.subjects
        ]
        within = f", within {role.boundary}" if role.boundary else ""
        assumed = lists.names(by, "principals")
        yield f"  {name} in {_holders(role, lists)}, assumed by {assumed}{within}"


def _people(stack: Stack, lists: Lists) -> Iterator[str]:
    center = stack.access.identity_center
    if center is None:
        return
    yield f"\nUser access ({len(center.assignments):,} permission set assignments)"
    assignments = []
    for each in center.assignments:
        places = lists.names([*each.accounts, *(f"unit {unit}" for unit in each.units)], "places")
        sets = lists.names(each.permission_sets, "permission sets")
        who = each.group or f"user {each.user}"
        assignments.append(f"  {sets} in {places}, assigned to {who}")
    yield from lists.lines(assignments, "assignments")


def _security(stack: Stack) -> Iterator[str]:
    settings = stack.security
    if settings is None:
        return
    services = {
        "CloudTrail": settings.trail.enabled,
        "Config": settings.config.enabled,
        "Security Hub": settings.security_hub.enabled,
        "GuardDuty": settings.guard_duty.enabled,
        "Access Analyzer": settings.access_analyzer.enabled,
        "Macie": settings.macie is not None,
        "Inspector": settings.inspector is not None,
        "Detective": settings.detective is not None,
        "Firewall Manager": settings.firewall_manager,
    }
    on = ", ".join(name for name, is_on in services.items() if is_on)
    yield "\nSecurity services"
    yield f"  {on or 'none'}, administered from {stack.account_with_purpose('audit')}"
    notified = ", ".join(settings.findings.notify) or "nobody"
    yield f"  findings of severity {settings.findings.severity} and higher notify {notified}"


def _holders(role: AccessRole, lists: Lists) -> str:
    chosen = [*role.accounts, *(f"unit {unit}" for unit in role.units)]
    return lists.names(chosen, "places") or "every account"


def _pipelines(stack: Stack, lists: Lists) -> Iterator[str]:
    applications = stack.delivery.applications
    if not applications:
        return
    count = sum(
        len(promotion.heads(application)) + len(validation(application))
        for application in applications.values()
    )
    yield f"\nPipelines ({count}) in account {stack.delivery_account}"
    yield from lists.lines(_each_pipeline(stack), "pipelines")


def _each_pipeline(stack: Stack) -> Iterator[str]:
    for name, application in stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            region = f" in {settings.region}" if settings.region else ""
            further = sum(map(len, destinations(settings, stack))) - 1
            region += f" and {further} more" if further else ""
            approved = ", after approval" if settings.approval else ""
            started = _started(application, environment)
            pipeline = promotion.pipeline(name, application, environment)
            yield f"  {pipeline}: {started} to {settings.account}{region}{approved}"
            yield from _chosen(stack, settings)
        for trigger in validation(application):
            into = ", ".join(trigger.pull_requests)
            yield f"  {naming.validation(name)}: pull requests into {into}, not deployed"


def _chosen(stack: Stack, settings: Environment) -> Iterator[str]:
    """Yield the accounts that targets by unit or tag mean now, by wave."""
    for number, wave in enumerate(destinations(settings, stack), 1):
        if any(_is_chosen(settings, each) for each in wave):
            places = ", ".join(
                each.account if each.region == stack.region else f"{each.account} in {each.region}"
                for each in wave
            )
            yield f"    wave {number}: {places}"


def _is_chosen(settings: Environment, there: Destination) -> bool:
    if not there.entry:
        return False
    number, index = there.entry
    return isinstance(settings.waves[number][index], ChosenTargets)


def _started(application: Application, environment: str) -> str:
    settings, source = application.environments[environment], application.source
    if settings.after is not None:
        return f"after {settings.after}"
    if settings.promoted_from is not None:
        return f"promoted from {settings.promoted_from}"
    others = [f"after pipeline {each}" for each in settings.started_by]
    others += [f"at {each.cron} ({each.time_zone})" for each in settings.schedule]
    if isinstance(source, S3Source):
        return ", ".join([f"s3://{source.bucket}/{source.key}", *others])
    return ", ".join([*_pushes(application, environment), *others])


def _pushes(application: Application, environment: str) -> Iterator[str]:
    yield from (
        part
        for trigger in triggers(application, environment)
        for part in (
            *trigger.branches,
            *(f"tag {tag}" for tag in trigger.tags),
            *(f"pull requests into {branch}" for branch in trigger.pull_requests),
        )
    )


def _provisioning(stack: Stack) -> Iterator[str]:
    settings = stack.provisioning
    if settings is None:
        return
    yield "\nThe stack's own delivery"
    if settings.source is not None:
        approved = ", after approval" if settings.approval else ""
        yield (
            f"  {naming.provisioning(stack.name, 'provision')}: {settings.branch} of "
            f"{settings.source.repository}{approved}; drift check at {settings.drift}"
        )
    if settings.jobs is not None:
        for part, subjects in (("read", settings.jobs.read), ("apply", settings.jobs.apply)):
            for subject in subjects:
                yield f"  {naming.provisioning_role(stack.name, part)}, assumed by {subject}"


def _beforehand(stack: Stack, lists: Lists) -> Iterator[str]:
    found = list(prerequisites.notes(stack))
    if found:
        yield f"\nNotes on prerequisites ({len(found)})"
    advice = (f"  {note.what}\n    {note.fix}" for note in found)
    yield from lists.lines(advice, "notes", _MOST_NOTES)


def _unguarded(stack: Stack, lists: Lists) -> Iterator[str]:
    found = list(notes(stack))
    if found:
        yield f"\nNotes on automatic rollback ({len(found)})"
    advice = (f"  {note.what}\n    {note.fix}" for note in found)
    yield from lists.lines(advice, "notes", _MOST_NOTES)
    if stack.delivery.applications:
        yield (
            "\nAfter a change of its structure, a pipeline rolls back automatically only once an"
            "\nexecution has succeeded: CodePipeline needs an execution of the same structure."
        )
