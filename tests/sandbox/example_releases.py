"""Releases of the examples in a stack of their own, whose pipelines our components make.

Besides the examples' own settings, three of them have an approval, alarms, a bake and
notifications, the service a hook, and the instances a target group. Pipelines, roles and projects
are read from the stack's sandbox. What is live is read from what is deployed.
"""

from __future__ import annotations

import base64
import io
import json
import shutil
import subprocess
import sys
import tempfile
import zipfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from landfall.rehearsal import rehearsing
from landfall.rehearsal.course import Course
from landfall.rehearsal.sandbox import Sandbox
from landfall.rehearsal.work import Options
from tests.sandbox import examples_stack
from tests.sandbox.conftest import BIN, Project

REGION: Final = "eu-west-1"
APPLICATIONS: Final = {"lambda": "greeter", "ecs": "web", "ec2": "fleet"}
"""The applications whose releases have faults, by kind."""
HOOK: Final = "web-hook"
QUEUE: Final = "notified"
_TEAM: Final = "team@example.com"
_HOOKED: Final = """\
import os
import time

import boto3


def handle(event, context):
    result = os.environ["RESULT"]
    if result == "Late":
        time.sleep(60)
    boto3.client("codedeploy").put_lifecycle_event_hook_execution_status(
        deploymentId=event["DeploymentId"],
        lifecycleEventHookExecutionId=event["LifecycleEventHookExecutionId"],
        status=result,
    )
"""


def pipeline_of(application: str) -> str:
    """Return the name of an application's pipeline."""
    return f"{application}-dev"


def alarm_of(application: str) -> str:
    """Return the alarm that an application's deployment and bake watch."""
    return f"{application}-slow"


def settings() -> dict[str, Any]:
    """Return the stack file of all examples, with what faults need."""
    found = examples_stack.stack()
    applications = found["config"]["landfall:delivery"]["applications"]
    for name in APPLICATIONS.values():
        applications[name]["observability"] = {"notify": [_TEAM]}
        dev = applications[name]["environments"]["dev"]
        dev["approval"] = {"notify": [_TEAM]}
        dev["rollback"] = {"alarms": [alarm_of(name)], "bakeMinutes": 5}
    # A new account runs one build at a time.
    found["config"]["landfall:quotas"] = {"concurrentBuilds": 10}
    applications["web"]["deploy"]["hooks"] = [HOOK]
    applications["fleet"]["deploy"]["targetGroup"] = "fleet"
    return found


