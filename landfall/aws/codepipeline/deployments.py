"""Deploy actions, but for CloudFormation's."""

from __future__ import annotations

from landfall.aws.codepipeline.kinds import FLAG, LOGS, ActionType, Demand, Key, Need, Only

LAMBDA_STRATEGY = r"AllAtOnce|(Canary\d{1,2}Percent|Linear\d{1,2}PercentEvery)\d{1,4}Minutes?"
"""The forms of DeployStrategy; the longest a deployment may wait in all is two days."""

LAMBDA_ALARMS = 10
"""Alarms of a Lambda deploy action, separated by commas."""

_CODEDEPLOY = (
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplication",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
)
_GROUP_EXISTS = Demand(
    "deployment-group-exists", "the application and its deployment group exist in CodeDeploy"
)
_ACLS = (
    "private",
    "public-read",
    "public-read-write",
    "authenticated-read",
    "aws-exec-read",
    "bucket-owner-read",
    "bucket-owner-full-control",
)

DEPLOYMENTS = (
    ActionType(
        category="Deploy",
        provider="Lambda",
        page="action-reference-LambdaDeploy",
        keys=(
            Key("FunctionName", required=True),
            Key("FunctionAlias"),
            Key("PublishedTargetVersion"),
            Key("DeployStrategy", pattern=LAMBDA_STRATEGY),
            Key("Alarms"),
        ),
        # An input, or a version that was published: see the needs.
        inputs=(0, 1),
        variables=("FunctionVersion",),
        needs=(
            Need("PublishedTargetVersion", inputs="none"),
            Need("FunctionAlias", given="DeployStrategy"),
            Need("FunctionAlias", given="PublishedTargetVersion"),
        ),
        demands=(
            Demand("function-exists", "the function exists, and has a published version"),
            Demand("alias-has-one-version", "the alias exists, with exactly one version behind it"),
            Demand("version-published", "PublishedTargetVersion is a published version"),
            Demand("alarms-not-in-alarm", "no alarm of Alarms is in the state ALARM"),
        ),
        permissions=(
            "cloudwatch:DescribeAlarms",
            "lambda:GetAlias",
            "lambda:GetFunctionConfiguration",
            "lambda:GetProvisionedConcurrencyConfig",
            "lambda:PublishVersion",
            "lambda:UpdateAlias",
            "lambda:UpdateFunctionCode",
            *LOGS,
        ),
        only=(
            Only(("cloudwatch:DescribeAlarms",), given="Alarms"),
            Only(("lambda:GetAlias", "lambda:UpdateAlias"), given="FunctionAlias"),
            Only(
                ("lambda:PublishVersion", "lambda:UpdateFunctionCode"),
                without="PublishedTargetVersion",
            ),
        ),
        v2_only=True,
        unconfirmed=(
            "the page gives one input artifact, and a version in its place",
            "the page names log groups /REGION/codepipeline/PIPELINE, other actions' pages "
            "/aws/codepipeline/PIPELINE",
            "whether `Minutes` and `Minute` are both taken for every number",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="CodeDeploy",
        page="action-reference-CodeDeploy",
        keys=(Key("ApplicationName", required=True), Key("DeploymentGroupName", required=True)),
        inputs=(1, 1),
        demands=(
            _GROUP_EXISTS,
            Demand(
                "application-platform-is-server",
                "the application's compute platform is Server: the action hands over a zip",
                "For AWS Lambda deployments, BundleType must be YAML or JSON",
            ),
        ),
        permissions=(
            *_CODEDEPLOY,
            "codedeploy:GetDeploymentGroup",
            "codedeploy:ListDeploymentConfigs",
            "codedeploy:ListDeploymentGroups",
            "codedeploy:ListDeployments",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="CodeDeployToECS",
        page="action-reference-ECSbluegreen",
        keys=(
            Key("ApplicationName", required=True),
            Key("DeploymentGroupName", required=True),
            Key("TaskDefinitionTemplateArtifact", required=True, names="artifact"),
            Key("AppSpecTemplateArtifact", required=True, names="artifact"),
            Key("AppSpecTemplatePath"),
            Key("TaskDefinitionTemplatePath"),
            *(
                each
                for number in range(1, 5)
                for each in (
                    Key(f"Image{number}ArtifactName", names="artifact"),
                    Key(f"Image{number}ContainerName"),
                )
            ),
        ),
        inputs=(1, 5),
        needs=tuple(
            need
            for number in range(1, 5)
            for need in (
                Need(f"Image{number}ContainerName", given=f"Image{number}ArtifactName"),
                Need(f"Image{number}ArtifactName", given=f"Image{number}ContainerName"),
            )
        ),
        demands=(
            _GROUP_EXISTS,
            Demand("application-platform-is-ecs", "the application's compute platform is ECS"),
            Demand("inputs-below-3-mb", "the input artifacts have 3 MB at most"),
        ),
        permissions=(*_CODEDEPLOY, "ecs:RegisterTaskDefinition", "ecs:TagResource", "iam:PassRole"),
    ),
    ActionType(
        category="Deploy",
        provider="ECS",
        page="action-reference-ECS",
        keys=(
            Key("ClusterName", required=True),
            Key("ServiceName", required=True),
            Key("FileName"),
            Key("DeploymentTimeout", pattern=r"[1-9]|[1-5]\d|60"),
        ),
        inputs=(1, 1),
        demands=(
            Demand("service-exists", "the service exists in the cluster"),
            Demand("controller-is-ecs", "the service's deployment controller is ECS"),
            Demand("definitions-below-100-kb", "the image definitions have 100 KB at most"),
        ),
        permissions=(
            "ecs:DescribeServices",
            "ecs:DescribeTaskDefinition",
            "ecs:RegisterTaskDefinition",
            "ecs:TagResource",
            "ecs:UpdateService",
            "iam:PassRole",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="EC2",
        page="action-reference-EC2Deploy",
        keys=(
            Key("InstanceTagKey", required=True),
            Key("InstanceTagValue"),
            Key("InstanceType", required=True, values=("EC2", "SSM_MANAGED_NODE")),
            Key("TargetDirectory"),
            Key("DeploySpec"),
            Key("MaxBatch"),
            Key("MaxError"),
            Key("TargetGroupNameList"),
            Key("PreScript"),
            Key("PostScript"),
        ),
        inputs=(1, 1),
        needs=(
            Need("TargetDirectory", given="PreScript"),
            Need("TargetDirectory", given="PostScript"),
        ),
        demands=(
            Demand("instances-managed", "the tagged instances run Linux and the SSM agent"),
            Demand("fleet-of-500", "500 instances at most have the tag"),
        ),
        permissions=(
            "ec2:DescribeInstances",
            "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:DescribeTargetGroupAttributes",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "elasticloadbalancing:RegisterTargets",
            *LOGS,
            "ssm:CancelCommand",
            "ssm:DescribeInstanceInformation",
            "ssm:ListCommandInvocations",
            "ssm:SendCommand",
        ),
        v2_only=True,
        unconfirmed=("the page asks for PostScript, and shows a DeploySpec without it",),
    ),
    ActionType(
        category="Deploy",
        provider="EKS",
        page="action-reference-EKS",
        keys=(
            Key("ClusterName", required=True),
            Key("HelmReleaseName"),
            Key("HelmChartLocation"),
            Key("HelmValuesFiles"),
            Key("ManifestFiles"),
            Key("Namespace"),
            Key("Subnets"),
            Key("SecurityGroupIds"),
            Key("EnvironmentVariables"),
        ),
        inputs=(1, 1),
        variables=("EKSClusterName",),
        needs=(
            Need("HelmChartLocation", given="HelmReleaseName"),
            Need("HelmReleaseName", given="HelmChartLocation"),
            Need("HelmReleaseName", given="HelmValuesFiles"),
            Need("ManifestFiles", without="HelmReleaseName"),
        ),
        demands=(
            Demand("cluster-lets-role-in", "the cluster has an access entry for the action's role"),
        ),
        permissions=(
            "ec2:CreateNetworkInterface",
            "ec2:CreateNetworkInterfacePermission",
            "ec2:DeleteNetworkInterface",
            "ec2:DescribeDhcpOptions",
            "ec2:DescribeNetworkInterfaces",
            "ec2:DescribeRouteTables",
            "ec2:DescribeSecurityGroups",
            "ec2:DescribeSubnets",
            "ec2:DescribeVpcs",
            "eks:DescribeCluster",
            *LOGS,
        ),
        v2_only=True,
        unconfirmed=("whether environment variables are a key of the configuration",),
    ),
    ActionType(
        category="Deploy",
        provider="S3",
        page="action-reference-S3Deploy",
        keys=(
            Key("BucketName", required=True),
            Key("Extract", required=True, values=FLAG),
            Key("ObjectKey"),
            Key("KMSEncryptionKeyARN"),
            Key("CannedACL", values=_ACLS),
            Key("CacheControl"),
        ),
        inputs=(1, 1),
        needs=(Need("ObjectKey", given="Extract", values=("false",)),),
        demands=(Demand("bucket-exists", "the bucket exists in the action's region"),),
        permissions=(
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            "s3:GetBucketVersioning",
            "s3:PutObject",
            "s3:PutObjectAcl",
            "s3:PutObjectVersionAcl",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="ElasticBeanstalk",
        page="action-reference-Beanstalk",
        keys=(Key("ApplicationName", required=True), Key("EnvironmentName", required=True)),
        inputs=(1, 1),
        demands=(Demand("input-below-512-mb", "the input artifact has 512 MB at most"),),
        permissions=(
            "autoscaling:*",
            "cloudformation:*",
            "cloudwatch:*",
            "ec2:*",
            "ecs:*",
            "elasticbeanstalk:*",
            "elasticloadbalancing:*",
            "rds:*",
            "s3:*",
            "sns:*",
            "sqs:*",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="AppConfig",
        page="action-reference-AppConfig",
        keys=(
            Key("Application", required=True),
            Key("Environment", required=True),
            Key("ConfigurationProfile", required=True),
            Key("InputArtifactConfigurationPath", required=True),
            Key("DeploymentStrategy"),
        ),
        inputs=(1, 1),
        permissions=(
            "appconfig:GetDeployment",
            "appconfig:StartDeployment",
            "appconfig:StopDeployment",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="ServiceCatalog",
        page="action-reference-ServiceCatalog",
        keys=(
            Key("TemplateFilePath"),
            Key("ProductVersionName"),
            Key("ProductType"),
            Key("ProductId", required=True),
            Key("ProductVersionDescription"),
            Key("ConfigurationFilePath"),
        ),
        inputs=(1, 1),
        needs=(
            Need("TemplateFilePath", without="ConfigurationFilePath"),
            Need("ProductVersionName", without="ConfigurationFilePath"),
            Need("ProductType", without="ConfigurationFilePath"),
        ),
        permissions=(
            "cloudformation:ValidateTemplate",
            "servicecatalog:CreateProvisioningArtifact",
            "servicecatalog:DeleteProvisioningArtifact",
            "servicecatalog:DescribeProvisioningArtifact",
            "servicecatalog:ListProvisioningArtifacts",
            "servicecatalog:UpdateProduct",
        ),
    ),
    ActionType(
        category="Deploy",
        provider="OpsWorks",
        page="reference-action-artifacts",
        keys=(
            Key("Stack", required=True),
            Key("Layer"),
            Key("App", required=True),
        ),
        inputs=(1, 1),
        permissions=(
            "opsworks:CreateDeployment",
            "opsworks:DescribeApps",
            "opsworks:DescribeCommands",
            "opsworks:DescribeDeployments",
            "opsworks:DescribeInstances",
            "opsworks:DescribeStacks",
            "opsworks:UpdateApp",
            "opsworks:UpdateStack",
        ),
        unconfirmed=("the service ended in May 2024; the page of its configuration is gone",),
    ),
)
