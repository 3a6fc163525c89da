"""Faults of a release of the examples' pipelines: the earlier release must be live again.

`make bench-rollbacks` builds the examples' stack and prints the table of all faults.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from landfall.sandbox.faults import client as faults
from tests.rehearsal.rollbacks import NAMES, Row
from tests.sandbox.example_releases import (
    APPLICATIONS,
    REGION,
    Examples,
    alarm_of,
    changed,
    examples,
    pipeline_of,
)


@dataclass(frozen=True)
class Fault:
    """What is wrong with a release, or with its surroundings.

    `changes` are texts of its files with what replaces them, `options` those of the rehearsal.
    `without` is a role and a permission that it lacks, `throttled` an operation that AWS throttles
    with the client's retry, and `hook` the result and timeout of the service's hook.
    """

    changes: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)
    without: tuple[str, str] = ("", "")
    throttled: str = ""
    hook: tuple[str, int] | None = None
    is_broken: bool = False


RELEASES: Final = {
    "lambda": {"greeting.py": ("RELEASE = 1", "RELEASE = 2")},
    "ecs": {"app/greeting.py": ("RELEASE = 1", "RELEASE = 2")},
    "ec2": {"app/greeting.py": ("RELEASE = 1", "RELEASE = 2")},
}
FIRST: Final = {
    "lambda": {"message": "Hello, world!", "release": 1},
    "ecs": ["1 Hello, world!"],
    "ec2": (["1 Hello, world!"] * 2, 2),
}
"""What is live of the first release."""


def _common(kind: str) -> dict[str, Fault]:
    alarm = alarm_of(APPLICATIONS[kind])
    return {
        "alarm during canary": Fault(options={"alarm": alarm, "during": "deployment"}),
        "alarm while baking": Fault(options={"alarm": alarm, "during": "bake"}),
        "rejected approval": Fault(options={"approve": False}),
        "broken artifact": Fault(options={"approve": None}, is_broken=True),
    }


_UNIT: Final = ("Hello, {name}!", "Hi, {name}!")
# The Lambda deploy action has no hooks: the fault is in the build's last phase.
_POST_BUILD: Final = ("artifacts:", "  post_build: {commands: ['exit 1']}\nartifacts:")
_HANGING: Final = ("python3 -m unittest discover -s tests -t .", "sleep 600")

FAULTS: Final = {
    "lambda": {
        **_common("lambda"),
        "failing unit test": Fault({"greeting.py": _UNIT}),
        "failing integration test": Fault({"handler.py": ("greeting.of(", "GREETING.of(")}),
        "failing end-to-end test": Fault(
            {"handler.py": ('event.get("name", "world")', 'event["name"]')}
        ),
        "failing hook": Fault({"buildspec.yml": _POST_BUILD}),
        "timeout": Fault({"Makefile": _HANGING}, {"limit": 10.0}),
        "missing permission": Fault(without=("greeter-dev-deploy", "lambda:UpdateAlias")),
        "throttling": Fault(throttled="lambda:UpdateAlias"),
        "crashed build": Fault({"buildspec.yml": ("python3 -m compileall -q", "kill -9 $$ #")}),
    },
    "ecs": {
        **_common("ecs"),
        "failing unit test": Fault({"app/greeting.py": _UNIT}),
        "failing integration test": Fault({"app/greeting.py": ("sys.argv[1])", "sys.argv[9])")}),
        "failing end-to-end test": Fault(
            {"app/greeting.py": ("sys.argv[1])", "sys.argv[1].split()[0])")}
        ),
        "failing hook": Fault(hook=("Failed", 20)),
        "timeout": Fault(hook=("Late", 3)),
        "missing permission": Fault(without=("codedeploy", "ecs:CreateTaskSet")),
        "throttling": Fault(throttled="ecs:CreateTaskSet"),
        "crashed build": Fault({"buildspec.yml": ("python3 build.py", "kill -9 $$")}),
    },
    "ec2": {
        **_common("ec2"),
        "failing unit test": Fault({"app/greeting.py": _UNIT}),
        "failing integration test": Fault({"tests/deployed.py": ("== {", "!= {")}),
        "failing end-to-end test": Fault({"tests/deployed.py": ('] == "Succ', '] != "Succ')}),
        "failing hook": Fault({"scripts/validate.sh": ("Hello, world!", "Hi, world!")}),
        "timeout": Fault(
            {
                "scripts/validate.sh": ("python3", "sleep 60; python3"),
                "appspec.yml": ("timeout: 60", "timeout: 3"),
            }
        ),
        "missing permission": Fault(
            without=("codedeploy", "elasticloadbalancing:DeregisterTargets")
        ),
        "throttling": Fault(throttled="elbv2:RegisterTargets"),
        "crashed build": Fault({"buildspec.yml": ("python3 -m compileall -q app", "kill -9 $$")}),
    },
}
"""The faults of each kind of application."""


def measured(found: Examples, kind: str, name: str, folder: Path) -> Row:
    """Release a second version with a fault; return the result."""
    fault, application = FAULTS[kind][name], APPLICATIONS[kind]
    source = changed(found.sources(application), folder, RELEASES[kind])
    for file, (old, new) in fault.changes.items():
        text = (source / file).read_text()
        assert old in text, (file, old)
        (source / file).write_text(text.replace(old, new))
    found.messages()
    began = time.monotonic()
    with _surroundings(found, application, fault), _broken(found, application, fault):
        course = found.rehearse(application, source, **fault.options)
    seconds = time.monotonic() - began
    failed = [each for each in course.entries if each.status == "Failed" and not each.is_rollback]
    execution = course.ends[0].execution
    said = f"Pipeline {pipeline_of(application)} failed: execution {execution}."
    return Row(
        kind,
        name,
        failed[0].action if failed else "",
        (failed[0].message.splitlines() or [""])[0] if failed else "",
        found.live(application) == FIRST[kind],
        any(said in each for each in found.messages()),
        seconds,
    )


@contextmanager
def _surroundings(found: Examples, application: str, fault: Fault) -> Iterator[None]:
    role, permission = fault.without
    if fault.hook:
        found.hook(*fault.hook)
    if fault.throttled:
        # The clients of a rehearsal try twice.
        faults.add(found.sandbox.url, "throttle", fault.throttled, times=2)
    try:
        if role:
            with found.without(role_of(found, application, role), permission):
                yield
        else:
            yield
    finally:
        if fault.hook:
            found.hook("Succeeded", 20)
        faults.remove(found.sandbox.url)


def role_of(found: Examples, application: str, role: str) -> str:
    """Return the ARN of a role; `codedeploy` is the deployment group's service role."""
    if role != "codedeploy":
        return f"arn:aws:iam::{found.target}:role/{role}"
    client = found.aws("codedeploy")
    group = client.list_deployment_groups(applicationName=application)["deploymentGroups"][0]
    answer = client.get_deployment_group(applicationName=application, deploymentGroupName=group)
    return str(answer["deploymentGroupInfo"]["serviceRoleArn"])


