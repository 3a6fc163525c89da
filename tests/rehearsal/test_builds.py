"""Builds by themselves: phases, variables, secrets, environment and artifacts."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from landfall.rehearsal import rehearsing
from landfall.rehearsal.artifacts import packed
from landfall.rehearsal.builds import Build, Built, Order
from landfall.rehearsal.results import ActionError
from landfall.rehearsal.sandbox import Sandbox as Rehearsed
from tests.rehearsal.small import Small, allowed, arn_of_role
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox

PROJECT = "greeter-unit"
ARN = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:project/{PROJECT}"

Run = Callable[..., Built]


@pytest.fixture
def build(server: Sandbox, pipeline: Small) -> Iterator[Run]:
    """Run a buildspec as the project's role."""
    sandbox = Rehearsed(server.url, MANAGEMENT)
    with rehearsing.workshop(sandbox, 60) as shared:

        def run(
            spec: dict[str, Any],
            *,
            outputs: tuple[str, ...] = (),
            variables: tuple[dict[str, str], ...] = (),
        ) -> Built:
            client = pipeline.aws("codebuild")
            (project,) = client.batch_get_projects(names=[PROJECT])["projects"]
            project["source"]["buildspec"] = json.dumps({"version": 0.2, **spec})
            session = sandbox.of_service(
                "codebuild.amazonaws.com", ARN, arn_of_role("build"), "test", MANAGEMENT, REGION
            )
            order = Order(
                project,
                MANAGEMENT,
                REGION,
                "codepipeline/greeter-dev",
                {"Source": packed({})},
                "Source",
                outputs,
                variables,
                "abc",
                session,
            )
            return Build(shared, order).run()

        yield run


def phases(**commands: list[str]) -> dict[str, Any]:
    return {"phases": {name: {"commands": each} for name, each in commands.items()}}


def test_variables_and_the_folder_last_from_phase_to_phase(build: Run) -> None:
    done = build(
        phases(
            install=["export COLOUR=green", "mkdir deep", "cd deep"],
            build=['echo "$COLOUR in ${PWD##*/}"'],
        )
    )
    assert "green in deep" in done.log.lines


def test_failed_build_still_runs_what_cleans_up(build: Run) -> None:
    spec = phases(build=["echo before", "false", "echo after"], post_build=["echo cleaning"])
    spec["phases"]["build"]["finally"] = ['echo "finally $CODEBUILD_BUILD_SUCCEEDING"']
    spec["phases"]["post_build"]["commands"] += ['echo "succeeding $CODEBUILD_BUILD_SUCCEEDING"']
    with pytest.raises(ActionError) as caught:
        build(spec)
    lines = caught.value.message.splitlines()
    assert lines[0] == "BUILD: Error while executing command: false. Reason: exit status 1"
    assert {"before", "finally 0", "cleaning", "succeeding 0"} <= set(lines)
    assert "after" not in lines


def test_failed_command_of_several_lines_is_told_by_its_first_and_last(build: Run) -> None:
    command = "cat > step.sh <<'END'\nexit 7\nEND\nsh step.sh\n"
    with pytest.raises(ActionError) as caught:
        build(phases(build=[command]))
    shown = "cat > step.sh <<'END' ... sh step.sh"
    assert caught.value.message.splitlines()[:2] == [
        f"BUILD: Error while executing command: {shown}. Reason: exit status 7",
        f"[Container] Running command {shown}",
    ]


@pytest.mark.parametrize(
    ("phase", "on_failure", "goes_on"),
    [
        ("install", None, False),
        ("pre_build", None, False),
        ("install", "CONTINUE", True),
        ("build", "ABORT", False),
        ("build", None, True),
    ],
)
def test_failed_phase_ends_the_build_unless_it_may_go_on(
    build: Run, phase: str, on_failure: str | None, goes_on: bool
) -> None:
    spec = phases(**{phase: ["false"]}, post_build=["echo went on"])
    if on_failure:
        spec["phases"][phase]["on-failure"] = on_failure
    with pytest.raises(ActionError) as caught:
        build(spec)
    assert ("went on" in caught.value.message.splitlines()) == goes_on


def test_secrets_reach_the_build_and_not_its_log(build: Run, pipeline: Small) -> None:
    pipeline.aws("ssm").put_parameter(Name="/token", Value="t0psecret", Type="SecureString")
    pipeline.aws("secretsmanager").create_secret(
        Name="database", SecretString=json.dumps({"password": "hunter2"})
    )
    spec = phases(build=['echo "got $TOKEN and $PASSWORD"', 'test "$PASSWORD" = hunter2'])
    spec["env"] = {
        "parameter-store": {"TOKEN": "/token"},
        "secrets-manager": {"PASSWORD": "database:password"},
    }
    done = build(spec)
    assert "got *** and ***" in done.log.lines
    events = pipeline.aws("logs").get_log_events(
        logGroupName="/builds", logStreamName=done.log.stream
    )["events"]
    text = "\n".join(each["message"] for each in events)
    assert "got *** and ***" in text
    assert "hunter2" not in text
    assert "t0psecret" not in text


def test_missing_secret_fails_before_any_command(build: Run) -> None:
    spec = phases(build=["echo ran"])
    spec["env"] = {"secrets-manager": {"PASSWORD": "nowhere"}}
    with pytest.raises(ActionError, match="Decrypted Variables Error: PASSWORD from nowhere") as it:
        build(spec)
    assert "ran" not in it.value.message


def test_build_has_no_variable_of_the_user(build: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "of-the-user")
    monkeypatch.setenv("GITHUB_TOKEN", "of-the-user")
    done = build(phases(build=["env", 'echo "home ${HOME##*/}"']))
    assert not any("of-the-user" in line for line in done.log.lines)
    assert not any(line.startswith("AWS_SECRET_ACCESS_KEY") for line in done.log.lines)
    assert "home home" in done.log.lines
    assert f"AWS_REGION={REGION}" in done.log.lines


