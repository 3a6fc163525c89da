"""A pipeline's resources in the target account: its deploy role, and what that role uses.

Created with the provider of the target account. Each kind of deployment has its own file in
`components.delivery.deployments`; each can change only the stack, function, service, instances
or bucket that it deploys.
"""

import pulumi
import pulumi_aws as aws

from components.cross_account_role import CrossAccountRole
from components.delivery.deployments import codedeploy, health
from components.delivery.deployments.arguments import DeploymentTargetArgs
from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint import targets
from landfall.blueprint.places import Store
from landfall.blueprint.targets import Target


class DeploymentTarget(pulumi.ComponentResource):
    """The deploy role of one pipeline in one account, with the role and group behind it."""

    deploy_role_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: DeploymentTargetArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:DeploymentTarget", name, None, opts)
        self.service_role: aws.iam.Role | None = None
        # The engine knows an alarm's name before the alarm exists, but AWS requires the alarm.
        made = health.make_alarms(self, args)
        watched = [*(alarm.name for alarm in made), *args.get("alarms", [])]
        self.alarms = [*health.alarm_names(args), *args.get("alarms", [])]
        inputs, child = Inputs(), pulumi.ResourceOptions(parent=self)
        target = _target(args, inputs, watched=bool(self.alarms))
        behind = targets.service_role(target)
        if behind is not None:
            service = make_role(f"{name}-{target.service}", behind, inputs, child)
            self.service_role = service.role
            if target.service == "codedeploy":
                codedeploy.make_group(self, name, args, service.role, service.granted, watched)
        deploy = targets.deploy_role(target)
        trusted = [args["pipeline_role_arn"]]
        if target.trusts_runner:
            trusted.append(args["runner_role_arn"])
        role = CrossAccountRole(
            name,
            {
                "role_name": deploy.name,
                "description": deploy.description or "",
                "organization_id": args["organization_id"],
                "trusted_role_arns": trusted,
                "policy": inputs.document(deploy.statements),
            },
            opts=child,
        )
        self.deploy_role_arn = role.role_arn
        self.register_outputs({"deploy_role_arn": self.deploy_role_arn})


def _target(args: DeploymentTargetArgs, inputs: Inputs, *, watched: bool) -> Target:
    runner, key_arn = args.get("runner_role_arn"), inputs.text(args["key_arn"])
    packages = None
    if "package_bucket_arn" in args:
        packages = Store(inputs.text(args["package_bucket_arn"]), key_arn)
    return Target(
        inputs.plain(args["deployment"]),
        inputs.place(args.get("partition", "aws"), args["region"], args["account_id"]),
        inputs.text(args["organization_id"]),
        inputs.text(args["pipeline_role_arn"]),
        args["deploy_role_name"],
        args["service_role_name"],
        Store(inputs.text(args["bucket_arn"]), key_arn),
        args["artifact_prefix"],
        runner_role_arn=None if runner is None else inputs.text(runner),
        listeners=tuple(args.get("listeners", [])),
        watched=watched,
        pipeline_name=args.get("pipeline_name", ""),
        packages=packages,
        built_by=args.get("built_by", ""),
    )
