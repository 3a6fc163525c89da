"""Render roles and policies of a blueprint as resources."""

from dataclasses import dataclass

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from landfall.blueprint.roles import Policy, Role


@dataclass(frozen=True)
class Made:
    """A role and its policies; resources that use the role depend on both."""

    role: aws.iam.Role
    granted: list[pulumi.Resource]


def make_role(name: str, role: Role, inputs: Inputs, opts: pulumi.ResourceOptions) -> Made:
    """Create a role with its policies.

    The first inline policy and the first attached policy have the role's logical name.
    """
    made = aws.iam.Role(
        name,
        name=role.name,
        path=role.path,
        description=role.description,
        assume_role_policy=inputs.document(role.trust),
        opts=opts,
    )
    granted: list[pulumi.Resource] = [
        aws.iam.RolePolicy(
            name,
            name=policy_name,
            role=made.name,
            policy=inputs.document(statements),
            opts=opts,
        )
        for policy_name, statements in role.policies.items()
    ]
    granted += [
        aws.iam.RolePolicyAttachment(
            name if n == 0 else f"{name}-{arn.rpartition('/')[2]}",
            role=made.name,
            policy_arn=arn,
            opts=opts,
        )
        for n, arn in enumerate(role.managed)
    ]
    return Made(made, granted)


def make_policy(
    name: str, policy: Policy, inputs: Inputs, opts: pulumi.ResourceOptions
) -> aws.iam.Policy:
    """Create a customer managed policy."""
    return aws.iam.Policy(
        name,
        name=policy.name,
        path=policy.path,
        description=policy.description,
        policy=inputs.document(policy.statements),
        opts=opts,
    )
