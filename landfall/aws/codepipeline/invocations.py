"""Invoke actions, and the actions of third parties and of custom workers."""

from __future__ import annotations

from landfall.aws.codepipeline.kinds import LOGS, ActionType, Demand, Key, Need

_THRESHOLD = r"\d+"

INVOCATIONS = (
    ActionType(
        category="Invoke",
        provider="Lambda",
        page="action-reference-Lambda",
        keys=(Key("FunctionName", required=True), Key("UserParameters")),
        inputs=(0, 5),
        outputs=(0, 5),
        variables=None,
        demands=(Demand("function-exists", "the function exists in the action's region"),),
        permissions=("lambda:InvokeFunction",),
        unconfirmed=(
            "whether a function of another account than the pipeline's reports the job's result "
            "with its own role",
        ),
    ),
    ActionType(
        category="Invoke",
        provider="StepFunctions",
        page="action-reference-StepFunctions",
        keys=(
            Key("StateMachineArn", required=True),
            Key("ExecutionNamePrefix"),
            Key("InputType", values=("Literal", "FilePath")),
            Key("Input"),
        ),
        inputs=(0, 1),
        outputs=(0, 1),
        variables=("ExecutionArn", "StateMachineArn"),
        needs=(Need("Input", given="InputType", values=("FilePath",)),),
        permissions=(
            "states:DescribeExecution",
            "states:DescribeStateMachine",
            "states:StartExecution",
        ),
    ),
    ActionType(
        category="Invoke",
        provider="CodePipeline",
        page="action-reference-PipelineInvoke",
        keys=(
            Key("PipelineName", required=True),
            Key("SourceRevisions"),
            Key("Variables"),
        ),
        demands=(Demand("pipeline-exists", "the pipeline that is started exists"),),
        permissions=("codepipeline:StartPipelineExecution",),
        v2_only=True,
    ),
    ActionType(
        category="Invoke",
        provider="InspectorScan",
        page="action-reference-InspectorScan",
        keys=(
            Key("InspectorRunMode", required=True, values=("SourceCodeScan", "ECRImageScan")),
            Key("ECRRepositoryName"),
            Key("ImageTag"),
            Key("CriticalThreshold", pattern=_THRESHOLD),
            Key("HighThreshold", pattern=_THRESHOLD),
            Key("MediumThreshold", pattern=_THRESHOLD),
            Key("LowThreshold", pattern=_THRESHOLD),
        ),
        # A scan of an image needs no input artifact.
        inputs=(0, 1),
        outputs=(1, 1),
        variables=("HighestScannedSeverity",),
        needs=(Need("ECRRepositoryName", given="InspectorRunMode", values=("ECRImageScan",)),),
        permissions=(
            "ecr:BatchCheckLayerAvailability",
            "ecr:BatchGetImage",
            "ecr:GetDownloadUrlForLayer",
            "inspector-scan:ScanSbom",
            *LOGS,
        ),
        partitions=("aws", "aws-us-gov"),
        unconfirmed=("whether the action is for V2 pipelines alone",),
    ),
    ActionType(
        category="Invoke",
        provider="Snyk",
        owner="ThirdParty",
        page="action-reference-Snyk",
        inputs=(1, 1),
        outputs=(1, 1),
        cross_region=False,
        unconfirmed=("the configuration is made in Snyk's console and is not on AWS's page",),
    ),
)

_ON_NO_PAGE = "AWS's pages name the provider, and no configuration"


def _other(category: str, provider: str, owner: str) -> ActionType:
    return ActionType(
        category=category,
        provider=provider,
        owner=owner,
        page="actions-valid-providers",
        inputs=(0, 5),
        outputs=(0, 5),
        variables=None,
        cross_region=False,
        unconfirmed=(_ON_NO_PAGE,),
    )


OTHERS = (
    ActionType(
        category="Deploy",
        provider="AlexaSkillsKit",
        owner="ThirdParty",
        page="reference-action-artifacts",
        keys=(
            Key("ClientId", required=True),
            Key("ClientSecret", required=True),
            Key("RefreshToken", required=True),
            Key("SkillId", required=True),
        ),
        inputs=(1, 2),
        cross_region=False,
    ),
    _other("Build", "CloudBees", "Custom"),
    _other("Build", "Jenkins", "Custom"),
    _other("Build", "TeamCity", "Custom"),
    _other("Test", "BlazeMeter", "Custom"),
    _other("Test", "GhostInspector", "ThirdParty"),
    _other("Test", "Jenkins", "Custom"),
    _other("Test", "MicroFocusStormRunnerLoad", "ThirdParty"),
    _other("Test", "Nouvola", "ThirdParty"),
    _other("Test", "Runscope", "ThirdParty"),
    _other("Deploy", "XebiaLabs", "Custom"),
)
"""Providers whose configuration AWS does not publish: known by name, their keys not judged."""
