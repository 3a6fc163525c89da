"""The check for external access agrees with the evaluator; narrowing never raises severity."""

from __future__ import annotations

import json
import random
from typing import Any, Final

import pytest

from landfall.iam.documents import parse
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.outsiders import EVERYBODY, Judge
from landfall.iam.outsiders.classes import ANONYMOUS, DEPUTY, FOREIGN, STANDALONE
from landfall.iam.policy_checks import Report, Subject, check
from landfall.iam.policy_checks.subject import placed
from landfall.iam.requests import Request
from tests.iam.cases import HOME, allow, deny, document
from tests.iam.checks import resource, rules, trusting
from tests.iam.generated import ARN, VALUES, resource_policy

POLICIES: Final = 2_000
FULL: Final = document(allow())

TIME: Final = {"aws:CurrentTime": "2026-11-28T00:00:00Z"}


def _role(account: str, **more: object) -> tuple[str, dict[str, Any]]:
    arn = f"arn:aws:iam::{account}:role/ci"
    context = {"aws:userid": f"AROA{account}X:run", "aws:SourceIp": "8.8.8.8", **more}
    return arn, {"aws:SecureTransport": "true", **context}


# Callers that no generated policy names.
STRANGERS: Final = (
    ("anonymous", {"aws:SourceIp": "8.8.8.8", "aws:SecureTransport": "true"}),
    ("anonymous", {"aws:SourceIp": "200.1.1.1", "aws:UserAgent": "secret"}),
    _role("999900001111"),
    _role("199900001111", **{"aws:PrincipalOrgID": "o-zq9", "aws:UserAgent": "secret"}),
    _role(
        "299900001111",
        **{
            "aws:PrincipalOrgID": "o-ab1",
            "aws:PrincipalOrgPaths": ["o-ab1/r-1/ou-1/"],
            "aws:SourceVpc": "vpc-99",
            "aws:SourceVpce": "vpce-99",
            "aws:VpceOrgID": "o-ab1",
            "aws:Ec2InstanceSourceVpc": "vpc-99",
        },
    ),
    (
        "sns.amazonaws.com",
        {
            "aws:SourceAccount": "999900001111",
            "aws:SourceArn": "arn:aws:sns:eu-west-1:999900001111:t",
            "aws:SourceOrgID": "o-ab1",
        },
    ),
    (
        "sns.amazonaws.com",
        {
            "aws:SourceAccount": "999900001111",
            "aws:SourceArn": "arn:aws:sns:eu-west-1:999900001111:t",
        },
    ),
)


def _lets_in(text: str, action: str) -> bool:
    """Evaluate a request of each external caller."""
    policies = Policies(identity=(FULL,), resource=parse(text, kind="resource"))
    for principal, context in STRANGERS:
        own = {**TIME, **context, "aws:ResourceAccount": HOME, "aws:ResourceOrgID": "o-home"}
        request = Request(principal, action, ARN, resource_account=HOME, context=own)
        if evaluate(request, policies).outcome is Outcome.ALLOWED:
            return True
    return False


def test_judge_misses_no_stranger_whom_the_evaluator_lets_in() -> None:
    let_in = 0
    for seed in range(POLICIES):
        text = resource_policy(seed)
        policy = ("policy", parse(text, kind="resource"))
        found = check(Subject(resource_policy=policy, resource_type="sqs")).findings
        told = {one.rule for one in found} & {"public-resource", "confused-deputy-resource"}
        strangers = any(_lets_in(text, f"sqs:{one}") for one in ("SendMessage", "ReceiveMessage"))
        let_in += strangers
        assert told or not strangers, text
    assert let_in > POLICIES * 0.1


# Callers that remain under a condition on an Allow to everyone.
NARROWED: Final[list[tuple[dict[str, Any], set[str]]]] = [
    ({}, {one.who for one in EVERYBODY}),
    ({"StringEquals": {"aws:PrincipalAccount": HOME}}, set()),
    ({"StringLike": {"aws:PrincipalAccount": "11*"}}, {FOREIGN.who, STANDALONE.who}),
    ({"StringLike": {"aws:PrincipalOrgID": "o-a*"}}, {FOREIGN.who}),
    ({"Null": {"aws:PrincipalOrgID": "false"}}, {FOREIGN.who}),
    ({"StringNotEquals": {"aws:PrincipalOrgID": "o-a1"}}, {one.who for one in EVERYBODY}),
    ({"Null": {"aws:PrincipalArn": "true"}}, {ANONYMOUS.who, DEPUTY.who}),
    ({"Bool": {"aws:PrincipalIsAWSService": "true"}}, {DEPUTY.who}),
    ({"StringEquals": {"aws:PrincipalType": "Anonymous"}}, {ANONYMOUS.who}),
    ({"StringEquals": {"aws:SourceOrgID": "o-a1"}}, set()),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::harbor-*"}}, {DEPUTY.who}),
    ({"ArnLike": {"aws:SourceArn": "arn:aws:s3:::harbor-logs"}}, set()),
    ({"StringLike": {"aws:userid": "AROAEXAMPLEROLEID00:*"}}, set()),
    ({"StringLike": {"aws:userid": "AROA*"}}, {FOREIGN.who, STANDALONE.who}),
    ({"StringEquals": {"aws:PrincipalAccount": "${aws:ResourceAccount}"}}, set()),
    ({"Bool": {"elasticfilesystem:AccessedViaMountTarget": "true"}}, set()),
    ({"StringEquals": {"aws:VpceAccount": HOME}}, set()),
    ({"StringEqualsIfExists": {"aws:SourceVpce": "vpce-1"}}, {one.who for one in EVERYBODY}),
]


