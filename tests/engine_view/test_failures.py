"""Causes of a failed run, each with its line and fix."""

from __future__ import annotations

from typing import Any

from landfall.engine.events import Moved, Said, Step, read
from landfall.engine_view import failures, report
from landfall.engine_view.concerns import Concerns
from landfall.engine_view.course import Course

ROLE = "urn:pulumi:dev::landfall::landfall:access:CrossAccountRole$aws:iam/role:Role::audit-reader"
KEY = "urn:pulumi:dev::landfall::aws:kms/key:Key::logs"
EXISTS = (
    "creating IAM Role (reader): operation error IAM: CreateRole, https response error StatusCode:"
    " 409, RequestID: 3f0a-11, EntityAlreadyExists: Role with name reader already exists."
)


def error(message: str, urn: str = "") -> Said:
    return Said("error", message, urn)


def failing(*said: Said) -> list[str]:
    course = Course(Concerns(["audit"]))
    for each in said:
        course.add(each)
    return list(report.failing(course, lambda urn, path: "Pulumi.dev.yaml:9" if urn else ""))


def test_cancelled_remediation_behind_a_failure_is_dropped() -> None:
    noise = "failed to run remediation: rpc error: code = Canceled desc = context canceled"
    found = failures.causes(
        [error(noise, KEY), error(EXISTS, ROLE), error(noise, KEY), error("update failed")]
    )
    assert [each.urns for each in found] == [(ROLE,)]


def test_failure_has_its_line_and_what_to_do() -> None:
    assert failing(error(EXISTS, ROLE)) == [
        "Pulumi.dev.yaml:9: error: iam/role audit-reader",
        "    creating IAM Role (reader): IAM CreateRole: EntityAlreadyExists: Role with name reader"
        " already exists.",
        "    The resource exists in AWS but not in the state. Import it or delete it in AWS, then"
        " run the command again.",
    ]


def test_same_failure_of_many_resources_is_one() -> None:
    found = failures.causes([error("error reading from server: EOF", u) for u in (ROLE, KEY)])
    assert [each.urns for each in found] == [(ROLE, KEY)]
    assert found[0].fix == "The provider stopped before it answered. Run the command again."


def test_run_with_nothing_but_consequences_still_says_them() -> None:
    found = failures.causes([error("context canceled", KEY), error("update failed")])
    assert [each.message for each in found] == ["context canceled"]


def test_traceback_of_the_program_is_its_end() -> None:
    frames = "\n".join(f'  File "x{number}.py", line 1' for number in range(50))
    (found,) = failures.causes(
        [error(f"Program failed:\nTraceback (most recent call last):\n{frames}\nKeyError: 'unit'")]
    )
    assert found.message.endswith("KeyError: 'unit'")
    assert found.message.count("\n") <= 4


def test_failed_look_up_says_what_aws_answered_and_no_frames_of_the_sdk() -> None:
    what = "aws:organizations/getOrganization:getOrganization"
    answered = "reading Organizations Organization: couldn't find resource"
    (found,) = failures.causes(
        [
            error(
                "Program failed:\nTraceback (most recent call last):\n"
                '  File "x.py", line 193, in future\n    data = await self._data\n'
                f"Exception: invoke of {what} failed: "
                f"invocation of {what} returned an error: {answered}"
            )
        ]
    )
    assert found.message == f"getOrganization: {answered}"
    assert "--twin" in found.fix


def test_multiple_errors_of_terraform_lose_their_wrapping() -> None:
    assert failures.unwrapped("1 error occurred:\n\t* creating X: boom\n\n") == "creating X: boom"


def test_control_characters_of_a_message_never_reach_the_terminal() -> None:
    assert "\x1b" not in "\n".join(failing(error("bad \x1b[2J name", ROLE)))


def moved(phase: Any, urn: str, operation: str, at: int = 0) -> Moved:
    token = urn.split("::")[2].rpartition("$")[2]
    return Moved(phase, Step(operation, urn, token, new={"custom": True}), at)


def test_interrupted_run_names_what_was_at_work() -> None:
    course = Course(Concerns(["audit"]))
    course.add(moved("begun", ROLE, "create"))
    course.add(moved("begun", KEY, "same"))
    assert list(report.cut_short(course, 5)) == [
        "Interrupted while in progress: iam/role audit-reader"
    ]


def test_counts_say_what_was_not_done() -> None:
    course = Course(
        Concerns(["audit"]), {"Account audit": frozenset({ROLE, "b"}), "X": frozenset({KEY})}
    )
    course.add(moved("begun", ROLE, "create"))
    course.add(moved("failed", ROLE, "create"))
    course.add(moved("done", KEY, "update"))
    assert report.counts(course) == "1 updated, 1 failed, 1 not done"


def test_heartbeat_says_what_is_slow_and_that_the_rest_waits() -> None:
    course = Course(Concerns(["audit"]), {"Account audit": frozenset({ROLE, KEY})})
    account = "urn:pulumi:dev::landfall::aws:organizations/account:Account::audit"
    course.add(moved("begun", account, "create", at=100))
    assert report.heartbeat(course, 45, course.slow(140)) == (
        "  0:45  0 of 2; creating organizations/account audit (CreateAccount in progress),"
        " 40 s so far; the others wait for it"
    )


def test_event_without_anything_to_show_is_none() -> None:
    assert read({"sequence": 1, "preludeEvent": {"config": {"password": "sesame"}}}) is None
    assert read({"diagnosticEvent": {"ephemeral": True, "message": "x"}}) is None
