"""What one pipeline needs in the account it deploys to: its deploy role, and what that role uses.

Made with the provider of the target account. Each kind of deployment has a file of permissions in
its own function below; none can touch more than the stack, function or bucket that it deploys.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.access import CrossAccountRole
from components.artifacts import KEY_READ, OBJECT_READ
from components.documents import document, statement

CLOUDFORMATION = "cloudformation"
LAMBDA = "lambda"
S3 = "s3"


class DeploymentArgs(TypedDict):
    """What is deployed, and how."""

    kind: str
    """`cloudformation`, `lambda` (through CodeDeploy) or `s3`."""
    name: str
    """The CloudFormation stack, Lambda function or bucket that is deployed to."""
    template: NotRequired[str]
    """cloudformation: the template's path in the build's artifact."""
    capabilities: NotRequired[list[str]]
    """cloudformation: acknowledged capabilities."""
    parameters: NotRequired[dict[str, str]]
    """cloudformation: parameter values."""
    permissions: NotRequired[list[Any]]
    """cloudformation: IAM statements of what the stack may make, in IAM's JSON form."""
    alias: NotRequired[str]
    """lambda: the alias whose traffic is shifted."""
    deployment_config: NotRequired[str]
    """lambda: CodeDeploy's deployment configuration."""


class DeploymentTargetArgs(TypedDict):
    """What makes a deployment target."""

    deployment: DeploymentArgs
    """What is deployed."""
    account_id: pulumi.Input[str]
    """The account it is deployed to."""
    region: str
    """The region it is deployed to."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    organization_id: pulumi.Input[str]
    """The organization that the pipeline belongs to."""
    pipeline_role_arn: pulumi.Input[str]
    """The role of the pipeline that deploys."""
    deploy_role_name: str
    """The role that the pipeline's deploy actions assume."""
    service_role_name: str
    """The role that CloudFormation or CodeDeploy works with."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    artifact_prefix: str
    """The part of the bucket that the pipeline writes to, without a slash at its end."""


class DeploymentTarget(pulumi.ComponentResource):
    """The deploy role of one pipeline in one account, with the role and group behind it."""

    deploy_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeploymentTargetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:DeploymentTarget", name, None, opts)
        deployment = args["deployment"]
        service_role = None
        if deployment["kind"] == CLOUDFORMATION:
            service_role = self._service_role(
                name, args, "cloudformation", _stack(args), deployment.get("permissions", [])
            )
        elif deployment["kind"] == LAMBDA:
            service_role = self._service_role(
                name,
                args,
                "codedeploy",
                _arn(args, "codedeploy", f"deploymentgroup:{deployment['name']}/*"),
                _shift_traffic(args),
            )
            self._deployment_group(name, args, service_role)
        role = CrossAccountRole(
            name,
            {
                "role_name": args["deploy_role_name"],
                "description": f"Deploys {deployment['name']} for its pipeline",
                "organization_id": args["organization_id"],
                "trusted_role_arns": [args["pipeline_role_arn"]],
                "policy": document([*read_artifacts(args), *_deploy(args, service_role)]),
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.deploy_role_arn = role.role_arn
        self.service_role = service_role
        self.register_outputs({"deploy_role_arn": self.deploy_role_arn})

    def _service_role(
        self,
        name: str,
        args: DeploymentTargetArgs,
        service: str,
        source_arn: pulumi.Input[str],
        statements: list[Any],
    ) -> aws.iam.Role:
        child = pulumi.ResourceOptions(parent=self)
        role = aws.iam.Role(
            f"{name}-{service}",
            name=args["service_role_name"],
            path="/landfall/",
            description=f"What {service} works with to deploy {args['deployment']['name']}",
            assume_role_policy=document(
                [
                    statement(
                        "OnlyForThisDeployment",
                        actions=["sts:AssumeRole"],
                        principals={"Service": [f"{service}.amazonaws.com"]},
                        conditions={
                            "StringEquals": {"aws:SourceAccount": args["account_id"]},
                            "ArnLike": {"aws:SourceArn": source_arn},
                        },
                    )
                ]
            ),
            opts=child,
        )
        if statements:
            aws.iam.RolePolicy(
                f"{name}-{service}",
                name=args["service_role_name"],
                role=role.name,
                policy=document(statements),
                opts=child,
            )
        return role

    def _deployment_group(
        self, name: str, args: DeploymentTargetArgs, service_role: aws.iam.Role
    ) -> None:
        deployment = args["deployment"]
        child = pulumi.ResourceOptions(parent=self)
        application = aws.codedeploy.Application(
            name,
            name=deployment["name"],
            compute_platform="Lambda",
            region=args["region"],
            opts=child,
        )
        aws.codedeploy.DeploymentGroup(
            name,
            app_name=application.name,
            deployment_group_name=deployment["name"],
            service_role_arn=service_role.arn,
            deployment_config_name=deployment.get(
                "deployment_config", "CodeDeployDefault.LambdaAllAtOnce"
            ),
            deployment_style={
                "deployment_type": "BLUE_GREEN",
                "deployment_option": "WITH_TRAFFIC_CONTROL",
            },
            auto_rollback_configuration={
                "enabled": True,
                "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_REQUEST"],
            },
            region=args["region"],
            opts=child,
        )


def _arn(args: DeploymentTargetArgs, service: str, resource: str) -> pulumi.Output[str]:
    return pulumi.Output.format(
        "arn:{0}:{1}:{2}:{3}:{4}",
        args.get("partition", "aws"),
        service,
        args["region"],
        args["account_id"],
        resource,
    )


def _stack(args: DeploymentTargetArgs) -> pulumi.Output[str]:
    return _arn(args, "cloudformation", f"stack/{args['deployment']['name']}/*")


def read_artifacts(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    """Return the statements with which a role reads the artifacts of its own pipeline."""
    objects = pulumi.Output.concat(args["bucket_arn"], "/", args["artifact_prefix"], "/*")
    return [
        statement("ReadArtifacts", actions=OBJECT_READ, resources=[objects]),
        statement(
            "FindBucket",
            actions=["s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[args["bucket_arn"]],
        ),
        statement("ReadWithKey", actions=KEY_READ, resources=[args["key_arn"]]),
    ]


def _deploy(args: DeploymentTargetArgs, service_role: aws.iam.Role | None) -> list[dict[str, Any]]:
    deployment = args["deployment"]
    if deployment["kind"] == S3:
        bucket = f"arn:{args.get('partition', 'aws')}:s3:::{deployment['name']}"
        return [
            statement(
                "WriteSite",
                actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
                resources=[f"{bucket}/*"],
            ),
            statement(
                "FindSite", actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[bucket]
            ),
        ]
    if deployment["kind"] == LAMBDA:
        return _create_deployments(args)
    assert service_role is not None  # noqa: S101 - narrowed by kind
    return _change_sets(args, service_role)


def _change_sets(args: DeploymentTargetArgs, service_role: aws.iam.Role) -> list[dict[str, Any]]:
    return [
        statement(
            "ChangeSetsOfThisStack",
            actions=[
                "cloudformation:CreateChangeSet",
                "cloudformation:DeleteChangeSet",
                "cloudformation:DescribeChangeSet",
                "cloudformation:DescribeStacks",
                "cloudformation:ExecuteChangeSet",
            ],
            resources=[_stack(args)],
        ),
        statement(
            "HandOverToCloudFormation",
            actions=["iam:PassRole"],
            resources=[service_role.arn],
            conditions={
                "StringEquals": {
                    "iam:PassedToService": "cloudformation.amazonaws.com",
                }
            },
        ),
    ]


def _create_deployments(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    name = args["deployment"]["name"]
    config = args["deployment"].get("deployment_config", "CodeDeployDefault.LambdaAllAtOnce")
    return [
        statement(
            "Deployments",
            actions=["codedeploy:CreateDeployment", "codedeploy:GetDeployment"],
            resources=[_arn(args, "codedeploy", f"deploymentgroup:{name}/{name}")],
        ),
        statement(
            "Revisions",
            actions=[
                "codedeploy:GetApplication",
                "codedeploy:GetApplicationRevision",
                "codedeploy:RegisterApplicationRevision",
            ],
            resources=[_arn(args, "codedeploy", f"application:{name}")],
        ),
        statement(
            "Configuration",
            actions=["codedeploy:GetDeploymentConfig"],
            resources=[_arn(args, "codedeploy", f"deploymentconfig:{config}")],
        ),
    ]


def _shift_traffic(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    name, alias = args["deployment"]["name"], args["deployment"].get("alias", "live")
    return [
        statement(
            "ShiftTraffic",
            actions=[
                "lambda:GetAlias",
                "lambda:GetProvisionedConcurrencyConfig",
                "lambda:UpdateAlias",
            ],
            resources=[
                _arn(args, "lambda", f"function:{name}"),
                _arn(args, "lambda", f"function:{name}:{alias}"),
            ],
        ),
        statement("ReadAlarms", actions=["cloudwatch:DescribeAlarms"], resources=["*"]),
        *read_artifacts(args),
    ]
