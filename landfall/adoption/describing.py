"""Convert an organization read from AWS into the config of a stack file."""

from __future__ import annotations

import json
import typing
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from pydantic import ValidationError

from landfall.adoption import control_tower, matching, reporting
from landfall.adoption.naming import Keys
from landfall.aws.quotas import QUOTAS
from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.of_stack import SLOTS
from landfall.organization_policies import mistakes
from landfall.settings import Account as AccountSettings
from landfall.settings import Guardrail, keys
from landfall.settings.base import Settings
from landfall.settings.organization_tree import ROOT, PolicyType
from landfall.snapshots.found import Account, Organization, Policy, Unit
from landfall.validation.messages import shown

_KNOWN_TYPES = frozenset(typing.get_args(PolicyType))
_FULL_ACCESS = "p-FullAWSAccess"


class Left(NamedTuple):
    """Something that the stack file does not contain, or only in part, and the reason."""

    kind: str
    what: str
    why: str


@dataclass(frozen=True, slots=True)
class Described:
    """The config of the stack file, what it does not contain, and what settings take over."""

    config: Mapping[str, Any]
    left: tuple[Left, ...]
    in_use: tuple[Left, ...] = ()


def describe(organization: Organization, regions: Sequence[str], account_role: str) -> Described:
    """Return the config that adopts `organization`; the first region is its home region."""
    return _Description(organization, regions, account_role).described()


