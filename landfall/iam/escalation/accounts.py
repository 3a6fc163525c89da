"""An organization for the escalation graph: principals, and workloads with roles."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from landfall.aws.arns import arn_of
from landfall.iam.documents import Document
from landfall.iam.effective_access.identities import Identity, Labelled
from landfall.iam.requests import ContextValue


@dataclass(frozen=True)
class Principal:
    """A user or a role; `trust` is the role's trust policy, None for a user.

    `policies` are all its identity policies, those of its groups included; a label that is a
    managed policy's ARN says that it can be rewritten as such. `groups` are the ARNs of a user's
    groups.
    """

    arn: str
    policies: tuple[Labelled, ...]
    boundaries: tuple[Labelled, ...] = ()
    trust: Document | None = None
    groups: tuple[str, ...] = ()

    @cached_property
    def account(self) -> str:
        """The account it is in, 12 digits."""
        return self.arn.split(":", 5)[4]

    @property
    def is_role(self) -> bool:
        """Whether it is a role."""
        return self.arn.split(":", 5)[5].startswith("role/")

    @cached_property
    def caller(self) -> str:
        """The ARN under which it calls: a role does so by a session."""
        if not self.is_role:
            return self.arn
        _, partition, _, _, account, rest = self.arn.split(":", 5)
        name = rest.rsplit("/", 1)[-1]
        return arn_of(partition, "sts", f"assumed-role/{name}/session", account=account)

    @property
    def carried(self) -> tuple[str, ...]:
        """The ARNs of what gives it permissions: itself, its groups and its managed policies."""
        labels = (label for label, _ in self.policies)
        return (self.arn, *self.groups, *(one for one in labels if one.startswith("arn:")))


@dataclass(frozen=True, slots=True)
class Workload:
    """A resource that runs with a role: a function, an instance, a build project."""

    arn: str
    role: str


@dataclass(frozen=True)
class Account:
    """An account; the levels of its SCPs and RCPs go from the organization's root to itself."""

    id: str
    principals: tuple[Principal, ...]
    workloads: tuple[Workload, ...] = ()
    service_control: tuple[tuple[Labelled, ...], ...] = ()
    resource_control: tuple[tuple[Labelled, ...], ...] = ()


@dataclass(frozen=True)
class Organization:
    """Accounts and the id of their organization (`o-...`), where there is one."""

    accounts: tuple[Account, ...]
    id: str | None = None
    management_account: str | None = None

    def principals(self) -> Iterator[tuple[Account, Principal]]:
        """Yield every principal with its account."""
        for account in self.accounts:
            for principal in account.principals:
                yield account, principal

    def identity(self, account: Account, principal: Principal) -> Identity:
        """Return a principal's identity; SCPs do not limit the management account."""
        is_limited = account.id != self.management_account
        return Identity(
            policies=principal.policies,
            boundaries=principal.boundaries,
            service_control=account.service_control if is_limited else (),
            principal=principal.arn,
            context=self.context,
        )

    @property
    def context(self) -> tuple[tuple[str, ContextValue], ...]:
        """The context that every request of the organization's principals has."""
        found: list[tuple[str, ContextValue]] = [
            ("aws:SourceArn", None),
            ("aws:SourceAccount", None),
        ]
        if self.id:
            found.append(("aws:PrincipalOrgID", self.id))
        if self.management_account:
            found.append(("aws:PrincipalOrgMasterAccountId", self.management_account))
        return tuple(found)
