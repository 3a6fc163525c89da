"""`landfall validate`: every mistake of a stack file at once, or what the stack describes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import typer

from landfall import stack_files
from landfall.guardrails import effective_baseline
from landfall.guardrails.of_stack import account_policies, account_target, documents, policies
from landfall.settings import AccessRole, Application, S3Source, Stack, naming
from landfall.settings.branching import triggers, validation
from landfall.settings.organization import ROOT
from landfall.settings.readiness import notes
from landfall.settings.waves import destinations

app = typer.Typer(add_completion=False)


@app.command()
def validate(
    stack: Annotated[str, typer.Option("-s", "--stack", help="The stack.")] = "dev",
    directory: Annotated[Path, typer.Option(help="Where the stack files are.")] = Path("."),
) -> None:
    """Check a stack file without the engine and without AWS, and say what it describes."""
    settings = stack_files.load(stack, directory)
    print("\n".join(_described(settings)))


def _described(stack: Stack) -> Iterator[str]:
    yield f"Pulumi.{stack.name}.yaml is valid."
    yield from _organization(stack)
    yield from _baseline(stack)
    yield from _roles(stack)
    yield from _people(stack)
    yield from _security(stack)
    yield from _pipelines(stack)
    yield from _unguarded(stack)
    yield from _provisioning(stack)


def _organization(stack: Stack) -> Iterator[str]:
    organization = stack.organization
    verb = "adopts" if organization.mode == "adopt" else "creates"
    home, *others = stack.regions
    beside = f", besides {', '.join(others)}" if others else ""
    yield f"\nIt {verb} an organization at home in {home}{beside}."
    attached = Counter(target for target, _ in policies(stack))
    whole = dict(documents(stack))
    for target, names in organization.attached():
        attached[target] += sum(name in whole for name in names)
    for key in stack.accounts:
        attached[account_target(key)] += sum(1 for _ in account_policies(stack, key))
        attached[account_target(key)] += sum(
            name in whole for name in stack.accounts[key].guardrails
        )
    units = list(organization.walk())
    yield (
        f"\nUnits ({len(units)}), accounts ({len(stack.accounts)}) and "
        f"policies from guardrails ({attached.total()})"
    )
    yield f"  {ROOT}{_tail(stack, ROOT, attached)}"
    for path, unit in units:
        parent, _, name = path.rpartition("/")
        indent = "  " * (parent.count("/") + 1 if parent else 0)
        suspended = " (suspended)" if unit.suspended else ""
        yield f"    {indent}{name}{suspended}{_tail(stack, path, attached)}"


def _tail(stack: Stack, target: str, attached: Counter[str]) -> str:
    inside = ", ".join(name for name, a in stack.accounts.items() if a.unit == target)
    count = attached[target]
    held = f" [{count} {'policy' if count == 1 else 'policies'}]" if count else ""
    return f"{held}: {inside}" if inside else held


def _baseline(stack: Stack) -> Iterator[str]:
    found = {name: effective_baseline.of_account(stack, name) for name in stack.accounts}
    management = effective_baseline.of_management_account(stack)
    count = sum(map(effective_baseline.stands, found.values()))
    beside = " and in the management account" if effective_baseline.stands(management) else ""
    if count or beside:
        yield f"\nBaseline in {count} of {len(found)} accounts{beside}"
    budgets: dict[str, list[str]] = {}
    for name, baseline in {**found, "the management account": management}.items():
        if baseline.budget.enabled:
            told = ", ".join(baseline.budget.notify) or "nobody"
            budget = f"budget of {baseline.budget.amount:g} a month, told to {told}"
            budgets.setdefault(budget, []).append(name)
    for budget, names in budgets.items():
        yield f"  {budget}: {', '.join(names)}"


def _roles(stack: Stack) -> Iterator[str]:
    if stack.access.roles:
        yield f"\nAccess roles ({len(stack.access.roles)})"
    for name, role in stack.access.roles.items():
        mfa = " with MFA" if role.require_mfa else ""
        by = [f"{each.role} of {each.account}{mfa}" for each in role.principals]
        by += [
            f"{subject} of {each.provider}" for each in role.federated for subject in each.subjects
        ]
        within = f", within {role.boundary}" if role.boundary else ""
        yield f"  {name} in {_holders(role)}, assumed by {', '.join(by)}{within}"


def _people(stack: Stack) -> Iterator[str]:
    center = stack.access.identity_center
    if center is None:
        return
    yield f"\nAccess of people ({len(center.assignments)} assignments of permission sets)"
    for each in center.assignments:
        places = ", ".join([*each.accounts, *(f"unit {unit}" for unit in each.units)])
        yield f"  {', '.join(each.permission_sets)} in {places}, given to {each.group}"


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


def _holders(role: AccessRole) -> str:
    chosen = [*role.accounts, *(f"unit {unit}" for unit in role.units)]
    return ", ".join(chosen) or "every account"


def _pipelines(stack: Stack) -> Iterator[str]:
    applications = stack.delivery.applications
    if not applications:
        return
    count = sum(
        len(application.environments) + len(validation(application))
        for application in applications.values()
    )
    yield f"\nPipelines ({count}) in account {stack.delivery_account}"
    for name, application in applications.items():
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


def _unguarded(stack: Stack) -> Iterator[str]:
    found = list(notes(stack))
    if found:
        yield f"\nRollback is not armed everywhere ({len(found)})"
    for note in found:
        yield f"  {note.what}"
        yield f"    {note.fix}"
    if stack.delivery.applications:
        yield (
            "\nA pipeline whose structure changes goes back by itself only after its next success:"
            "\nCodePipeline returns to executions of the present structure alone."
        )