@dataclass
class _Description:
    found: Organization
    regions: Sequence[str]
    account_role: str
    left: list[Left] = field(default_factory=list)

    def described(self) -> Described:
        found = self.found
        self.governed = control_tower.governed(found)
        self.accounts = self._carried_accounts()
        carried = {account.id for account, _ in self.accounts}
        names = {account.id: key for account, key in self.accounts}
        own = [account.tags for account, _ in self.accounts if account.id not in self.governed]
        self.tags = matching.stack_tags(found, names, own)
        self.paths = _paths(found.units, found.root)
        self.policies = self._carried_policies()
        self.on: dict[str, list[str]] = defaultdict(list)
        attachments = self._attachments(carried)
        roles = matching.match(found, names, self.tags)
        delegations = self._delegations(names)
        organization = self._organization()
        if delegations:
            organization["delegatedAdministrators"] = {
                service: [names[each] for each in ids] for service, ids in delegations.items()
            }
        if units := self._units(found.root):
            organization["units"] = units
        config: dict[str, Any] = {keys.REGION: self.regions[0], keys.ORGANIZATION: organization}
        if self.accounts:
            config[keys.ACCOUNTS] = {key: self._account(a, key) for a, key in self.accounts}
        # A baseline would change the accounts. The user enables it by removing this setting.
        config[keys.BASELINE] = {"enabled": False}
        if roles.roles:
            config[keys.ACCESS] = {"roles": dict(roles.roles)}
        if self.policies:
            config[keys.GUARDRAILS] = {key: settings for _, key, settings in self.policies}
        if self.tags:
            config[keys.TAGS] = dict(self.tags)
        if quotas := self._quotas():
            config[keys.QUOTAS] = quotas
        adopted = {
            "attachments": attachments,
            "delegatedAdministrators": {s: list(ids) for s, ids in delegations.items()},
            "roles": {name: list(ids) for name, ids in roles.accounts.items()},
        }
        if any(adopted.values()):
            config[keys.ADOPTED] = {key: value for key, value in adopted.items() if value}
        for role, why in roles.others:
            self._leave("role", f"{role.path}{role.name} in {self._called(role.account)}", why)
        self._leave_the_rest()
        in_use = tuple(Left(*line) for line in reporting.to_take_over(found))
        return Described(config, tuple(sorted(set(self.left))), in_use)

    def _called(self, account: str) -> str:
        """Return an account's name and id, for the reader."""
        name = next((each.name for each in self.found.accounts if each.id == account), "")
        return f"{shown(name)} ({account})" if name else account

    def _leave(self, kind: str, what: str, why: str) -> None:
        self.left.append(Left(kind, what, why))

    # Adopted --------------------------------------------------------------------------------

    def _carried_accounts(self) -> list[tuple[Account, str]]:
        own, carried = Keys(), []
        for account in sorted(self.found.accounts, key=lambda a: (a.name.lower(), a.id)):
            what = self._called(account.id)
            if account.id == self.found.management_account:
                continue
            if account.state != "ACTIVE":
                state = account.state.lower().replace("_", " ")
                self._leave("account", what, f"it is {state} and cannot be imported")
                continue
            settings = {"name": account.name, "email": account.email, "id": account.id}
            if why := _refused(AccountSettings, settings):
                self._leave("account", what, why)
                continue
            key = own.name(account.name, f"account-{account.id}")
            carried.append((account, key))
            if account.id in self.governed:
                self._leave("account", what, "managed by AWS Control Tower; external in the file")
        return carried

    def _carried_policies(self) -> list[tuple[Policy, str, dict[str, Any]]]:
        own, carried = Keys(CATALOGUE), []
        for policy in sorted(self.found.policies, key=lambda p: (p.name.lower(), p.id)):
            if policy.aws_managed:
                continue
            what = f"{shown(policy.name)} ({policy.id})"
            if control_tower.is_its_policy(policy):
                self._leave("policy", what, "managed by AWS Control Tower")
                continue
            if policy.type not in _KNOWN_TYPES:
                self._leave("policy", what, f"settings do not support type {policy.type}")
                continue
            key = own.name(policy.name, policy.id)
            settings: dict[str, Any] = {"id": policy.id}
            if key != policy.name:
                settings["name"] = policy.name
            if policy.type != "SERVICE_CONTROL_POLICY":
                settings["type"] = policy.type
            if policy.description:
                settings["description"] = policy.description
            if policy.tags:
                settings["tags"] = dict(policy.tags)
            settings["document"] = json.loads(policy.content)
            if why := _refused(Guardrail, settings) or _unknown(policy.type, settings["document"]):
                self._leave("policy", what, why)
                continue
            carried.append((policy, key, settings))
        return carried

    def _attachments(self, carried: set[str]) -> dict[str, list[str]]:
        """Fill `on` with the guardrails of each target, and return each policy's targets."""
        targets = {self.found.root, *self.paths, *carried}
        attachments: dict[str, list[str]] = {}
        for policy, key, _ in self.policies:
            for target in sorted(policy.targets):
                if target in targets:
                    self.on[target].append(key)
                    attachments.setdefault(policy.id, []).append(target)
                    continue
                manager = target == self.found.management_account
                to = self._called(target)
                why = (
                    "a stack does not manage the management account"
                    if manager
                    else "the target is not adopted"
                )
                self._leave("attachment", f"{shown(policy.name)} to {to}", why)
        return attachments

    def _delegations(self, names: Mapping[str, str]) -> dict[str, list[str]]:
        delegations: dict[str, list[str]] = {}
        for service, accounts in self.found.delegations.items():
            for account in accounts:
                if account in names:
                    delegations.setdefault(service, []).append(account)
                    continue
                what = f"{service} to {self._called(account)}"
                self._leave("delegation", what, "the account is not adopted")
        return delegations

    # Written --------------------------------------------------------------------------------

    def _organization(self) -> dict[str, Any]:
        found = self.found
        settings: dict[str, Any] = {"mode": "adopt", "id": found.id}
        if len(self.regions) > 1:
            settings["regions"] = list(self.regions)
        if self.account_role != "OrganizationAccountAccessRole":
            settings["accountRole"] = self.account_role
        if control_tower.governs(found):
            why = "AWS Control Tower manages trusted services"
            self._leave("trusted services", f"{len(found.services)} of them", why)
        elif found.services:
            settings["trustedServices"] = list(found.services)
        unknown = [kind for kind in found.policy_types if kind not in _KNOWN_TYPES]
        if unknown:
            why = f"settings do not support {', '.join(unknown)}; all types stay unchanged"
            self._leave("policy types", f"{len(found.policy_types)} of them", why)
        elif found.policy_types:
            settings["policyTypes"] = list(found.policy_types)
        if guardrails := self.on.get(found.root):
            settings["guardrails"] = guardrails
        settings |= self._full_access(found.root)
        if others := self._others(found.root):
            settings["otherPolicies"] = others
        return settings

    def _full_access(self, target: str) -> dict[str, bool]:
        """Return the setting of a target without FullAWSAccess; none for others."""
        full = next((p for p in self.found.policies if p.id == _FULL_ACCESS), None)
        if full is None or "SERVICE_CONTROL_POLICY" not in self.found.policy_types:
            return {}
        return {} if target in full.targets else {"fullAccess": False}

    def _others(self, target: str) -> dict[str, int]:
        """Return by type how many policies at a target are not adopted; they use up quota."""
        carried = {policy.id for policy, _, _ in self.policies}
        return dict(
            sorted(
                Counter(
                    policy.type
                    for policy in self.found.policies
                    if target in policy.targets
                    and policy.type in _KNOWN_TYPES
                    and policy.id not in carried
                    and not policy.aws_managed
                ).items()
            )
        )

    def _units(self, parent: str) -> dict[str, Any]:
        units: dict[str, Any] = {}
        for unit in self.found.units:
            if unit.parent != parent:
                continue
            key = self.paths[unit.id].rpartition("/")[2]
            settings: dict[str, Any] = {"id": unit.id}
            if key != unit.name:
                settings["name"] = unit.name
            if unit.id in self.governed:
                settings["external"] = True
                what = f"{shown(self.paths[unit.id])} ({unit.id})"
                self._leave("unit", what, "managed by AWS Control Tower; external in the file")
            elif unit.tags:
                settings["tags"] = dict(unit.tags)
            if guardrails := self.on.get(unit.id):
                settings["guardrails"] = guardrails
            settings |= self._full_access(unit.id)
            if others := self._others(unit.id):
                settings["otherPolicies"] = others
            if below := self._units(unit.id):
                settings["units"] = below
            units[key] = settings
        return units

    def _account(self, account: Account, key: str) -> dict[str, Any]:
        settings: dict[str, Any] = {"id": account.id, "email": account.email}
        if key != account.name:
            settings["name"] = account.name
        if account.parent != self.found.root:
            settings["unit"] = self.paths[account.parent]
        role = self.found.account_roles.get(account.id, self.account_role)
        if role != self.account_role:
            settings["accountRole"] = role
        own = {k: v for k, v in account.tags.items() if self.tags.get(k) != v}
        if account.id in self.governed:
            settings["external"] = True
        elif own:
            settings["tags"] = own
        if guardrails := self.on.get(account.id):
            settings["guardrails"] = guardrails
        settings |= self._full_access(account.id)
        if others := self._others(account.id):
            settings["otherPolicies"] = others
        return settings

    def _quotas(self) -> dict[str, int]:
        """Return the quotas that AWS must have raised, judged by what exists."""
        held = {"accounts": len(self.accounts) + 1, "units": len(self.found.units)}
        types = {key: policy.type for policy, key, _ in self.policies}
        for names in self.on.values():
            for kind, count in Counter(types[name] for name in names).items():
                if quota := SLOTS.get(kind):
                    held[quota] = max(held.get(quota, 0), count)
        return {name: count for name, count in held.items() if count > QUOTAS[name].value}

    # Reported only ----------------------------------------------------------------------------

    def _leave_the_rest(self) -> None:
        found = self.found
        if found.root_tags:
            self._leave("tags", f"{len(found.root_tags)} of the root", "settings cannot tag it")
        manager = next((a for a in found.accounts if a.id == found.management_account), None)
        if manager is not None and manager.tags:
            what = f"{len(manager.tags)} of the management account"
            self._leave("tags", what, "settings cannot tag it; they stay")
        for account, _ in self.accounts:
            if account.joined == "INVITED" and account.id not in found.account_roles:
                why = f"invited account: {self.account_role} may be missing; the account is adopted"
                self._leave("account role", self._called(account.id), why)
        for account_id, message in found.unread_accounts.items():
            why = f"cannot assume {self.account_role}: {message}"
            self._leave("roles", f"all of {self._called(account_id)}", why)
        for line in reporting.left(found):
            self._leave(*line)


