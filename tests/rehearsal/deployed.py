"""Pipelines with one CodeDeploy action: to two instances, and to an ECS service.

Each role has only what AWS's pages and managed policies name.
"""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

from landfall.rehearsal import rehearsing, timeline
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from landfall.rehearsal.work import Options
from tests.rehearsal.small import (
    BUCKET,
    SITE,
    Small,
    action,
    allowed,
    arn_of_role,
    structure,
    zipped,
)
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Clients, Sandbox, trust

SERVERS, SERVICE, CLUSTER = "fleet", "web", "apps"
PLAIN = "plain"
ALARM = "web-5xx"
BUILT = [{"name": "Source"}]
HOOK = "CodeDeployHook_check"
_DEPLOYED = (
    "codedeploy:CreateDeployment",
    "codedeploy:GetApplication",
    "codedeploy:GetApplicationRevision",
    "codedeploy:GetDeployment",
    "codedeploy:GetDeploymentConfig",
    "codedeploy:RegisterApplicationRevision",
)

HOOKED = """\
import os, time
import boto3

def handle(event, context):
    if os.environ["RESULT"] == "Late":
        time.sleep(60)
    client = boto3.client("codedeploy")
    client.put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=os.environ["RESULT"],
    )
"""

APPSPEC = """\
version: 0.0
os: linux
files:
  - source: app
    destination: /opt/app
permissions:
  - object: /opt/app
    pattern: '*.sh'
    mode: 755
    type: [file]
hooks:
  ApplicationStop:
    - location: scripts/stop.sh
  ValidateService:
    - location: scripts/check.sh
      timeout: 60
"""

SERVICE_SPEC = f"""\
version: 0.0
Resources:
  - TargetService:
      Type: AWS::ECS::Service
      Properties:
        TaskDefinition: <TASK_DEFINITION>
        LoadBalancerInfo:
          ContainerName: web
          ContainerPort: 8080
Hooks:
  - AfterInstall: {HOOK}
"""


TESTED = {
    "Makefile": "unit integration e2e:\n\tsh tests/$@.sh\n",
    "buildspec.yml": "version: 0.2\nphases: {build: {commands: [sh -n tests/unit.sh]}}\n"
    "artifacts: {files: ['**/*']}\n",
    "tests/unit.sh": "test -s Makefile\n",
    "tests/integration.sh": "test -s Makefile\n",
    "tests/e2e.sh": "test -s Makefile\n",
}
"""Tests and a build, which both applications have."""


def sources_of_servers(folder: Path) -> Path:
    """Write the sources of the instances' application."""
    for name, text in {
        **TESTED,
        "appspec.yml": APPSPEC,
        "app/release": "1\n",
        "app/run.sh": "#!/bin/sh\n",
        "scripts/stop.sh": '#!/bin/sh\necho stopped >> "${INSTANCE_ROOT:-}/stopped"\n',
        "scripts/check.sh": '#!/bin/sh\ngrep -q "[0-9]" "${INSTANCE_ROOT:-}/opt/app/release"\n',
    }.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return folder


def sources_of_service(folder: Path) -> Path:
    """Write the sources of the service's application."""
    folder.mkdir(parents=True)
    definition = {
        "family": "web",
        "executionRoleArn": arn_of_role("tasks"),
        "requiresCompatibilities": ["FARGATE"],
        "networkMode": "awsvpc",
        "cpu": "256",
        "memory": "512",
        "containerDefinitions": [{"name": "web", "image": "<IMAGE>"}],
    }
    (folder / "tests").mkdir()
    for name, text in TESTED.items():
        (folder / name).write_text(text)
    (folder / "taskdef.json").write_text(json.dumps(definition))
    (folder / "appspec.yaml").write_text(SERVICE_SPEC)
    (folder / "imageDetail.json").write_text(json.dumps({"ImageURI": "example/web:1"}))
    return folder


def _role(small: Small, name: str, principal: str, *statements: dict[str, Any]) -> str:
    small.aws("iam").create_role(
        RoleName=name, AssumeRolePolicyDocument=trust(service=f"{principal}.amazonaws.com")
    )
    small.policies[name] = list(statements)
    if statements:
        small.grant(name)
    return arn_of_role(name)


