"""`landfall iam simulate`: requests as JSON, answers in order, bad input named by path."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from landfall.iam import simulation
from landfall.iam.simulation import Case
from landfall.problems import ProblemsError
from tests.iam.cases import HOME, OBJECT, USER, allow, deny

FULL = {"Version": "2012-10-17", "Statement": [allow(Sid="All")]}
NO_S3 = {"Version": "2012-10-17", "Statement": [deny("s3:*")]}
REQUEST: dict[str, Any] = {
    "principal": USER,
    "action": "s3:GetObject",
    "resource": OBJECT,
    "identityPolicies": [FULL],
}


def run(source: str | bytes, tmp_path: Path, *options: str) -> subprocess.CompletedProcess[str]:
    file = tmp_path / "requests.json"
    file.write_bytes(source if isinstance(source, bytes) else source.encode())
    command = [sys.executable, "-c", "from landfall.cli.main import main; main()"]
    return subprocess.run(
        [*command, "iam", "simulate", str(file), *options],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )


def answers(requests: object) -> Any:
    cases = simulation.read(json.dumps(requests))
    if isinstance(cases, Case):
        return simulation.answer(cases)
    return [simulation.answer(case) for case in cases]


def problems(source: object) -> dict[str, str]:
    text = source if isinstance(source, str | bytes) else json.dumps(source)
    with pytest.raises(ProblemsError) as refused:
        simulation.read(text)
    assert refused.value.exit_status == 1
    return {problem.path: problem.what for problem in refused.value.problems}


def test_one_request_has_one_answer(tmp_path: Path) -> None:
    done = run(json.dumps(REQUEST), tmp_path, "--format", "json")
    assert (done.returncode, done.stderr) == (0, "")
    assert json.loads(done.stdout) == {
        "decision": "allowed",
        "reason": "allowed by All of identityPolicies[0]",
        "policy": "identityPolicies[0]",
        "statement": "All",
        "statementIndex": 0,
    }


def test_a_list_has_a_list_of_answers_in_order(tmp_path: Path) -> None:
    requests = [
        REQUEST,
        {**REQUEST, "serviceControlPolicies": [[FULL], [FULL, NO_S3]]},
        {**REQUEST, "identityPolicies": []},
        {
            **REQUEST,
            "identityPolicies": [
                {
                    "Version": "2012-10-17",
                    "Statement": allow(Condition={"Bool": {"aws:SecureTransport": "true"}}),
                }
            ],
            "context": {"aws:SecureTransport": {"$unknown": True}},
        },
    ]
    done = run(json.dumps(requests), tmp_path, "--format", "json")
    found = json.loads(done.stdout)
    assert [one["decision"] for one in found] == [
        "allowed",
        "explicitDeny",
        "implicitDeny",
        "undecidable",
    ]
    assert found[1]["policy"] == "serviceControlPolicies[1][1]"
    text = run(json.dumps(requests), tmp_path).stdout.splitlines()
    assert text[2] == f"[2] implicitDeny: no identity policy allows s3:GetObject on {OBJECT}"
    assert run("[]", tmp_path, "--format", "json").stdout.strip() == "[]"


def test_every_field_counts() -> None:
    def decided(**fields: object) -> str:
        return str(answers({**REQUEST, **fields})["decision"])

    to_all = {"Version": "2012-10-17", "Statement": allow(Principal="*")}
    none = {"Version": "2012-10-17", "Statement": allow("ec2:*")}
    assert decided() == "allowed"
    assert decided(resourceAccount="444455556666") == "implicitDeny"
    assert decided(resourceAccount="444455556666", resourcePolicy=to_all) == "allowed"
    assert decided(permissionsBoundaries=[none]) == "implicitDeny"
    assert decided(sessionPolicies=[none]) == "implicitDeny"
    assert decided(serviceControlPolicies=[]) == "allowed"
    assert decided(serviceControlPolicies=[[]]) == "implicitDeny"
    assert decided(serviceControlPolicies=[FULL, [NO_S3]]) == "explicitDeny"
    assert decided(serviceControlPolicies=[[NO_S3]], managementAccountId=HOME) == "allowed"
    denying = {"Version": "2012-10-17", "Statement": deny(Principal="*")}
    assert decided(resourceControlPolicies=[[denying]]) == "explicitDeny"
    assert decided(endpointPolicies=[denying]) == "explicitDeny"
    assert decided(identityPolicies=[json.dumps(FULL)]) == "allowed"
    assert decided(identityPolicies=None, context=None, resourcePolicy=None) == "implicitDeny"
    secure = {"Bool": {"aws:SecureTransport": "true"}}
    over_tls = {"Version": "2012-10-17", "Statement": allow(Condition=secure)}
    assert decided(identityPolicies=[over_tls]) == "implicitDeny"
    assert decided(identityPolicies=[over_tls], contextComplete=False) == "undecidable"
    unnamed = {"Version": "2012-10-17", "Statement": allow("s3:*")}
    assert decided(endpointPolicies=[unnamed]) == "allowed"
    anonymous = {"principal": "anonymous", "resourcePolicy": json.dumps(to_all)}
    assert decided(identityPolicies=[], **anonymous) == "allowed"
    assert decided(principal="s3.amazonaws.com", identityPolicies=[]) == "implicitDeny"


def test_the_time_of_the_request_is_now_unless_given(tmp_path: Path) -> None:
    condition = {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}}
    past = {"Version": "2012-10-17", "Statement": allow(Condition=condition)}
    request = {**REQUEST, "identityPolicies": [past]}
    done = run(json.dumps(request), tmp_path, "--format", "json")
    assert json.loads(done.stdout)["decision"] == "implicitDeny"
    given = {**request, "context": {"aws:CurrentTime": "2019-06-01"}}
    done = run(json.dumps(given), tmp_path, "--format", "json")
    assert json.loads(done.stdout)["decision"] == "allowed"


def test_all_mistakes_of_a_request_are_reported_together_with_paths() -> None:
    found = problems(
        [
            REQUEST,
            7,
            {"principal": "alice", "action": "s3:Get*", "resource": "b", "identityPolicy": []},
            {**REQUEST, "principal": "alice"},
            {
                **REQUEST,
                "resourceAccount": "12",
                "context": {"a:b": {"c": 1}, "A:B": "x", "a:c": [[]]},
                "identityPolicies": [{"Statement": [{"Effect": "Allow", "Action": 1}]}, 5],
                "serviceControlPolicies": [[FULL, "{"], 3],
                "resourcePolicy": [],
                "sessionPolicies": {},
            },
            {"action": "s3:GetObject"},
        ]
    )
    assert set(found) == {
        "[1]",
        "[2].action",
        "[2].resource",
        "[2].identityPolicy",
        "[3].principal",
        "[4].resourceAccount",
        "[4].context.a:b",
        "[4].context.A:B",
        "[4].context.a:c[0]",
        "[4].identityPolicies[0].Statement[0]",
        "[4].identityPolicies[0].Statement[0].Action",
        "[4].identityPolicies[1]",
        "[4].serviceControlPolicies[0][1]",
        "[4].serviceControlPolicies[1][0]",
        "[4].resourcePolicy",
        "[4].sessionPolicies",
        "[5].principal",
    }


@pytest.mark.parametrize(
    "source",
    [
        "",
        "nonsense",
        "null",
        '"x"',
        "7",
        b"\xff",
        "[" * 200_000,
        '{"principal":' * 100_000,
        json.dumps({**REQUEST, "principal": "\ud800\u001b[31m"}),
        json.dumps({**REQUEST, "\u001b[31m\ud800": 1}),
        json.dumps({**REQUEST, "resource": "arn:aws:s3:::" + "x" * 9_000}),
    ],
    ids=lambda source: f"{len(source)}-{source[:10]!r}",
)
def test_bad_input_is_refused_without_a_traceback(source: str | bytes, tmp_path: Path) -> None:
    done = run(source, tmp_path, "--format", "json")
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("error: ")
    assert "Traceback" not in done.stderr
    assert "\x1b" not in done.stderr


def test_a_sid_of_any_characters_is_printed_safely(tmp_path: Path) -> None:
    policy = {"Version": "2012-10-17", "Statement": allow(Sid="\u001b[31m\ud800")}
    for form in ("text", "json"):
        request = json.dumps({**REQUEST, "identityPolicies": [policy]})
        done = run(request, tmp_path, "--format", form)
        assert done.returncode == 0
        assert "\x1b" not in done.stdout


def test_a_missing_file_is_a_wrong_call(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "from landfall.cli.main import main; main()"]
    done = subprocess.run(
        [*command, "iam", "simulate", str(tmp_path / "none.json")],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 2
    assert "none.json:" in done.stderr


LARGE: dict[str, Callable[[], str]] = {
    "many items": lambda: "[" + "1," * 3_000_000 + "1]",
    "many keys": lambda: "[{" + ",".join(f'"k{n}":1' for n in range(300_000)) + "}]",
    "many context keys": lambda: json.dumps(
        {**REQUEST, "context": {f"k:{n}": [] for n in range(300_000)}}
    ),
    "many context values": lambda: json.dumps({**REQUEST, "context": {"k:x": ["a"] * 300_000}}),
    "many levels": lambda: json.dumps({**REQUEST, "serviceControlPolicies": [[]] * 1_000_000}),
    "many texts": lambda: json.dumps({**REQUEST, "identityPolicies": ["{"] * 1_000_000}),
    "many statements": lambda: json.dumps(
        {
            **REQUEST,
            "identityPolicies": [
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        allow(
                            f"svc{number}:Get*",
                            f"arn:aws:s3:::b{number}/*",
                            Condition={"StringLike": {"a:b": [f"x{number}*"]}},
                        )
                        for number in range(60_000)
                    ],
                }
            ],
        }
    ),
    "many patterns": lambda: json.dumps(
        {
            **REQUEST,
            "context": {"a:b": ["q" * 100] * 1_000},
            "identityPolicies": [
                {
                    "Version": "2012-10-17",
                    "Statement": [
                        allow(
                            Condition={
                                "ForAnyValue:StringLike": {
                                    "a:b": [f"*{number}?z" for number in range(1_000)]
                                }
                            }
                        )
                    ]
                    * 300,
                }
            ],
        }
    ),
    "many stars": lambda: json.dumps(
        {
            **REQUEST,
            "identityPolicies": [
                {"Version": "2012-10-17", "Statement": [allow("s3:*", "*a" * 15_000)] * 300}
            ],
            "resource": "arn:aws:s3:::" + "a" * 2_000,
        }
    ),
    "long patterns": lambda: json.dumps(
        {
            **REQUEST,
            "identityPolicies": [
                {
                    "Version": "2012-10-17",
                    "Statement": allow("*", ["?a*" * 10_000 + f"b{n}" for n in range(300)]),
                }
            ],
            "resource": "arn:aws:s3:::" + "a" * 2_000,
        }
    ),
}


@pytest.mark.parametrize("kind", LARGE)
def test_large_input_has_an_answer_or_an_error_soon(kind: str) -> None:
    source = LARGE[kind]()
    assert len(source) < 10_500_000
    start = time.process_time()
    reported = 0
    try:
        cases = simulation.read(source)
        for case in cases if isinstance(cases, list) else [cases]:
            simulation.answer(case)
    except ProblemsError as error:
        reported = len(error.problems)
    assert reported <= 101
    assert time.process_time() - start < 30


def test_the_engine_needs_no_library_of_the_stacks() -> None:
    code = (
        "import sys; from landfall.iam import simulation, actions, evaluation; "
        "print([name for name in ('pulumi', 'boto3', 'pydantic', 'moto') if name in sys.modules])"
    )
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, timeout=60, check=True
    )
    assert done.stdout.strip() == "[]"
