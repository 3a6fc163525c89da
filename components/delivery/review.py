"""Reviews in CodeCommit: required approvals, and a policy against bypassing them.

https://docs.aws.amazon.com/codecommit/latest/userguide/approval-rule-templates.html
https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_policy
from landfall.blueprint.applications import protected_branches
from landfall.settings.review import approval_rule


class ReviewArgs(TypedDict):
    """The arguments of a repository's reviews."""

    repository: pulumi.Input[str]
    """The repository's name."""
    account_id: pulumi.Input[str]
    """The repository's account."""
    region: str
    """The repository's region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    branches: list[str]
    """The protected branches."""
    approvals: int
    """The number of required approvals."""
    approver_roles: list[str]
    """Approver roles of the repository's account, by name without path."""
    policy_name: str
    """The name of the policy that denies pushes to protected branches."""
    contributor_roles: list[pulumi.Input[str]]
    """Roles of the repository's account that get it, by name."""


class Review(pulumi.ComponentResource):
    """The approval rule of a repository's pull requests, and a policy against bypassing it."""

    policy_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ReviewArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:Review", name, None, opts)
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        place = inputs.place(args.get("partition", "aws"), args["region"], args["account_id"])
        template = aws.codecommit.ApprovalRuleTemplate(
            name,
            name=name,
            description=f"{args['approvals']} approve changes of {', '.join(args['branches'])}",
            content=_rule(args),
            region=args["region"],
            opts=child,
        )
        aws.codecommit.ApprovalRuleTemplateAssociation(
            name,
            approval_rule_template_name=template.name,
            repository_name=args["repository"],
            region=args["region"],
            opts=child,
        )
        denials = protected_branches(
            args["policy_name"], place, inputs.text(args["repository"]), args["branches"]
        )
        policy = make_policy(name, denials, inputs, child)
        for number, role in enumerate(args["contributor_roles"], 1):
            aws.iam.RolePolicyAttachment(
                f"{name}-{number}", role=role, policy_arn=policy.arn, opts=child
            )
        self.policy_arn = policy.arn
        self.register_outputs({"policy_arn": self.policy_arn})


def _rule(args: ReviewArgs) -> pulumi.Output[str]:
    return pulumi.Output.from_input(args["account_id"]).apply(
        lambda account_id: approval_rule(
            args.get("partition", "aws"),
            account_id,
            args["branches"],
            args["approvals"],
            args["approver_roles"],
        )
    )