@dataclass
class Examples:
    """The standing stack, and the sources of its applications."""

    project: Project

    @cached_property
    def sandbox(self) -> Sandbox:
        """Return the stack's sandbox."""
        identity = self.project.aws("sts").get_caller_identity()
        return Sandbox(self.project.environment["AWS_ENDPOINT_URL"], identity["Account"])

    @cached_property
    def _accounts(self) -> Mapping[str, str]:
        pages = self.project.aws("organizations").get_paginator("list_accounts").paginate()
        return {each["Name"]: each["Id"] for page in pages for each in page["Accounts"]}

    @property
    def hub(self) -> str:
        """Return the account of the pipelines."""
        return self._accounts["delivery"]

    @property
    def target(self) -> str:
        """Return the account to which the pipelines deploy."""
        return self._accounts["greeter-dev"]

    def aws(self, service: str, account: str | None = None) -> Any:
        """Return a client in an account, by default the one to which pipelines deploy."""
        account = account or self.target
        return self.sandbox.client(service, REGION, self.sandbox.entered(account, REGION))

    def sources(self, application: str) -> Path:
        """Return the folder with the first release's sources."""
        return self.project.folder / application

    def rehearse(self, application: str, source: Path, **options: Any) -> Course:
        """Execute an application's pipeline."""
        course = Course()
        chosen = Options(**{"source": source, "minute": 0.02, "approve": True, **options})
        found = rehearsing.read(self.sandbox, [pipeline_of(application)], self.hub, REGION)
        rehearsing.rehearse(self.sandbox, found, chosen, course)
        return course

    def messages(self) -> list[str]:
        """Return what the stack's topics sent since the last call."""
        client, found = self.aws("sqs", self.hub), []
        url = client.get_queue_url(QueueName=QUEUE)["QueueUrl"]
        while got := client.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages"):
            for each in got:
                found.append(json.loads(each["Body"])["Message"])
                client.delete_message(QueueUrl=url, ReceiptHandle=each["ReceiptHandle"])
        return found

    def live(self, application: str) -> Any:
        """Return what of an application is live."""
        found = {
            "greeter": self._answer,
            "web": self._served,
            "fleet": self._installed,
            "site": self._page,
            "queues": self._queue,
        }
        return found[application]()

    def _answer(self) -> Any:
        answer = self.aws("lambda").invoke(FunctionName="greeter:live", Payload=b"{}")
        return json.load(answer["Payload"])

    def _served(self) -> list[str]:
        """Return what the programs say that the production listener's traffic reaches."""
        elb, ecs = self.aws("elbv2"), self.aws("ecs")
        (balancer,) = elb.describe_load_balancers(Names=["web"])["LoadBalancers"]
        arn = balancer["LoadBalancerArn"]
        (listener,) = elb.describe_listeners(LoadBalancerArn=arn)["Listeners"]
        (forward,) = listener["DefaultActions"]
        groups = forward.get("ForwardConfig", {}).get("TargetGroups") or [forward]
        arns = [each["TargetGroupArn"] for each in groups if each.get("Weight", 1)]
        (service,) = ecs.describe_services(cluster="apps", services=["web"])["services"]
        behind = [
            each["taskDefinition"]
            for each in service["taskSets"]
            if each["loadBalancers"][0]["targetGroupArn"] in arns
        ]
        return sorted({self._program(each) for each in behind})

    def _program(self, definition: str) -> str:
        """Return what the program in a task definition says; nothing if it has none."""
        described = self.aws("ecs").describe_task_definition(taskDefinition=definition)
        (container,) = described["taskDefinition"]["containerDefinitions"]
        variables = {each["name"]: each["value"] for each in container["environment"]}
        if "PROGRAM" not in variables:
            return ""
        return _said(base64.b64decode(variables["PROGRAM"]).decode())

    def _installed(self) -> tuple[list[str], int]:
        """Return what each instance's program says, and how many are behind the load balancer."""
        roots = self.project.folder / ".landfall/sandboxes" / self.project.stack / "instances"
        programs = sorted(roots.glob("*/*/i-*/opt/fleet/greeting.py"))
        client = self.aws("elbv2")
        (group,) = client.describe_target_groups(Names=["fleet"])["TargetGroups"]
        health = client.describe_target_health(TargetGroupArn=group["TargetGroupArn"])
        said = [_said(each.read_text()) for each in programs]
        return said, len(health["TargetHealthDescriptions"])

    def _page(self) -> str:
        found = self.aws("s3").get_object(Bucket="example-site-dev", Key="index.html")
        return str(found["Body"].read().decode())

    def _queue(self) -> str:
        client = self.aws("sqs")
        url = client.get_queue_url(QueueName="orders")["QueueUrl"]
        found = client.get_queue_attributes(QueueUrl=url, AttributeNames=["VisibilityTimeout"])
        return str(found["Attributes"]["VisibilityTimeout"])

    def hook(self, result: str, timeout: int) -> None:
        """Let the hook give a result, or be too late for its timeout."""
        variables = {"Variables": {"RESULT": result}}
        self.aws("lambda").update_function_configuration(
            FunctionName=HOOK, Environment=variables, Timeout=timeout
        )

    @contextmanager
    def without(self, role: str, permission: str) -> Iterator[None]:
        """Take a permission away from a role, by its ARN, while the block runs."""
        client, name = self.aws("iam", role.split(":")[4]), role.rpartition("/")[2]
        kept = {}
        for policy in client.list_role_policies(RoleName=name)["PolicyNames"]:
            found = client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            less = less_of(found, permission)
            if less == found:
                continue
            kept[policy] = found
            if less["Statement"]:
                _put(client, name, policy, less)
            else:
                client.delete_role_policy(RoleName=name, PolicyName=policy)
        assert kept, f"{role} has no {permission}"
        try:
            yield
        finally:
            for policy, document in kept.items():
                _put(client, name, policy, document)


def less_of(document: Mapping[str, Any], permission: str) -> dict[str, Any]:
    """Return a policy without an action."""
    statements = []
    for each in document["Statement"]:
        actions = each["Action"] if isinstance(each["Action"], list) else [each["Action"]]
        left = [one for one in actions if one != permission]
        if left == actions:
            statements.append(each)
        elif left:
            statements.append({**each, "Action": left})
    return {**document, "Statement": statements}


def _put(client: Any, role: str, policy: str, document: Mapping[str, Any]) -> None:
    client.put_role_policy(RoleName=role, PolicyName=policy, PolicyDocument=json.dumps(document))


