"""The CI files: pinned, with the least permissions, and calling what a developer calls."""

from __future__ import annotations

import re
import subprocess
import tomllib
from pathlib import Path
from typing import Any

import pytest
import yaml

from toolchain import pulumi_cli

ROOT = Path(__file__).parents[2]
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.y*ml"))
CHECK, DRIFT, PROVISION, TEST = WORKFLOWS
PIN = re.compile(r"uses: [\w.-]+(/[\w.-]+)+@[0-9a-f]{40} # v\d+\.\d+\.\d+$")
TARGET = re.compile(r"make ([a-z-]+)( [A-Z0-9]+=\S+)*$")
# Where nothing of the repository runs: a report is shown, or sent by the host's own tool.
GLUE = re.compile(
    r"(if \[ -f build/drift\.md \]; then )?"
    r'cat build/[a-z/-]+\.md >> "\$GITHUB_STEP_SUMMARY"(; fi)?$'
)


def load(path: Path) -> dict[Any, Any]:
    content: dict[Any, Any] = yaml.safe_load(path.read_text())
    return content


def jobs(path: Path) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = load(path)["jobs"]
    return found


def targets() -> set[str]:
    return set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.MULTILINE))


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_names_its_version(path: Path) -> None:
    used = [line.strip(" -") for line in path.read_text().splitlines() if "uses:" in line]
    assert used
    for line in used:
        assert PIN.match(line), line


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_permissions_are_given_job_by_job(path: Path) -> None:
    assert load(path)["permissions"] == {}
    for job in jobs(path).values():
        assert isinstance(job["permissions"], dict)
        assert "timeout-minutes" in job


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_no_job_can_write_and_run_the_repositorys_code(path: Path) -> None:
    for name, job in jobs(path).items():
        writes = {scope for scope, level in job["permissions"].items() if level == "write"}
        # It writes nothing: it is the right to ask for a token that AWS trusts.
        writes.discard("id-token")
        commands = [step["run"] for step in job["steps"] if "run" in step]
        calls_make = [command for command in commands if "make" in command.split()]
        assert not (writes and calls_make), name


ACTS_IN_AWS = {"contents": "read", "id-token": "write"}


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        (
            CHECK,
            {
                "policies": {"contents": "read"},
                "code-scanning": {
                    "actions": "read",
                    "contents": "read",
                    "security-events": "write",
                },
                "comment": {"pull-requests": "write"},
            },
        ),
        (DRIFT, {"look": ACTS_IN_AWS, "alert": {"issues": "write"}}),
        (
            PROVISION,
            dict.fromkeys(("plan-dev", "apply-dev", "plan-prod", "apply-prod"), ACTS_IN_AWS),
        ),
        (
            TEST,
            {
                job: {"contents": "read"}
                for job in ("suite", "docs", "explore", "official-provider")
            },
        ),
    ],
    ids=["check", "drift", "provision", "test"],
)
def test_a_workflow_grants_these_permissions_and_no_others(
    path: Path, expected: dict[str, dict[str, str]]
) -> None:
    assert {name: job["permissions"] for name, job in jobs(path).items()} == expected


def subjects(part: str) -> set[str]:
    """Return the environments whose tokens the stack files let read or apply."""
    files = (ROOT / f"Pulumi.{stack}.yaml" for stack in ("dev", "prod"))
    named = [load(file)["config"]["landfall:provisioning"]["jobs"][part] for file in files]
    return {subject.rpartition(":environment:")[2] for each in named for subject in each}


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_only_jobs_of_an_environment_that_a_role_trusts_get_a_token(path: Path) -> None:
    events = load(path).get("on") or load(path)[True]
    for name, job in jobs(path).items():
        if job["permissions"].get("id-token") != "write":
            assert "environment" not in job
            continue
        assert "pull_request" not in events, name
        for stack in job.get("strategy", {}).get("matrix", {}).get("stack", [""]):
            environment = job["environment"].replace("${{ matrix.stack }}", stack)
            part = "apply" if name.startswith("apply-") else "read"
            assert environment in subjects(part), name
        commands = [step.get("run", step.get("uses", "")) for step in job["steps"]]
        # What comes from package indices is installed before there is anything to steal.
        credentials = next(i for i, each in enumerate(commands) if "configure-aws" in each)
        assert commands.index("make setup") < credentials


