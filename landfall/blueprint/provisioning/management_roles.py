"""The provisioning roles in the management account."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import iam_arn, managed_policy_arn
from landfall.blueprint.provisioning import management, operations, permissions
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

    def policy_name(self, subject: str) -> str:
        """Return the name of the apply role's customer managed policy of a subject."""
        return f"{self.apply_role_name}-{subject}"


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
    """Return the apply role.

    The state and the custom statements are its inline policy, the rest are its customer managed
    policies: see `apply_policies`.
    """
    return CrossAccount(
        access.apply_role_name,
        access.organization_id,
        access.appliers,
        [*_state(access), *access.statements],
        description="Applies the stack",
        federated=access.apply_tokens,
        managed=tuple(
            _arn(access, f"policy/{naming.ROLE_PATH}{each.name}")
            for each in apply_policies(access).values()
        ),
        boundary=_arn(access, f"policy/{naming.ROLE_PATH}{access.boundary_name}"),
    ).role()


def apply_policies(access: ProvisioningAccess) -> dict[str, Policy]:
    """Return the customer managed policies of the apply role by subject.

    A managed policy has at most 6,144 characters, and a role at most 10 of them.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
    """
    return {
        subject: Policy(
            access.policy_name(subject),
            management.merged(statements),
            description=f"What applying the stack may do in the management account: {subject}",
        )
        for subject, statements in _subjects(access).items()
    }


def boundary(access: ProvisioningAccess) -> Policy:
    """Return the apply role's boundary, which it cannot change."""
    return Policy(
        access.boundary_name,
        [
            *management.in_short(
                [*_state(access), *(one for many in _subjects(access).values() for one in many)]
            ),
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
    """Return the ARNs of the roles, their policies and the OIDC providers."""
    hosts = sorted({each.host for each in (*access.read_tokens, *access.apply_tokens)})
    own = [
        f"role/{naming.ROLE_PATH}{access.read_role_name}",
        f"role/{naming.ROLE_PATH}{access.apply_role_name}",
        # The boundary and the customer managed policies.
        f"policy/{naming.ROLE_PATH}{access.policy_name('*')}",
        *(f"oidc-provider/{host}" for host in hosts),
    ]
    return [_arn(access, each) for each in own]


def _state(access: ProvisioningAccess) -> list[Statement]:
    """Return the statements for the state, for other accounts, and for reading its own roles."""
    return [
        *permissions.read_state(access.state),
        *permissions.write_state(access.state),
        permissions.act_in_accounts(access.partition, access.account_roles, access.organization_id),
        permissions.read_own(_own(access)),
    ]


def _subjects(access: ProvisioningAccess) -> dict[str, list[Statement]]:
    """Return the statements for the rest of the management account, by subject."""
    partition, account_id = access.partition, access.account_id
    return {
        "organization": [
            permissions.organize(close_accounts=access.close_accounts),
            *management.let_people_in(partition, account_id),
            management.manage_root_access(),
        ],
        "security": [
            *permissions.secure(partition, account_id),
            *management.record(partition, account_id),
        ],
        "accounts": management.keep_accounts(partition, account_id),
        "operations": operations.operate(partition),
    }