@pytest.mark.parametrize(("block", "left"), NARROWED)
def test_condition_leaves_classes_of_callers(block: dict[str, Any], left: set[str]) -> None:
    given = allow("sqs:SendMessage", ARN, Principal="*", **({"Condition": block} if block else {}))
    assert _left(given) == left


def _negated(operator: str) -> str | None:
    if operator.endswith("IfExists") or operator in ("Null", "Bool"):
        return None
    for positive, negative in (("Not", ""), ("String", "StringNot"), ("Arn", "ArnNot")):
        if positive in operator:
            return operator.replace(positive, negative, 1)
    return None


OPPOSITES: Final = [
    ({_negated(operator): keys for operator, keys in block.items()}, left)
    for block, left in NARROWED
    if block and all(map(_negated, block))
]


@pytest.mark.parametrize(("opposite", "left"), OPPOSITES)
def test_deny_leaves_those_who_avoid_it(opposite: dict[str, Any], left: set[str]) -> None:
    shut = deny("sqs:*", ARN, Principal="*", Condition=opposite)
    assert _left(allow("sqs:SendMessage", ARN, Principal="*"), shut) == left


def _left(*statements: object) -> set[str]:
    found = placed("policy", document(*statements, kind="resource"), signed=False)
    return {one.who for one in Judge(found).lets(found[0], EVERYBODY)}


PARTS: Final[list[dict[str, Any]]] = [
    deny("sqs:Send*", ARN, Principal="*"),
    deny("sqs:Receive*", ARN, Principal="*"),
    {**deny("", ARN, Principal="*"), "NotAction": "sqs:SendMessage"},
]


@pytest.mark.parametrize(
    ("actions", "denies", "is_open"),
    [
        (["sqs:SendMessage", "sqs:ReceiveMessage"], [0, 1], False),
        (["sqs:SendMessage", "sqs:ReceiveMessage"], [0], True),
        (["sqs:SendMessage", "sqs:DeleteQueue"], [0, 1], True),
        (["sqs:*"], [0, 2], False),
        (["sqs:*"], [2], True),
        (["sqs:S*"], [0], True),
    ],
)
def test_denies_count_together(actions: list[str], denies: list[int], is_open: bool) -> None:
    chosen = []
    for place in denies:
        part = dict(PARTS[place])
        if "NotAction" in part:
            part.pop("Action")
        chosen.append(part)
    report = resource(allow(actions, ARN, Principal="*"), *chosen, type="sqs")
    assert ("public-resource" in rules(report)) is is_open


# Narrowing a trust

PROVIDERS: Final = {
    "token.actions.githubusercontent.com": ["repo:acme/*", "repo:*", "environment:x", "repo:a/b:*"],
    "gitlab.com": ["project_path:acme/*", "project_path:*", "project_path:a/b:ref_type:*"],
    "gitlab.acme.example": ["project_path:*", "x:*", "*"],
    "oidc.eks.eu-west-1.amazonaws.com/id/A1": ["system:serviceaccount:*:a", "*"],
    "app.terraform.io": ["organization:acme:*", "organization:*", "organization:a:workspace:*"],
    "agent.buildkite.com": ["organization:acme:pipeline:*", "*", "organization:*"],
    "oidc.circleci.com/org/0a": ["org/0a/project/*", "org/0a/*"],
    "api.bitbucket.org/2.0/workspaces/acme/pipelines-config/identity/oidc": ["{11}:*", "*:*"],
    "accounts.google.com": ["1234567890", "1*"],
    "sts.windows.net/11aa": ["22bb", "2*"],
}


def _worst(report: Report) -> int:
    graves = (one.severity.rank for one in report.findings if one.rule.startswith("trust-"))
    return min(graves, default=9)


def _trust(host: str, block: dict[str, Any]) -> Report:
    provider = f"arn:aws:iam::{HOME}:oidc-provider/{host}"
    written = {
        "Effect": "Allow",
        "Principal": {"Federated": provider},
        "Action": "sts:AssumeRoleWithWebIdentity",
    }
    return trusting({**written, "Condition": block} if block else written)


@pytest.mark.parametrize("host", sorted(PROVIDERS))
def test_narrowing_a_token_never_makes_the_verdict_graver(host: str) -> None:
    for base in ({}, {"StringEquals": {f"{host}:aud": "sts.amazonaws.com"}}):
        before = _worst(_trust(host, base))
        for subject in PROVIDERS[host]:
            narrowed = {**base, "StringLike": {f"{host}:sub": subject}}
            assert _worst(_trust(host, narrowed)) >= before, subject


def test_narrowing_everybody_s_trust_never_makes_the_verdict_graver() -> None:
    chance = random.Random(13)
    for _ in range(400):
        keys = chance.sample(sorted(VALUES), 2)
        blocks = [{"StringLike": {key: chance.choice(VALUES[key])}} for key in keys]
        both = {"StringLike": {**blocks[0]["StringLike"], **blocks[1]["StringLike"]}}
        wide, narrow = (_of_everybody(block) for block in (blocks[0], both))
        assert _worst(narrow) >= _worst(wide), json.dumps(both)


def _of_everybody(block: dict[str, Any]) -> Report:
    written = {"Effect": "Allow", "Principal": "*", "Action": "sts:AssumeRole"}
    return trusting({**written, "Condition": block})
