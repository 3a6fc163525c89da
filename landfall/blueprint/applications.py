"""Further roles and policies of an application: chat, protected branches, run time."""

from __future__ import annotations

from collections.abc import Sequence

from landfall.aws.arns import arn_of
from landfall.blueprint.places import Place
from landfall.blueprint.roles import Policy, Role
from landfall.blueprint.statements import Statement, statement

# Actions that change a branch without a pull request.
_PUSHES = (
    "codecommit:CreateCommit",
    "codecommit:DeleteBranch",
    "codecommit:DeleteFile",
    "codecommit:GitPush",
    "codecommit:MergeBranchesByFastForward",
    "codecommit:MergeBranchesBySquash",
    "codecommit:MergeBranchesByThreeWay",
    "codecommit:PutFile",
)
# Actions that remove the rule from a repository or a pull request.
_RULES = (
    "codecommit:DisassociateApprovalRuleTemplateFromRepository",
    "codecommit:OverridePullRequestApprovalRules",
)
# These actions do not support resource-level permissions.
_TRACES = (
    "xray:GetSamplingRules",
    "xray:GetSamplingTargets",
    "xray:PutTelemetryRecords",
    "xray:PutTraceSegments",
)


def chat_role(partition: str, account_id: str, topic: str) -> Role:
    """Return the role that chat channels use to show an application's alarms."""
    channels = arn_of(partition, "chatbot", f"chat-configuration/*/{topic}", account=account_id)
    trust = statement(
        "OnlyForTheseChannels",
        actions=["sts:AssumeRole"],
        principals={"Service": ["chatbot.amazonaws.com"]},
        conditions={
            "StringEquals": {"aws:SourceAccount": account_id},
            "ArnLike": {"aws:SourceArn": channels},
        },
    )
    read = statement(
        "ReadAlarms",
        actions=["cloudwatch:DescribeAlarms", "cloudwatch:GetMetricData"],
        resources=["*"],
    )
    return Role(
        topic, [trust], {"chat": [read]}, description="Shows the alarms of an application in chat"
    )


def protected_branches(name: str, place: Place, repository: str, branches: Sequence[str]) -> Policy:
    """Return the policy that denies pushes to protected branches.

    https://docs.aws.amazon.com/codecommit/latest/userguide/how-to-conditional-branch.html
    """
    arn = place.arn("codecommit", repository)
    references = [f"refs/heads/{branch}" for branch in branches]
    statements = [
        statement(
            "ProtectedBranchesChangeByPullRequest",
            effect="Deny",
            actions=_PUSHES,
            resources=[arn],
            conditions={
                "StringEqualsIfExists": {"codecommit:References": references},
                # The first request of a push has no reference yet and must be allowed.
                "Null": {"codecommit:References": "false"},
            },
        ),
        statement("ApprovalRulesStay", effect="Deny", actions=_RULES, resources=[arn]),
    ]
    return Policy(name, statements, description="Protected branches change by pull requests alone")


def workload_policy(
    name: str, description: str, statements: Sequence[Statement], *, tracing: bool
) -> Policy:
    """Return the policy that a team attaches to its deployed application's roles."""
    traces = [statement("WriteTraces", actions=_TRACES, resources=["*"])] if tracing else []
    return Policy(name, [*traces, *statements], description=description)