@contextmanager
def _broken(found: Examples, application: str, fault: Fault) -> Iterator[None]:
    """Replace the build's artifact while the approval waits, and approve."""
    if not fault.is_broken:
        yield
        return
    thread = threading.Thread(target=_break, args=(found, pipeline_of(application)))
    thread.start()
    yield
    thread.join(timeout=60)


def _break(found: Examples, pipeline: str) -> None:
    client = found.aws("codepipeline", found.hub)
    stage, action, token = _asked(client, pipeline)
    (newest, *_) = client.list_pipeline_executions(pipelineName=pipeline)[
        "pipelineExecutionSummaries"
    ]
    actions = client.list_action_executions(
        pipelineName=pipeline, filter={"pipelineExecutionId": newest["pipelineExecutionId"]}
    )["actionExecutionDetails"]
    built = next(each for each in actions if each["actionName"] == "Build")
    where = built["output"]["outputArtifacts"][0]["s3location"]
    _spoil(found, pipeline, where["bucket"], where["key"])
    client.put_approval_result(
        pipelineName=pipeline,
        stageName=stage,
        actionName=action,
        token=token,
        result={"summary": "looks good", "status": "Approved"},
    )


def _spoil(found: Examples, pipeline: str, bucket: str, key: str) -> None:
    """Overwrite an artifact with a text, as the build's role, which may use the key."""
    projects = found.aws("codebuild", found.hub).batch_get_projects(names=[pipeline])["projects"]
    session = found.sandbox.of_service(
        "codebuild.amazonaws.com",
        projects[0]["arn"],
        projects[0]["serviceRole"],
        "spoil",
        found.hub,
        REGION,
    )
    client = found.sandbox.client("s3", REGION, session)
    client.put_object(
        Bucket=bucket,
        Key=key,
        Body=b"no zip file",
        ServerSideEncryption="aws:kms",
        SSEKMSKeyId=projects[0]["encryptionKey"],
    )


def _asked(client: Any, pipeline: str) -> tuple[str, str, str]:
    """Wait for the approval; return its stage, its action and its token."""
    end = time.monotonic() + 240
    while time.monotonic() < end:
        for stage in client.get_pipeline_state(name=pipeline)["stageStates"]:
            for action in stage["actionStates"]:
                if token := action.get("latestExecution", {}).get("token"):
                    return stage["stageName"], action["actionName"], token
        time.sleep(0.3)
    raise TimeoutError(f"{pipeline} asked for no approval")


def main(kinds: list[str]) -> int:
    """Print the table; the exit status is 1 unless every fault passed.

    `kinds` are the applications; without any, all.
    """
    rows = []
    with examples() as (found, folder):
        print("| application | fault | fails in | earlier release live | notified | seconds |")
        print("| --- | --- | --- | --- | --- | --- |", flush=True)
        for kind in kinds or APPLICATIONS:
            application = APPLICATIONS[kind]
            course = found.rehearse(application, found.sources(application))
            assert course.has_succeeded, [each.message for each in course.entries]
            assert found.live(application) == FIRST[kind], found.live(application)
            for name in NAMES:
                row = measured(found, kind, name, folder / f"{kind}-{name.replace(' ', '-')}")
                rows.append(row)
                said = ["yes" if each else "NO" for each in (row.is_live, row.is_notified)]
                cells = [kind, name, row.where or "NOTHING", *said, f"{row.seconds:.1f}"]
                print(f"| {' | '.join(cells)} |", flush=True)
                if not row.passed:
                    print(f"{kind}, {name}: {row.why}; {found.live(application)}", file=sys.stderr)
    passed = sum(row.passed for row in rows)
    print(json.dumps({"bench": "rollbacks", "passed": passed, "of": len(rows)}))
    return 0 if passed == len(rows) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
