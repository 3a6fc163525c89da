"""Condition rules: what CodePipeline asks before it enters a stage, and after it."""

from __future__ import annotations

from landfall.aws.codepipeline.builds import CODEBUILD_DEMANDS, CODEBUILD_NEEDS
from landfall.aws.codepipeline.kinds import FLAG, LOGS, ActionType, Demand, Key

ZONE = r"[A-Za-z]+(/[A-Za-z]+([_-][A-Za-z]+)*)+|UTC([+-]\d{2}:\d{2})?|[A-Za-z]{3,5}"
"""A time zone: REGION/CITY, UTC with an offset or none, or an abbreviation."""

_ALL = "condition rules are not on a page of permissions; those of the like action are meant"

RULES = (
    ActionType(
        category="Rule",
        provider="CloudWatchAlarm",
        page="rule-reference-CloudWatchAlarm",
        keys=(
            Key("AlarmName", required=True),
            Key(
                "AlarmStates",
                pattern=r"(ALARM|OK|INSUFFICIENT_DATA)(,(ALARM|OK|INSUFFICIENT_DATA))*",
            ),
            Key("WaitTime", pattern=r"\d+"),
        ),
        demands=(Demand("alarm-exists", "the alarm exists in the rule's account and region"),),
        permissions=("cloudwatch:DescribeAlarms",),
        v2_only=True,
        unconfirmed=(_ALL,),
    ),
    ActionType(
        category="Rule",
        provider="CodeBuild",
        page="rule-reference-CodeBuild",
        keys=(
            Key("ProjectName", required=True),
            Key("PrimarySource", names="artifact"),
            Key("BatchEnabled", values=FLAG),
            Key("CombineArtifacts", values=FLAG),
            Key("EnvironmentVariables"),
        ),
        inputs=(0, 5),
        variables=None,
        needs=CODEBUILD_NEEDS,
        demands=CODEBUILD_DEMANDS,
        permissions=("codebuild:BatchGetBuilds", "codebuild:StartBuild"),
        v2_only=True,
        unconfirmed=("how many input artifacts a rule takes",),
    ),
    ActionType(
        category="Rule",
        provider="Commands",
        page="rule-reference-Commands",
        # The commands are a member of the rule, not of its configuration.
        inputs=(0, 10),
        permissions=LOGS,
        v2_only=True,
        unconfirmed=("how many input artifacts a rule takes",),
    ),
    ActionType(
        category="Rule",
        provider="DeploymentWindow",
        page="rule-reference-DeploymentWindow",
        keys=(
            Key("Cron", required=True, pattern=r"\S+( \S+){5,6}"),
            Key("TimeZone", pattern=ZONE),
        ),
        v2_only=True,
    ),
    ActionType(
        category="Rule",
        provider="LambdaInvoke",
        page="rule-reference-LambdaInvoke",
        keys=(Key("FunctionName", required=True), Key("UserParameters")),
        inputs=(0, 5),
        demands=(Demand("function-exists", "the function exists in the rule's region"),),
        permissions=("lambda:InvokeFunction",),
        v2_only=True,
        skips=True,
        unconfirmed=(_ALL,),
    ),
    ActionType(
        category="Rule",
        provider="VariableCheck",
        page="rule-reference-VariableCheck",
        keys=(
            Key("Variable", required=True),
            Key("Value", required=True),
            Key("Operator", required=True, values=("EQ", "NE", "CONTAINS", "MATCHES")),
        ),
        v2_only=True,
        skips=True,
    ),
)
