"""Build, test, compute and approval actions."""

from __future__ import annotations

from landfall.aws.codepipeline.kinds import FLAG, LOGS, ActionType, Demand, Key, Need, Only

_CODEBUILD = (
    Key("ProjectName", required=True),
    Key("PrimarySource", names="artifact"),
    Key("BatchEnabled", values=FLAG),
    Key("BuildspecOverride"),
    Key("CombineArtifacts", values=FLAG),
    Key("EnvironmentVariables"),
)

CODEBUILD_NEEDS = (
    Need("PrimarySource", inputs="several", moment="creation"),
    Need("BatchEnabled", given="CombineArtifacts", values=("true",)),
)
CODEBUILD_DEMANDS = (
    Demand("project-exists", "the build project exists in the action's account and region"),
    Demand(
        "builds-within-quota",
        "the account's quota of concurrent builds and the project's own limit have room",
        "Cannot have more than 1 builds in queue for the account",
    ),
)


def _codebuild(category: str) -> ActionType:
    return ActionType(
        category=category,
        provider="CodeBuild",
        page="action-reference-CodeBuild",
        keys=_CODEBUILD,
        inputs=(1, 5),
        outputs=(0, 5),
        variables=None,
        needs=CODEBUILD_NEEDS,
        demands=CODEBUILD_DEMANDS,
        permissions=(
            "codebuild:BatchGetBuildBatches",
            "codebuild:BatchGetBuilds",
            "codebuild:StartBuild",
            "codebuild:StartBuildBatch",
        ),
        only=(
            Only(
                ("codebuild:BatchGetBuildBatches", "codebuild:StartBuildBatch"),
                given="BatchEnabled",
                values=("true",),
            ),
            Only(("codebuild:StartBuild",), without="BatchEnabled"),
            Only(("codebuild:StartBuild",), given="BatchEnabled", values=("false",)),
        ),
    )


_TEST_TYPES = (
    "APPIUM_JAVA_JUNIT",
    "APPIUM_JAVA_TESTNG",
    "APPIUM_PYTHON",
    "APPIUM_WEB_JAVA_JUNIT",
    "APPIUM_WEB_JAVA_TESTNG",
    "APPIUM_WEB_PYTHON",
    "BUILTIN_EXPLORER",
    "BUILTIN_FUZZ",
    "CALABASH",
    "INSTRUMENTATION",
    "UIAUTOMATION",
    "UIAUTOMATOR",
    "XCTEST",
    "XCTEST_UI",
)

BUILDS = (
    _codebuild("Build"),
    _codebuild("Test"),
    ActionType(
        category="Build",
        provider="ECRBuildAndPublish",
        page="action-reference-ECRBuildAndPublish",
        keys=(
            Key("ECRRepositoryName", required=True),
            Key("DockerFilePath"),
            Key("ImageTags"),
            Key("RegistryType", values=("private", "public")),
        ),
        inputs=(1, 1),
        variables=("ECRImageDigestId", "ECRRepositoryName"),
        demands=(Demand("repository-exists", "the image repository exists"),),
        permissions=(
            "ecr-public:DescribeRepositories",
            "ecr-public:GetAuthorizationToken",
            "ecr:BatchCheckLayerAvailability",
            "ecr:CompleteLayerUpload",
            "ecr:DescribeRepositories",
            "ecr:GetAuthorizationToken",
            "ecr:GetDownloadUrlForLayer",
            "ecr:InitiateLayerUpload",
            "ecr:PutImage",
            "ecr:UploadLayerPart",
            *LOGS,
            "sts:GetServiceBearerToken",
        ),
        v2_only=True,
    ),
    ActionType(
        category="Compute",
        provider="Commands",
        page="action-reference-Commands",
        # The commands themselves are a member of the action, not of its configuration.
        keys=(
            Key("EnvironmentType", values=("LINUX_CONTAINER", "WINDOWS_SERVER_2022_CONTAINER")),
            Key(
                "ComputeType",
                values=("BUILD_GENERAL1_SMALL", "BUILD_GENERAL1_MEDIUM", "BUILD_GENERAL1_LARGE"),
            ),
            Key("VpcId"),
            Key("Subnets"),
            Key("SecurityGroupIds"),
        ),
        inputs=(1, 10),
        outputs=(0, 1),
        variables=None,
        permissions=LOGS,
        v2_only=True,
    ),
    ActionType(
        category="Test",
        provider="DeviceFarm",
        page="action-reference-DeviceFarm",
        keys=(
            Key("AppType", required=True, values=("iOS", "Android", "Web")),
            Key("ProjectId", required=True),
            Key("App", required=True),
            Key("AppiumVersion"),
            Key("DevicePoolArn", required=True),
            Key("TestType", required=True, values=_TEST_TYPES),
            Key("RadioBluetoothEnabled", values=FLAG),
            Key("RecordAppPerformanceData", values=FLAG),
            Key("RecordVideo", values=FLAG),
            Key("RadioWifiEnabled", values=FLAG),
            Key("RadioNfcEnabled", values=FLAG),
            Key("RadioGpsEnabled", values=FLAG),
            Key("Test"),
            Key("FuzzEventCount", pattern=r"\d{1,5}"),
            Key("FuzzEventThrottle", pattern=r"\d{1,4}"),
            Key("FuzzRandomizerSeed"),
            Key("CustomHostMachineArtifacts"),
            Key("CustomDeviceArtifacts"),
            Key("UnmeteredDevicesOnly", values=FLAG),
            Key("JobTimeoutMinutes", pattern=r"\d+"),
            Key("Latitude"),
            Key("Longitude"),
        ),
        inputs=(1, 1),
        permissions=(
            "devicefarm:CreateUpload",
            "devicefarm:GetRun",
            "devicefarm:GetUpload",
            "devicefarm:ListDevicePools",
            "devicefarm:ListProjects",
            "devicefarm:ScheduleRun",
        ),
        unconfirmed=("the page asks for AppiumVersion, and says that its value is not used",),
    ),
    ActionType(
        category="Approval",
        provider="Manual",
        page="approvals-action-add",
        keys=(
            Key("NotificationArn", pattern=r"arn:[a-z-]+:sns:.+"),
            Key("CustomData"),
            Key("ExternalEntityLink"),
        ),
        permissions=("sns:Publish",),
        only=(Only(("sns:Publish",), given="NotificationArn"),),
        demands=(Demand("topic-in-region", "the topic is in the pipeline's region"),),
    ),
)