def _pipeline(
    small: Small, name: str, provider: str, configuration: dict[str, str], *, whole: bool
) -> None:
    """Create a pipeline that only deploys, or the `whole` one with tests, build and approval."""
    objects = f"arn:aws:s3:::{BUCKET}/{name}/*"
    for role in ("pipeline", "build"):
        small.policies[role].append(allowed("s3:PutObject", "s3:GetObject", on=objects))
    small.policies["deploy"] += [
        allowed("s3:GetObject", on=objects),
        allowed(*_DEPLOYED),
        allowed(
            "codedeploy:GetDeploymentGroup",
            "codedeploy:ListDeploymentConfigs",
            "codedeploy:ListDeploymentGroups",
            "codedeploy:ListDeployments",
        ),
    ]
    for role in ("pipeline", "build", "deploy"):
        small.grant(role)
    artifact = "Build" if whole else "Source"
    deploy = action(
        "Deploy",
        "Deploy",
        provider,
        roleArn=arn_of_role("deploy"),
        inputArtifacts=[{"name": artifact}],
        configuration={
            key: artifact if key.endswith("Artifact") or key == "Image1ArtifactName" else value
            for key, value in configuration.items()
        },
    )
    found = structure(small.key, name, deploy)
    if not whole:
        source, *_, stage = found["stages"]
        check = action(
            "Check",
            "Deploy",
            "S3",
            roleArn=arn_of_role("deploy"),
            inputArtifacts=BUILT,
            runOrder=2,
            configuration={"BucketName": SITE, "Extract": "true"},
        )
        del stage["onSuccess"]
        found["stages"] = [source, {**stage, "actions": [deploy, check]}]
    small.aws("codepipeline").create_pipeline(pipeline=found)


