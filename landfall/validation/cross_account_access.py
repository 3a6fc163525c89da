"""Checks of the access roles."""

from __future__ import annotations

from collections.abc import Iterator

from landfall.aws.arns import in_partition, managed_policy_arn
from landfall.blueprint.stack import cross_account_roles
from landfall.settings import backup_plans, keys, naming
from landfall.settings.cross_account_access import AccessRole
from landfall.settings.source import Path
from landfall.settings.stack import Stack
from landfall.settings.suggestions import suggestion
from landfall.validation import federation, references
from landfall.validation.kinds import Kind
from landfall.validation.mistakes import Mistake


def mistakes(stack: Stack) -> Iterator[Mistake]:
    """Yield the mistakes in the access roles."""
    for name, role in stack.access.roles.items():
        path: Path = (keys.ACCESS, "roles", name)
        yield from references.length(stack, path, "role", name, "roleNameLength")
        yield from _taken(stack, path, name)
        yield from _references(stack, path, role)
        yield from _mfa(path, role)
        yield from _own_policies(stack, path, role)
        yield from _policies(stack, path, role)
        yield from federation.of_role(stack, path, role)
    for name in stack.access.boundaries:
        here: Path = (keys.ACCESS, "boundaries", name)
        yield from references.length(stack, here, "policy", name, "policyNameLength")
    yield from _of_policies(stack)
    yield from federation.providers(stack)


def _references(stack: Stack, path: Path, role: AccessRole) -> Iterator[Mistake]:
    for index, principal in enumerate(role.principals):
        here = (*path, "principals", index, "account")
        yield from references.account(stack, here, principal.account)
    for index, account in enumerate(role.accounts):
        yield from references.account(stack, (*path, "accounts", index), account)
    for index, unit in enumerate(role.units):
        yield from references.unit(stack, (*path, "units", index), unit, root=False)
    yield from references.boundary(stack, (*path, "boundary"), role.boundary)


def _mfa(path: Path, role: AccessRole) -> Iterator[Mistake]:
    """Check that who may assume a role can have MFA: AWS says it only of users' own sessions.

    https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_mfa_configure-api-require.html
    """
    if not role.require_mfa or not (
        role.principals or role.federated or role.services or role.saml
    ):
        return
    who = "sessions of roles" if role.principals else "services, SAML users and CI jobs"
    what = f"{who} never carry MFA, so they could not assume the role"
    fix = (
        "remove it, and require MFA where users sign in; or let IAM users of the management "
        "account assume the role: users: [NAME]"
    )
    yield Mistake((*path, "requireMfa"), what, fix, kind=Kind.CONFLICTING_SETTINGS)


def _own_policies(stack: Stack, path: Path, role: AccessRole) -> Iterator[Mistake]:
    """Check the instance profile and the customer managed policies of a role."""
    if role.instance_profile and "ec2" not in role.services:
        what, here = "EC2 may not assume the role of the profile", (*path, "instanceProfile")
        yield Mistake(here, what, "write services: [ec2]", kind=Kind.MISSING_SETTING)
    known = stack.access.policies
    for index, name in enumerate(role.policies):
        if name not in known:
            what, about = f"there is no policy '{name[:80]}'", (keys.ACCESS, "policies", name)
            here = (*path, "policies", index)
            fix = suggestion(name, known)
            yield Mistake(here, what, fix, about, kind=Kind.UNKNOWN_REFERENCE)


def _of_policies(stack: Stack) -> Iterator[Mistake]:
    """Check the customer managed policies: names, accounts and units."""
    for name, policy in stack.access.policies.items():
        path: Path = (keys.ACCESS, "policies", name)
        yield from references.length(stack, path, "policy", name, "policyNameLength")
        for index, account in enumerate(policy.accounts):
            yield from references.account(stack, (*path, "accounts", index), account)
        for index, unit in enumerate(policy.units):
            yield from references.unit(stack, (*path, "units", index), unit, root=True)
        if name.lower() in map(str.lower, stack.access.boundaries):
            what = "a permissions boundary has this name"
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        if not cross_account_roles.holders_of_policy(stack, name):
            what = "no account gets the policy"
            fix = "add accounts: or units:, or list it in policies of a role"
            yield Mistake(path, what, fix, kind=Kind.MISSING_SETTING)


def _policies(stack: Stack, path: Path, role: AccessRole) -> Iterator[Mistake]:
    if not (role.managed_policies or role.policies or role.statements):
        fix = "add managedPolicies, policies or statements"
        yield Mistake(
            path,
            "the role has no permissions",
            fix,
            path,
            kind=Kind.MISSING_SETTING,
        )
    limit = stack.quota("managedPoliciesPerRole")
    count = len(role.managed_policies) + len(role.policies)
    if count > limit:
        what = f"the role has {count} managed policies"
        yield Mistake(
            (*path, "managedPolicies"),
            what,
            f"AWS attaches at most {limit}",
            kind=Kind.EXCEEDS_LIMIT,
        )
    for index, policy in enumerate(role.managed_policies):
        here = (*path, "managedPolicies", index)
        iam = in_partition(stack.partition, "iam::")
        if policy.startswith("arn:") and not policy.startswith(iam):
            what = f"'{policy[:80]}' is not an IAM policy in partition {stack.partition}"
            fix = f"write {managed_policy_arn(stack.partition, '…')}, or only the policy's name"
            yield Mistake(here, what, fix, (keys.REGION,), kind=Kind.OTHER_PARTITION)


def _taken(stack: Stack, path: Path, name: str) -> Iterator[Mistake]:
    """Check that the name is free. Role names are unique in an account, ignoring path and case."""
    if name.lower() in map(str.lower, stack.account_roles):
        what = "the management account's role in member accounts has this name"
        yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
    backups = backup_plans.needs(stack).values()
    if name.lower() == naming.BACKUP_ROLE and any(needs.role for needs in backups):
        what = "the role of AWS Backup has this name"
        yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
    for application, settings in stack.delivery.applications.items():
        if name.lower().startswith(f"{naming.source_tests(application)}".lower()):
            what = f"role names of the tests of {application} start with this name"
            yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
        for environment in (*settings.environments, naming.VALIDATION):
            for part in (*naming.PIPELINE_ROLES, "execution"):
                if name.lower() == naming.pipeline_role(application, environment, part).lower():
                    what = f"the pipeline of {application} in {environment} has a role of this name"
                    yield Mistake(path, what, "choose another name", kind=Kind.NAME_TAKEN)
