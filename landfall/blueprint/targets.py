"""The roles of a deployment target: the deploy role and the service role.

Each can change only the stack, function, service, instances or bucket that it deploys.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint import (
    artifacts,
    cloudformation,
    codedeploy,
    ecs_services,
    functions,
    packages,
    stack_sets,
)
from landfall.blueprint.deployments import (
    CLOUDFORMATION,
    CODEDEPLOY,
    ECS_SERVICE,
    LAMBDA,
    PULUMI,
    S3,
    STACK_SET,
    DeploymentArgs,
)
from landfall.blueprint.places import Place, Store
from landfall.blueprint.roles import CrossAccount, Role
from landfall.blueprint.statements import Statement, statement


@dataclass(frozen=True, slots=True)
class Target:
    """One destination of a pipeline: an account and region.

    `packages` is the bucket of the code that its stack takes. `watched`: alarms stop its
    deployments. `runner_role_arn` is the role of the build that runs a Pulumi program.
    `pipeline_name` is needed for `lambda` and for packages.
    """

    deployment: DeploymentArgs
    place: Place
    organization_id: str
    pipeline_role_arn: str
    deploy_role_name: str
    service_role_name: str
    store: Store
    artifact_prefix: str
    runner_role_arn: str | None = None
    listeners: tuple[str, ...] = ()
    watched: bool = False
    pipeline_name: str = ""
    packages: Store | None = None

    @property
    def trusts_runner(self) -> bool:
        """Whether the build of a Pulumi program assumes the deploy role."""
        return self.deployment["kind"] == PULUMI and self.runner_role_arn is not None

    @property
    def service(self) -> str | None:
        """The service of the service role, if any."""
        kind = self.deployment["kind"]
        if kind in (CLOUDFORMATION, STACK_SET):
            return "cloudformation"
        return "codedeploy" if kind in CODEDEPLOY else None


def deploy_role(target: Target) -> Role:
    """Return the role that the pipeline's deploy actions assume."""
    trusted = [target.pipeline_role_arn]
    if target.trusts_runner and target.runner_role_arn is not None:
        trusted.append(target.runner_role_arn)
    return CrossAccount(
        target.deploy_role_name,
        target.organization_id,
        trusted,
        _deploy(target),
        description=f"Deploys {target.deployment['name']} for its pipeline",
    ).role()


def service_role(target: Target) -> Role | None:
    """Return the service role of CloudFormation or CodeDeploy; None for other kinds."""
    service, deployment, place = target.service, target.deployment, target.place
    if service is None:
        return None
    if deployment["kind"] == STACK_SET:
        return _administration_role(target)
    if service == "cloudformation":
        source = cloudformation.stack_arn(deployment, place)
        statements = cloudformation.work(deployment, place)
        if cloudformation.reads_artifact(deployment):
            statements += artifacts.read_artifacts(*_artifacts(target))
        statements += _packages(target)
    else:
        source = place.arn("codedeploy", f"deploymentgroup:{codedeploy.group_name(deployment)}/*")
        statements = codedeploy.work(
            deployment, place, target.listeners, artifacts.read_artifacts(*_artifacts(target))
        )
    trust = statement(
        "OnlyForThisDeployment",
        actions=["sts:AssumeRole"],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions=_source(service, place, source),
    )
    return Role(
        target.service_role_name,
        [trust],
        {target.service_role_name: statements} if statements else {},
        description=f"What {service} works with to deploy {deployment['name']}",
    )


def _administration_role(target: Target) -> Role:
    name, place, described = target.deployment["name"], target.place, target.service_role_name
    statements = stack_sets.administer(place.partition, target.deployment["stack_set"])
    return Role(
        described,
        [stack_sets.trust(name, place)],
        {described: statements},
        description=f"What StackSets administers {name} with",
    )


def _source(service: str, place: Place, source: str) -> dict[str, dict[str, str]]:
    """Return the condition that the service works for this deployment.

    CloudFormation does not document that it sends these keys with the role of a stack, so there the
    condition must also hold without them.
    """
    if_exists = "IfExists" if service == CLOUDFORMATION else ""
    return {
        f"StringEquals{if_exists}": {"aws:SourceAccount": place.account_id},
        f"ArnLike{if_exists}": {"aws:SourceArn": source},
    }


def _artifacts(target: Target) -> tuple[str, Store]:
    return target.artifact_prefix, target.store


def _packages(target: Target) -> list[Statement]:
    if target.packages is None:
        return []
    return packages.read(target.pipeline_name, target.packages)


def _deploy(target: Target) -> list[Statement]:
    kind = target.deployment["kind"]
    # A Pulumi program's build reads the artifacts with its own role.
    statements = [] if kind == PULUMI else artifacts.read_artifacts(*_artifacts(target))
    statements += _packages(target)
    if kind == S3:
        statements += _site(target)
    elif kind == PULUMI:
        statements += _program(target)
    elif kind == LAMBDA:
        statements += functions.deploy(target.deployment, target.place, target.pipeline_name)
    elif kind in CODEDEPLOY:
        statements += codedeploy.deploy(target.deployment, target.place)
    elif kind == ECS_SERVICE:
        statements += ecs_services.deploy(target.deployment, target.place)
    elif kind == STACK_SET:
        statements += stack_sets.deploy(
            target.deployment["name"], target.place, _service_role_arn(target)
        )
    else:
        service_role_arn = _service_role_arn(target)
        statements += cloudformation.deploy(target.deployment, target.place, service_role_arn)
    if target.watched:
        # DescribeAlarms supports only all alarms of the account and region as resource.
        statements.append(
            statement("ReadAlarms", actions=["cloudwatch:DescribeAlarms"], resources=["*"])
        )
    return statements


def _service_role_arn(target: Target) -> str:
    return target.place.iam_arn(f"role/landfall/{target.service_role_name}")


def _site(target: Target) -> Sequence[Statement]:
    bucket = bucket_arn(target.place.partition, target.deployment["name"])
    keys = []
    if key := target.deployment.get("bucket_key"):
        arn = key if key.startswith("arn:") else target.place.arn("kms", f"key/{key}")
        # S3 decrypts the parts of a large upload when it joins them.
        actions = ["kms:Decrypt", "kms:GenerateDataKey"]
        keys.append(statement("EncryptSite", actions=actions, resources=[arn]))
    return [
        *keys,
        statement(
            "WriteSite",
            actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            resources=[f"{bucket}/*"],
        ),
        statement(
            "FindSite", actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[bucket]
        ),
    ]


def _program(target: Target) -> Sequence[Statement]:
    """Return the deploy role's statements: the program's permissions, its state and its key."""
    deployment, place = target.deployment, target.place
    bucket, _, prefix = deployment["backend"].removeprefix("s3://").partition("/")
    state = bucket_arn(place.partition, bucket)
    objects = f"{state}/{prefix}/*" if prefix else f"{state}/*"
    return [
        *deployment.get("permissions", []),
        statement(
            "State",
            actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            resources=[objects],
        ),
        statement("FindState", actions=["s3:ListBucket"], resources=[state]),
        statement(
            "StateKey",
            actions=["kms:Decrypt", "kms:DescribeKey", "kms:Encrypt", "kms:GenerateDataKey"],
            resources=[place.arn("kms", "key/*")],
            conditions={
                "ForAnyValue:StringEquals": {"kms:ResourceAliases": [f"alias/{deployment['key']}"]}
            },
        ),
    ]
