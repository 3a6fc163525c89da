"""The roles of stack sets with self-managed permissions.

The deploy role changes the stack set, in the administrator account. CloudFormation takes the
administration role there, and with it the execution role of each target account.
https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/stacksets-prereqs-self-managed.html

Pulumi infers the package's schema from these annotations, so they must not be strings.
"""

from typing import Any, NotRequired, TypedDict

from landfall.aws.arns import arn_of, iam_arn
from landfall.aws.codepipeline.kinds import VALUE_LENGTH
from landfall.blueprint.places import Place
from landfall.blueprint.roles import CrossAccount
from landfall.blueprint.statements import Statement, statement
from landfall.settings.regions import ENABLED_BY_DEFAULT

ACCOUNTS_TOGETHER = (VALUE_LENGTH + 1) // len("123456789012,")
"""Accounts of one action: their ids, with commas between, are one value."""


class StackSetTargetsArgs(TypedDict):
    """One group of targets."""

    account_ids: list[Any]
    """The accounts, by id."""
    regions: list[str]
    """The regions, in their order."""
    parameters: NotRequired[dict[str, str]]
    """Parameter values that differ here."""


class StackSetArgs(TypedDict):
    """How a stack set is deployed."""

    execution_role_name: str
    """The name of the stack's role in each target account."""
    account_ids: list[Any]
    """All target accounts, by id, each once."""
    targets: list[StackSetTargetsArgs]
    """The groups of targets, in order."""
    failure_tolerance_percent: int
    """The percentage of accounts of a region that may fail."""
    max_concurrent_percent: NotRequired[int]
    """The percentage of accounts at once. Default: one account."""
    parameter_file: NotRequired[str]
    """A JSON file in the build's artifact with parameter values."""


def deploy(name: str, place: Place, administration_role_arn: str) -> list[Statement]:
    """Return the deploy role's statements: this one stack set, with its administration role.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-StackSets.html
    """
    own = place.arn("cloudformation", f"stackset/{name}:*")
    return [
        # CreateStackSet supports no resources.
        statement("CreateStackSet", actions=["cloudformation:CreateStackSet"], resources=["*"]),
        statement(
            "ReadStackSet",
            actions=[
                "cloudformation:DescribeStackSet",
                "cloudformation:DescribeStackSetOperation",
                "cloudformation:ListStackInstances",
            ],
            resources=[own],
        ),
        statement(
            "DeployStackSet",
            actions=["cloudformation:CreateStackInstances", "cloudformation:UpdateStackSet"],
            resources=[
                own,
                place.arn("cloudformation", f"stackset-target/{name}:*"),
                arn_of(place.partition, "cloudformation", "type/resource/*", region="*"),
            ],
        ),
        statement(
            "HandOverToStackSets",
            actions=["iam:PassRole"],
            resources=[administration_role_arn],
            conditions={"StringEquals": {"iam:PassedToService": "cloudformation.amazonaws.com"}},
        ),
    ]


def trust(name: str, place: Place, args: StackSetArgs) -> Statement:
    """Return the trust of the administration role; StackSets sends its account and its ARN.

    In a region that accounts have to enable, CloudFormation is a principal of its own.
    """
    regions = dict.fromkeys(region for group in args["targets"] for region in group["regions"])
    needs_enabling = place.partition == "aws"
    enabled = [each for each in regions if needs_enabling and each not in ENABLED_BY_DEFAULT]
    return statement(
        "OnlyForThisStackSet",
        actions=["sts:AssumeRole"],
        principals={
            "Service": [
                "cloudformation.amazonaws.com",
                *(f"cloudformation.{region}.amazonaws.com" for region in enabled),
            ]
        },
        conditions={
            "StringEquals": {"aws:SourceAccount": place.account_id},
            "ArnLike": {"aws:SourceArn": place.arn("cloudformation", f"stackset/{name}:*")},
        },
    )


def administer(partition: str, args: StackSetArgs) -> list[Statement]:
    """Return the administration role's statement: the execution roles of the target accounts."""
    role = f"role/{args['execution_role_name']}"
    return [
        statement(
            "ActInTargets",
            actions=["sts:AssumeRole"],
            resources=[iam_arn(partition, account_id, role) for account_id in args["account_ids"]],
        )
    ]


def execution_role(
    name: str,
    stack_set: str,
    place: Place,
    organization_id: str,
    administration_role_arn: str,
    statements: list[Statement],
) -> CrossAccount:
    """Return the role of the stack in one target account; StackSets finds it only without a path.

    AWS asks for all of CloudFormation, S3 and SNS. StackSets reads the template from buckets of
    AWS and reports to topics of AWS, so those of the organization are left out.
    """
    elsewhere = {
        "StringNotEquals": {
            "aws:ResourceAccount": place.account_id,
            "aws:ResourceOrgID": organization_id,
        }
    }
    own = arn_of(
        place.partition,
        "cloudformation",
        f"stack/StackSet-{stack_set}-*/*",
        region="*",
        account=place.account_id,
    )
    transforms = arn_of(place.partition, "cloudformation", "transform/*", region="*", account="aws")
    return CrossAccount(
        name,
        organization_id,
        [administration_role_arn],
        [
            *statements,
            statement("OwnStacks", actions=["cloudformation:*"], resources=[own]),
            statement(
                "Templates",
                actions=["cloudformation:GetTemplateSummary", "cloudformation:ValidateTemplate"],
                resources=["*"],
            ),
            statement(
                "Transforms", actions=["cloudformation:CreateChangeSet"], resources=[transforms]
            ),
            statement(
                "TemplatesOfStackSets",
                actions=["s3:GetObject", "s3:ListBucket"],
                resources=["*"],
                conditions=elsewhere,
            ),
            statement(
                "ReportsToStackSets",
                actions=["sns:Publish"],
                resources=["*"],
                conditions=elsewhere,
            ),
        ],
        description=f"The role of stacks of stack set {stack_set}",
        path="/",
    )
