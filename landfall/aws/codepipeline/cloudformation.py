"""The deploy actions of CloudFormation: stacks, stack sets and their instances."""

from __future__ import annotations

from landfall.aws.codepipeline.kinds import ActionType, Demand, Key, Need, Only

_CAPABILITIES = r"CAPABILITY_(IAM|NAMED_IAM|AUTO_EXPAND)(,CAPABILITY_(IAM|NAMED_IAM|AUTO_EXPAND))*"
_NAME = r"[A-Za-z][A-Za-z0-9-]{0,127}"
_PERCENT = r"\d{1,2}|100"
_MAKES = ("CREATE_UPDATE", "REPLACE_ON_FAILURE", "CHANGE_SET_REPLACE")
_CHANGE_SETS = ("CHANGE_SET_REPLACE", "CHANGE_SET_EXECUTE")

_CREATES = ("CREATE_UPDATE", "REPLACE_ON_FAILURE")
# The page lists the permissions of all modes together. Which mode needs which is from the CDK's
# grants for the same actions (aws-cdk-lib/aws-codepipeline-actions, CloudFormation).
_OF_MODES = (
    Only(
        ("cloudformation:CreateChangeSet", "cloudformation:DeleteChangeSet"),
        given="ActionMode",
        values=("CHANGE_SET_REPLACE",),
    ),
    Only(("cloudformation:DescribeChangeSet",), given="ActionMode", values=_CHANGE_SETS),
    Only(("cloudformation:ExecuteChangeSet",), given="ActionMode", values=("CHANGE_SET_EXECUTE",)),
    Only(
        (
            "cloudformation:CreateStack",
            "cloudformation:SetStackPolicy",
            "cloudformation:UpdateStack",
            "cloudformation:ValidateTemplate",
        ),
        given="ActionMode",
        values=_CREATES,
    ),
    Only(
        ("cloudformation:DeleteStack",),
        given="ActionMode",
        values=("DELETE_ONLY", "REPLACE_ON_FAILURE"),
    ),
    Only(("iam:PassRole",), given="RoleArn"),
)

_OPERATED = (
    Key("FailureTolerancePercentage", pattern=_PERCENT),
    Key("MaxConcurrentPercentage", pattern=_PERCENT),
)
_STACK_SETS = (
    Demand(
        "management-account",
        "a stack set with SERVICE_MANAGED permissions is in the organization's management account: "
        "the action cannot act as a delegated administrator",
    ),
)
_SELF_MANAGED = (
    Demand(
        "execution-roles",
        "with SELF_MANAGED permissions, the administration role may assume the execution role of "
        "each target account",
    ),
)
_NOT_IN_CHINA = ("aws", "aws-us-gov")

CLOUDFORMATION = (
    ActionType(
        category="Deploy",
        provider="CloudFormation",
        page="action-reference-CloudFormation",
        keys=(
            Key("ActionMode", required=True, values=(*_MAKES, "CHANGE_SET_EXECUTE", "DELETE_ONLY")),
            Key("StackName", required=True, pattern=_NAME),
            Key("Capabilities", pattern=_CAPABILITIES),
            Key("ChangeSetName", pattern=_NAME),
            Key("RoleArn"),
            Key("TemplatePath", names="file"),
            Key("OutputFileName"),
            Key("ParameterOverrides"),
            Key("TemplateConfiguration", names="file"),
        ),
        inputs=(0, 10),
        outputs=(0, 1),
        variables=None,
        needs=(
            Need("ChangeSetName", given="ActionMode", values=_CHANGE_SETS),
            Need("RoleArn", given="ActionMode", values=(*_MAKES, "DELETE_ONLY")),
            Need("TemplatePath", given="ActionMode", values=_MAKES),
        ),
        demands=(
            Demand("input-below-256-mb", "the input artifacts have 256 MB at most"),
            Demand("template-below-1-mb", "the template has 1 MB at most"),
            Demand("parameters-of-template", "the template has every overridden parameter"),
            Demand("role-of-same-account", "RoleArn is in the account of the action's role"),
        ),
        permissions=(
            "cloudformation:CreateChangeSet",
            "cloudformation:CreateStack",
            "cloudformation:DeleteChangeSet",
            "cloudformation:DeleteStack",
            "cloudformation:DescribeChangeSet",
            "cloudformation:DescribeStacks",
            "cloudformation:ExecuteChangeSet",
            "cloudformation:SetStackPolicy",
            "cloudformation:UpdateStack",
            "cloudformation:ValidateTemplate",
            "iam:PassRole",
        ),
        only=_OF_MODES,
    ),
    ActionType(
        category="Deploy",
        provider="CloudFormationStackSet",
        page="action-reference-StackSets",
        keys=(
            Key("StackSetName", required=True, pattern=_NAME),
            Key("Description"),
            Key("TemplatePath", required=True, names="file"),
            Key("Parameters"),
            Key("Capabilities", pattern=_CAPABILITIES),
            Key("PermissionModel", values=("SELF_MANAGED", "SERVICE_MANAGED")),
            Key("AdministrationRoleArn"),
            Key("ExecutionRoleName", pattern=r"[A-Za-z0-9_+=,.@-]{1,64}"),
            Key(
                "OrganizationsAutoDeployment",
                values=("Enabled", "Disabled", "EnabledWithStackRetention"),
            ),
            Key("DeploymentTargets"),
            Key("Regions"),
            *_OPERATED,
        ),
        inputs=(1, 3),
        variables=("OperationId", "StackSetId"),
        needs=(
            Need("Regions", given="DeploymentTargets"),
            Need("DeploymentTargets", given="Regions"),
        ),
        demands=(
            *_STACK_SETS,
            *_SELF_MANAGED,
            Demand("template-below-460800-bytes", "the template has 460,800 bytes at most"),
        ),
        permissions=(
            "cloudformation:CreateStackInstances",
            "cloudformation:CreateStackSet",
            "cloudformation:DescribeStackSet",
            "cloudformation:DescribeStackSetOperation",
            "cloudformation:ListStackInstances",
            "cloudformation:UpdateStackSet",
        ),
        partitions=_NOT_IN_CHINA,
    ),
    ActionType(
        category="Deploy",
        provider="CloudFormationStackInstances",
        page="action-reference-StackSets",
        keys=(
            Key("StackSetName", required=True, pattern=_NAME),
            Key("DeploymentTargets"),
            Key("Regions", required=True),
            Key("ParameterOverrides"),
            *_OPERATED,
        ),
        inputs=(0, 2),
        variables=("OperationId", "StackSetId"),
        needs=(Need("DeploymentTargets", given="Regions"),),
        demands=(*_STACK_SETS, Demand("stack-set-exists", "the stack set exists")),
        permissions=(
            "cloudformation:CreateStackInstances",
            "cloudformation:DescribeStackSetOperation",
        ),
        partitions=_NOT_IN_CHINA,
    ),
)
