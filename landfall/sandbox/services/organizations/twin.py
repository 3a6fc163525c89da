"""Organizations of a snapshot: the organization, its tree, its policies, its resource policy."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any, Final

from moto.core.utils import unix_time
from moto.iam.models import iam_backends
from moto.organizations import models
from moto.organizations.models import (
    FakeAccount,
    FakeDelegatedAdministrator,
    FakeOrganizationalUnit,
    FakePolicy,
    OrganizationsBackend,
    organizations_backends,
)

from landfall.sandbox.across_services import quotas
from landfall.sandbox.gate import regions
from landfall.sandbox.services.organizations.additions import resource_policy_tags
from landfall.sandbox.services.organizations.limits_delegation import resource_policies
from landfall.sandbox.services.organizations.repairs import next_account_id
from landfall.sandbox.twin.loaders import Found, Place, loads
from landfall.snapshots.document import Snapshot
from landfall.snapshots.found import Account, Organization, Policy

_CLOSED: Final = frozenset({"CLOSED", "SUSPENDED"})
_ATTACHED: Final = "organizations.attached."


def load_organization(snapshot: Snapshot) -> None:
    """Make the organization of a snapshot, with its ids, and the quotas that it must have."""
    found = snapshot.organization
    backend = organizations_backends[found.management_account][found.partition]
    backend.create_organization(snapshot.regions[0], FeatureSet="ALL")
    _root(backend, found)
    backend.ou += [_unit(backend, unit) for unit in found.units]
    # The list is in AWS's order; the management account exists already.
    own = backend.accounts.pop()
    backend.accounts += [_account(backend, account, own) for account in found.accounts]
    _policies(backend, found)
    backend.services = [
        {"ServicePrincipal": service, "DateEnabled": unix_time()} for service in found.services
    ]
    _delegations(backend, found.delegations)
    for account in backend.accounts:
        regions.of_twin(account.id)
    quotas.of_twin(snapshot.quotas, _held(backend))


def _root(backend: OrganizationsBackend, found: Organization) -> None:
    (root,) = backend.ou
    assert backend.org is not None  # noqa: S101 - just created
    backend.org.id, backend.org.root_id = found.id, found.root
    for each in (root, *backend.policies, *backend.accounts):
        each.organization_id = found.id
    root.id, root.tags = found.root, dict(found.root_tags)
    root.policy_types = [{"Type": kind, "Status": "ENABLED"} for kind in found.policy_types]


def _unit(backend: OrganizationsBackend, found: Any) -> FakeOrganizationalUnit:
    unit = FakeOrganizationalUnit(backend.org, Name=found.name, ParentId=found.parent)
    unit.id, unit.tags = found.id, dict(found.tags)
    return unit


def _account(backend: OrganizationsBackend, found: Account, own: FakeAccount) -> FakeAccount:
    account = own
    if found.id == backend.account_id:
        own.name, own.email = found.name, found.email
        backend.org.master_account_email = found.email
    else:
        with next_account_id(found.id):
            account = FakeAccount(backend.org, AccountName=found.name, Email=found.email)
        models.organizations_backends.master_accounts[found.id] = (
            backend.account_id,
            backend.partition,
        )
        # The snapshot has the roles, also the one that the emulator makes for a new account.
        for partition in {"aws", backend.partition}:
            iam_backends[found.id][partition].roles.clear()
    account.parent_id, account.tags = found.parent, dict(found.tags)
    account.state, account.joined_method = found.state, found.joined
    # `Status` has one value for an account that is closed, whoever closed it.
    account.status = "SUSPENDED" if found.state in _CLOSED else found.state
    if found.since:
        joined = datetime.fromisoformat(found.since).astimezone(UTC)
        account.create_time = joined.replace(tzinfo=None)
    return account


def _policies(backend: OrganizationsBackend, found: Organization) -> None:
    targets = {each.id: each for each in (*backend.ou, *backend.accounts)}
    known = {policy.id: policy for policy in backend.policies}
    for target in targets.values():
        target.attached_policies.clear()
    for policy in known.values():
        policy.attachments.clear()
    backend.policies = []
    for each in found.policies:
        policy = known.pop(each.id, None) or _policy(backend, each)
        backend.policies.append(policy)
        # AWS attaches its own policy to everything once the type is enabled.
        waits = each.aws_managed and each.type not in found.policy_types and not each.targets
        for target in targets if waits else each.targets:
            policy.attachments.append(targets[target])
            targets[target].attached_policies.append(policy)
    backend.policies += known.values()


def _policy(backend: OrganizationsBackend, found: Policy) -> FakePolicy:
    policy = FakePolicy(
        backend.org,
        Name=found.name,
        Description=found.description,
        Type=found.type,
        Content=found.content,
    )
    policy.id, policy.aws_managed, policy.tags = found.id, found.aws_managed, dict(found.tags)
    return policy


def _delegations(backend: OrganizationsBackend, delegations: Mapping[str, Iterable[str]]) -> None:
    admins = {}
    for service, accounts in delegations.items():
        for account in accounts:
            if account not in admins:
                admins[account] = FakeDelegatedAdministrator(backend.get_account_by_id(account))
            admins[account].services[service] = {
                "ServicePrincipal": service,
                "DelegationEnabledDate": unix_time(),
            }
    backend.admins = list(admins.values())


def _held(backend: OrganizationsBackend) -> dict[str, int]:
    """Return what AWS must allow at least, by quota, because it exists."""
    held = {
        "organizations.accounts": len(backend.accounts),
        "organizations.units": len(backend.ou) - 1,
    }
    for target in (*backend.ou, *backend.accounts):
        for kind, count in Counter(each.type for each in target.attached_policies).items():
            name = f"{_ATTACHED}{kind}"
            held[name] = max(held.get(name, 0), count)
    return {name: count for name, count in held.items() if name in quotas.TABLE}


@loads("resource policy")
def resource_policy(place: Place, found: Found) -> None:
    """Put the organization's resource policy."""
    summary = {"Id": found["Id"], "Arn": found["Arn"]}
    policy = {"ResourcePolicySummary": summary, "Content": found["Content"]}
    resource_policies.at(place.management)["policy"] = policy
    resource_policy_tags.put(place.management, found["Id"], found["tags"])