def make_servers(small: Small, *, whole: bool = False) -> None:
    """Create two instances behind a target group, their deployment group, and the pipeline."""
    aws = small.aws
    _role(
        small,
        "instance",
        "ec2",
        allowed("s3:GetObject", on=f"arn:aws:s3:::{BUCKET}/{SERVERS}/*"),
        allowed("kms:Decrypt", on=small.key),
    )
    aws("iam").create_instance_profile(InstanceProfileName="instance")
    aws("iam").add_role_to_instance_profile(InstanceProfileName="instance", RoleName="instance")
    image = aws("ec2").describe_images(MaxResults=5)["Images"][0]["ImageId"]
    made = aws("ec2").run_instances(
        ImageId=image,
        MinCount=2,
        MaxCount=2,
        IamInstanceProfile={"Name": "instance"},
        TagSpecifications=[
            {"ResourceType": "instance", "Tags": [{"Key": "application", "Value": "fleet"}]}
        ],
    )
    vpc = aws("ec2").describe_vpcs()["Vpcs"][0]["VpcId"]
    group = aws("elbv2").create_target_group(Name="fleet", Protocol="HTTP", Port=80, VpcId=vpc)
    arn = group["TargetGroups"][0]["TargetGroupArn"]
    targets = [{"Id": each["InstanceId"]} for each in made["Instances"]]
    aws("elbv2").register_targets(TargetGroupArn=arn, Targets=targets)
    role = _role(
        small,
        "deployer-of-servers",
        "codedeploy",
        allowed("ec2:DescribeInstances", "ec2:DescribeInstanceStatus"),
        allowed("cloudwatch:DescribeAlarms"),
        allowed(
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:DescribeTargetHealth",
            "elasticloadbalancing:DeregisterTargets",
            "elasticloadbalancing:RegisterTargets",
        ),
    )
    _alarm(aws)
    client = aws("codedeploy")
    client.create_application(applicationName=SERVERS, computePlatform="Server")
    tag = {"Key": "application", "Value": "fleet", "Type": "KEY_AND_VALUE"}
    client.create_deployment_group(
        applicationName=SERVERS,
        deploymentGroupName=SERVERS,
        serviceRoleArn=role,
        deploymentConfigName="CodeDeployDefault.OneAtATime",
        ec2TagSet={"ec2TagSetList": [[tag]]},
        deploymentStyle={
            "deploymentType": "IN_PLACE",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        loadBalancerInfo={"targetGroupInfoList": [{"name": "fleet"}]},
        **_watched(),
    )
    where = {"ApplicationName": SERVERS, "DeploymentGroupName": SERVERS}
    _pipeline(small, SERVERS, "CodeDeploy", where, whole=whole)


def _alarm(aws: Clients) -> None:
    aws("cloudwatch").put_metric_alarm(
        AlarmName=ALARM,
        Namespace="AWS/ApplicationELB",
        MetricName="HTTPCode_Target_5XX_Count",
        ComparisonOperator="GreaterThanOrEqualToThreshold",
        EvaluationPeriods=1,
        Period=60,
        Threshold=1,
        Statistic="Sum",
    )


def _watched() -> dict[str, Any]:
    return {
        "alarmConfiguration": {"enabled": True, "alarms": [{"name": ALARM}]},
        "autoRollbackConfiguration": {
            "enabled": True,
            "events": ["DEPLOYMENT_FAILURE", "DEPLOYMENT_STOP_ON_ALARM"],
        },
    }


def make_service(small: Small, *, whole: bool = False) -> None:
    """Create a service behind a load balancer, its deployment group, and the pipeline."""
    aws = small.aws
    _role(small, "tasks", "ecs-tasks")
    listener = _balanced(aws)
    role = _role(
        small,
        "deployer-of-service",
        "codedeploy",
        allowed(
            "ecs:CreateTaskSet",
            "ecs:DeleteTaskSet",
            "ecs:DescribeServices",
            "ecs:UpdateServicePrimaryTaskSet",
        ),
        allowed(
            "elasticloadbalancing:DescribeListeners",
            "elasticloadbalancing:DescribeRules",
            "elasticloadbalancing:DescribeTargetGroups",
            "elasticloadbalancing:ModifyListener",
        ),
        allowed("lambda:InvokeFunction", "cloudwatch:DescribeAlarms"),
        allowed("iam:PassRole", on=arn_of_role("tasks")),
    )
    hook = _role(
        small,
        "hook",
        "lambda",
        allowed("codedeploy:PutLifecycleEventHookExecutionStatus"),
        allowed("logs:CreateLogStream", "logs:PutLogEvents"),
    )
    aws("lambda").create_function(
        FunctionName=HOOK,
        Runtime="python3.12",
        Role=hook,
        Handler="handler.handle",
        Code={"ZipFile": zipped(handler__py=HOOKED)},
        Environment={"Variables": {"RESULT": "Succeeded"}},
        Timeout=20,
    )
    client = aws("codedeploy")
    client.create_application(applicationName=SERVICE, computePlatform="ECS")
    client.create_deployment_group(
        applicationName=SERVICE,
        deploymentGroupName=SERVICE,
        serviceRoleArn=role,
        deploymentConfigName="CodeDeployDefault.ECSCanary10Percent5Minutes",
        ecsServices=[{"clusterName": CLUSTER, "serviceName": SERVICE}],
        deploymentStyle={
            "deploymentType": "BLUE_GREEN",
            "deploymentOption": "WITH_TRAFFIC_CONTROL",
        },
        blueGreenDeploymentConfiguration={
            "deploymentReadyOption": {"actionOnTimeout": "CONTINUE_DEPLOYMENT"},
            "terminateBlueInstancesOnDeploymentSuccess": {
                "action": "TERMINATE",
                "terminationWaitTimeInMinutes": 10,
            },
        },
        loadBalancerInfo={
            "targetGroupPairInfoList": [
                {
                    "targetGroups": [{"name": "blue"}, {"name": "green"}],
                    "prodTrafficRoute": {"listenerArns": [listener]},
                }
            ]
        },
        **_watched(),
    )
    small.policies["deploy"] += [
        allowed("ecs:RegisterTaskDefinition", "ecs:TagResource"),
        allowed("iam:PassRole", on=arn_of_role("tasks")),
    ]
    where = {"ApplicationName": SERVICE, "DeploymentGroupName": SERVICE}
    templates = {
        "TaskDefinitionTemplateArtifact": "Source",
        "AppSpecTemplateArtifact": "Source",
        "Image1ArtifactName": "Source",
        "Image1ContainerName": "IMAGE",
    }
    _pipeline(small, SERVICE, "CodeDeployToECS", {**where, **templates}, whole=whole)


def make_plain_service(small: Small) -> None:
    """Create a service that ECS itself rolls out, and its pipeline; after `make_service`."""
    small.aws("ecs").create_service(
        cluster=CLUSTER,
        serviceName=PLAIN,
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
    )
    small.policies["deploy"].append(
        allowed("ecs:DescribeServices", "ecs:DescribeTaskDefinition", "ecs:UpdateService")
    )
    where = {"ClusterName": CLUSTER, "ServiceName": PLAIN}
    _pipeline(small, PLAIN, "ECS", where, whole=False)


def image_of(aws: Clients, service: str) -> str:
    """Return the image of a service's task definition."""
    client = aws("ecs")
    (found,) = client.describe_services(cluster=CLUSTER, services=[service])["services"]
    described = client.describe_task_definition(taskDefinition=found["taskDefinition"])
    return str(described["taskDefinition"]["containerDefinitions"][0]["image"])


def _balanced(aws: Clients) -> str:
    """Create the load balancer, both target groups and the service; return the listener."""
    ec2, elb, ecs = aws("ec2"), aws("elbv2"), aws("ecs")
    subnets = [each["SubnetId"] for each in ec2.describe_subnets()["Subnets"]][:2]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    security = ec2.describe_security_groups()["SecurityGroups"][0]["GroupId"]
    balancer = elb.create_load_balancer(Name="web", Subnets=subnets)["LoadBalancers"][0]
    groups = [
        elb.create_target_group(Name=each, Protocol="HTTP", Port=8080, VpcId=vpc, TargetType="ip")[
            "TargetGroups"
        ][0]["TargetGroupArn"]
        for each in ("blue", "green")
    ]
    listener: str = elb.create_listener(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Protocol="HTTP",
        Port=80,
        DefaultActions=[{"Type": "forward", "TargetGroupArn": groups[0]}],
    )["Listeners"][0]["ListenerArn"]
    ecs.create_cluster(clusterName=CLUSTER)
    ecs.register_task_definition(
        family="web",
        requiresCompatibilities=["FARGATE"],
        networkMode="awsvpc",
        cpu="256",
        memory="512",
        containerDefinitions=[{"name": "web", "image": "example/web:0", "memory": 128}],
    )
    ecs.create_service(
        cluster=CLUSTER,
        serviceName=SERVICE,
        taskDefinition="web",
        desiredCount=1,
        launchType="FARGATE",
        networkConfiguration={
            "awsvpcConfiguration": {"subnets": subnets, "securityGroups": [security]}
        },
        deploymentController={"type": "CODE_DEPLOY"},
        loadBalancers=[
            {"targetGroupArn": groups[0], "containerName": "web", "containerPort": 8080}
        ],
    )
    return listener


def rehearse(server: Sandbox, name: str, source: Path, **options: Any) -> Course:
    """Execute one of the pipelines."""
    course, sandbox = Course(), Rehearsed(server.url, MANAGEMENT)
    chosen = Options(**{"source": source, "minute": 0.02, **options})
    found = rehearsing.read(sandbox, [name], MANAGEMENT, REGION)
    rehearsing.rehearse(sandbox, found, chosen, course)
    print("\n".join(timeline.line(each) for each in course.entries))
    print("\n".join(each.message for each in course.entries if each.status == "Failed"))
    return course


def second(folder: Path, copy: Path, changes: dict[str, tuple[str, str]]) -> Path:
    """Copy sources and change texts in their files."""
    shutil.copytree(folder, copy)
    for name, (old, new) in changes.items():
        text = (copy / name).read_text()
        assert old in text
        (copy / name).write_text(text.replace(old, new))
    return copy


def released(server: Sandbox) -> list[str]:
    """Return the release that is installed on each instance."""
    client, sandbox = server.client("ec2"), Rehearsed(server.url, MANAGEMENT)
    found = client.describe_instances(Filters=[{"Name": "tag:application", "Values": ["fleet"]}])
    ids = sorted(each["InstanceId"] for one in found["Reservations"] for each in one["Instances"])
    roots = [
        Path(sandbox.tell("instance", account=MANAGEMENT, region=REGION, instance=each))
        for each in ids
    ]
    return [(each / "opt/app/release").read_text().strip() for each in roots]


def registered(aws: Clients) -> int:
    """Return how many instances are behind the load balancer."""
    client = aws("elbv2")
    (group,) = client.describe_target_groups(Names=["fleet"])["TargetGroups"]
    health = client.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
    return len(health["TargetHealthDescriptions"])


def served(aws: Clients) -> list[str]:
    """Return the images that the production listener's traffic reaches."""
    elb, ecs = aws("elbv2"), aws("ecs")
    (balancer,) = elb.describe_load_balancers(Names=["web"])["LoadBalancers"]
    (listener,) = elb.describe_listeners(LoadBalancerArn=balancer["LoadBalancerArn"])["Listeners"]
    (forward,) = listener["DefaultActions"]
    groups = forward.get("ForwardConfig", {}).get("TargetGroups") or [forward]
    arns = [each["TargetGroupArn"] for each in groups if each.get("Weight", 1)]
    (service,) = ecs.describe_services(cluster=CLUSTER, services=[SERVICE])["services"]
    images = []
    for task_set in service["taskSets"]:
        if task_set["loadBalancers"][0]["targetGroupArn"] in arns:
            named = ecs.describe_task_definition(taskDefinition=task_set["taskDefinition"])
            images.append(named["taskDefinition"]["containerDefinitions"][0]["image"])
    return sorted(set(images))
