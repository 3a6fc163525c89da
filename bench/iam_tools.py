"""Other tools that check IAM policies, in the environment of `make bench-tools`.

`python bench/iam_tools.py TOOL FILE` prints the milliseconds of CPU time of each policy text of a
JSON list, as JSON. It imports nothing of the project, so another environment's Python can run it.
"""

from __future__ import annotations

import importlib
import json
import sys
import tempfile
import time
from collections.abc import Callable, Iterable
from pathlib import Path

Judge = Callable[[str], object]


def times(judge: Judge, texts: Iterable[str]) -> list[float]:
    """Return the milliseconds of each document, after a first one that loads the tool's data."""
    took = []
    listed = list(texts)
    for text in [listed[0], *listed]:
        began = time.process_time()
        judge(text)
        took.append((time.process_time() - began) * 1000)
    return took[1:]


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


def _policy_sentry() -> Judge:
    """Let policy_sentry expand the actions of a policy, the closest that it has to a check."""
    module = importlib.import_module("policy_sentry.analysis.expand")
    return lambda text: module.get_expanded_policy(json.loads(text))


def _checkov() -> Judge:
    """Let checkov check the policy of a CloudFormation template, as its users do."""
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


_TOOLS: dict[str, Callable[[], Judge]] = {
    "cloudsplaining": _cloudsplaining,
    "parliament": _parliament,
    "policy_sentry": _policy_sentry,
    "checkov": _checkov,
}
NAMES = tuple(_TOOLS)


def main(tool: str, sample: str) -> None:
    """Print the times of a tool and the number of documents that it fails on, as JSON."""
    judge = _TOOLS[tool]()
    failed: list[str] = []

    def tried(text: str) -> object:
        try:
            return judge(text)
        except Exception as error:
            failed.append(repr(error))
            return None

    took = times(tried, json.loads(Path(sample).read_text(encoding="utf-8")))
    print(json.dumps({"times": took, "failed": len(failed)}))


if __name__ == "__main__":
    main(*sys.argv[1:])
