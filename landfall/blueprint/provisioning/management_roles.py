"""The provisioning roles in the management account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import iam_arn, managed_policy_arn
from landfall.blueprint.provisioning import management, permissions
from landfall.blueprint.provisioning.permissions import State
from landfall.blueprint.roles import CrossAccount, Policy, Role, Tokens
from landfall.blueprint.statements import Statement
from landfall.settings import naming


@dataclass(frozen=True, slots=True)
class ProvisioningAccess:
    """The principals of the read and apply roles.

    `statements` are further permissions of the apply role.
    """

    partition: str
    account_id: str
    organization_id: str
    read_role_name: str
    apply_role_name: str
    account_roles: Sequence[str]
    state: State
    readers: Sequence[str] = ()
    appliers: Sequence[str] = ()
    read_tokens: Sequence[Tokens] = ()
    apply_tokens: Sequence[Tokens] = ()
    statements: Sequence[Statement] = ()
    close_accounts: bool = False

    @property
    def boundary_name(self) -> str:
        """The name of the apply role's boundary."""
        return f"{self.apply_role_name}-boundary"


def read_role(access: ProvisioningAccess) -> Role:
    """Return the read role, which previews and checks for drift."""
    return CrossAccount(
        access.read_role_name,
        access.organization_id,
        access.readers,
        [
            permissions.read_beside(),
            *permissions.read_state(access.state),
            permissions.act_in_accounts(
                access.partition,
                [f"{naming.ROLE_PATH}{access.read_role_name}"],
                access.organization_id,
            ),
        ],
        description="Previews the stack and looks for drift",
        federated=access.read_tokens,
        managed=(read_only_policy(access.partition),),
    ).role()


def apply_role(access: ProvisioningAccess) -> Role:
    """Return the apply role."""
    return CrossAccount(
        access.apply_role_name,
        access.organization_id,
        access.appliers,
        [*management.merged(_applying(access)), *access.statements],
        description="Applies the stack",
        federated=access.apply_tokens,
        boundary=_arn(access, f"policy/{naming.ROLE_PATH}{access.boundary_name}"),
    ).role()


def boundary(access: ProvisioningAccess) -> Policy:
    """Return the apply role's boundary, which it cannot change."""
    return Policy(
        access.boundary_name,
        [
            *management.in_short(_applying(access)),
            *access.statements,
            *permissions.never(_own(access)),
        ],
        description="The most that applying the stack may do in the management account",
    )


def reader_role(
    partition: str, name: str, organization_id: str, trusted_role_arn: str
) -> CrossAccount:
    """Return the read role of a member account, for the management account's read role."""
    return CrossAccount(
        name,
        organization_id,
        [trusted_role_arn],
        [permissions.read_beside()],
        description="Previews the stack and looks for drift",
        managed=(read_only_policy(partition),),
    )


def read_only_policy(partition: str) -> str:
    """Return the ARN of AWS's policy for reading configuration."""
    return managed_policy_arn(partition, permissions.READ_POLICY)


def _arn(access: ProvisioningAccess, resource: str) -> str:
    return iam_arn(access.partition, access.account_id, resource)


def _own(access: ProvisioningAccess) -> list[str]:
    """Return the ARNs of the roles, the boundary and the OIDC providers."""
    hosts = sorted({each.host for each in (*access.read_tokens, *access.apply_tokens)})
    own = [
        f"role/{naming.ROLE_PATH}{access.read_role_name}",
        f"role/{naming.ROLE_PATH}{access.apply_role_name}",
        f"policy/{naming.ROLE_PATH}{access.boundary_name}",
        *(f"oidc-provider/{host}" for host in hosts),
    ]
    return [_arn(access, each) for each in own]


def _applying(access: ProvisioningAccess) -> list[Statement]:
    partition, account_id = access.partition, access.account_id
    return [
        permissions.organize(close_accounts=access.close_accounts),
        *permissions.read_state(access.state),
        *permissions.write_state(access.state),
        permissions.act_in_accounts(partition, access.account_roles, access.organization_id),
        permissions.read_own(_own(access)),
        *permissions.secure(partition, account_id),
        *management.keep_accounts(partition, account_id),
        *management.let_people_in(partition, account_id),
        *management.record(partition, account_id),
        management.manage_root_access(),
    ]