def test_stacks_are_applied_one_after_the_other_and_only_as_planned() -> None:
    found = jobs(PROVISION)
    needs = {name: job.get("needs") for name, job in found.items()}
    assert needs == {
        "plan-dev": None,
        "apply-dev": "plan-dev",
        "plan-prod": "apply-dev",
        "apply-prod": "plan-prod",
    }
    assert load(PROVISION)["concurrency"] == {"group": "provision", "cancel-in-progress": False}
    for stack in ("dev", "prod"):
        job = found[f"apply-{stack}"]
        assert job["env"]["SHA256"] == f"${{{{ needs.plan-{stack}.outputs.sha256 }}}}"
        assert job["steps"][-1]["run"] == f'make apply STACK={stack} SHA256="$SHA256"'


def test_drift_is_reported_by_a_job_without_repository_code() -> None:
    alert = jobs(DRIFT)["alert"]
    assert (alert["needs"], alert["if"]) == ("look", "${{ failure() }}")
    assert not [step for step in alert["steps"] if "uses" in step]
    events = load(DRIFT).get("on") or load(DRIFT)[True]
    assert re.fullmatch(r"\d+ \d+ \* \* \*", events["schedule"][0]["cron"])


def test_gitlab_applies_stacks_in_order_and_a_user_starts_prod() -> None:
    content = load(ROOT / ".gitlab-ci.yml")
    order = ["plan-dev", "apply-dev", "plan-prod", "apply-prod"]
    assert content["stages"][-4:] == order
    (rule,) = content["apply-prod"]["rules"]
    assert rule["when"] == "manual"
    assert content["apply-prod"]["environment"] == "prod"
    assert content[".apply"]["resource_group"] == "$STACK"
    assert content[".aws"]["id_tokens"]["AWS_TOKEN"] == {"aud": "https://gitlab.com"}
    for name in (".plan", ".apply"):
        assert "merge_request" not in content[name]["rules"][0]["if"]
    assert content["drift"]["rules"] == [{"if": '$CI_PIPELINE_SOURCE == "schedule"'}]


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_the_events_never_give_a_forks_code_the_repositorys_token(path: Path) -> None:
    # YAML 1.1 reads the key `on` as true.
    events = load(path).get("on") or load(path)[True]
    assert set(events) <= {"pull_request", "push", "schedule", "workflow_dispatch"}
    for job in jobs(path).values():
        for step in job["steps"]:
            if step.get("uses", "").startswith("actions/checkout@"):
                assert step["with"]["persist-credentials"] is False


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_text_from_external_authors_is_in_no_command(path: Path) -> None:
    for job in jobs(path).values():
        for step in job["steps"]:
            assert "${{" not in step.get("run", "")


def test_the_repositorys_code_is_called_by_make_alone() -> None:
    commands = [
        step["run"].strip()
        for path in WORKFLOWS
        for job in jobs(path).values()
        for step in job["steps"]
        if "run" in step
    ]
    gitlab = [
        command
        for job in load(ROOT / ".gitlab-ci.yml").values()
        if isinstance(job, dict)
        for command in job.get("script", [])
    ]
    made = [TARGET.match(command) for command in (*commands, *gitlab)]
    called = [found[1] for found in made if found]
    assert set(called) == {
        *("apply", "drift", "plan", "policy-check", "policy-note", "setup"),
        *("docs", "fuzz", "provider", "terraform-provider", "test", "test-providers"),
    }
    assert set(called) <= targets()
    rest = [each for each, found in zip((*commands, *gitlab), made, strict=True) if not found]
    for command in rest:
        shown = all(
            GLUE.match(line) or line.startswith('echo "sha256=$(sha256sum build/plan/plan.json')
            for line in command.splitlines()
        )
        assert shown or command.startswith(("export MARKER=", "title=")), command
        assert "python" not in command


