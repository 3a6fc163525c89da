"""Resource policies for tests, generated from a fixed seed."""

from __future__ import annotations

import json
import random
from typing import Any, Final

HOME, OTHER, ORG = "111122223333", "444455556666", "o-zz11zz11zz"
ARN = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
PRINCIPALS: Final[list[Any]] = [
    "*",
    {"AWS": "*"},
    {"AWS": HOME},
    {"AWS": f"arn:aws:iam::{OTHER}:role/ci"},
    {"Service": "sns.amazonaws.com"},
    {"Service": ["events.amazonaws.com", "sns.amazonaws.com"]},
    {"Service": "lambda.amazonaws.com"},
    {"AWS": OTHER, "Service": "s3.amazonaws.com"},
]
ACTIONS: Final = ["sqs:SendMessage", "sqs:*", "sqs:Send*", "sqs:ReceiveMessage", "*"]
VALUES: Final[dict[str, list[str]]] = {
    "aws:PrincipalAccount": [HOME, "1*", "${aws:ResourceAccount}", "${aws:PrincipalAccount}"],
    "aws:PrincipalArn": [f"arn:aws:iam::{HOME}:role/*", "arn:aws:iam::*:role/ci", "*"],
    "aws:PrincipalOrgID": [ORG, "o-*", "o-z*", "${aws:ResourceOrgID}", "${aws:PrincipalOrgID}"],
    "aws:PrincipalOrgPaths": [f"{ORG}/*", "o-*/r-1/*"],
    "aws:SourceAccount": [HOME, OTHER, "*"],
    "aws:SourceArn": [f"arn:aws:sns:*:{HOME}:*", "arn:aws:s3:::harbor-logs", "arn:aws:sns:*:*:*"],
    "aws:SourceOrgID": [ORG, "o-*"],
    "aws:SourceVpc": ["vpc-1a2b3c", "vpc-*", "${aws:Ec2InstanceSourceVpc}"],
    "aws:SourceVpce": ["vpce-1a2b3c", "vpce-*"],
    "aws:VpceOrgID": [ORG, "o-*"],
    "aws:userid": ["AROAEXAMPLEROLEID00:*", HOME, "AROA*"],
}
OTHERS: Final[list[dict[str, Any]]] = [
    {"IpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"IpAddress": {"aws:SourceIp": ["0.0.0.0/1", "128.0.0.0/1"]}},
    {"NotIpAddress": {"aws:SourceIp": "203.0.113.0/24"}},
    {"Bool": {"aws:SecureTransport": "false"}},
    {"Bool": {"aws:PrincipalIsAWSService": "true"}},
    {"BoolIfExists": {"aws:PrincipalIsAWSService": "false"}},
    {"DateLessThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    {"DateGreaterThan": {"aws:CurrentTime": "2020-01-01T00:00:00Z"}},
    {"StringLike": {"aws:UserAgent": "secret"}},
    {"Null": {"aws:PrincipalOrgID": "false"}},
    {"Null": {"aws:SourceAccount": "false"}},
]
OPERATORS: Final = ["StringEquals", "StringLike", "StringLikeIfExists", "ForAllValues:StringLike"]
NEGATED: Final = ["StringNotEquals", "StringNotLike", "StringNotEqualsIfExists"]


def _condition(chance: random.Random, *, deny: bool) -> dict[str, Any]:
    if chance.random() < 0.3:
        return chance.choice(OTHERS)
    key = chance.choice(sorted(VALUES))
    operators = NEGATED if chance.random() < (0.8 if deny else 0.1) else OPERATORS
    values = chance.sample(VALUES[key], chance.choice([1, 1, 2]))
    return {chance.choice(operators): {key: values}}


def _statement(chance: random.Random, effect: str) -> dict[str, Any]:
    deny = effect == "Deny"
    conditions: dict[str, Any] = {}
    for _ in range(chance.choice([0, 1, 1, 2])):
        for operator, keys in _condition(chance, deny=deny).items():
            conditions.setdefault(operator, {}).update(keys)
    element = "NotAction" if deny and chance.random() < 0.15 else "Action"
    return {
        "Effect": effect,
        "Principal": "*" if deny and chance.random() < 0.8 else chance.choice(PRINCIPALS),
        element: chance.choice(ACTIONS[:-1]) if element == "NotAction" else chance.choice(ACTIONS),
        "Resource": chance.choice(["*", ARN]),
        **({"Condition": conditions} if conditions else {}),
    }


def resource_policy(seed: int) -> str:
    """Return the text of a queue's policy."""
    chance = random.Random(seed)
    effects = ["Allow", *chance.choice([[], ["Deny"], ["Deny", "Deny"], ["Allow", "Deny"]])]
    statements = [_statement(chance, effect) for effect in effects]
    return json.dumps({"Version": "2012-10-17", "Statement": statements})
