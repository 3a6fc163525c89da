"""The plan of a fleet for other systems, and the results that their jobs bring back."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from typer.testing import CliRunner

from landfall.blueprint import parts
from landfall.cli.fleet import app
from landfall.fleet import results
from landfall.fleet.choosing import label
from landfall.fleet.machines import codebuild, gathering, github, gitlab, jobs
from landfall.fleet.machines.jobs import Job
from landfall.problems import ProblemsError
from landfall.settings import Stack
from tests.fleet.stacks import stack_of

ROOT = Path(__file__).parents[2]


def large(stacks: int) -> Stack:
    """Return a fleet whose last wave has nearly as many parts."""
    accounts = {f"a{number}": "Prod" for number in range(4 * stacks)}
    fleet = {"slices": {"canary": {"accounts": "hub"}}, "waves": "canary", "stacks": stacks}
    return stack_of(fleet, {"hub": "Root", **accounts})


def divided(stack: Stack, most: int, each: int = 1) -> list[list[Job]]:
    return jobs.divided(parts.waves(stack), most, "it", each=each)


@pytest.mark.parametrize("most", [4, 60, 256, 500])
def test_every_part_is_in_one_job_of_its_wave_within_the_limit(most: int) -> None:
    stack = large(400)
    waves = divided(stack, most)
    assert sum(map(len, waves)) <= most
    found = [[part for job in wave for part in job.parts] for wave in waves]
    assert found == [list(wave) for wave in parts.waves(stack)]
    sizes = {len(job.parts) for job in waves[2]}
    assert max(sizes) - min(sizes) <= 1


def test_jobs_have_at_least_the_parts_asked_for() -> None:
    waves = divided(large(40), 256, each=10)
    assert {len(job.parts) for job in waves[2]} <= {9, 10}
    assert waves[2][0].only.startswith("--only rest-1 --only rest-2")


def test_more_waves_than_jobs_are_refused() -> None:
    with pytest.raises(ProblemsError, match="the fleet has 4 waves, and it runs 3 jobs"):
        divided(large(3), 3)


def test_workflow_has_a_matrix_for_each_wave_and_stops_after_a_failed_one() -> None:
    stack = large(400)
    content = yaml.safe_load(github.workflow("big", divided(stack, github.MOST)))
    waves = {name: job for name, job in content["jobs"].items() if name != "results"}
    matrices = [job["strategy"]["matrix"]["include"] for job in waves.values()]
    assert sum(map(len, matrices)) <= 256
    assert [job.get("needs") for job in waves.values()] == [None, "wave-1", "wave-2", "wave-3"]
    chosen = [each["only"] for matrix in matrices for each in matrix]
    assert _labels(chosen) == [label(part) for part in parts.parts(stack)]
    assert content["jobs"]["results"]["needs"] == list(waves)
    assert content["jobs"]["results"]["if"] == "always()"
    assert content["permissions"] == {}
    # No value of the matrix is part of a script.
    scripts = [step.get("run", "") for job in waves.values() for step in job["steps"]]
    assert not any("${{" in script for script in scripts)


def test_workflow_pins_the_actions_of_this_repository() -> None:
    own = (ROOT / ".github/workflows/provision.yml").read_text()
    for pinned in (github.CHECKOUT, github.PYTHON, github.CREDENTIALS, github.UPLOAD,
                   github.DOWNLOAD):  # fmt: skip
        assert f"uses: {pinned} #" in own


def test_pipeline_has_stages_and_matrices_within_gitlabs_limits() -> None:
    stack = large(400)
    content = yaml.safe_load(gitlab.pipeline("big", divided(stack, gitlab.MOST)))
    own = {name: job for name, job in content.items() if name.startswith("wave-")}
    assert not any("needs" in job for job in own.values())
    chosen: list[str] = []
    for job in own.values():
        matrix = job["parallel"]["matrix"] if "parallel" in job else [job["variables"]]
        assert len(matrix) <= 200
        assert "parallel" not in job or len(matrix) > 1
        chosen += [each["ONLY"] for each in matrix]
    assert _labels(chosen) == [label(part) for part in parts.parts(stack)]
    stages = [job["stage"] for job in own.values()]
    assert stages == sorted(stages)
    assert content["stages"] == [*dict.fromkeys(stages), "results"]


def test_build_graph_depends_on_the_wave_before() -> None:
    stack = large(400)
    content = yaml.safe_load(codebuild.buildspec("big", divided(stack, codebuild.MOST)))
    graph = content["batch"]["build-graph"]
    assert len(graph) <= 60
    chosen = [each["env"]["variables"]["FLEET_ONLY"] for each in graph]
    assert _labels(chosen) == [label(part) for part in parts.parts(stack)]
    wave = {each["identifier"]: each["identifier"].split("_")[1] for each in graph}
    for each in graph:
        own = int(wave[each["identifier"]])
        before = [name for name, number in wave.items() if int(number) == own - 1]
        assert each.get("depend-on", []) == before
        assert each["identifier"].replace("_", "").isalnum()


def _labels(chosen: list[str]) -> list[str]:
    return [name for only in chosen for name in only.split() if name != "--only"]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "Pulumi.yaml").write_text("name: landfall\nruntime: python\n")
    (tmp_path / "Pulumi.big.yaml").write_text(
        "config:\n  aws:region: eu-west-1\n"
        "  landfall:organization: {units: {Dev: {}}}\n"
        "  landfall:accounts: {a: {email: a@example.com, unit: Dev}}\n"
        "  landfall:fleet: {}\n"
    )
    monkeypatch.delenv("LANDFALL_HOME", raising=False)
    monkeypatch.chdir(tmp_path)
    return tmp_path


@pytest.mark.parametrize("system", ["github", "gitlab", "codebuild"])
def test_command_writes_each_form_to_a_file(folder: Path, system: str) -> None:
    file = folder / "out" / "plan.yml"
    done = CliRunner().invoke(app, ["ci", system, "-s", "big", "-o", str(file)])
    assert done.exit_code == 0, done.output
    text = file.read_text()
    assert text.startswith(f"# Written by: landfall fleet ci {system} -s big\n")
    assert "--only foundation" in text
    assert yaml.safe_load(text)


def test_stack_that_is_not_cut_has_no_jobs(folder: Path) -> None:
    file = folder / "Pulumi.big.yaml"
    file.write_text(file.read_text().replace("  landfall:fleet: {}\n", ""))
    done = CliRunner().invoke(app, ["ci", "github", "-s", "big"])
    assert isinstance(done.exception, ProblemsError)
    assert "it has no landfall:fleet" in str(done.exception)


def wrote(file: Path, at: int, *found: results.Result) -> None:
    """Write the results of a job that ended at a time."""
    file.parent.mkdir(exist_ok=True)
    file.write_text(json.dumps(results.Summary("big", "up", found, 3.0).value()))
    os.utime(file, (at, at))


def result(part: str, status: str = results.DONE, **more: Any) -> results.Result:
    return results.Result(part, f"big.{part}", 1, status, 2.0, {"create": 3}, **more)


def test_results_of_all_jobs_are_one_summary(folder: Path) -> None:
    wrote(folder / "found" / "one.json", 1, result("foundation"))
    wrote(folder / "found" / "two.json", 2, result("rest"))
    wrote(folder / "found" / "three.json", 3, result("closing"))
    done = CliRunner().invoke(app, ["results", "-s", "big", "found"])
    assert done.exit_code == 0, done.output
    assert "Fleet big, up: 3 done in 3 s. Resources: 9 created." in done.output
    as_json = CliRunner().invoke(app, ["results", "-s", "big", "found", "--format", "json"])
    found = {each["part"]: each["wave"] for each in json.loads(as_json.output)["parts"]}
    assert found == {"foundation": 1, "rest": 2, "closing": 3}


def test_part_without_a_result_was_not_run(folder: Path) -> None:
    wrote(folder / "found" / "one.json", 1, result("foundation"))
    # The shell makes the file before a job that cannot begin.
    (folder / "found" / "two.json").write_text("")
    done = CliRunner().invoke(app, ["results", "-s", "big", "found"])
    assert done.exit_code == 1
    assert "rest: not run" in done.output


def test_result_of_a_repeated_job_replaces_the_failed_one(folder: Path) -> None:
    wrote(folder / "found" / "b.json", 1, result("foundation", results.FAILED))
    wrote(folder / "found" / "a.json", 2, result("foundation"), result("rest"), result("closing"))
    done = CliRunner().invoke(app, ["results", "-s", "big", "found"])
    assert done.exit_code == 0, done.output


def test_failed_part_is_reported_with_its_problems(folder: Path) -> None:
    wrote(folder / "one.json", 1, result("rest", results.FAILED, problems=("it broke",)))
    done = CliRunner().invoke(app, ["results", "-s", "big", "one.json"])
    assert done.exit_code == 1
    assert "it broke" in done.output


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{}", "has no results of a fleet"),
        ("not JSON", "has no results of a fleet"),
        ('{"stack": "other", "command": "up", "seconds": 1, "parts": []}', "of stack other, not"),
    ],
)
def test_file_with_other_content_is_refused(tmp_path: Path, text: str, said: str) -> None:
    file = tmp_path / "x.json"
    file.write_text(text)
    with pytest.raises(ProblemsError, match=said):
        gathering.gathered(stack_of(), [file])


def test_place_that_is_missing_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError, match="there is no"):
        gathering.files([tmp_path / "none"])
