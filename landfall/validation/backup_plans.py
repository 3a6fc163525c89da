"""Check that the plans of an account's backup policies are whole, and back up something.

A policy may leave out what another level says, so that AWS accepts its document alone. But an
effective policy without a required part is invalid, and AWS Backup then backs up nothing.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html

Nor does it back up anything without the vault and the role of the plan. AWS checks neither:
https://repost.aws/knowledge-center/backup-policy-no-jobs-created
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from landfall.guardrails.of_stack import others
from landfall.settings import backup_plans, keys, naming
from landfall.settings.backup_plans import POLICY, Plan, Vault, groups
from landfall.settings.organization_tree import ROOT, account_target
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.validation import references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake

_PARTS: Final = ("regions", "rules", "selections")
_OF_RULES: Final = ("schedule_expression", "target_backup_vault_name")
_OF_SELECTIONS: Final = {
    "tags": ("iam_role_arn", "tag_key", "tag_value"),
    "resources": ("iam_role_arn", "resource_types"),
}


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield a mistake for each part of a plan that is missing, and for each missing vault and role.

    Skips accounts below levels with backup policies that the stack does not manage.
    """
    if stack.organization.parent is not None:
        return
    told: set[tuple[Path, str]] = set()
    for account in (*stack.accounts, naming.MANAGEMENT):
        levels = _levels(stack, account)
        if any(others(stack, target).get(POLICY) for target, _ in levels):
            continue
        for mistake in _of_account(stack, account, levels):
            key = (mistake.path, mistake.fix)
            if key not in told:
                told.add(key)
                yield mistake


def _levels(stack: Stack, account: str) -> list[tuple[str, tuple[str, ...]]]:
    if account == naming.MANAGEMENT:
        return [(ROOT, stack.organization.guardrails)]
    return list(stack.guardrails_around(account))


def _of_account(
    stack: Stack, account: str, levels: Sequence[tuple[str, tuple[str, ...]]]
) -> Iterator[Mistake]:
    names = [name for _, names in levels for name in names]
    checked = _checked(stack, account)
    for key, plan in backup_plans.of_guardrails(stack, names).items():
        missing = list(_lacking(plan.settings))
        # Levels below the root may complete the plans of member accounts.
        for place, lacking in missing if account != naming.MANAGEMENT else ():
            what = f"no level around {_called(account)} has '{lacking}', which AWS requires"
            path = _path(plan.guardrails[-1], key, place)
            yield Mistake(path, what, f"add {lacking}:", kind=Kind.MISSING_KEY)
        if checked and not missing:
            yield from _vaults(stack, account, key, plan)
            yield from _roles(stack, account, key, plan)
    for target, attached in levels if checked else ():
        for name in attached:
            if backup_plans.is_daily(stack, name) and _lacks_vaults(stack, account):
                yield _without_vaults(account, target, name)


def _checked(stack: Stack, account: str) -> bool:
    """Return whether the stack knows which vaults an account has.

    Nothing is in a suspended account, and an external one is managed elsewhere.
    """
    if account == naming.MANAGEMENT:
        return True
    external = stack.accounts[account].external and not stack.baseline_of(account).enabled
    return not (stack.is_suspended(account) or external)


def _vaults(stack: Stack, account: str, key: str, plan: Plan) -> Iterator[Mistake]:
    existing = backup_plans.baseline_of(stack, account).backups.existing_vaults
    made = backup_plans.needs(stack).get(account)
    for vault in plan.vaults():
        name = _owner(stack, plan, key, vault.place)
        own = vault.name == naming.BACKUP_VAULT and made is not None and vault.region in made.vaults
        here = vault.account == backup_plans.OWN_ACCOUNT
        if name is None or not here or own or vault.name in existing:
            continue
        yield Mistake(
            _path(name, key, vault.place),
            f"{_called(account)} has no backup vault '{vault.name}' in {vault.region}",
            _vault_fix(stack, account, vault),
            kind=Kind.UNKNOWN_REFERENCE,
        )


def _vault_fix(stack: Stack, account: str, vault: Vault) -> str:
    if vault.name != naming.BACKUP_VAULT:
        return (
            f"write {naming.BACKUP_VAULT}, which the stack creates, or add '{vault.name}' to "
            "backups.existingVaults of the account's baseline"
        )
    if vault.region not in stack.regions:
        return f"add {vault.region} to {keys.ORGANIZATION}.regions, or write another region"
    return _switched_on(account)


def _roles(stack: Stack, account: str, key: str, plan: Plan) -> Iterator[Mistake]:
    existing = backup_plans.baseline_of(stack, account).backups.existing_roles
    made = backup_plans.needs(stack).get(account)
    own = f"{naming.ROLE_PATH}{naming.BACKUP_ROLE}"
    for place, arn in plan.roles():
        name, role = _owner(stack, plan, key, place), arn.partition(":role/")[2]
        if name is None or role in existing or (role == own and made is not None):
            continue
        fix = (
            f"write role/{own}, which the stack creates, or add '{role}' to "
            "backups.existingRoles of the account's baseline"
        )
        if role == own:
            fix = _switched_on(account)
        what = f"{_called(account)} has no role '{role}' for its backups"
        yield Mistake(_path(name, key, place), what, fix, kind=Kind.UNKNOWN_REFERENCE)


def _lacks_vaults(stack: Stack, account: str) -> bool:
    made = backup_plans.needs(stack).get(account)
    return made is None or made.vaults != stack.regions


def _without_vaults(account: str, target: str, name: str) -> Mistake:
    if target == ROOT:
        path: Path = (keys.ORGANIZATION, "guardrails")
    elif target == account_target(account):
        path = (keys.ACCOUNTS, account, "guardrails")
    else:
        path = (*references.unit_path(target), "guardrails")
    what = f"'{name}' backs up nothing in {_called(account)}, which has no vault"
    return Mistake(path, what, _switched_on(account), kind=Kind.MISSING_SETTING)


def _switched_on(account: str) -> str:
    return f"write enabled: true in the baseline of {_called(account)}, and in backups there"


def _called(account: str) -> str:
    return "the management account" if account == naming.MANAGEMENT else f"account '{account}'"


def _path(guardrail: str, plan: str, place: Path) -> Path:
    return (keys.GUARDRAILS, guardrail, "document", "plans", plan, *place)


def _owner(stack: Stack, plan: Plan, key: str, place: Path) -> str | None:
    """Return the lowest guardrail that has a setting; None if AWS has its policy already.

    What an adopted policy names has been used before.
    """
    for name in reversed(plan.guardrails):
        guardrail = stack.guardrails[name]
        value: Any = (guardrail.document or {}).get("plans", {}).get(key)
        for part in place:
            value = value.get(part) if isinstance(value, Mapping) else None
        if value is not None:
            return name if guardrail.id is None else None
    return None


def _lacking(plan: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    """Yield (path, key) of each required key that a merged plan lacks."""
    for part in _PARTS:
        if part not in plan:
            yield (), part
    for rule, settings in groups(plan.get("rules")):
        yield from ((("rules", rule), key) for key in _OF_RULES if key not in settings)
    for kind, selections in groups(plan.get("selections")):
        for name, settings in groups(selections):
            place = ("selections", kind, name)
            required = _OF_SELECTIONS.get(kind, ())
            yield from ((place, key) for key in required if key not in settings)
