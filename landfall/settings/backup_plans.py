"""The backup plans of each account, from the backup policies of all levels around it.

AWS merges the policies of all levels to one effective policy, and creates its plans in the account.
A plan names a vault and a role that the account must have: AWS checks neither.
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_policies_backup_syntax.html
https://repost.aws/knowledge-center/backup-policy-no-jobs-created
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from landfall.settings import naming
from landfall.settings.source import Path

if TYPE_CHECKING:
    from landfall.settings.baseline import Baseline
    from landfall.settings.stack import Stack

DAILY: Final = "daily-backups"
"""The catalogue's guardrail, whose plan uses Landfall's vault and role in every region."""

POLICY: Final = "BACKUP_POLICY"
OWN_ACCOUNT: Final = "$account"
_SAME_REGION: Final = "$region"
_ASSIGN, _APPEND, _REMOVE = "@@assign", "@@append", "@@remove"
_ARN_PARTS: Final = 7


@dataclass(frozen=True, slots=True)
class Vault:
    """A vault that a plan stores backups in, or copies them to.

    `place` is the setting's path in the plan, `account` an id or `$account`.
    """

    place: Path
    name: str
    region: str
    account: str = OWN_ACCOUNT


@dataclass(slots=True)
class Plan:
    """An effective plan; `guardrails` have a part of it, from the root down."""

    settings: dict[str, Any] = field(default_factory=dict)
    guardrails: list[str] = field(default_factory=list)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions whose resources the plan backs up."""
        return values(self.settings.get("regions"))

    def vaults(self) -> Iterator[Vault]:
        """Yield the vaults of the plan's rules, in each of their regions."""
        for rule, settings in groups(self.settings.get("rules")):
            place: Path = ("rules", rule)
            for name in values(settings.get("target_backup_vault_name")):
                for region in self.regions:
                    yield Vault((*place, "target_backup_vault_name"), name, region)
            key = "target_logically_air_gapped_backup_vault_arn"
            yield from self._by_arn((*place, key), settings.get(key))
            for copy, action in groups(settings.get("copy_actions")):
                key = "target_backup_vault_arn"
                yield from self._by_arn((*place, "copy_actions", copy, key), action.get(key))

    def roles(self) -> Iterator[tuple[Path, str]]:
        """Yield the path in the plan and the ARN of each role."""
        for kind, selections in groups(self.settings.get("selections")):
            for name, settings in groups(selections):
                for arn in values(settings.get("iam_role_arn")):
                    yield ("selections", kind, name, "iam_role_arn"), arn

    def _by_arn(self, place: Path, setting: Any) -> Iterator[Vault]:
        for arn in values(setting):
            parts = arn.split(":")
            if len(parts) == _ARN_PARTS:
                regions = self.regions if parts[3] == _SAME_REGION else (parts[3],)
                for region in regions:
                    yield Vault(place, parts[6], region, parts[4])


@dataclass(frozen=True, slots=True)
class Needs:
    """The regions in which an account has Landfall's vault, and those whose services are opted in.

    `role`: the account has Landfall's role.
    """

    vaults: tuple[str, ...] = ()
    opted_in: tuple[str, ...] = ()
    role: bool = False


def of_guardrails(stack: Stack, names: Sequence[str]) -> dict[str, Plan]:
    """Return the plans of the policy documents among these guardrails, merged as AWS merges them.

    The catalogue's plan is not among them.
    """
    found: dict[str, Plan] = {}
    for name in names:
        own = stack.guardrails.get(name)
        if own is None or own.type != POLICY or own.document is None:
            continue
        for key, settings in groups(own.document.get("plans")):
            plan = found.setdefault(key, Plan())
            _merge(plan.settings, settings)
            plan.guardrails.append(name)
    return found


def is_daily(stack: Stack, name: str) -> bool:
    """Return whether a guardrail is the catalogue's, or has it with parameters."""
    own = stack.guardrails.get(name)
    return name == DAILY if own is None else own.catalogue == DAILY


