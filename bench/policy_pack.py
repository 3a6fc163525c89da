"""The time that the policy pack adds to a run of 500 resources, called as the engine calls it.

`python -m bench.policy_pack [RESOURCES]` prints JSON lines. The floor is the SDK with four policy
objects that do nothing, in the same process: the difference is the pack's own time.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Callable
from statistics import median
from typing import Any

from bench.measure import tell

_RESOURCES = 500
_TIMES = 5


def main(count: int = _RESOURCES) -> None:
    """Print every figure."""
    starts = [_seconds(lambda: _python("from policies.pack import load; load()")) for _ in range(3)]
    floors = [_seconds(lambda: _python("import pulumi_policy")) for _ in range(3)]
    tell("policy pack: start", median(starts), "s", median(floors))
    requests = [_request(index) for index in range(count)]
    pack = median(_seconds(lambda: _judge(_pack(), requests)) for _ in range(_TIMES))
    bare = median(_seconds(lambda: _judge(_bare(), requests)) for _ in range(_TIMES))
    tell(f"policy pack: {count} resources", pack, "s", bare)
    added = pack - bare + median(starts) - median(floors)
    tell(f"policy pack: added to {count} resources", added, "s")


def _python(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)


def _seconds(work: Callable[[], None]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _pack() -> Any:
    from policies.judge import Judge
    from policies.pack import build
    from policies.serving import servicer
    from policies.settings import Run

    judge = Judge(Run())
    return _server(servicer(judge), build(judge))


def _bare() -> Any:
    from pulumi_policy import ResourceValidationPolicy, StackValidationPolicy, policy

    def nothing(args: Any, report: Any) -> None:
        return None

    kinds = (ResourceValidationPolicy, StackValidationPolicy)
    policies = [
        kind(name=f"{kind.__name__}-{index}", description="nothing", validate=nothing)
        for kind in kinds
        for index in range(2)
    ]
    return _server(policy._PolicyAnalyzerServicer, policies)


def _server(kind: Any, policies: list[Any]) -> Any:
    from pulumi_policy import EnforcementLevel

    return kind("bench", "0.0.1", policies, EnforcementLevel.ADVISORY)


def _judge(server: Any, requests: list[Any]) -> None:
    from pulumi.runtime.proto import analyzer_pb2

    for request in requests:
        server.Analyze(request, None)
    stack = [
        analyzer_pb2.AnalyzerResource(
            type=each.type, urn=each.urn, name=each.name, properties=each.properties
        )
        for each in requests
    ]
    server.AnalyzeStack(analyzer_pb2.AnalyzeStackRequest(resources=stack), None)


def _request(index: int) -> Any:
    """Return a typical resource of a landing zone; every document is different."""
    from google.protobuf import struct_pb2
    from pulumi.runtime.proto import analyzer_pb2

    type_, properties = _KINDS[index % len(_KINDS)](index)
    struct = struct_pb2.Struct()
    struct.update(properties)
    return analyzer_pb2.AnalyzeRequest(
        type=type_,
        urn=f"urn:pulumi:bench::bench::{type_}::resource-{index}",
        name=f"resource-{index}",
        properties=struct,
    )


def _document(index: int, statements: int, **more: Any) -> str:
    return json.dumps(
        {
            "Version": "2012-10-17",
            "Statement": [
                {
                    "Sid": f"Statement{number}",
                    "Effect": "Allow",
                    "Action": ["s3:GetObject", "s3:GetObjectVersion", "kms:Decrypt"],
                    "Resource": [f"arn:aws:s3:::bucket-{index}-{number}/*"],
                    "Condition": {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}},
                    **more,
                }
                for number in range(statements)
            ],
        }
    )


def _role(index: int) -> tuple[str, dict[str, Any]]:
    trust = {
        "Effect": "Allow",
        "Action": "sts:AssumeRole",
        "Principal": {"AWS": f"arn:aws:iam::{index:012}:role/deploy"},
    }
    properties = {"name": f"role-{index}", "assumeRolePolicy": json.dumps({"Statement": [trust]})}
    return "aws:iam/role:Role", properties


def _policy(index: int) -> tuple[str, dict[str, Any]]:
    # Of the role of `_role`, which precedes it.
    properties = {"role": f"role-{index - 1}", "policy": _document(index, 8)}
    return "aws:iam/rolePolicy:RolePolicy", properties


def _bucket(index: int) -> tuple[str, dict[str, Any]]:
    return "aws:s3/bucket:Bucket", {"bucket": f"bucket-{index}", "tags": {"owner": "a"}}


def _bucket_policy(index: int) -> tuple[str, dict[str, Any]]:
    # The bucket of `_bucket`, which precedes it.
    everybody = {"Principal": "*"}
    return "aws:s3/bucketPolicy:BucketPolicy", {
        "bucket": f"bucket-{index - 1}",
        "policy": _document(index, 4, **everybody),
    }


def _log_group(index: int) -> tuple[str, dict[str, Any]]:
    return "aws:cloudwatch/logGroup:LogGroup", {
        "name": f"/landfall/{index}",
        "kmsKeyId": f"arn:aws:kms:eu-west-1:111122223333:key/{index}",
        "retentionInDays": 365,
    }


_KINDS = (_role, _policy, _bucket, _bucket_policy, _log_group)

if __name__ == "__main__":
    main(*(int(argument) for argument in sys.argv[1:]))
