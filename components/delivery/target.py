"""What one pipeline needs in the account it deploys to: its deploy role, and what that role uses.

Made with the provider of the target account. Each kind of deployment has a file of its own in
`components.delivery.deployments`; none can touch more than the stack, function, service, instances
or bucket that it deploys.
"""

from typing import Any

import pulumi
import pulumi_aws as aws

from components.access import CrossAccountRole
from components.delivery.deployments import cloudformation, codedeploy, health, program, site
from components.delivery.deployments.arguments import (
    CLOUDFORMATION,
    CODEDEPLOY,
    PULUMI,
    S3,
    DeploymentTargetArgs,
    arn,
    read_artifacts,
)
from components.documents import document, statement


class DeploymentTarget(pulumi.ComponentResource):
    """The deploy role of one pipeline in one account, with the role and group behind it."""

    deploy_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeploymentTargetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:DeploymentTarget", name, None, opts)
        deployment = args["deployment"]
        kind = deployment["kind"]
        self.service_role: aws.iam.Role | None = None
        # The engine learns of an alarm's name before the alarm is there; AWS wants the alarm.
        made = health.make_alarms(self, args)
        watched = [*(alarm.name for alarm in made), *args.get("alarms", [])]
        self.alarms = [*health.alarm_names(args), *args.get("alarms", [])]
        if kind == CLOUDFORMATION:
            self.service_role, _ = self._service_role(
                name,
                args,
                "cloudformation",
                cloudformation.stack_arn(args),
                deployment.get("permissions", []),
            )
        elif kind in CODEDEPLOY:
            self.service_role, granted = self._service_role(
                name,
                args,
                "codedeploy",
                arn(args, "codedeploy", f"deploymentgroup:{deployment['name']}/*"),
                codedeploy.work(args),
            )
            codedeploy.make_group(self, name, args, self.service_role, granted, watched)
        trusted = [args["pipeline_role_arn"]]
        if kind == PULUMI and "runner_role_arn" in args:
            trusted.append(args["runner_role_arn"])
        role = CrossAccountRole(
            name,
            {
                "role_name": args["deploy_role_name"],
                "description": f"Deploys {deployment['name']} for its pipeline",
                "organization_id": args["organization_id"],
                "trusted_role_arns": trusted,
                "policy": document(self._deploy(args)),
            },
            opts=pulumi.ResourceOptions(parent=self),
        )
        self.deploy_role_arn = role.role_arn
        self.register_outputs({"deploy_role_arn": self.deploy_role_arn})

    def _deploy(self, args: DeploymentTargetArgs) -> list[dict[str, Any]]:
        kind = args["deployment"]["kind"]
        # A Pulumi program's build reads the artifacts with a role of its own.
        statements = [] if kind == PULUMI else read_artifacts(args)
        if kind == S3:
            statements += site.deploy(args)
        elif kind == PULUMI:
            statements += program.deploy(args)
        elif kind in CODEDEPLOY:
            statements += codedeploy.deploy(args)
        elif self.service_role is not None:
            statements += cloudformation.deploy(args, self.service_role.arn)
        if self.alarms:
            # DescribeAlarms knows no resource smaller than all alarms of the account and region.
            statements.append(
                statement("ReadAlarms", actions=["cloudwatch:DescribeAlarms"], resources=["*"])
            )
        return statements

    def _service_role(
        self,
        name: str,
        args: DeploymentTargetArgs,
        service: str,
        source_arn: pulumi.Input[str],
        statements: list[Any],
    ) -> tuple[aws.iam.Role, list[pulumi.Resource]]:
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
        granted: list[pulumi.Resource] = []
        if statements:
            granted.append(
                aws.iam.RolePolicy(
                    f"{name}-{service}",
                    name=args["service_role_name"],
                    role=role.name,
                    policy=document(statements),
                    opts=child,
                )
            )
        return role, granted
