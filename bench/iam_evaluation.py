"""The permission engine's figures: decisions a second, and reading AWS's managed policies.

Times are CPU times of this process, so that other load on the machine counts less.
Run alone as `python -m bench.iam_evaluation`; it needs no sandbox and no stack.
"""

from __future__ import annotations

import json
import statistics
import time
from collections.abc import Callable
from typing import Any

from bench.measure import tell
from landfall.iam import documents, simulation
from landfall.iam.documents import Document
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import Request

_ACCOUNT = "111122223333"
_ROUNDS = 3
_DECISIONS = 20_000


def main() -> None:
    """Print the figures of decisions and of documents."""
    _decisions()
    _documents()


def _document(*statements: dict[str, object]) -> Document:
    return documents.parse({"Version": "2012-10-17", "Statement": list(statements)})


def _policies() -> Policies:
    full = _document({"Effect": "Allow", "Action": "*", "Resource": "*"})
    regions = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1", "us-east-1"]}}
    return Policies(
        identity=(
            _document(
                {
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:PutObject"],
                    "Resource": "arn:aws:s3:::artifacts-*/*",
                },
                {
                    "Effect": "Allow",
                    "Action": "sqs:*",
                    "Resource": f"arn:aws:sqs:*:{_ACCOUNT}:jobs-${{aws:PrincipalAccount}}",
                },
            ),
        ),
        service_control=(
            (full,),
            (
                full,
                _document(
                    {
                        "Effect": "Deny",
                        "NotAction": ["iam:*", "sts:*"],
                        "Resource": "*",
                        "Condition": regions,
                    },
                    {"Effect": "Deny", "Action": "organizations:*", "Resource": "*"},
                ),
            ),
        ),
    )


def _simple() -> Policies:
    return Policies(identity=_policies().identity)


def _requests() -> list[dict[str, Any]]:
    session = f"arn:aws:sts::{_ACCOUNT}:assumed-role/deploy/run"
    context = {"aws:RequestedRegion": "eu-west-1", "aws:SecureTransport": "true"}
    targets = [
        ("s3:GetObject", "arn:aws:s3:::artifacts-eu/build.zip"),
        ("s3:DeleteObject", "arn:aws:s3:::artifacts-eu/build.zip"),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{_ACCOUNT}:jobs-{_ACCOUNT}"),
        ("organizations:LeaveOrganization", "*"),
    ]
    return [
        {"principal": session, "action": action, "resource": resource, "context": context}
        for action, resource in targets
    ]


def _decisions() -> None:
    for name, policies in (
        ("identity policy", _simple()),
        ("identity policy and SCPs", _policies()),
    ):
        fields = _requests()

        def ask(policies: Policies = policies, fields: list[dict[str, Any]] = fields) -> None:
            for number in range(_DECISIONS):
                evaluate(Request(**fields[number % len(fields)]), policies)

        seconds = _best(ask)
        tell(f"decisions, {name}", round(_DECISIONS / seconds), "/s")
    text = json.dumps(
        [
            {
                **request,
                "identityPolicies": [
                    json.loads(documents.serialise(one)) for one in _policies().identity
                ],
            }
            for request in _requests()
        ]
        * 500
    )

    def simulate() -> None:
        cases = simulation.read(text)
        for case in cases if isinstance(cases, list) else [cases]:
            simulation.answer(case)

    tell("simulated requests, documents read for each", round(2_000 / _best(simulate)), "/s")


def _documents() -> None:
    """Measure reading every managed policy of the emulator; the floor reads it as plain JSON."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    texts = [
        json.dumps(policy["Document"]) for policy in json.loads(aws_managed_policies_data).values()
    ]
    read = [_milliseconds(documents.parse, text) for text in texts]
    plain = [_milliseconds(json.loads, text) for text in texts]
    tell("documents read", len(texts), "documents")
    tell("document, median", statistics.median(read), "ms", statistics.median(plain))
    tell("document, p99", _p99(read), "ms", _p99(plain))
    tell("document, slowest", max(read), "ms", max(plain))


def _milliseconds(call: Callable[[str], object], text: str) -> float:
    return min(_timed(call, text) for _ in range(_ROUNDS)) * 1000


def _timed(call: Callable[[str], object], text: str) -> float:
    start = time.process_time()
    call(text)
    return time.process_time() - start


def _best(call: Callable[[], None]) -> float:
    return min(_timed(lambda _: call(), "") for _ in range(_ROUNDS))


def _p99(values: list[float]) -> float:
    return statistics.quantiles(values, n=100)[98]


if __name__ == "__main__":
    main()
