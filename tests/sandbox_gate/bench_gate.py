"""Measure the gate: print medians of a request as a JSON line, `python -m` this module.

`request_cpu_ms` is the server's CPU for a request, HTTP and the emulator's answer included.

Two servers answer the same calls in turn, one that judges each call by its permissions and one that
allows every call. The calls are those of the sandbox's administrator, and of a member's role with
two policies, a boundary and a service control policy.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import psutil

from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, create_account, start, trust

_ROUNDS = 300
_SCP = "SERVICE_CONTROL_POLICY"


def _allow(*actions: str) -> str:
    statement = {"Effect": "Allow", "Action": list(actions), "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _calls(sandbox: Sandbox) -> list[Callable[[], Any]]:
    """Build an organization with a member, and return calls."""
    organizations, s3 = sandbox.client("organizations"), sandbox.client("s3")
    organizations.create_organization(FeatureSet="ALL")
    account = create_account(organizations, "member")
    root = organizations.list_roots()["Roots"][0]["Id"]
    organizations.enable_policy_type(RootId=root, PolicyType=_SCP)
    policy = {"Effect": "Deny", "NotAction": ["iam:*", "kms:*", "sts:*"], "Resource": "*"}
    condition = {"Condition": {"StringNotEquals": {"aws:RequestedRegion": "eu-west-1"}}}
    content = json.dumps({"Version": "2012-10-17", "Statement": [policy | condition]})
    made = organizations.create_policy(Name="r", Description="", Type=_SCP, Content=content)
    summary = made["Policy"]["PolicySummary"]
    organizations.attach_policy(PolicyId=summary["Id"], TargetId=account)
    iam = sandbox.client("iam", account=account)
    limit = iam.create_policy(PolicyName="boundary", PolicyDocument=_allow("kms:*", "iam:*"))
    role = iam.create_role(
        RoleName="builder",
        AssumeRolePolicyDocument=trust(f"arn:aws:iam::{MANAGEMENT}:root"),
        PermissionsBoundary=limit["Policy"]["Arn"],
    )["Role"]["Arn"]
    iam.put_role_policy(RoleName="builder", PolicyName="a", PolicyDocument=_allow("kms:*"))
    iam.put_role_policy(RoleName="builder", PolicyName="b", PolicyDocument=_allow("iam:Get*"))
    given = sandbox.client("sts").assume_role(RoleArn=role, RoleSessionName="bench")["Credentials"]
    keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
    kms, reader = sandbox.client("kms", keys=keys), sandbox.client("iam", keys=keys)
    return [
        organizations.describe_organization,
        s3.list_buckets,
        kms.list_keys,
        lambda: reader.get_role(RoleName="builder"),
    ]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        begun = time.perf_counter()
        started = []
        for name, options in (("judged", ()), ("unjudged", ("--no-enforce-iam",))):
            path = Path(folder) / name
            path.mkdir()
            started.append((name, *start(path / "log", *options, forked=False)))
        while not all(sandbox.health() for _, _, sandbox in started):
            pass
        healthy = time.perf_counter() - begun
        try:
            calls = [_calls(sandbox) for _, _, sandbox in started]
            for _, _, sandbox in started:
                sandbox.log.write_text("")
            before = {name: _cpu(process.pid) for name, process, _ in started}
            for _ in range(_ROUNDS):
                for each in zip(*calls, strict=True):
                    for call in each:
                        call()
            used = {name: _cpu(process.pid) - before[name] for name, process, _ in started}
            logs = {name: sandbox.log.read_text() for name, _, sandbox in started}
        finally:
            for _, process, _ in started:
                process.terminate()
                process.wait(timeout=10)
    gate = {name: _median("gate", log) for name, log in logs.items()}
    whole = {name: _median("total", log) for name, log in logs.items()}
    figures = {
        "bench": "sandbox gate",
        "seconds_to_healthy": round(healthy / len(started), 3),
        "gate_ms_median": gate["judged"],
        "request_ms_median": whole["judged"],
        "judging_ms_median": round(gate["judged"] - gate["unjudged"], 3),
        "request_cpu_ms": round(1e3 * used["judged"] / (_ROUNDS * len(calls[0])), 3),
        "cpu_ratio": round(used["judged"] / used["unjudged"], 3),
        "request_ratio": round(whole["judged"] / whole["unjudged"], 3),
        "requests": _ROUNDS * len(calls[0]),
    }
    sys.stdout.write(json.dumps(figures) + "\n")


def _cpu(pid: int) -> float:
    used = psutil.Process(pid).cpu_times()
    return float(used.user + used.system)


def _median(name: str, log: str) -> float:
    return statistics.median(float(each) for each in re.findall(rf"{name}_ms=([\d.]+)", log))


if __name__ == "__main__":
    main()
