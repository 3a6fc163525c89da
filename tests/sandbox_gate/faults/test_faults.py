"""Faults of a running sandbox: what clients see of each, and the command that adds them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
from typer.testing import CliRunner

from landfall.cli.sandbox import app
from landfall.problems import ProblemsError
from landfall.sandbox import engine
from landfall.sandbox.faults import client
from landfall.sandbox.faults.buckets import Bucket
from landfall.sandbox.faults.kinds import Kind, read
from landfall.sandbox.server_process import Server
from tests.sandbox_gate.conftest import MANAGEMENT, Clients, Sandbox, creation, error_of, trust
from tests.sandbox_gate.judging.callers import Roles

ROOT = Path(__file__).parents[3]


def _failures(call: Any, count: int, **params: Any) -> list[bool]:
    """Return which of some calls fail."""
    found = []
    for _ in range(count):
        try:
            call(**params)
        except Exception:
            found.append(True)
        else:
            found.append(False)
    return found


def test_throttling_meets_the_same_share_of_calls_in_each_run(
    sandbox: Sandbox, aws: Clients
) -> None:
    client.add(sandbox.url, "throttle", "iam:List*", rate=0.2, seed=3)
    first = _failures(aws("iam").list_roles, 60)
    assert 4 <= sum(first) <= 22
    client.remove(sandbox.url)
    assert sum(_failures(aws("iam").list_roles, 5)) == 0
    client.add(sandbox.url, "throttle", "iam:List*", rate=0.2, seed=3)
    assert _failures(aws("iam").list_roles, 60) == first
    (listed,) = client.listed(sandbox.url)
    assert (listed["matched"], listed["met"]) == (60, sum(first))


def test_bucket_lets_a_burst_through_and_then_its_rate() -> None:
    now = [100.0]
    bucket = Bucket(2.0, 3, lambda: now[0])
    assert [bucket.take() for _ in range(5)] == [True, True, True, False, False]
    now[0] += 0.5
    assert [bucket.take() for _ in range(2)] == [True, False]
    now[0] += 60
    assert [bucket.take() for _ in range(4)] == [True, True, True, False]


def test_each_service_and_region_has_a_bucket_of_its_own(sandbox: Sandbox, aws: Clients) -> None:
    # One token in 1,000 s: the test has only the burst, however slow the machine is.
    client.add(sandbox.url, "throttle", per_second=0.001, burst=2)
    assert _failures(aws("iam").list_roles, 4) == [False, False, True, True]
    assert _failures(aws("ec2").describe_vpcs, 3) == [False, False, True]
    assert _failures(aws("ec2", region="us-east-1").describe_vpcs, 3) == [False, False, True]
    (listed,) = client.listed(sandbox.url)
    assert (listed["matched"], listed["met"]) == (10, 4)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"per_second": 1}, "per_second needs burst"),
        ({"burst": 5}, "burst needs per_second"),
        ({"per_second": -1, "burst": 5}, "per_second is negative"),
    ],
)
def test_half_a_bucket_is_refused(options: dict[str, float], said: str) -> None:
    with pytest.raises(ProblemsError, match=said):
        read({"kind": "throttle", **options})


@pytest.mark.parametrize(
    ("service", "call", "code"),
    [
        ("iam", "list_roles", "Throttling"),
        ("organizations", "list_roots", "TooManyRequestsException"),
        ("ec2", "describe_vpcs", "RequestLimitExceeded"),
        ("s3", "list_buckets", "SlowDown"),
        ("codepipeline", "list_pipelines", "ThrottlingException"),
    ],
)
def test_throttled_service_answers_with_its_own_error(
    sandbox: Sandbox, aws: Clients, service: str, call: str, code: str
) -> None:
    client.add(sandbox.url, "throttle", times=1)
    assert error_of(getattr(aws(service), call))[0] == code


def test_conflicting_change_is_refused_where_aws_has_such_an_error(
    organization: Any, sandbox: Sandbox
) -> None:
    client.add(sandbox.url, "concurrent-modification", "organizations:*")
    root = {"ParentId": "r-abcd", "Name": "a"}
    assert error_of(organization.create_organizational_unit, **root)[0] == (
        "ConcurrentModificationException"
    )
    assert organization.list_accounts()


def test_new_resource_is_not_found_by_the_next_reads(sandbox: Sandbox, aws: Clients) -> None:
    iam = aws("iam")
    policy = trust(f"arn:aws:iam::{MANAGEMENT}:root")
    iam.create_role(RoleName="older", AssumeRolePolicyDocument=policy)
    client.add(sandbox.url, "stale", "iam:Get*", "sts:AssumeRole", reads=2)
    arn = iam.create_role(RoleName="newer", AssumeRolePolicyDocument=policy)["Role"]["Arn"]
    assert error_of(iam.get_role, RoleName="newer")[0] == "NoSuchEntity"
    assuming = {"RoleArn": arn, "RoleSessionName": "session"}
    assert error_of(aws("sts").assume_role, **assuming)[0] == "AccessDenied"
    assert iam.get_role(RoleName="newer")
    assert aws("sts").assume_role(**assuming)
    # What existed before is found at once.
    assert iam.get_role(RoleName="older")


def test_creation_of_an_account_fails_once(organization: Any, sandbox: Sandbox) -> None:
    client.add(sandbox.url, "account-creation", reason="INTERNAL_FAILURE")
    wanted = {"Email": "a@example.com", "AccountName": "a"}
    failed = creation(organization, organization.create_account(**wanted))
    assert (failed["State"], failed["FailureReason"]) == ("FAILED", "INTERNAL_FAILURE")
    assert creation(organization, organization.create_account(**wanted))["State"] == "SUCCEEDED"


def test_operation_that_dies_half_way_was_carried_out(sandbox: Sandbox, aws: Clients) -> None:
    client.add(sandbox.url, "half-way", "sns:CreateTopic", "codecommit:Create*", times=2)
    assert error_of(aws("sns").create_topic, Name="a")[0] == "InternalFailure"
    assert len(aws("sns").list_topics()["Topics"]) == 1
    # Also where the sandbox answers instead of the emulator.
    repositories = aws("codecommit")
    assert error_of(repositories.create_repository, repositoryName="a")[0] == "InternalServerError"
    assert repositories.get_repository(repositoryName="a")


def test_region_that_is_down_leaves_the_others(sandbox: Sandbox, aws: Clients) -> None:
    client.add(sandbox.url, "region-down", region="eu-west-1")
    assert error_of(aws("kms").list_keys)[0] == "ServiceUnavailable"
    assert aws("kms", region="us-east-1").list_keys()


def test_expired_session_ends_and_a_new_one_works(sandbox: Sandbox) -> None:
    roles = Roles(sandbox)
    roles.create("builder", {})
    old = roles.client("builder", "kms")
    client.add(sandbox.url, "expired-session", role="builder", after=1)
    assert old.list_keys()
    assert error_of(old.list_keys)[0] == "ExpiredTokenException"
    assert error_of(old.list_keys)[0] == "ExpiredTokenException"
    assert roles.client("builder", "kms").list_keys()


def test_latency_delays_and_answers(sandbox: Sandbox, aws: Clients) -> None:
    client.add(sandbox.url, "latency", "sns:*", milliseconds=1)
    assert aws("sns").list_topics()
    (listed,) = client.listed(sandbox.url)
    assert listed["met"] == 1


def test_reset_removes_faults(sandbox: Sandbox) -> None:
    client.add(sandbox.url, "throttle")
    sandbox.reset()
    assert client.listed(sandbox.url) == []


@pytest.mark.parametrize(
    ("fault", "messages"),
    [
        ({"kind": "throtle"}, ["no fault 'throtle'", "did you mean throttle?"]),
        ({"kind": ""}, ["the faults are throttle, concurrent-modification"]),
        (
            {"kind": "throttle", "operations": ["iam:GetRol", "iamm:GetRole", "GetRole"]},
            [
                "iam has no operation 'GetRol'",
                "did you mean iam:GetRole?",
                "AWS has no service 'iamm'",
                "did you mean iam?",
                "'GetRole' is not an operation",
            ],
        ),
        ({"kind": "throttle", "rate": 20}, ["the rate is 20"]),
        ({"kind": "throttle", "rate": "many"}, ["could not convert"]),
        ({"kind": "throttle", "times": -1, "reads": 1}, ["times is negative", "has no reads"]),
        ({"kind": "throttle", "role": "a/b"}, ["'a/b' is not a role's name"]),
        ({"kind": "region-down"}, ["region-down needs a region"]),
        ({"kind": "region-down", "region": "eu-west-11"}, ["did you mean eu-west-1?"]),
        ({"kind": "latency"}, ["needs milliseconds"]),
        ({"kind": "stale", "operations": ["iam:GetRole"]}, ["stale needs reads"]),
        (
            {"kind": "stale", "operations": ["iam:ListRoles"], "reads": 1},
            ["AWS has no error of that kind for iam:ListRoles"],
        ),
        ({"kind": "half-way"}, ["half-way needs operations"]),
        ({"kind": "account-creation", "reason": "X"}, ["no reason 'X'", "INTERNAL_FAILURE"]),
        (
            {"kind": "account-creation", "operations": ["iam:GetRole"], "role": "a"},
            ["account-creation has no operations", "account-creation has no role"],
        ),
        (
            {"kind": "concurrent-modification", "operations": ["s3:GetObject"]},
            ["AWS has no error of that kind for s3:GetObject"],
        ),
        ({"kind": "throttle", "operations": ["IAM:getrole"]}, ["did you mean iam?"]),
        ({"kind": "throttle", "operations": ["iam:getrole"]}, ["did you mean iam:GetRole?"]),
        ({"kind": "throttle", "rate": float("nan")}, ["the rate is nan"]),
        (
            {"kind": "throttle", "per_second": float("inf"), "burst": 1},
            ["per_second is inf"],
        ),
        ({"kind": "throttle", "speed": 1}, ["a fault has no 'speed'"]),
    ],
)
def test_wrong_fault_is_reported_with_all_mistakes(
    fault: dict[str, Any], messages: list[str]
) -> None:
    with pytest.raises(ProblemsError) as caught:
        read(fault)
    for message in messages:
        assert message in str(caught.value)


@pytest.mark.parametrize(
    ("fault", "effect"),
    [
        ({"kind": "latency", "milliseconds": 500}, "answers 500 ms later"),
        ({"kind": "account-creation", "reason": "INVALID_EMAIL"}, "fail with INVALID_EMAIL"),
        ({"kind": "region-down", "region": "eu-west-1"}, "the services of eu-west-1 are"),
        ({"kind": "stale", "operations": ["iam:GetRole"], "reads": 3}, "for 3 reads of each"),
    ],
)
def test_effect_has_the_values_of_the_fault(fault: dict[str, Any], effect: str) -> None:
    assert effect in read(fault).effect


def test_page_has_every_kind() -> None:
    text = (ROOT / "docs/how-to/make-the-sandbox-fail.md").read_text()
    for kind in Kind:
        assert f"| `{kind}` |" in text


def test_command_adds_lists_and_removes(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> None:
    port = urlsplit(sandbox.url).port or 0
    monkeypatch.setattr(engine, "attach", lambda *_: Server(sandbox.pid, port, MANAGEMENT, 0.0))
    runner = CliRunner()
    options = ["--operation", "iam:*", "--rate", "0.2", "--seed", "7"]
    shown = runner.invoke(app, ["faults", "add", "throttle", *options]).output
    identity = shown.split()[1].rstrip(",")
    assert "throttle --operation 'iam:*' --seed 7 --rate 0.2: the sandbox answers with" in shown
    assert f"faults remove {identity} -s dev" in shown
    shown = runner.invoke(app, ["faults", "list"]).output
    assert f"{identity}  throttle --operation 'iam:*' --seed 7 --rate 0.2: met 0 of 0" in shown
    (listed,) = json.loads(runner.invoke(app, ["faults", "list", "--format", "json"]).output)
    assert listed["operations"] == ["iam:*"]
    assert "Removed 1 fault." in runner.invoke(app, ["faults", "remove", identity]).output
    assert "has no faults" in runner.invoke(app, ["faults", "list"]).output
    missing = runner.invoke(app, ["faults", "remove", identity]).exception
    assert isinstance(missing, ProblemsError)
    assert f"there is no fault {identity}" in str(missing)
    assert "Removed 0 faults." in runner.invoke(app, ["faults", "remove", "--all"]).output
    both = runner.invoke(app, ["faults", "remove"]).exception
    assert "name one fault, or --all" in str(both)