@pytest.mark.parametrize(("path", "job"), [(CHECK, "comment"), (DRIFT, "alert")])
def test_scripts_are_a_shells(path: Path, job: str) -> None:
    steps = jobs(path)[job]["steps"]
    done = subprocess.run(["sh", "-n"], input=steps[-1]["run"], text=True, capture_output=True)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize(
    ("command", "expected"),
    [
        ("plan STACK=prod ROLE=r", "landfall plan -s 'prod' --role 'r' -o build/plan"),
        (
            "apply STACK=prod SHA256=ab",
            "landfall apply -s 'prod' --plan 'build/plan/plan.json' --sha256 'ab'",
        ),
        (
            "drift STACK=dev",
            "landfall drift -s 'dev' --format markdown -o build/drift.md",
        ),
    ],
)
def test_targets_are_thin(command: str, expected: str) -> None:
    assert dry(*command.split()).endswith(expected)


def dry(*arguments: str) -> str:
    """Return what make would run, on one line."""
    made = subprocess.run(
        ["make", "--no-print-directory", "-n", *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    return " ".join(made.replace("\\\n", " ").split())


def test_reports_are_where_the_pipelines_look_for_them() -> None:
    command = dry("policy-check", "BASE=HEAD^1", "STACKS=a b")
    assert "landfall check -s a -s b --base 'HEAD^1' " in command
    gitlab = load(ROOT / ".gitlab-ci.yml")["policies"]["artifacts"]["reports"]["codequality"]
    text = CHECK.read_text()
    for file in ("build/policy-report.md", "build/policy-report.sarif"):
        assert f"-o {file} " in command
        assert file in text
    assert command.endswith(f"-o {gitlab}")
    ignored = subprocess.run(["git", "check-ignore", "-q", "build/x"], cwd=ROOT)
    assert ignored.returncode == 0


def allowed_python() -> list[str]:
    """Return the oldest and the newest Python of pyproject.toml."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest, beyond = re.fullmatch(r">=3\.(\d+),<3\.(\d+)", project["requires-python"]).groups()  # type: ignore[union-attr]
    return [f"3.{oldest}", f"3.{int(beyond) - 1}"]


def test_the_suite_runs_on_the_oldest_and_the_newest_python() -> None:
    suite = jobs(TEST)["suite"]
    assert suite["strategy"]["matrix"]["python"] == allowed_python()
    assert suite["steps"][-1]["run"] == "make test"
    gitlab = load(ROOT / ".gitlab-ci.yml")["suite"]
    assert gitlab["parallel"]["matrix"] == [{"PYTHON_VERSION": allowed_python()}]
    assert gitlab["script"] == ["make test"]


def test_the_cli_is_cached_under_its_version() -> None:
    file = "toolchain/cli/go.mod"
    assert f"/pulumi/sdk/v3 v{pulumi_cli.VERSION}" in (ROOT / file).read_text()
    (cache,) = (
        step["with"] for step in jobs(TEST)["suite"]["steps"] if "cache" in step.get("uses", "")
    )
    assert f"hashFiles('{file}')" in cache["key"]
    gitlab = load(ROOT / ".gitlab-ci.yml")["suite"]["cache"]
    assert gitlab["key"]["files"] == [file]


def test_gitlabs_jobs_end_and_its_note_waits_for_a_token() -> None:
    content = load(ROOT / ".gitlab-ci.yml")
    for name in ("policies", "note"):
        assert "timeout" in content[name]
        assert re.fullmatch(r"[a-z]+:\d+\.\d+-[a-z]+", content[name]["image"])
    assert "$LANDFALL_NOTE_TOKEN" in content["note"]["rules"][0]["if"]
    assert content["policies"]["artifacts"]["when"] == "always"