def _paths(units: Iterable[Unit], root: str) -> dict[str, str]:
    """Return each unit's path in the stack file, by its id; parents come before children."""
    own: dict[str, Callable[[str, str], str]] = {root: Keys([ROOT]).unit}
    paths: dict[str, str] = {}
    for unit in units:
        key = own.setdefault(unit.parent, Keys().unit)(unit.name, unit.id)
        above = paths.get(unit.parent)
        paths[unit.id] = f"{above}/{key}" if above else key
    return paths


def _unknown(kind: str, document: dict[str, Any]) -> str:
    """Return why the check of documents rejects one that AWS has; empty if it accepts it.

    AWS adds keys and values, so such a policy stays as it is, and its document is not managed.
    """
    wrong = next(mistakes(kind, document), None)
    return f"its document is not understood: {wrong.what}" if wrong is not None else ""


def _refused(model: type[Settings], settings: Mapping[str, Any]) -> str:
    """Return why a settings model rejects a value from AWS; empty if it accepts it."""
    try:
        model.model_validate(settings, by_alias=True, by_name=False)
    except ValidationError as error:
        first = error.errors()[0]
        message = str(first["msg"]).removeprefix("Value error, ")
        return f"settings reject its {first['loc'][-1] if first['loc'] else 'form'}: {message}"
    return ""