def needs(stack: Stack) -> Mapping[str, Needs]:
    """Return what each account needs for its plans; `naming.MANAGEMENT` is the management account.

    AWS applies the root's backup policies to the management account too. Its opted-in services
    count for the plans that policies create in other accounts.
    """
    return stack.once(_needs)


def copies_to_other_accounts(stack: Stack) -> bool:
    """Return whether a plan copies backups to another account, which AWS must be told to allow."""
    names = [name for _, attached in stack.organization.attached() for name in attached]
    names += [name for account in stack.accounts.values() for name in account.guardrails]
    plans = of_guardrails(stack, list(dict.fromkeys(names))).values()
    return any(vault.account != OWN_ACCOUNT for plan in plans for vault in plan.vaults())


def names_around(stack: Stack, account: str) -> tuple[str, ...]:
    """Return the guardrails that apply to an account, from the root down."""
    if account == naming.MANAGEMENT:
        return () if stack.organization.parent else stack.organization.guardrails
    return tuple(name for _, names in stack.guardrails_around(account) for name in names)


def baseline_of(stack: Stack, account: str) -> Baseline:
    """Return the effective baseline of an account or of the management account."""
    if account == naming.MANAGEMENT:
        return stack.management_baseline
    return stack.baseline_of(account)


def _needs(stack: Stack) -> dict[str, Needs]:
    known: dict[tuple[str, ...], Needs] = {}
    found: dict[str, Needs] = {}
    opted_in: set[str] = set()
    for account in (*stack.accounts, naming.MANAGEMENT):
        names = names_around(stack, account)
        if names not in known:
            known[names] = _of_names(stack, names)
        opted_in |= {*known[names].opted_in}
        baseline = baseline_of(stack, account)
        suspended = account != naming.MANAGEMENT and stack.is_suspended(account)
        if suspended or not (baseline.enabled and baseline.backups.enabled):
            continue
        needed = known[names]
        if account == naming.MANAGEMENT:
            needed = replace(needed, opted_in=_in_use(stack, opted_in))
        if needed.opted_in:
            found[account] = needed
    return found


def _of_names(stack: Stack, names: Sequence[str]) -> Needs:
    plans = of_guardrails(stack, names).values()
    regions = {region for plan in plans for region in plan.regions}
    vaults = {
        vault.region
        for plan in plans
        for vault in plan.vaults()
        if (vault.name, vault.account) == (naming.BACKUP_VAULT, OWN_ACCOUNT)
    }
    own = f":role/{naming.ROLE_PATH}{naming.BACKUP_ROLE}"
    role = any(arn.endswith(own) for plan in plans for _, arn in plan.roles())
    if any(is_daily(stack, name) for name in names):
        regions |= {*stack.regions}
        vaults |= {*stack.regions}
        role = True
    return Needs(_in_use(stack, vaults), _in_use(stack, regions), role)


def _in_use(stack: Stack, regions: set[str]) -> tuple[str, ...]:
    return tuple(region for region in stack.regions if region in regions)


def _merge(into: dict[str, Any], settings: Mapping[str, Any]) -> None:
    if _ASSIGN in settings:
        # What a level above appended or removed is replaced with its value.
        into.clear()
    for key, value in settings.items():
        known = into.get(key)
        if isinstance(value, Mapping) and isinstance(known, dict):
            _merge(known, value)
        else:
            into[key] = _copied(value)


def _copied(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _copied(each) for key, each in value.items()}
    return value


def groups(value: Any) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the objects in an object; operators are none."""
    for key, each in value.items() if isinstance(value, Mapping) else ():
        if isinstance(each, Mapping) and not key.startswith("@@"):
            yield key, each


def values(setting: Any) -> tuple[str, ...]:
    """Return the texts that the operators of a setting result in."""
    if not isinstance(setting, Mapping):
        return ()
    assigned = (*_listed(setting.get(_ASSIGN)), *_listed(setting.get(_APPEND)))
    removed = _listed(setting.get(_REMOVE))
    return tuple(dict.fromkeys(each for each in assigned if each not in removed))


def _listed(value: Any) -> list[str]:
    found = value if isinstance(value, list | tuple) else [value]
    return [each for each in found if isinstance(each, str)]
