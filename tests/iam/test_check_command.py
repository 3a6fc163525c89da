"""`landfall iam check`: files, findings, and mistakes in the files."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from contextlib import redirect_stderr, redirect_stdout
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest

from landfall.cli.main import main
from landfall.iam.actions import DataAge
from landfall.iam.escalation.paths import known
from tests.iam.cases import HOME, allow, deny
from tests.reports import sarif_schema

LAMBDA = ["iam:PassRole", "lambda:CreateFunction", "lambda:InvokeFunction"]
ROLES = "arn:aws:iam::*:role/*"
OLD = "warning: the data on AWS's actions"
GITHUB = f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com"
CATALOGUED = [path for path in known() if path.id.rpartition("-")[2].isdigit()]


def policy(*statements: object) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


@pytest.fixture
def write(tmp_path: Path) -> Any:
    def written(name: str, value: object) -> str:
        path = tmp_path / name
        text = value if isinstance(value, str | bytes) else json.dumps(value)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return str(path)

    return written


class Ended(NamedTuple):
    """The result of a call of the command."""

    returncode: int
    stdout: str
    stderr: str


def run(*arguments: str, stdin: str = "") -> Ended:
    """Call the command in this process, as a shell calls it."""
    out, err, status = io.StringIO(), io.StringIO(), 0
    with (
        patch.object(sys, "argv", ["landfall", "iam", "check", *arguments]),
        patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin.encode()))),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        try:
            main()
        except SystemExit as ended:
            status = int(ended.code or 0)
    # The data on actions ages while this test does not change; another test covers the warning.
    said = [one for one in err.getvalue().splitlines(keepends=True) if not one.startswith(OLD)]
    return Ended(status, out.getvalue(), "".join(said))


def answer(*arguments: str) -> Any:
    done = run(*arguments, "--format", "json")
    assert (done.returncode, done.stderr) == (0, ""), done.stderr
    return json.loads(done.stdout)


def test_an_identity_has_findings_and_escalations(write: Any) -> None:
    found = answer("--identity", write("a.json", policy(allow(LAMBDA, Sid="Deploy"))))
    worst = found["findings"][0]
    assert set(worst) == {"rule", "severity", "policy", "statement", "path", "message", "fix"}
    assert (worst["rule"], worst["severity"]) == ("escalation-pass-role", "high")
    assert (worst["statement"], worst["path"]) == ("Deploy", "Statement[0].Action")
    (way,) = found["escalations"]
    assert way["path"] == "lambda-001"
    assert way["actions"] == LAMBDA
    assert len(way["proof"]) == 3
    assert "Deploy of" in way["proof"][0]


def test_all_policies_of_an_identity_count_together(write: Any) -> None:
    one = write("one.json", policy(allow(LAMBDA[0])))
    two = write("two.json", policy(allow(LAMBDA[1:])))
    assert answer("--identity", one)["escalations"] == []
    for arguments in (("--identity", one, two), ("--identity", one, "--identity", two)):
        (way,) = answer(*arguments)["escalations"]
        assert way["path"] == "lambda-001"


@pytest.mark.parametrize("where", ["--identity", "--boundary", "--scp"])
def test_a_deny_that_cancels_silences_and_one_elsewhere_does_not(where: str, write: Any) -> None:
    own = write("own.json", policy(allow(LAMBDA)))
    everything = allow() if where == "--boundary" else deny("ec2:RunInstances")
    cancels = write("cancels.json", policy(everything, deny("iam:PassRole", ROLES)))
    other = write("other.json", policy(everything, deny("iam:PassRole", f"{ROLES[:-1]}reports")))
    assert answer("--identity", own, where, cancels)["escalations"] == []
    found = answer("--identity", own, where, other)
    assert [one["path"] for one in found["escalations"]] == ["lambda-001"]
    assert "escalation-pass-role" in {one["rule"] for one in found["findings"]}


@pytest.mark.parametrize("roles", ["*", ROLES])
def test_every_path_of_the_catalogue_is_found(roles: str, write: Any) -> None:
    batch = {}
    for path in CATALOGUED:
        rest = [action for action in path.actions if action != "iam:PassRole"]
        passing = [allow("iam:PassRole", roles)] if len(rest) < len(path.actions) else []
        batch[path.id] = policy(allow(rest), *passing)
    found = answer("--batch", write("batch.json", batch))
    assert len(batch) == 65
    for path in CATALOGUED:
        ways = {one["path"]: one for one in found[path.id]["escalations"]}
        assert set(ways[path.id]["actions"]) == set(path.actions)
        assert found[path.id]["findings"]


def test_check_of_a_trust_policy_reports_trusted_principals(write: Any) -> None:
    statement = {
        "Effect": "Allow",
        "Principal": {"Federated": GITHUB},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    found = answer("--trust", write("trust.json", policy(statement)))
    assert found["findings"][0]["rule"] == "trust-oidc-any-subject"
    assert found["entrances"][0]["who"] == GITHUB
    assert found["entrances"][0]["open"] is True


@pytest.mark.parametrize("type_", ["s3", "AWS::S3::Bucket", "aws:s3/bucket:Bucket"])
def test_a_resource_policy_is_judged_by_its_type(type_: str, write: Any) -> None:
    public = allow("s3:GetObject", "arn:aws:s3:::a/*", Principal="*")
    file = write("bucket.json", policy(public))
    found = answer("--resource-policy", file, "--resource-type", type_)
    assert [one["rule"] for one in found["findings"]] == ["public-resource"]


def test_a_batch_answers_by_name_with_its_time(write: Any) -> None:
    documents = {"admin": policy(allow()), "none": policy(allow("s3:GetObject", "arn:aws:s3:::a"))}
    found = answer("--batch", write("batch.json", documents))
    assert list(found) == ["admin", "none"]
    assert [one["rule"] for one in found["admin"]["findings"]] == ["administrator"]
    assert all(one["milliseconds"] > 0 for one in found.values())


def test_a_batch_takes_documents_as_text_too(write: Any) -> None:
    documents = {"object": policy(allow()), "text": json.dumps(policy(allow()))}
    found = answer("--batch", write("batch.json", documents))
    assert [one["rule"] for one in found["text"]["findings"]] == ["administrator"]
    assert len(found["text"]["escalations"]) == len(found["object"]["escalations"])


def test_a_batch_names_what_cannot_be_judged_and_judges_the_rest(write: Any) -> None:
    file = write("batch.json", {"good": policy(allow()), "bad": {"Statement": 3}, "worse": 1})
    done = run("--batch", file, "--format", "json")
    found = json.loads(done.stdout)
    assert done.returncode == 1
    assert found["good"]["findings"]
    assert found["bad"]["problems"][0]["path"] == "Statement"
    assert "not a number" in found["worse"]["problems"][0]["what"]


def test_sarif_is_valid_and_leads_to_the_line(write: Any) -> None:
    file = write("own.json", json.dumps(policy(deny("s3:*"), allow(LAMBDA)), indent=2))
    done = run("--identity", file, "--format", "sarif")
    log = json.loads(done.stdout)
    sarif_schema.validate(log)
    results = {one["ruleId"]: one for one in log["runs"][0]["results"]}
    place = results["escalation-pass-role"]["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == file
    lines = Path(file).read_text().splitlines()
    assert lines[place["region"]["startLine"]].strip() == '"Effect": "Allow",'


def test_text_report_has_findings_and_proofs(write: Any) -> None:
    done = run("--identity", write("own.json", policy(allow(LAMBDA))), "--proof")
    assert done.returncode == 0
    assert "own.json:1: advice [escalation-pass-role] high" in done.stdout
    assert "iam:PassRole on *: Statement[0] of" in done.stdout


def test_text_without_proof_has_one_sentence_for_each_escalation(write: Any) -> None:
    text = run("--identity", write("own.json", policy(allow(LAMBDA)))).stdout
    section = text.partition("Escalations\n")[2].partition("\n\n")[0].splitlines()
    assert section == [
        "  --proof shows which statement gives each action.",
        "  lambda-001: the identity starts a resource with a role of its choice with iam:PassRole"
        " + lambda:CreateFunction + lambda:InvokeFunction",
    ]
    assert text.endswith("Policies: to be reviewed (1 high): 2 advisory\n")


@pytest.mark.parametrize(("gravity", "status"), [("high", 0), ("medium", 1), ("note", 1)])
def test_exit_status_follows_the_fail_on_option(gravity: str, status: int, write: Any) -> None:
    file = write("own.json", policy(allow("s3:*")))
    assert run("--identity", file).returncode == 0
    assert run("--identity", file, "--fail-on", gravity).returncode == status
    batch = write("batch.json", {"one": policy(allow("s3:*"))})
    assert run("--batch", batch, "--fail-on", gravity).returncode == status


def test_the_command_runs_on_its_own(write: Any) -> None:
    code = "from landfall.cli.main import main; main()"
    file = write("own.json", policy(allow(LAMBDA)))
    done = subprocess.run(
        [sys.executable, "-c", code, "iam", "check", "--identity", file, "--fail-on", "high"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert done.returncode == 1
    assert "refused: 1 mandatory" in done.stdout


def test_old_action_data_is_reported(write: Any, capsys: pytest.CaptureFixture[str]) -> None:
    old = DataAge("0.1.0", datetime(2020, 1, 1, tzinfo=UTC))
    file = write("own.json", policy(allow("s3:GetObject", "arn:aws:s3:::a/*")))
    arguments = ["landfall", "iam", "check", "--identity", file, "--format", "json"]
    with (
        patch("landfall.iam.actions.data_age", lambda: old),
        patch.object(sys, "argv", arguments),
        pytest.raises(SystemExit) as ended,
    ):
        main()
    told = capsys.readouterr()
    assert not ended.value.code
    assert told.err.startswith(OLD)
    assert json.loads(told.out)["findings"] == []


def test_standard_input_is_read() -> None:
    done = run("--identity", "-", "--format", "json", stdin=json.dumps(policy(allow())))
    assert json.loads(done.stdout)["findings"][0]["rule"] == "administrator"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        "3",
        "null",
        '"a"',
        '{"Statement": 3}',
        "[" * 100_000,
        '{"Statement": [{"Effect": "Allow"}]}',
        b"\xff\xfe",
        "{}" + " " * (10 * 1024 * 1024),
    ],
)
@pytest.mark.parametrize("option", ["--identity", "--trust", "--batch"])
def test_bad_input_is_refused_clearly(text: str | bytes, option: str, write: Any) -> None:
    file = write("bad.json", text)
    done = run(option, file, "--format", "json")
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert done.stderr.startswith(f"error: {file}") or '"problems"' in done.stdout


def test_mistakes_of_all_files_are_reported(write: Any) -> None:
    one, two = write("one.json", {"Statement": 3}), write("two.json", "{")
    done = run("--identity", one, two, "--principal", "alice")
    assert done.returncode == 1
    assert one in done.stderr
    assert two in done.stderr
    assert "--principal" in done.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("--scp", "a.json"),
        ("--resource-policy", "a.json"),
        ("--resource-type", "s3", "--identity", "a.json"),
        ("--batch", "a.json", "--identity", "a.json"),
        ("--batch", "a.json", "--format", "sarif"),
    ],
)
def test_call_with_missing_or_conflicting_options_is_refused(arguments: tuple[str, ...]) -> None:
    done = run(*arguments)
    assert done.returncode == 2
    assert done.stderr.startswith("error: ")


def test_missing_file_is_named() -> None:
    done = run("--identity", "no-such-file.json")
    assert done.returncode == 1
    assert "no-such-file.json:" in done.stderr
