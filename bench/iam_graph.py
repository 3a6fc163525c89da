"""The figures of escalations: one document, and the graph over an organization of many accounts.

Times are CPU times of this process. Run alone as `python -m bench.iam_graph`; it needs no
sandbox and no stack.
"""

from __future__ import annotations

import gc
import json
import statistics
import time
from typing import Any

from bench.measure import tell
from landfall.iam import documents
from landfall.iam.documents import Document
from landfall.iam.effective_access import Identity
from landfall.iam.escalation import escalations
from landfall.iam.escalation.accounts import Account, Organization, Principal, Workload
from landfall.iam.escalation.graph import build

_ACCOUNTS = 200


def main() -> None:
    """Print the figures of single documents and of the graph."""
    _documents()
    _graph()


def _documents() -> None:
    """Search every managed policy of the emulator for escalations."""
    from moto.iam.aws_managed_policies import aws_managed_policies_data

    written: dict[str, dict[str, Any]] = json.loads(aws_managed_policies_data)
    identities = [
        Identity(((name, documents.parse(one["Document"])),)) for name, one in written.items()
    ]
    full = Identity((("full", _document(_allow("*"))),))
    tell("escalations of a first document, data read", _timed(full) * 1000, "ms")
    # A full GC run over all these documents would count for whichever search it interrupts.
    gc.freeze()
    times = [_timed(identity) * 1000 for identity in identities]
    gc.unfreeze()
    tell("documents searched for escalations", len(times), "documents")
    tell("escalations of a document, median", statistics.median(times), "ms")
    tell("escalations of a document, p99", statistics.quantiles(times, n=100)[98], "ms")
    tell("escalations of a document, slowest", max(times), "ms")


def _timed(identity: Identity) -> float:
    start = time.process_time()
    escalations(identity)
    return time.process_time() - start


def _graph() -> None:
    organization = _organization()
    start = time.process_time()
    graph = build(organization)
    tell("escalation graph, accounts", len(organization.accounts), "accounts")
    tell("escalation graph, principals", sum(1 for _ in organization.principals()), "principals")
    tell("escalation graph, built", time.process_time() - start, "s")
    tell("escalation graph, single steps", len(graph.moves()), "steps")
    start = time.process_time()
    reaching = graph.reaching()
    tell("escalation graph, ways to an administrator", len(reaching), "principals")
    tell("escalation graph, all shortest ways", time.process_time() - start, "s")


def _organization() -> Organization:
    """Build an organization like a landing zone's: ten roles an account, trust between accounts."""
    management = _id(0)
    guardrails = _document(
        _deny("organizations:LeaveOrganization"),
        {
            "Effect": "Deny",
            "Resource": "*",
            "NotAction": ["iam:*", "sts:*", "organizations:*"],
            "Condition": {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}},
        },
    )
    full = _document(_allow("*"))
    levels = ((("FullAWSAccess", full),), (("FullAWSAccess", full), ("guardrails", guardrails)))
    return Organization(
        tuple(
            Account(
                _id(number),
                _principals(number, management),
                (
                    Workload(
                        f"arn:aws:lambda:eu-west-1:{_id(number)}:function:orders",
                        _role(number, "function"),
                    ),
                ),
                levels,
            )
            for number in range(_ACCOUNTS)
        ),
        id="o-exampleorgid",
        management_account=management,
    )


def _principals(number: int, management: str) -> tuple[Principal, ...]:
    """Return the ten roles of an account; each account's delivery deploys into the next one."""
    home, following = _id(number), (number + 1) % _ACCOUNTS
    root = {"AWS": f"arn:aws:iam::{management}:root"}
    passing = {"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}}
    deploy = [
        _allow("lambda:*"),
        _allow("iam:PassRole", f"arn:aws:iam::{home}:role/*", Condition=passing),
        _allow("s3:GetObject", "arn:aws:s3:::artifacts/*"),
    ]
    return (
        _principal(number, "OrganizationAccountAccessRole", root, [_allow("*")]),
        _principal(number, "deploy", {"AWS": _role(number - 1, "delivery")}, deploy),
        _principal(
            number,
            "delivery",
            {"Service": "codepipeline.amazonaws.com"},
            [_allow("sts:AssumeRole", _role(following, "deploy"))],
        ),
        _principal(number, "audit", root, [_allow(["iam:Get*", "iam:List*", "s3:List*"])]),
        _principal(number, "read", root, [_allow(["ec2:Describe*", "lambda:Get*"])]),
        _principal(
            number,
            "function",
            {"Service": "lambda.amazonaws.com"},
            [_allow(["dynamodb:*", "iam:PutRolePolicy"])],
        ),
        _principal(number, "build", {"Service": "codebuild.amazonaws.com"}, [_allow("logs:*")]),
        _principal(
            number,
            "developer",
            {"AWS": _role(0, "federation")},
            [_allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:*:{home}:function:*")],
        ),
        _principal(
            number,
            "operator",
            {"AWS": _role(0, "federation")},
            [_allow(["ssm:*", "ec2:*", "cloudwatch:*"])],
        ),
        _principal(
            number,
            "federation",
            {"AWS": "*"},
            [_allow("sts:AssumeRole", "arn:aws:iam::*:role/developer")],
            {"StringEquals": {"aws:PrincipalOrgID": "o-exampleorgid"}},
        ),
    )


def _principal(
    number: int,
    name: str,
    trusted: dict[str, str],
    statements: list[dict[str, Any]],
    condition: dict[str, Any] | None = None,
) -> Principal:
    trust: dict[str, Any] = {"Effect": "Allow", "Principal": trusted, "Action": "sts:AssumeRole"}
    if condition:
        trust["Condition"] = condition
    return Principal(_role(number, name), ((name, _document(*statements)),), trust=_document(trust))


def _document(*statements: dict[str, Any]) -> Document:
    return documents.parse({"Version": "2012-10-17", "Statement": list(statements)})


def _allow(action: object, resource: object = "*", **rest: object) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **rest}


def _deny(action: object) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*"}


def _id(number: int) -> str:
    return f"{111111111111 + number % _ACCOUNTS}"


def _role(number: int, name: str) -> str:
    return f"arn:aws:iam::{_id(number)}:role/{name}"


if __name__ == "__main__":
    main()
