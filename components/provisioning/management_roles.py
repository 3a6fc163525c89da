"""The provisioning roles in the management account.

The read role previews and checks for drift. The apply role has a boundary that it cannot change. A
user must apply changes of these roles.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.cross_account_role import (
    CrossAccountRole,
    CrossAccountRoleArgs,
    FederatedPrincipalArgs,
    tokens,
)
from components.inputs import Inputs
from components.roles import make_policy
from landfall.blueprint.provisioning import management_roles as described
from landfall.blueprint.provisioning.permissions import State
from landfall.blueprint.roles import Role


class ProvisioningAccessArgs(TypedDict):
    """The arguments of the roles."""

    account_id: pulumi.Input[str]
    """The management account."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization."""
    read_role_name: str
    """The name of the read role, the same in member accounts."""
    apply_role_name: str
    """The name of the apply role."""
    account_role: str
    """The role of member accounts that the apply role assumes."""
    other_account_roles: NotRequired[list[str]]
    """Roles that it assumes in member accounts without that role."""
    readers: list[pulumi.Input[str]]
    """The roles that may assume the read role."""
    appliers: list[pulumi.Input[str]]
    """The roles that may assume the apply role."""
    read_tokens: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens of CI jobs that may assume the read role."""
    apply_tokens: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens of CI jobs that may assume the apply role."""
    state_bucket_arn: pulumi.Input[str]
    """The state bucket."""
    state_keys_arn: pulumi.Input[str]
    """The ARN pattern of the state's keys; aliases select the keys."""
    statements: NotRequired[list[Any]]
    """Permissions of the apply role in the management account outside Organizations."""
    close_accounts: NotRequired[bool]
    """The apply role may close accounts."""


class ProvisioningAccess(pulumi.ComponentResource):
    """The two roles of the management account, and the apply role's policies and boundary."""

    read_role_arn: pulumi.Output[str]
    apply_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ProvisioningAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:provisioning:ProvisioningAccess", name, None, opts)
        inputs = Inputs()
        access = _described(args, inputs)
        read = self._role(
            f"{name}-read",
            described.read_role(access),
            args,
            inputs,
            {
                "trusted_role_arns": args["readers"],
                "federated": args.get("read_tokens", []),
                "managed_policy_arns": [described.read_only_policy(access.partition)],
            },
        )
        child = pulumi.ResourceOptions(parent=self)
        boundary = make_policy(f"{name}-boundary", described.boundary(access), inputs, child)
        apply = self._role(
            f"{name}-apply",
            described.apply_role(access),
            args,
            inputs,
            {
                "trusted_role_arns": args["appliers"],
                "federated": args.get("apply_tokens", []),
                "permissions_boundary": boundary.arn,
            },
        )
        for subject, policy in described.apply_policies(access).items():
            own = make_policy(f"{name}-apply-{subject}", policy, inputs, child)
            aws.iam.RolePolicyAttachment(
                f"{name}-apply-{subject}", role=apply.role_name, policy_arn=own.arn, opts=child
            )
        self.read_role_arn, self.apply_role_arn = read.role_arn, apply.role_arn
        self.register_outputs(
            {"read_role_arn": self.read_role_arn, "apply_role_arn": self.apply_role_arn}
        )

    def _role(
        self,
        name: str,
        role: Role,
        args: ProvisioningAccessArgs,
        inputs: Inputs,
        more: dict[str, Any],
    ) -> CrossAccountRole:
        own: CrossAccountRoleArgs = {
            "role_name": role.name,
            "description": role.description or "",
            "organization_id": args["organization_id"],
            "policy": inputs.document(role.statements),
            **more,  # type: ignore[typeddict-item]
        }
        return CrossAccountRole(name, own, opts=pulumi.ResourceOptions(parent=self))


def _described(args: ProvisioningAccessArgs, inputs: Inputs) -> described.ProvisioningAccess:
    return described.ProvisioningAccess(
        args.get("partition", "aws"),
        inputs.text(args["account_id"]),
        inputs.text(args["organization_id"]),
        args["read_role_name"],
        args["apply_role_name"],
        [args["account_role"], *args.get("other_account_roles", [])],
        State(inputs.text(args["state_bucket_arn"]), inputs.text(args["state_keys_arn"])),
        read_tokens=[tokens(each, inputs) for each in args.get("read_tokens", [])],
        apply_tokens=[tokens(each, inputs) for each in args.get("apply_tokens", [])],
        statements=inputs.plain(args.get("statements", [])),
        close_accounts=args.get("close_accounts", False),
    )
