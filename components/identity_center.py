"""User access through IAM Identity Center: groups, permission sets and assignments.

In the management account. A user enables Identity Center in the console, so
the instance must exist. Its ids are inputs instead of look-ups, so that a preview needs no AWS.
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws


class PermissionSetArgs(TypedDict):
    """One permission set."""

    description: NotRequired[str]
    """What it is for."""
    managed_policy_arns: NotRequired[list[str]]
    """AWS managed policies."""
    customer_managed_policies: NotRequired[list[str]]
    """Customer managed policies of each account, by name with path."""
    policy: NotRequired[pulumi.Input[str]]
    """An inline policy document, JSON."""
    boundary: NotRequired[str]
    """The boundary: a policy of each account by name with path, or one of AWS by ARN."""
    session_hours: NotRequired[int]
    """The session duration, 1 to 12 hours."""
    relay_state: NotRequired[str]
    """The console URL at which a session starts."""


class AssignmentArgs(TypedDict):
    """A permission set of a group, or of a user, in one account."""

    group: NotRequired[str]
    """The group's key."""
    user: NotRequired[str]
    """The user's name, for the resource's logical name."""
    user_id: NotRequired[str]
    """The user's id in the identity store."""
    permission_set: str
    """The permission set's name."""
    account: str
    """The account's name, for the resource's logical name."""
    account_id: pulumi.Input[str]
    """The account's id."""


class GroupArgs(TypedDict):
    """One group of the identity store."""

    name: NotRequired[str]
    """The display name. Default: the key."""
    description: NotRequired[str]
    """What it is for."""
    group_id: NotRequired[str]
    """The id of an existing group, which is not changed."""


class IdentityCenterArgs(TypedDict):
    """The arguments of user access."""

    instance_arn: str
    """The instance (`arn:…:sso:::instance/ssoins-…`)."""
    identity_store_id: str
    """Its identity store (`d-…`)."""
    region: str
    """The region of the instance."""
    groups: dict[str, GroupArgs]
    """Groups, by key."""
    permission_sets: dict[str, PermissionSetArgs]
    """Permission sets, by name."""
    assignments: list[AssignmentArgs]
    """The assignments."""


class IdentityCenter(pulumi.ComponentResource):
    """Groups, permission sets and assignments of one instance of IAM Identity Center."""

    def __init__(
        self, name: str, args: IdentityCenterArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:access:IdentityCenter", name, None, opts)
        self._name, self._args = name, args
        groups = {key: self._group(key, group) for key, group in args["groups"].items()}
        sets: dict[str, aws.ssoadmin.PermissionSet] = {}
        parts: dict[str, list[pulumi.Resource]] = {}
        for set_name, settings in args["permission_sets"].items():
            sets[set_name] = self._set(set_name, settings)
            parts[set_name] = self._parts(set_name, settings, sets[set_name])
        for assignment in args["assignments"]:
            set_name = assignment["permission_set"]
            of_group = "group" in assignment
            who = assignment["group"] if of_group else f"user-{assignment['user']}"
            aws.ssoadmin.AccountAssignment(
                f"{name}-{who}-{set_name}@{assignment['account']}",
                instance_arn=args["instance_arn"],
                permission_set_arn=sets[set_name].arn,
                principal_id=groups[who] if of_group else assignment["user_id"],
                principal_type="GROUP" if of_group else "USER",
                target_id=assignment["account_id"],
                target_type="AWS_ACCOUNT",
                region=args["region"],
                # Assign a set only when it is complete, including its boundary.
                opts=pulumi.ResourceOptions(parent=self, depends_on=parts[set_name]),
            )
        self.register_outputs({})

    def _group(self, key: str, args: GroupArgs) -> pulumi.Input[str]:
        if "group_id" in args:
            return args["group_id"]
        made = aws.identitystore.Group(
            f"{self._name}-{key}",
            display_name=args.get("name", key),
            description=args.get("description"),
            identity_store_id=self._args["identity_store_id"],
            region=self._args["region"],
            opts=pulumi.ResourceOptions(parent=self),
        )
        found: pulumi.Output[str] = made.group_id
        return found

    def _set(self, set_name: str, args: PermissionSetArgs) -> aws.ssoadmin.PermissionSet:
        return aws.ssoadmin.PermissionSet(
            f"{self._name}-{set_name}",
            name=set_name,
            description=args.get("description"),
            instance_arn=self._args["instance_arn"],
            session_duration=f"PT{args.get('session_hours', 1)}H",
            relay_state=args.get("relay_state"),
            region=self._args["region"],
            opts=pulumi.ResourceOptions(parent=self),
        )

    def _parts(
        self, set_name: str, args: PermissionSetArgs, made: aws.ssoadmin.PermissionSet
    ) -> list[pulumi.Resource]:
        """Create the policies and boundary of a permission set."""
        name, child = f"{self._name}-{set_name}", pulumi.ResourceOptions(parent=self)
        region = self._args["region"]
        instance, arn = self._args["instance_arn"], made.arn
        parts: list[pulumi.Resource] = []
        for policy_arn in args.get("managed_policy_arns", []):
            parts.append(
                aws.ssoadmin.ManagedPolicyAttachment(
                    f"{name}-{policy_arn.rpartition('/')[2]}",
                    instance_arn=instance,
                    managed_policy_arn=policy_arn,
                    permission_set_arn=arn,
                    region=region,
                    opts=child,
                )
            )
        for policy in args.get("customer_managed_policies", []):
            parts.append(
                aws.ssoadmin.CustomerManagedPolicyAttachment(
                    f"{name}-{policy}",
                    instance_arn=instance,
                    customer_managed_policy_reference=_reference(policy),
                    permission_set_arn=arn,
                    region=region,
                    opts=child,
                )
            )
        inline = args.get("policy")
        if inline is not None:
            parts.append(
                aws.ssoadmin.PermissionSetInlinePolicy(
                    name,
                    instance_arn=instance,
                    inline_policy=inline,
                    permission_set_arn=arn,
                    region=region,
                    opts=child,
                )
            )
        if "boundary" in args:
            parts.append(
                aws.ssoadmin.PermissionsBoundaryAttachment(
                    name,
                    instance_arn=instance,
                    permission_set_arn=arn,
                    permissions_boundary=_boundary(args["boundary"]),
                    region=region,
                    opts=child,
                )
            )
        return parts


def _boundary(policy: str) -> aws.ssoadmin.PermissionsBoundaryAttachmentPermissionsBoundaryArgs:
    """Return a boundary: a policy of AWS by ARN, or one of each account by name with path."""
    if policy.startswith("arn:"):
        return aws.ssoadmin.PermissionsBoundaryAttachmentPermissionsBoundaryArgs(
            managed_policy_arn=policy
        )
    return aws.ssoadmin.PermissionsBoundaryAttachmentPermissionsBoundaryArgs(
        customer_managed_policy_reference=_reference(policy)
    )


def _reference(policy: str) -> dict[str, str]:
    """Return the reference to a policy of each account, given by name with path."""
    path, _, name = policy.rpartition("/")
    return {"name": name, "path": f"/{path.strip('/')}/" if path.strip("/") else "/"}
