"""What a stack file describes, in lines: units, accounts, baseline, roles, people, pipelines."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.cli import tree_summary
from landfall.cli.shortening import Lists
from landfall.guardrails import effective_baseline
from landfall.settings import AccessRole, Application, S3Source, Stack, naming
from landfall.settings.branching import triggers, validation
from landfall.settings.readiness import notes
from landfall.settings.waves import destinations

_MOST_BUDGETS = 6
# Each says what is missing, and what would help.
_MOST_NOTES = 10


def lines(stack: Stack, lists: Lists) -> Iterator[str]:
    """Yield the lines that describe a stack; `lists` says how long they may be."""
    yield f"Pulumi.{stack.name}.yaml is valid."
    yield from _organization(stack, lists)
    yield from _baseline(stack, lists)
    yield from _roles(stack, lists)
    yield from _people(stack, lists)
    yield from _security(stack)
    yield from _pipelines(stack, lists)
    yield from _unguarded(stack, lists)
    yield from _provisioning(stack)


def _organization(stack: Stack, lists: Lists) -> Iterator[str]:
    verb = "adopts" if stack.organization.mode == "adopt" else "creates"
    home, *others = stack.regions
    beside = f", besides {', '.join(others)}" if others else ""
    yield f"\nIt {verb} an organization at home in {home}{beside}."
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
            told = ", ".join(baseline.budget.notify) or "nobody"
            budget = f"budget of {baseline.budget.amount:g} a month, told to {told}"
            budgets.setdefault(budget, []).append(name)
    told_of = (f"  {budget}: {lists.names(n, 'accounts')}" for budget, n in budgets.items())
    yield from lists.lines(told_of, "budgets", _MOST_BUDGETS)


def _roles(stack: Stack, lists: Lists) -> Iterator[str]:
    if stack.access.roles:
        yield f"\nAccess roles ({len(stack.access.roles)})"
    yield from lists.lines(_each_role(stack, lists), "roles")


def _each_role(stack: Stack, lists: Lists) -> Iterator[str]:
    for name, role in stack.access.roles.items():
        mfa = " with MFA" if role.require_mfa else ""
        by = [f"{each.role} of {each.account}{mfa}" for each in role.principals]
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
    yield f"\nAccess of people ({len(center.assignments):,} assignments of permission sets)"
    assignments = []
    for each in center.assignments:
        places = lists.names([*each.accounts, *(f"unit {unit}" for unit in each.units)], "places")
        sets = lists.names(each.permission_sets, "permission sets")
        assignments.append(f"  {sets} in {places}, given to {each.group}")
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
    }
    on = ", ".join(name for name, is_on in services.items() if is_on)
    yield "\nSecurity services"
    yield f"  {on or 'none'}, seen in {stack.account_with_purpose('audit')}"
    told = ", ".join(settings.findings.notify) or "nobody"
    yield f"  findings from severity {settings.findings.severity} on are told to {told}"


def _holders(role: AccessRole, lists: Lists) -> str:
    chosen = [*role.accounts, *(f"unit {unit}" for unit in role.units)]
    return lists.names(chosen, "places") or "every account"


def _pipelines(stack: Stack, lists: Lists) -> Iterator[str]:
    applications = stack.delivery.applications
    if not applications:
        return
    count = sum(
        len(application.environments) + len(validation(application))
        for application in applications.values()
    )
    yield f"\nPipelines ({count}) in account {stack.delivery_account}"
    yield from lists.lines(_each_pipeline(stack), "pipelines")


def _each_pipeline(stack: Stack) -> Iterator[str]:
    for name, application in stack.delivery.applications.items():
        for environment, settings in application.environments.items():
            region = f" in {settings.region}" if settings.region else ""
            further = sum(map(len, destinations(settings, stack.region))) - 1
            region += f" and {further} more" if further else ""
            approved = ", after approval" if settings.approval else ""
            started = _started(application, environment)
            pipeline = naming.pipeline(name, environment)
            yield f"  {pipeline}: {started} to {settings.account}{region}{approved}"
        for trigger in validation(application):
            into = ", ".join(trigger.pull_requests)
            yield f"  {naming.validation(name)}: pull requests into {into}, not deployed"


def _started(application: Application, environment: str) -> str:
    source = application.source
    if isinstance(source, S3Source):
        return f"s3://{source.bucket}/{source.key}"
    return ", ".join(
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
            f"{settings.source.repository}{approved}; drift is looked for at {settings.drift}"
        )
    if settings.jobs is not None:
        for part, subjects in (("read", settings.jobs.read), ("apply", settings.jobs.apply)):
            for subject in subjects:
                yield f"  {naming.provisioning_role(stack.name, part)}, assumed by {subject}"


def _unguarded(stack: Stack, lists: Lists) -> Iterator[str]:
    found = list(notes(stack))
    if found:
        yield f"\nRollback is not armed everywhere ({len(found)})"
    advice = (f"  {note.what}\n    {note.fix}" for note in found)
    yield from lists.lines(advice, "notes", _MOST_NOTES)
    if stack.delivery.applications:
        yield (
            "\nA pipeline whose structure changes goes back by itself only after its next success:"
            "\nCodePipeline returns to executions of the present structure alone."
        )
