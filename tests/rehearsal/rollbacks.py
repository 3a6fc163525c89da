"""Faults of a release, on three kinds of applications: the earlier release must be live again.

`tests.sandbox.example_faults` has the same faults for the examples' own pipelines. What is live is
read from what is deployed: the function's answer, the files on the instances, the images behind the
load balancer's listener.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from landfall.rehearsal.course import Course
from landfall.sandbox.faults import client as faults
from tests.rehearsal import deployed, small
from tests.rehearsal.deployed import HOOK, SERVERS, SERVICE
from tests.rehearsal.small import ALARM, BUCKET, PIPELINE, SLOW, Small
from tests.sandbox_gate.conftest import Sandbox

EXAMPLE = Path(__file__).parents[2] / "examples" / "lambda"
NAMES = (
    "failing unit test",
    "failing integration test",
    "failing end-to-end test",
    "failing hook",
    "alarm during canary",
    "alarm while baking",
    "timeout",
    "rejected approval",
    "missing permission",
    "throttling",
    "crashed build",
    "broken artifact",
)
"""The faults, in the order of the table."""


@dataclass(frozen=True)
class Fault:
    """What is wrong with a release, or with its surroundings.

    `changes` are texts of its files with what replaces them, `options` those of the rehearsal.
    `without` is a role and a permission that it lacks, `throttled` an operation that AWS throttles
    once, with the client's retry, and `hook` the configuration of the hook function.
    """

    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, str] = ("", "")
    throttled: str = ""
    hook: Mapping[str, Any] = field(default_factory=dict)
    broken: bool = False


def _of_tests(kind: str) -> Fault:
    return Fault({f"tests/{kind}.sh": ("test -s", "false; test -s")})


_COMMON = {
    "failing unit test": Fault({"tests/unit.sh": ("test -s", "exit 1; test -s")}),
    "failing integration test": Fault({"tests/integration.sh": ("test -s", "exit 1; test -s")}),
    "failing end-to-end test": Fault({"tests/e2e.sh": ("test -s", "exit 1; test -s")}),
    "alarm during canary": Fault(options={"alarm": deployed.ALARM, "during": "deployment"}),
    "alarm while baking": Fault(options={"alarm": SLOW}),
    "rejected approval": Fault(options={"approve": False}),
    "crashed build": Fault({"buildspec.yml": ("sh -n tests/unit.sh", "kill -9 $$")}),
    "broken artifact": Fault(options={"approve": None}, broken=True),
}


def _hook(result: str, timeout: int) -> dict[str, Any]:
    return {"Environment": {"Variables": {"RESULT": result}}, "Timeout": timeout}


@dataclass(frozen=True)
class Application:
    """One kind: its pipeline, first sources, the change of a release, faults, and what is live."""

    kind: str
    pipeline: str
    sources: Path
    release: Mapping[str, tuple[str, str]]
    faults: Mapping[str, Fault]
    live: Callable[[], Any]
    first: Any


def applications(server: Sandbox, made: Small, folder: Path) -> list[Application]:
    """Return the three applications."""
    return [
        Application(
            "lambda",
            PIPELINE,
            EXAMPLE,
            {"greeting.py": ("RELEASE = 1", "RELEASE = 2")},
            _LAMBDA,
            made.invoke,
            {"message": "Hello, world!", "release": 1},
        ),
        Application(
            "ecs",
            SERVICE,
            deployed.sources_of_service(folder / "web"),
            {"imageDetail.json": ("web:1", "web:2")},
            {**_COMMON, **_ECS},
            lambda: deployed.served(made.aws),
            ["example/web:1"],
        ),
        Application(
            "ec2",
            SERVERS,
            deployed.sources_of_servers(folder / "fleet"),
            {"app/release": ("1", "2")},
            {**_COMMON, **_EC2},
            lambda: (deployed.released(server), deployed.registered(made.aws)),
            (["1", "1"], 2),
        ),
    ]


_HANGING = ("python3 -m unittest discover -s tests -t .", "sleep 600")
# The Lambda deploy action has no hooks: the fault is in the build's last phase.
_POST_BUILD = ("artifacts:", "  post_build: {commands: ['exit 1']}\nartifacts:")

_LAMBDA = {
    "failing unit test": Fault({"greeting.py": ("Hello, {name}!", "Hi, {name}!")}),
    "failing integration test": Fault({"handler.py": ("greeting.of(", "GREETING.of(")}),
    "failing end-to-end test": Fault(
        {"handler.py": ('event.get("name", "world")', 'event["name"]')}
    ),
    "failing hook": Fault({"buildspec.yml": _POST_BUILD}),
    "alarm during canary": Fault(options={"alarm": ALARM}),
    "alarm while baking": Fault(options={"alarm": SLOW}),
    "timeout": Fault({"Makefile": _HANGING}, {"limit": 10.0}),
    "rejected approval": Fault(options={"approve": False}),
    "missing permission": Fault(without=("deploy", "lambda:UpdateAlias")),
    "throttling": Fault(throttled="lambda:UpdateAlias"),
    "crashed build": Fault({"buildspec.yml": ("python3 -m compileall -q", "kill -9 $$ #")}),
    "broken artifact": Fault(options={"approve": None}, broken=True),
}
_ECS = {
    "failing hook": Fault(hook=_hook("Failed", 20)),
    "timeout": Fault(hook=_hook("Late", 3)),
    "missing permission": Fault(without=("deployer-of-service", "ecs:CreateTaskSet")),
    "throttling": Fault(throttled="ecs:CreateTaskSet"),
}
_EC2 = {
    "failing hook": Fault({"scripts/check.sh": ("grep", "exit 1; grep")}),
    "timeout": Fault(
        {
            "scripts/check.sh": ("grep", "sleep 60; grep"),
            "appspec.yml": ("timeout: 60", "timeout: 3"),
        }
    ),
    "missing permission": Fault(
        without=("deployer-of-servers", "elasticloadbalancing:DeregisterTargets")
    ),
    "throttling": Fault(throttled="elbv2:RegisterTargets"),
}


@dataclass(frozen=True)
class Row:
    """The result of one fault."""

    kind: str
    fault: str
    where: str
    why: str
    is_live: bool
    is_notified: bool
    seconds: float

    @property
    def passed(self) -> bool:
        """Return whether it failed, the earlier release is live, and the notification arrived."""
        return bool(self.where) and self.is_live and self.is_notified


def first_release(server: Sandbox, application: Application) -> Course:
    """Release the first sources."""
    return deployed.rehearse(server, application.pipeline, application.sources, approve=True)


def measured(
    server: Sandbox, made: Small, application: Application, name: str, folder: Path
) -> Row:
    """Release a second version with a fault; return what came of it."""
    fault = application.faults[name]
    folder = deployed.second(application.sources, folder, dict(application.release))
    for file, (old, new) in fault.changes.items():
        text = (folder / file).read_text()
        assert old in text, file
        (folder / file).write_text(text.replace(old, new))
    made.messages()
    options = {"approve": True, **fault.options}
    began = time.monotonic()
    with _surroundings(server, made, fault), _broken(made, application.pipeline, fault):
        course = deployed.rehearse(server, application.pipeline, folder, **options)
    seconds = time.monotonic() - began
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    told = f'"Pipeline {application.pipeline} failed: execution {course.ends[0].execution}."'
    return Row(
        application.kind,
        name,
        failed[0].action if failed else "",
        (failed[0].message.splitlines() or [""])[0] if failed else "",
        application.live() == application.first,
        told in made.messages(),
        seconds,
    )


@contextmanager
def _surroundings(server: Sandbox, made: Small, fault: Fault) -> Iterator[None]:
    role, permission = fault.without
    kept = [dict(each) for each in made.policies[role]] if role else []
    client = made.aws("lambda")
    if role:
        made.without(role, permission)
    if fault.hook:
        client.update_function_configuration(FunctionName=HOOK, **fault.hook)
    if fault.throttled:
        # The clients of a rehearsal try twice.
        faults.add(server.url, "throttle", fault.throttled, times=2)
    try:
        yield
    finally:
        if role:
            made.policies[role] = kept
            made.grant(role)
        if fault.hook:
            client.update_function_configuration(FunctionName=HOOK, **_hook("Succeeded", 20))
        faults.remove(server.url)


@contextmanager
def _broken(made: Small, pipeline: str, fault: Fault) -> Iterator[None]:
    """Replace the build's artifact while the approval waits, and approve."""
    if not fault.broken:
        yield
        return
    thread = threading.Thread(target=_break, args=(made, pipeline))
    thread.start()
    yield
    thread.join(timeout=60)


