"""The organization and its tree of organizational units."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Any, Literal

from pydantic import Field

from landfall.settings.base import Alias, Count, Distinct, Flag, ListOf, Settings
from landfall.settings.baseline import Baseline
from landfall.settings.cross_account_access import AccountRole
from landfall.settings.service_quotas import QuotaCode, QuotaRequest

ROOT = "Root"

PolicyType = Literal[
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "CHATBOT_POLICY",
    "DECLARATIVE_POLICY_EC2",
    "SECURITYHUB_POLICY",
    "INSPECTOR_POLICY",
    "UPGRADE_ROLLOUT_POLICY",
    "BEDROCK_POLICY",
    "S3_POLICY",
]
"""The policy types that the AWS provider supports."""


def account_target(key: str) -> str:
    """Return how an account is called as a target of policies; no unit has such a path."""
    return f"account:{key}"


class Unit(Settings):
    """One organizational unit, with the units below it."""

    id: str | None = Field(default=None, pattern=r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$")
    """The id of an existing unit to adopt."""
    name: str | None = Field(default=None, min_length=1)
    """The name in the organization. Default: the key."""
    formerly: str | None = Field(default=None, min_length=1)
    """The former key, in the same parent; Pulumi then treats it as the same unit."""
    external: Flag = False
    """Managed elsewhere, for example by AWS Control Tower: the stack only uses its id and changes
    only its policy attachments."""
    suspended: Flag = False
    """Accounts in it and below stay, but have no resources of the stack."""
    baseline: Baseline = Field(default_factory=Baseline)
    """Differences from the outer baseline, for the accounts in it and below."""
    guardrails: Distinct = ()
    """Names of guardrails that apply to the unit and everything below it."""
    full_access: Flag = True
    """AWS's FullAWSAccess is attached here. `false` detaches it: then only what guardrails here
    allow is allowed, and only if each level above allows it, too."""
    other_policies: dict[PolicyType, Count] = Field(default_factory=dict)
    """The number of policies attached here that the stack does not manage, by type, such as those
    of AWS Control Tower. They use up quota."""
    units: dict[str, Unit] = Field(default_factory=dict)
    """The units below this one, by name."""
    tags: dict[str, str] = Field(default_factory=dict)
    """Tags of the unit."""


class Organization(Settings):
    """The organization of the stack."""

    mode: Literal["create", "adopt"] = "create"
    """`create` creates an organization; `adopt` adopts the one with `id`."""
    id: str | None = Field(default=None, pattern=r"^o-[a-z0-9]{10,32}$")
    """The existing organization, for `adopt`."""
    parent: str | None = Field(default=None, pattern=r"^ou-[a-z0-9]{4,32}-[a-z0-9]{8,32}$")
    """The existing parent unit of this stack's units, for `adopt`."""
    regions: Distinct = ()
    """Regions in use, the home region first. Default: the stack's `aws:region`."""
    account_role: AccountRole = "OrganizationAccountAccessRole"
    """The role that the management account assumes in each member account."""
    acting_role: str | None = Field(
        default=None, pattern=r"^([A-Za-z0-9_+=,.@-]+/)*[A-Za-z0-9_+=,.@-]{1,64}$"
    )
    """The role, with its path, that the engine assumes in member accounts instead of
    `accountRole`. `landfall plan --role` sets it in its copy; do not set it in stack files."""
    trusted_services: Distinct | None = None
    """Services with trusted access, as in `cloudtrail.amazonaws.com`."""
    policy_types: ListOf[PolicyType] | None = None
    """Policy types to enable."""
    central_root_access: Flag = False
    """Manage the root users of member accounts centrally: new accounts have no root credentials,
    and the management account can remove those of others and open short root sessions."""
    alias: Alias | None = None
    """The alias in the management account's sign-in URL, unique across AWS."""
    delegated_administrators: dict[str, Distinct] = Field(default_factory=dict)
    """Delegated administrator accounts by service principal."""
    delegated_policies: dict[PolicyType, Distinct] = Field(default_factory=dict)
    """Member accounts that manage the organization's policies of a type, in place of the management
    account alone. The organization's resource policy delegates them."""
    resource_policy: ListOf[dict[str, Any]] = ()
    """More statements of the organization's resource policy, as AWS writes them. The stack then
    replaces the organization's whole resource policy."""
    quota_template: dict[QuotaCode, QuotaRequest] = Field(default_factory=dict)
    """Quotas that AWS requests for each new account, by service and code."""
    guardrails: Distinct = ()
    """Names of guardrails that apply to the whole organization."""
    full_access: Flag = True
    """AWS's FullAWSAccess is attached here. `false` detaches it: then only what guardrails here
    allow is allowed, and only if each level above allows it, too."""
    other_policies: dict[PolicyType, Count] = Field(default_factory=dict)
    """The number of policies at the root that the stack does not manage, by type. They use up
    quota."""
    units: dict[str, Unit] = Field(default_factory=dict)
    """The units below the root, by name."""

    def attached(self) -> Iterator[tuple[str, tuple[str, ...]]]:
        """Yield each guardrail target with its guardrails: `Root` first, then the units."""
        yield ROOT, self.guardrails
        for path, unit in self.walk():
            yield path, unit.guardrails

    def around(self, place: str) -> list[tuple[str, Unit]]:
        """Return the units at or above a path with their paths, from the top down."""
        ends = [index for index, letter in enumerate(f"{place}/") if letter == "/"]
        found = [each for end in ends for each in self._by_path.get(place[:end], ())]
        return [(path, unit) for _, path, unit in sorted(found, key=lambda each: each[0])]

    def has_unit(self, path: str) -> bool:
        """Return whether a unit has this path."""
        return path in self._by_path

    @cached_property
    def _by_path(self) -> dict[str, list[tuple[int, str, Unit]]]:
        """The units of each path, with their index in `walk`; a '/' in a name may repeat a path."""
        found: dict[str, list[tuple[int, str, Unit]]] = {}
        for index, (path, unit) in enumerate(self.walk()):
            found.setdefault(path, []).append((index, path, unit))
        return found

    def walk(self) -> Iterator[tuple[str, Unit]]:
        """Yield each unit with its path, as in `Workloads/Dev`; parents before children."""

        def below(units: dict[str, Unit], prefix: str) -> Iterator[tuple[str, Unit]]:
            for name, unit in units.items():
                yield f"{prefix}{name}", unit
                yield from below(unit.units, f"{prefix}{name}/")

        return below(self.units, "")
