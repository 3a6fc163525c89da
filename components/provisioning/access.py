"""The roles with which the stack's own delivery acts in the management account.

One reads: it previews and looks for drift. One applies, within a boundary that it cannot change. A
change of either is made by a person, whoever proposes it.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.access import CrossAccountRole, CrossAccountRoleArgs, FederatedPrincipalArgs
from components.documents import document
from components.provisioning import management, permissions
from components.provisioning.permissions import State


class ProvisioningAccessArgs(TypedDict):
    """What makes the roles."""

    account_id: pulumi.Input[str]
    """The management account."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization."""
    read_role_name: str
    """The role that reads; it has the same name in member accounts."""
    apply_role_name: str
    """The role that applies."""
    account_role: str
    """The role of member accounts that applying acts as."""
    readers: list[pulumi.Input[str]]
    """The roles that may act as the one that reads."""
    appliers: list[pulumi.Input[str]]
    """The roles that may act as the one that applies."""
    read_tokens: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens of CI jobs that may act as the one that reads."""
    apply_tokens: NotRequired[list[FederatedPrincipalArgs]]
    """The tokens of CI jobs that may act as the one that applies."""
    state_bucket_arn: pulumi.Input[str]
    """The bucket of the state."""
    state_keys_arn: pulumi.Input[str]
    """The keys of the account and region of the state; aliases tell which."""
    statements: NotRequired[list[Any]]
    """What applying needs in the management account beside the organization."""
    baseline: NotRequired[bool]
    """Applying keeps accounts' contacts and budgets, and the management account's own baseline."""
    people: NotRequired[bool]
    """Applying keeps permission sets, groups and assignments of IAM Identity Center."""
    record: NotRequired[bool]
    """Applying keeps AWS Config's recorder in the management account."""
    security: NotRequired[bool]
    """Applying sets up the security services of the organization."""
    close_accounts: NotRequired[bool]
    """Applying may close accounts."""


class ProvisioningAccess(pulumi.ComponentResource):
    """The two roles of the management account, and the boundary of the one that applies."""

    read_role_arn: pulumi.Output[str]
    apply_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ProvisioningAccessArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:provisioning:ProvisioningAccess", name, None, opts)
        self._args = args
        partition = args.get("partition", "aws")
        read_only = f"arn:{partition}:iam::aws:policy/{permissions.READ_POLICY}"
        state = State(args["state_bucket_arn"], args["state_keys_arn"])
        read = self._role(
            f"{name}-read",
            args["read_role_name"],
            "Previews the stack and looks for drift",
            args["readers"],
            args.get("read_tokens", []),
            [
                permissions.read_beside(),
                *permissions.read_state(state),
                permissions.act_in_accounts(
                    partition, f"landfall/{args['read_role_name']}", args["organization_id"]
                ),
            ],
            {"managed_policy_arns": [read_only]},
        )
        applying = [*self._apply(state), *self._keep(partition, args["account_id"])]
        asked = args.get("statements", [])
        boundary = aws.iam.Policy(
            f"{name}-boundary",
            name=f"{args['apply_role_name']}-boundary",
            path="/landfall/",
            description="The most that applying the stack may do in the management account",
            policy=document(
                [
                    *management.in_short(applying),
                    *asked,
                    *permissions.never(self._own()),
                ]
            ),
            opts=pulumi.ResourceOptions(parent=self),
        )
        apply = self._role(
            f"{name}-apply",
            args["apply_role_name"],
            "Applies the stack",
            args["appliers"],
            args.get("apply_tokens", []),
            [*applying, *asked],
            {"permissions_boundary": boundary.arn},
        )
        self.read_role_arn, self.apply_role_arn = read.role_arn, apply.role_arn
        self.register_outputs(
            {"read_role_arn": self.read_role_arn, "apply_role_arn": self.apply_role_arn}
        )

    def _own(self) -> list[pulumi.Input[str]]:
        """Return the ARNs of the roles, the boundary and the OIDC providers."""
        args = self._args

        def arn(resource: str) -> pulumi.Output[str]:
            return pulumi.Output.format(
                "arn:{0}:iam::{1}:{2}", args.get("partition", "aws"), args["account_id"], resource
            )

        tokens = [*args.get("read_tokens", []), *args.get("apply_tokens", [])]
        hosts = sorted({each["host"] for each in tokens})
        return [
            arn(f"role/landfall/{args['read_role_name']}"),
            arn(f"role/landfall/{args['apply_role_name']}"),
            arn(f"policy/landfall/{args['apply_role_name']}-boundary"),
            *(arn(f"oidc-provider/{host}") for host in hosts),
        ]

    def _apply(self, state: State) -> list[dict[str, Any]]:
        args = self._args
        return [
            permissions.organize(close_accounts=args.get("close_accounts", False)),
            *permissions.read_state(state),
            *permissions.write_state(state),
            permissions.act_in_accounts(
                args.get("partition", "aws"), args["account_role"], args["organization_id"]
            ),
            permissions.read_own(self._own()),
            *(
                permissions.secure(args.get("partition", "aws"), args["account_id"])
                if args.get("security", False)
                else []
            ),
        ]

    def _keep(self, partition: str, account_id: pulumi.Input[str]) -> list[dict[str, Any]]:
        kept: list[dict[str, Any]] = []
        if self._args.get("baseline", False):
            kept += management.keep_accounts(partition, account_id)
        if self._args.get("people", False):
            kept += management.let_people_in(partition, account_id)
        if self._args.get("record", False):
            kept.append(management.record())
        return kept

    def _role(
        self,
        name: str,
        role_name: str,
        description: str,
        trusted: list[pulumi.Input[str]],
        tokens: list[FederatedPrincipalArgs],
        statements: list[dict[str, Any]],
        more: dict[str, Any],
    ) -> CrossAccountRole:
        role: CrossAccountRoleArgs = {
            "role_name": role_name,
            "description": description,
            "organization_id": self._args["organization_id"],
            "trusted_role_arns": trusted,
            "federated": tokens,
            "policy": document(statements),
            **more,  # type: ignore[typeddict-item]
        }
        return CrossAccountRole(name, role, opts=pulumi.ResourceOptions(parent=self))