def _break(made: Small, pipeline: str) -> None:
    client, end = made.aws("codepipeline"), time.monotonic() + 240
    while time.monotonic() < end:
        state = client.get_pipeline_state(name=pipeline)["stageStates"][3]
        latest = state["actionStates"][0].get("latestExecution", {})
        if latest.get("token"):
            break
        time.sleep(0.3)
    (newest, *_) = client.list_pipeline_executions(pipelineName=pipeline)[
        "pipelineExecutionSummaries"
    ]
    actions = client.list_action_executions(
        pipelineName=pipeline, filter={"pipelineExecutionId": newest["pipelineExecutionId"]}
    )["actionExecutionDetails"]
    built = next(each for each in actions if each["actionName"] == "Build")
    where = built["output"]["outputArtifacts"][0]["s3location"]["key"]
    made.aws("s3").put_object(Bucket=BUCKET, Key=where, Body=b"no zip file")
    client.put_approval_result(
        pipelineName=pipeline,
        stageName="Approval",
        actionName="Approve",
        token=latest["token"],
        result={"summary": "looks good", "status": "Approved"},
    )


def make(server: Sandbox) -> Small:
    """Create the three pipelines in an empty sandbox."""
    server.reset()
    made = small.make(server.client)
    deployed.make_servers(made, whole=True)
    deployed.make_service(made, whole=True)
    return made
