"""`landfall iam check` over all of AWS's managed policies, beside the tools that are installed.

Run alone as `python -m bench.iam_check`; it needs no sandbox and no stack. The time of a document
is what `--batch` tells: reading it, and every rule. Other tools judge the same documents in the
same process where they can be imported, and else the line says that they cannot.
"""

from __future__ import annotations

import importlib
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from bench.measure import tell
from landfall.iam.analysis import reading

_ROUNDS = 3
# Others take seconds for some documents.
_SAMPLE = 200

Judge = Callable[[str], object]


def main() -> None:
    """Print every figure."""
    policies = _managed()
    took = _ours(policies)
    median = statistics.median(took)
    tell("iam check: policies", len(took), "documents")
    tell("iam check: document, median", median, "ms")
    tell("iam check: document, p99", statistics.quantiles(took, n=100)[98], "ms")
    tell("iam check: document, slowest", max(took), "ms")
    _command(policies)
    _others(policies)


def _managed() -> dict[str, Any]:
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    return {
        name: policy["Document"] for name, policy in json.loads(aws_managed_policies_data).items()
    }


def _ours(policies: dict[str, Any]) -> list[float]:
    """Return the milliseconds of each document in one batch, all rounds the first of a process."""
    code = "import sys; from bench.iam_check import tell_batch; tell_batch(sys.stdin.read())"
    text = json.dumps(policies)
    rounds = [
        json.loads(
            subprocess.run(
                [sys.executable, "-c", code], input=text, capture_output=True, text=True, check=True
            ).stdout
        )
        for _ in range(_ROUNDS)
    ]
    return [min(times) for times in zip(*rounds, strict=True)]


def tell_batch(text: str) -> None:
    """Judge a batch and print the milliseconds of its documents."""
    print(json.dumps([one.found["milliseconds"] for one in reading.batch(text, "batch")]))


def _command(policies: dict[str, Any]) -> None:
    """Measure the command from its start to its end, for one document and for all of them."""
    call = [sys.executable, "-c", "from landfall.cli.main import main; main()", "iam", "check"]
    with tempfile.TemporaryDirectory() as folder:
        one, every = Path(folder) / "one.json", Path(folder) / "all.json"
        one.write_text(json.dumps(policies["ReadOnlyAccess"]), encoding="utf-8")
        every.write_text(json.dumps(policies), encoding="utf-8")
        python = _seconds([sys.executable, "-c", "pass"])
        tell("iam check: command, one document", _seconds([*call, "--identity", one]), "s", python)
        tell("iam check: command, all of them", _seconds([*call, "--batch", every]), "s", python)


def _seconds(command: list[Any]) -> float:
    took = []
    for _ in range(_ROUNDS):
        began = time.perf_counter()
        subprocess.run([str(part) for part in command], capture_output=True, check=True)
        took.append(time.perf_counter() - began)
    return statistics.median(took)


def _others(policies: dict[str, Any]) -> None:
    """Measure what else is installed on every so-manieth document."""
    names = sorted(policies)[:: max(len(policies) // _SAMPLE, 1)]
    texts = [json.dumps(policies[name]) for name in names]
    ours = statistics.median(_times(_landfall, texts))
    for name, load in (
        ("cloudsplaining", _cloudsplaining),
        ("parliament", _parliament),
        ("checkov", _checkov),
    ):
        try:
            judge = load()
        except ImportError:
            print(json.dumps({"figure": f"iam check: {name}", "unit": "not installed"}), flush=True)
            continue
        theirs = _times(judge, texts)
        median, slowest = statistics.median(theirs), max(theirs)
        tell(f"iam check: {name}, {len(texts)} documents, median", median, "ms", ours)
        tell(f"iam check: {name}, {len(texts)} documents, slowest", slowest, "ms")


def _times(judge: Judge, texts: Iterable[str]) -> list[float]:
    """Return the milliseconds of each document, after a first one that loads what is needed."""
    took = []
    listed = list(texts)
    for text in [listed[0], *listed]:
        began = time.perf_counter()
        judge(text)
        took.append((time.perf_counter() - began) * 1000)
    return took[1:]


def _landfall(text: str) -> object:
    from landfall.iam.analysis import Subject, check

    return check(Subject(identity=(("own", reading.document(text, "identity", "own")),)))


def _cloudsplaining() -> Judge:
    scan = importlib.import_module("cloudsplaining.scan.policy_document")

    def judge(text: str) -> object:
        found = scan.PolicyDocument(json.loads(text))
        return [
            found.allows_privilege_escalation,
            found.permissions_management_without_constraints,
            found.write_actions_without_constraints,
            found.tagging_actions_without_constraints,
            found.allows_data_exfiltration_actions,
            found.credentials_exposure,
            found.service_wildcard,
        ]

    return judge


def _parliament() -> Judge:
    module = importlib.import_module("parliament")
    return lambda text: module.analyze_policy_string(text, include_community_auditors=True)


def _checkov() -> Judge:
    """Let checkov judge the policy of a CloudFormation template, as its users do."""
    runner = importlib.import_module("checkov.cloudformation.runner").Runner
    chosen = importlib.import_module("checkov.runner_filter").RunnerFilter

    def judge(text: str) -> object:
        resource = {
            "Type": "AWS::IAM::ManagedPolicy",
            "Properties": {"PolicyDocument": json.loads(text)},
        }
        with tempfile.TemporaryDirectory() as folder:
            template = Path(folder) / "policy.json"
            body = {"AWSTemplateFormatVersion": "2010-09-09", "Resources": {"Policy": resource}}
            template.write_text(json.dumps(body), encoding="utf-8")
            return runner().run(root_folder=None, files=[str(template)], runner_filter=chosen())

    return judge


if __name__ == "__main__":
    main()
