"""Runs interrupted one after the other: the next one resumes and creates no duplicates.

`make interruptions` does the same at random moments, once for each first run.
"""

from __future__ import annotations

import signal

import pytest

from landfall.sandbox.faults import client
from tests.sandbox import inventory
from tests.sandbox.conftest import BIN, Project
from tests.sandbox.interrupting import asked, interrupt, log_of
from tests.sandbox.small import STACK

pytestmark = pytest.mark.engine

# One moment of each phase: accounts, keys, what needs them. The first leaves no state. Other
# signals than KILL let operations end that have begun, so that no later run begins these.
MOMENTS = (
    (signal.SIGKILL, "organizations:CreateAccount"),
    (signal.SIGKILL, "kms:CreateKey"),
    (signal.SIGTERM, "codebuild:CreateProject"),
    (signal.SIGHUP, "codepipeline:CreatePipeline"),
)


def test_up_after_every_signal_creates_no_duplicates(project: Project) -> None:
    (project.folder / "Pulumi.dev.yaml").write_text(STACK)
    # A kill takes the children, too, and a first run starts the sandbox.
    project.run(str(BIN / "landfall"), "sandbox", "start", "-s", project.stack)
    for number, request in MOMENTS:
        is_cut = interrupt(project, number, asked(project, request), preview=False)
        assert is_cut, f"it ended before {request}: {log_of(project).read_text()}"
    project.up()
    found = inventory.of(project)
    assert {name for name, count in found.items() if count > 1} == set()
    emails = {name for name in found if name.startswith("account ")}
    assert {"account delivery@example.com", "account site@example.com"} < emails
    assert len(emails) == 3
    assert len([name for name in found if name.startswith("key ")]) > 1
    assert "pipeline site-dev in delivery" in found
    project.up()
    assert project.changes() == {}


def test_throttled_up_after_an_interrupted_pulumi_up_creates_no_duplicates(
    project: Project,
) -> None:
    """A fifth of the calls of Organizations and IAM is throttled, in both runs."""
    (project.folder / "Pulumi.dev.yaml").write_text(STACK)
    project.run(str(BIN / "landfall"), "sandbox", "reset", "-s", project.stack)
    project.__dict__.pop("environment", None)
    url = project.environment["AWS_ENDPOINT_URL"]
    client.add(url, "throttle", "organizations:*", "iam:*", rate=0.2, seed=4)
    due = asked(project, "organizations:CreateAccount")
    assert interrupt(project, signal.SIGINT, due, bare=True)
    project.up()
    (fault,) = client.listed(url)
    assert fault["matched"] > 50
    assert fault["met"] / fault["matched"] >= 0.2
    found = inventory.of(project)
    assert {name for name, count in found.items() if count > 1} == set()
    assert len([name for name in found if name.startswith("account ")]) == 3