def _said(program: str) -> str:
    command = [sys.executable, "-c", program, "world"]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


@contextmanager
def examples() -> Iterator[tuple[Examples, Path]]:
    """Yield the standing stack, and a folder for sources of releases."""
    with tempfile.TemporaryDirectory(prefix="landfall-bench-") as scratch:
        folder = Path(scratch) / "project"
        folder.mkdir()
        project = examples_stack.make(folder, settings(), _prepared)
        found = Examples(project)
        try:
            _hear(found)
            yield found, Path(scratch)
        finally:
            project.run(str(BIN / "landfall"), "down", "-s", project.stack)


def _prepared(project: Project) -> None:
    """Create what the additions to the examples need, before they are built."""
    found = Examples(project)
    for name in APPLICATIONS.values():
        found.aws("cloudwatch").put_metric_alarm(
            AlarmName=alarm_of(name),
            Namespace="Example",
            MetricName="Latency",
            ComparisonOperator="GreaterThanOrEqualToThreshold",
            EvaluationPeriods=1,
            Period=60,
            Threshold=1,
            Statistic="Sum",
        )
    _balance(found)
    _make_hook(found)
    spec = found.sources("web") / "appspec.yaml"
    spec.write_text(f"{spec.read_text()}Hooks:\n  - BeforeAllowTraffic: {HOOK}\n")


def _balance(found: Examples) -> None:
    """Put the instances behind a target group."""
    ec2, elb = found.aws("ec2"), found.aws("elbv2")
    wanted = [{"Name": "tag:application", "Values": ["fleet"]}]
    made = ec2.describe_instances(Filters=wanted)["Reservations"]
    vpc = ec2.describe_vpcs()["Vpcs"][0]["VpcId"]
    group = elb.create_target_group(Name="fleet", Protocol="HTTP", Port=80, VpcId=vpc)
    elb.register_targets(
        TargetGroupArn=group["TargetGroups"][0]["TargetGroupArn"],
        Targets=[{"Id": each["InstanceId"]} for one in made for each in one["Instances"]],
    )


def _make_hook(found: Examples) -> None:
    iam = found.aws("iam")
    trusted = {"Effect": "Allow", "Action": "sts:AssumeRole"}
    trusted |= {"Principal": {"Service": "lambda.amazonaws.com"}}
    trust = json.dumps({"Version": "2012-10-17", "Statement": [trusted]})
    role = iam.create_role(RoleName=HOOK, AssumeRolePolicyDocument=trust)["Role"]["Arn"]
    actions = ["codedeploy:PutLifecycleEventHookExecutionStatus", "logs:*"]
    statement = {"Effect": "Allow", "Action": actions, "Resource": "*"}
    _put(iam, HOOK, "own", {"Version": "2012-10-17", "Statement": [statement]})
    code = io.BytesIO()
    with zipfile.ZipFile(code, "w") as archive:
        archive.writestr("handler.py", _HOOKED)
    found.aws("lambda").create_function(
        FunctionName=HOOK,
        Runtime="python3.13",
        Role=role,
        Handler="handler.handle",
        Code={"ZipFile": code.getvalue()},
        Environment={"Variables": {"RESULT": "Succeeded"}},
        Timeout=20,
    )


def _hear(found: Examples) -> None:
    """Subscribe a queue to every topic of the pipelines' account."""
    sqs, sns = found.aws("sqs", found.hub), found.aws("sns", found.hub)
    queue = f"arn:aws:sqs:{REGION}:{found.hub}:{QUEUE}"
    statement = {"Effect": "Allow", "Action": "sqs:SendMessage", "Resource": queue}
    statement |= {"Principal": {"Service": "sns.amazonaws.com"}}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    sqs.create_queue(QueueName=QUEUE, Attributes={"Policy": policy})
    for topic in sns.list_topics()["Topics"]:
        sns.subscribe(TopicArn=topic["TopicArn"], Protocol="sqs", Endpoint=queue)


def changed(sources: Path, copy: Path, changes: Mapping[str, tuple[str, str]]) -> Path:
    """Copy sources, and change texts in their files."""
    shutil.copytree(sources, copy, ignore=shutil.ignore_patterns("__pycache__"))
    for name, (old, new) in changes.items():
        text = (copy / name).read_text()
        assert old in text, (name, old)
        (copy / name).write_text(text.replace(old, new))
    return copy