def test_build_acts_as_the_role_of_its_project(build: Run) -> None:
    done = build(phases(build=["aws sts get-caller-identity --query Arn --output text"]))
    assert any(":assumed-role/build/" in line for line in done.log.lines)


def test_action_overrides_variables_of_the_project_and_of_the_buildspec(build: Run) -> None:
    spec = phases(build=['echo "colour $COLOUR"'])
    spec["env"] = {"variables": {"COLOUR": "red"}}
    assert "colour red" in build(spec).log.lines
    given = ({"name": "COLOUR", "value": "blue", "type": "PLAINTEXT"},)
    assert "colour blue" in build(spec, variables=given).log.lines


def test_build_gives_artifacts_and_exported_variables(build: Run) -> None:
    spec = phases(build=["mkdir out", "echo 1 > out/a.txt", "echo 2 > b.txt", "VERSION='1.2 x'"])
    spec["phases"]["build"]["commands"] += ["export VERSION"]
    spec["env"] = {"exported-variables": ["VERSION"]}
    spec["artifacts"] = {
        "secondary-artifacts": {
            "Build": {"files": ["*.txt"], "base-directory": "out"},
            "Site": {"files": ["b.txt"]},
        }
    }
    done = build(spec, outputs=("Build", "Site"))
    names = {
        name: zipfile.ZipFile(io.BytesIO(body)).namelist() for name, body in done.artifacts.items()
    }
    assert names == {"Build": ["a.txt"], "Site": ["b.txt"]}
    assert done.variables == {"VERSION": "1.2 x"}


def test_build_without_one_of_its_artifacts_fails(build: Run) -> None:
    spec = phases(build=["echo 1 > a.txt"])
    spec["artifacts"] = {"files": ["a.txt"]}
    with pytest.raises(ActionError, match="no artifact for Build"):
        build(spec, outputs=("Build", "Site"))


JUNIT = """<testsuites><testsuite name="unit">
<testcase classname="greeting" name="test_name" time="0.5"/>
<testcase classname="greeting" name="test_empty">
<failure message="empty">line 1</failure></testcase>
<testcase name="test_later"><skipped/></testcase></testsuite></testsuites>"""
COVERAGE = '<coverage lines-valid="8" lines-covered="6" branches-valid="0" branches-covered="0"/>'


def reporting(group: str, **files: str) -> dict[str, Any]:
    """Return a buildspec that writes files and reports them."""
    commands = [f"cat > {name}.xml <<'XML'\n{text}\nXML" for name, text in files.items()]
    reports = {
        f"{group}{'' if name == 'tests' else '-coverage'}": {
            "files": [f"{name}.xml"],
            "file-format": "JUNITXML" if name == "tests" else "COBERTURAXML",
        }
        for name in files
    }
    return {"phases": {"build": {"commands": commands}}, "reports": reports}


REPORTS = [
    "codebuild:CreateReportGroup",
    "codebuild:CreateReport",
    "codebuild:UpdateReport",
    "codebuild:BatchPutTestCases",
    "codebuild:BatchPutCodeCoverages",
]


@pytest.fixture
def reports(pipeline: Small) -> Iterator[None]:
    """The build's role may write reports."""
    before = list(pipeline.policies["build"])
    pipeline.policies["build"] = [*before, allowed(*REPORTS)]
    pipeline.grant("build")
    yield
    pipeline.policies["build"] = before
    pipeline.grant("build")


def test_reports_of_a_build_are_in_its_report_groups(
    build: Run, pipeline: Small, reports: None
) -> None:
    done = build(reporting("own", tests=JUNIT, coverage=COVERAGE))
    client = pipeline.aws("codebuild")
    (shown,) = client.batch_get_builds(ids=[done.id])["builds"]
    found = client.batch_get_reports(reportArns=shown["reportArns"])["reports"]
    tests, covered = found
    assert (tests["status"], tests["testSummary"]["total"]) == ("FAILED", 3)
    assert tests["reportGroupArn"].endswith(f":report-group/{PROJECT}-own")
    assert tests["executionId"] == shown["arn"]
    summary = covered["codeCoverageSummary"]
    assert (summary["lineCoveragePercentage"], summary["linesMissed"]) == (75.0, 2)
    failed = client.describe_test_cases(reportArn=tests["arn"], filter={"status": "FAILED"})
    (case,) = failed["testCases"]
    assert (case["prefix"], case["name"], case["message"]) == (
        "greeting",
        "test_empty",
        "empty\nline 1",
    )
    listed = client.list_reports_for_report_group(reportGroupArn=tests["reportGroupArn"])
    assert listed["reports"] == [tests["arn"]]


def test_build_fails_whose_role_may_not_write_its_report(
    build: Run, pipeline: Small, reports: None
) -> None:
    pipeline.without("build", "codebuild:BatchPutTestCases")
    with pytest.raises(ActionError, match="not authorized to perform: codebuild:BatchPutTestCases"):
        build(reporting("own", tests=JUNIT))


def test_report_that_cannot_be_read_is_told_and_fails_nothing(build: Run, reports: None) -> None:
    done = build(reporting("own", tests="<testsuite>"))
    assert any("Report own: tests.xml is not XML" in line for line in done.log.lines)


def test_report_group_of_an_arn_must_exist(build: Run, reports: None) -> None:
    arn = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:report-group/missing"
    with pytest.raises(ActionError, match=f"Report group cannot be found: {arn}"):
        build(reporting(arn, tests=JUNIT))
