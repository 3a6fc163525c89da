"""Batch builds: what a buildspec's `batch` says, and how its builds run."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from landfall.rehearsal import batches
from landfall.rehearsal.batches import Task
from landfall.rehearsal.buildspec import BuildspecError
from landfall.rehearsal.course import Course
from tests.rehearsal.conftest import EXAMPLE, run
from tests.rehearsal.small import Small, allowed, arn_of_role
from tests.sandbox_gate.conftest import MANAGEMENT, REGION, Sandbox, trust

PROJECT = "greeter-unit"
ARN = f"arn:aws:codebuild:{REGION}:{MANAGEMENT}:project/{PROJECT}"


def text(**kinds: Any) -> str:
    return json.dumps({"version": 0.2, "batch": kinds})


def test_matrix_has_a_build_for_each_combination() -> None:
    dynamic = {"env": {"variables": {"OS": ["a", "b"], "SHARD": ["1", "2", "3"]}}}
    found = batches.parse(text(**{"build-matrix": {"dynamic": dynamic}, "fast-fail": True}))
    assert found.fast_fail
    assert len(found.tasks) == 6
    assert found.tasks[0] == Task("build1", variables={"OS": "a", "SHARD": "1"})
    assert len({tuple(each.variables.items()) for each in found.tasks}) == 6


def test_graph_has_its_order_and_its_buildspecs() -> None:
    graph = [
        {"identifier": "one", "env": {"variables": {"A": "1"}, "image": "x"}},
        {"identifier": "two", "buildspec": "b.yml", "depend-on": ["one"], "ignore-failure": True},
    ]
    assert batches.parse(text(**{"build-graph": graph})).tasks == (
        Task("one", variables={"A": "1"}),
        Task("two", "b.yml", after=("one",), ignores_failure=True),
    )


@pytest.mark.parametrize(
    ("spec", "said"),
    [
        ("version: 0.2", "batch is missing"),
        (text(), "batch has one of build-graph, build-list, build-matrix"),
        (text(**{"build-fanout": {}}), "build-fanout is not rehearsed"),
        (text(**{"build-list": "a"}), "build-list must be a list"),
        (text(**{"build-list": ["a"]}), "a build of a batch must be a mapping"),
        (text(**{"build-list": [{}]}), "needs an identifier"),
        (text(**{"build-list": [{"identifier": "a", "depend-on": ["b"]}]}), "has no 'depend-on'"),
        (text(**{"build-list": [{"identifier": "a"}] * 2}), "the identifier a is used twice"),
        (
            text(**{"build-graph": [{"identifier": "a", "depend-on": ["b"]}]}),
            "a depends on b, which is no build here",
        ),
        (
            text(
                **{
                    "build-graph": [
                        {"identifier": "a", "depend-on": ["b"]},
                        {"identifier": "b", "depend-on": ["a"]},
                    ]
                }
            ),
            "these builds depend on each other: a, b",
        ),
    ],
)
def test_mistake_is_reported(spec: str, said: str) -> None:
    with pytest.raises(BuildspecError, match=said):
        batches.parse(spec)


BATCHED = {
    "version": 0.2,
    "phases": {"build": {"commands": ['test "$PART" != bad', 'echo "$PART" > "part-$PART"']}},
    "artifacts": {"files": ["part-*"]},
}


@pytest.fixture
def batched(server: Sandbox, pipeline: Small) -> Iterator[Any]:
    """Let the test action run a batch of builds, as a role that may start them."""
    iam = server.client("iam")
    iam.create_role(
        RoleName="batch", AssumeRolePolicyDocument=trust(service="codebuild.amazonaws.com")
    )
    pipeline.policies["batch"] = [allowed("codebuild:StartBuild", on=ARN)]
    pipeline.policies["pipeline"].append(
        allowed("codebuild:StartBuildBatch", "codebuild:BatchGetBuildBatches")
    )
    for role in ("batch", "pipeline"):
        pipeline.grant(role)
    whole = pipeline.structure
    (tests,) = whole["stages"][1]["actions"]
    tests["configuration"] |= {"BatchEnabled": "true", "CombineArtifacts": "true"}
    tests["outputArtifacts"] = [{"name": "Parts"}]
    pipeline.change({**whole, "stages": whole["stages"][:2]})
    client = server.client("codebuild")

    def rehearsed(**batch: Any) -> Course:
        client.update_project(
            name=PROJECT,
            source={"type": "CODEPIPELINE", "buildspec": json.dumps({**BATCHED, "batch": batch})},
            buildBatchConfig={"serviceRole": arn_of_role("batch"), "combineArtifacts": True},
        )
        return run(server, source=EXAMPLE)

    yield rehearsed
    del pipeline.policies["batch"]
    iam.delete_role_policy(RoleName="batch", PolicyName="own")
    iam.delete_role(RoleName="batch")


def parts(*names: str) -> list[dict[str, Any]]:
    return [{"identifier": each, "env": {"variables": {"PART": each}}} for each in names]


def test_builds_of_a_batch_run_and_their_artifacts_are_combined(
    batched: Any, pipeline: Small
) -> None:
    one, two, bad = parts("one", "two", "bad")
    graph = [one, {**two, "depend-on": ["one"]}, {**bad, "ignore-failure": True}]
    course = batched(**{"build-graph": graph})
    assert course.has_succeeded, course.entries
    client = pipeline.aws("codebuild")
    (identity,) = client.list_build_batches_for_project(projectName=PROJECT)["ids"]
    (found,) = client.batch_get_build_batches(ids=[identity])["buildBatches"]
    assert found["buildBatchStatus"] == "SUCCEEDED"
    states = {
        each["identifier"]: each["currentBuildSummary"]["buildStatus"]
        for each in found["buildGroups"]
    }
    assert states == {"one": "SUCCEEDED", "two": "SUCCEEDED", "bad": "FAILED"}
    assert course.entries[1].summary == "3 builds, 1 failed"


def test_failed_build_fails_its_batch_and_what_depends_on_it_does_not_run(batched: Any) -> None:
    bad, two = parts("bad", "two")
    course = batched(**{"build-graph": [bad, {**two, "depend-on": ["bad"]}]})
    failed = course.entries[-1]
    assert failed.status == "Failed"
    assert "build bad: BUILD: Error while executing command" in failed.message
    assert "build two: it did not run, because an earlier build failed" in failed.message


def test_batch_needs_a_role_that_may_start_its_builds(batched: Any, pipeline: Small) -> None:
    pipeline.policies["batch"] = [allowed("codebuild:StopBuild", on=ARN)]
    pipeline.grant("batch")
    course = batched(**{"build-list": parts("one")})
    assert "not authorized to perform: codebuild:StartBuild" in course.entries[-1].message
