"""All settings of a stack, as one value."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cached_property
from typing import Annotated, Any, TypeVar

from pydantic import ConfigDict, Field, PrivateAttr
from pydantic.alias_generators import to_camel

from landfall.aws.quotas import QUOTAS
from landfall.settings import keys, naming
from landfall.settings.accounts import Account, Purpose
from landfall.settings.adopted import Adopted
from landfall.settings.artifacts import Artifacts
from landfall.settings.base import Count, Name, Settings
from landfall.settings.baseline import Baseline, StackBaseline, layered
from landfall.settings.codedeploy_names import codedeploy_names
from landfall.settings.costs import Costs
from landfall.settings.cross_account_access import Access, AccessRole
from landfall.settings.delivery import Delivery
from landfall.settings.detection import Regional
from landfall.settings.fleet import Fleet
from landfall.settings.guardrails import Guardrail
from landfall.settings.monitoring import Monitoring
from landfall.settings.organization_tree import ROOT, Organization, account_target
from landfall.settings.provisioning import Provisioning
from landfall.settings.regions import ENABLED_BY_DEFAULT
from landfall.settings.security import Security
from landfall.settings.sharing import Sharing

T = TypeVar("T")


def _key(attribute: str) -> str:
    return keys.REGION if attribute == "region" else f"{keys.NAMESPACE}{to_camel(attribute)}"


class Stack(Settings):
    """The settings of a stack file."""

    model_config = ConfigDict(alias_generator=_key)

    region: str = Field(pattern=r"^[a-z]{2}(-[a-z]+)+-[0-9]$")
    """The home region."""
    organization: Organization
    """The organization and its units."""
    accounts: dict[Name, Account] = Field(default_factory=dict)
    """Member accounts, by name."""
    accounts_folder: str | None = None
    """A folder with one file for each account, in addition to `accounts`."""
    baseline: StackBaseline = Field(default_factory=StackBaseline)
    """The baseline of every account."""
    access: Access = Access()
    """Cross-account roles and user access."""
    guardrails: dict[Name, Guardrail] = Field(default_factory=dict)
    """Custom guardrails by name."""
    artifacts: Artifacts = Artifacts()
    """The artifact stores of pipelines."""
    delivery: Delivery = Delivery()
    """Applications and their pipelines."""
    security: Security | None = None
    """Security services of the organization. Default: none."""
    costs: Costs = Costs()
    """Export of costs, alerts on anomalies, cost allocation tags."""
    monitoring: Monitoring | None = None
    """Metrics, logs and traces of all accounts in one account. Default: none."""
    sharing: Sharing | None = None
    """Resources shared between accounts. Default: none."""
    provisioning: Provisioning | None = None
    """How the stack itself is previewed, applied, and checked for drift."""
    fleet: Fleet | None = None
    """The stack as several Pulumi stacks, for large organizations. Default: one."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of all resources in member accounts."""
    quotas: dict[str, Annotated[Count, Field(ge=1)]] = Field(default_factory=dict)
    """AWS quotas that differ for this organization, by name."""
    adopted: Adopted = Adopted()
    """Existing resources to import that have no id in other settings."""

    _name: str = PrivateAttr(default="")

    def model_post_init(self, context: Any, /) -> None:
        """Take the stack's name from the context; the config does not contain it."""
        self._name = (context or {}).get("stack", "")

    @property
    def name(self) -> str:
        """The name of the Pulumi stack."""
        return self._name

    @property
    def partition(self) -> str:
        """The partition of the home region."""
        return naming.partition(self.region)

    @property
    def regions(self) -> tuple[str, ...]:
        """The regions in use, the home region first."""
        return self.organization.regions or (self.region,)

    @property
    def opt_in_regions(self) -> tuple[str, ...]:
        """The regions in use that an account must enable first."""
        if self.partition != "aws":
            return ()
        return tuple(region for region in self.regions if region not in ENABLED_BY_DEFAULT)

    @property
    def global_region(self) -> str:
        """The region of requests to the partition's global services, such as IAM."""
        return naming.global_region(self.partition)

    def quota(self, name: str) -> int:
        """Return a quota, with this stack's override."""
        return self.quotas.get(name, QUOTAS[name].value)

    def account_with_purpose(self, purpose: Purpose) -> str | None:
        """Return the name of the account with this purpose."""
        return self._with_purpose.get(purpose)

    @cached_property
    def codedeploy_names(self) -> Mapping[tuple[str, str], str]:
        """The name that each pipeline, by application and environment, has in CodeDeploy."""
        return codedeploy_names(self.delivery.applications, self)

    def account_role_of(self, account: str) -> str:
        """Return the role that the management account assumes in a member account."""
        own = self.accounts[account].account_role if account in self.accounts else None
        return own or self.organization.account_role

    @cached_property
    def account_roles(self) -> tuple[str, ...]:
        """The roles that the management account assumes, the organization's first."""
        own = sorted({a.account_role for a in self.accounts.values() if a.account_role})
        return tuple(dict.fromkeys((self.organization.account_role, *own)))

    @property
    def config_regions(self) -> tuple[str, ...]:
        """The regions in which AWS Config records; empty if it is disabled."""
        if self.security is None or not self.security.config.enabled:
            return ()
        return self.security.config.regions or self.regions

    def regions_of(self, service: Regional) -> tuple[str, ...]:
        """Return the regions of a security service."""
        return service.regions or self.regions

    @property
    def delivery_account(self) -> str | None:
        """The name of the pipelines' account."""
        return self.delivery.account or self.account_with_purpose("delivery")

    def accounts_in(self, unit: str) -> list[str]:
        """Return the names of the accounts in a unit and in the units below it."""
        return self._in_units.get(unit, [])

    def guardrails_around(self, account: str) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield (target, names) of the guardrails that apply to an account, from the root down."""
        own = self.accounts[account]
        yield ROOT, self.organization.guardrails
        for path, unit in self.organization.around(own.unit):
            yield path, unit.guardrails
        yield account_target(account), own.guardrails

    def is_suspended(self, account: str) -> bool:
        """Return whether an account is in a suspended unit or below one."""
        return self._suspended[self.accounts[account].unit]

    def baseline_of(self, account: str) -> Baseline:
        """Return the effective baseline of an account, from all layers.

        An external account has one only if its own layer enables it.
        """
        own = self.accounts[account]
        found = self._unit_baselines[own.unit]
        if own.external:
            found = layered(found, Baseline(enabled=False))
        return layered(found, own.baseline) if own.baseline.model_fields_set else found

    @property
    def management_baseline(self) -> Baseline:
        """The baseline of the management account."""
        return layered(self.baseline, self.baseline.management_account)

    def once(self, compute: Callable[[Stack], T]) -> T:
        """Return the cached result of a function of these settings, which are immutable."""
        if compute not in self._computed:
            self._computed[compute] = compute(self)
        found: T = self._computed[compute]
        return found

    @cached_property
    def _computed(self) -> dict[Callable[[Stack], Any], Any]:
        return {}

    @cached_property
    def _with_purpose(self) -> dict[str, str]:
        """The first account of each purpose."""
        named = [(a.purpose, name) for name, a in self.accounts.items() if a.purpose is not None]
        return dict(reversed(named))

    @cached_property
    def _order(self) -> dict[str, int]:
        return {name: index for index, name in enumerate(self.accounts)}

    @cached_property
    def _in_units(self) -> dict[str, list[str]]:
        """The accounts in and below each unit with accounts."""
        found: dict[str, list[str]] = {}
        for name, account in self.accounts.items():
            parts = account.unit.split("/")
            for length in range(1, len(parts) + 1):
                found.setdefault("/".join(parts[:length]), []).append(name)
        return found

    @cached_property
    def _suspended(self) -> dict[str, bool]:
        """Whether accounts are suspended, by their unit."""
        places = {account.unit for account in self.accounts.values()}
        return {
            place: any(unit.suspended for _, unit in self.organization.around(place))
            for place in places
        }

    @cached_property
    def _unit_baselines(self) -> dict[str, Baseline]:
        """The inherited baseline of accounts, by their unit."""
        found: dict[str, Baseline] = {}
        for place in {account.unit for account in self.accounts.values()}:
            own = layered(self.baseline, Baseline())
            for _, unit in self.organization.around(place):
                own = layered(own, unit.baseline)
            found[place] = own
        return found

    def holders(self, role: AccessRole) -> list[str]:
        """Return the accounts that have a role, in the order of the settings."""
        if not role.accounts and not role.units:
            return self.chosen(self.accounts, ())
        return self.chosen(role.accounts, role.units)

    def chosen(self, accounts: Iterable[str], units: Iterable[str]) -> list[str]:
        """Return accounts by name and by unit (`Root` is all), in the order of the settings.

        Excludes suspended accounts.
        """
        chosen = {*accounts}
        for unit in units:
            chosen.update(self.accounts if unit == ROOT else self.accounts_in(unit))
        known = [name for name in chosen if name in self.accounts and not self.is_suspended(name)]
        return sorted(known, key=self._order.__getitem__)
