"""The roles of a deployment target: the deploy role and the service role.

Each can change only the stack, function, service, instances or bucket that it deploys.
"""

from __future__ import annotations

from dataclasses import dataclass

from landfall.blueprint import (
    artifacts,
    cloudformation,
    clusters,
    codedeploy,
    ecs_services,
    functions,
    packages,
    programs,
    sites,
    stack_sets,
    steps,
)
from landfall.blueprint.deployments import (
    CLOUDFORMATION,
    CODEDEPLOY,
    ECS_SERVICE,
    EKS,
    IN_BUILD,
    INVOKE,
    LAMBDA,
    PROJECT,
    S3,
    STACK_SET,
    DeploymentArgs,
)
from landfall.blueprint.places import Place, Store
from landfall.blueprint.roles import CrossAccount, Role
from landfall.blueprint.statements import Statement, service_trust, statement


@dataclass(frozen=True, slots=True)
class Target:
    """One destination of a pipeline: an account and region.

    `packages` is the bucket of the code that its stack takes. `watched`: alarms stop its
    deployments. `runner_role_arn` is the role of the build that runs the deployment, or a step of
    it. `pipeline_name` is needed for `lambda`, for `eks` and for packages; `built_by` is the
    pipeline that packaged the code, if it is another one. `awaited`: what CodeDeploy would deploy
    to does not exist yet, so there is no deployment group.
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
    awaited: bool = False
    built_by: str = ""

    @property
    def trusts_runner(self) -> bool:
        """Whether a build of the pipeline assumes the deploy role."""
        return "runner" in self.deployment and self.runner_role_arn is not None

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
    trust = service_trust(service, place.account_id, [source], "OnlyForThisDeployment")
    return Role(
        target.service_role_name,
        [trust],
        {target.service_role_name: statements} if statements else {},
        description=f"What {service} works with to deploy {deployment['name']}",
    )


def _administration_role(target: Target) -> Role:
    name, place, described = target.deployment["name"], target.place, target.service_role_name
    args = target.deployment["stack_set"]
    statements = stack_sets.administer(place.partition, args)
    return Role(
        described,
        [stack_sets.trust(name, place, args)],
        {described: statements},
        description=f"What StackSets administers {name} with",
    )


def _artifacts(target: Target) -> tuple[str, Store]:
    return target.artifact_prefix, target.store


def _packages(target: Target) -> list[Statement]:
    if target.packages is None:
        return []
    return packages.read(target.built_by or target.pipeline_name, target.packages)


def _deploy(target: Target) -> list[Statement]:
    deployment, place = target.deployment, target.place
    kind = deployment["kind"]
    # A build of the pipeline reads the artifacts with its own role.
    statements = [] if kind in IN_BUILD else artifacts.read_artifacts(*_artifacts(target))
    statements += _packages(target)
    if kind == S3:
        statements += sites.deploy(deployment, place)
    elif kind in IN_BUILD:
        statements += programs.deploy(deployment, place)
    elif kind == LAMBDA:
        statements += functions.deploy(deployment, place, target.pipeline_name)
    elif kind == EKS:
        statements += clusters.deploy(deployment, place, target.pipeline_name)
    elif kind in (INVOKE, PROJECT):
        statements += steps.deploy(deployment, place)
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
