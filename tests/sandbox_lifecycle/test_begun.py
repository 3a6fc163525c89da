"""Creations that a run leaves open, by the engine's event log."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from landfall.recovery.creations import unfinished
from landfall.sandbox import begun
from landfall.sandbox.directories import Directories

Make = Callable[..., Directories]
URN = "urn:pulumi:dev::tiny::aws:iam/role:Role::"


def began(name: str, op: str = "create") -> dict[str, Any]:
    new = {"urn": URN + name, "type": "aws:iam/role:Role", "custom": True, "id": "", "parent": "p"}
    new |= {"inputs": {"name": name}, "outputs": {}, "provider": "x::1"}
    return {"resourcePreEvent": {"metadata": {"op": op, "urn": URN + name, "new": new}}}


def ended(name: str) -> dict[str, Any]:
    return {"resOutputsEvent": {"metadata": {"op": "create", "urn": URN + name}}}


def failed(name: str, message: str, severity: str = "error") -> dict[str, Any]:
    event = {"urn": URN + name, "message": message, "severity": severity}
    return {"diagnosticEvent": event}


def names(*events: dict[str, Any]) -> list[str]:
    return [each["urn"].removeprefix(URN) for each in unfinished(events)]


def test_unfinished_creation_is_open_with_its_inputs() -> None:
    (found,) = unfinished([began("a"), began("b"), ended("a")])
    assert found == {
        "urn": URN + "b",
        "type": "aws:iam/role:Role",
        "custom": True,
        "parent": "p",
        "provider": "x::1",
        "inputs": {"name": "b"},
    }


def test_updates_and_components_are_no_creations() -> None:
    component = began("c")
    component["resourcePreEvent"]["metadata"]["new"]["custom"] = False
    assert names(began("a", "update"), began("b", "same"), component) == []


def test_steps_of_a_preview_are_no_creations() -> None:
    planned = began("a")
    planned["resourcePreEvent"]["planning"] = True
    assert names(planned) == []


@pytest.mark.parametrize(
    ("message", "open_"),
    [
        ("creating IAM Role (a): operation error IAM: CreateRole, context canceled", True),
        ("waiting for AWS Organizations Account (a) create: timeout while waiting for state", True),
        ("creating S3 Bucket: dial tcp 127.0.0.1:4566: connect: connection refused", True),
        ("the Terraform provider ended: Socket closed", True),
        ("aws_iam_role: nothing was created", True),
        ("the run was interrupted before this call began", False),
        ("creating AWS Organizations Account (a): EMAIL_ALREADY_EXISTS", False),
        ("creating IAM Role (a): EntityAlreadyExists: Role with name a already exists.", False),
    ],
)
def test_aws_error_closes_a_creation_and_a_connection_error_does_not(
    message: str, open_: bool
) -> None:
    assert names(began("a"), failed("a", message)) == (["a"] if open_ else [])
    assert names(began("a"), failed("a", message, "warning")) == ["a"]


def test_interrupted_creation_is_open_despite_other_events() -> None:
    events = [failed("a", "context canceled"), failed("a", "creation failed")]
    assert names(began("a"), *events) == names(began("a"), *reversed(events)) == ["a"]


def write(directories: Directories, *events: dict[str, Any], cut: str = "") -> None:
    directories.root.mkdir(parents=True, exist_ok=True)
    directories.events.write_text("\n".join([*map(json.dumps, events), cut]))


def test_open_creations_add_up_until_a_run_completes(make: Make) -> None:
    directories = make()
    write(directories, began("a"), cut='{"resOutputsEvent": {"meta')
    begun.keep(directories)
    write(directories, began("a"), failed("a", "EntityAlreadyExists"), began("b"))
    begun.keep(directories)
    assert [each["inputs"]["name"] for each in begun.recorded(directories)] == ["a", "b"]
    begun.forget(directories)
    assert begun.recorded(directories) == []


def test_open_creations_of_bare_runs_add_up_run_by_run(make: Make) -> None:
    directories = make()
    write(directories)
    directories.runs.mkdir()
    # The first was killed while AWS created it; the second got the error that it exists.
    for name, *events in (
        ("9-1", began("a")),
        ("8-2", began("a"), failed("a", "EMAIL_ALREADY_EXISTS"), began("b"), ended("b")),
    ):
        (directories.runs / f"{name}.jsonl").write_text("\n".join(map(json.dumps, events)))
    begun.keep(directories)
    assert [each["inputs"]["name"] for each in begun.recorded(directories)] == ["a"]
    assert list(directories.runs.iterdir()) == []


def test_preview_of_an_update_opens_no_creation() -> None:
    planned = began("a")
    planned["resourcePreEvent"]["planning"] = True
    assert names(planned, began("b")) == ["b"]


def test_damaged_record_has_no_creations(make: Make) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    directories.begun.write_text('[{"urn"')
    assert begun.recorded(directories) == []
