"""Compare the static analysis of conditions with the evaluator: every type of key and operator.

The values of each key are written here by hand, from AWS's 'AWS global condition context keys' and
the Service Authorization Reference, and not taken from the table under test.
"""

from __future__ import annotations

import importlib
from collections.abc import Iterator
from itertools import product
from types import SimpleNamespace
from typing import get_args

import pytest

from landfall.iam import keys
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Condition, Qualifier
from landfall.iam.keys import Form, Kind
from landfall.iam.operators import OPERATORS
from landfall.iam.policy_checks import Meaning, meaning
from landfall.iam.requests import ContextValue, Request
from tests.iam.cases import HOME, OTHER, ROLE, USER

VPC_ARN = f"arn:aws:ec2:eu-west-1:{HOME}:vpc/vpc-1a2b"
BOOLEANS = ["true", "false"]
ADDRESSES = ["203.0.113.7", "2001:db8:0:0:0:0:0:7"]
DATES = ["2026-11-28T12:00:00Z", "1795867200"]
NOW = 1795870800.0  # an hour later: credentials of that time are still valid
# Possible values of keys in a request. Each type and form has at least one key.
VALUES: dict[str, list[str]] = {
    "aws:PrincipalArn": [ROLE, USER],
    "aws:SourceArn": [VPC_ARN, "arn:aws:s3:::reports"],
    "iam:PolicyARN": ["arn:aws:iam::aws:policy/ReadOnlyAccess", f"arn:aws:iam::{HOME}:policy/a"],
    "ec2:Vpc": [VPC_ARN],
    "events:TargetArn": [VPC_ARN, ROLE],
    "aws:SecureTransport": BOOLEANS,
    "aws:MultiFactorAuthPresent": BOOLEANS,
    "kms:MultiRegion": BOOLEANS,
    "apigateway:Request/ApiKeyRequired": BOOLEANS,
    "aws:MultiFactorAuthAge": ["0", "3600"],
    "s3:max-keys": ["-1", "1.5", "1000"],
    "aws:CurrentTime": ["2990-01-01T00:00:00Z"],
    "aws:EpochTime": ["32000000000"],
    "aws:TokenIssueTime": DATES,
    "kms:ValidTo": DATES,
    "aws:SourceIp": ADDRESSES,
    "aws:VpcSourceIp": ["10.0.0.7", *ADDRESSES],
    "ec2-instance-connect:privateIpAddress": ["10.0.0.7", "fd00::7"],
    "aws:PrincipalAccount": [HOME, OTHER],
    "aws:PrincipalOrgID": ["o-a1b2c3d4e5", "o-b"],
    "aws:PrincipalType": ["Account", "User", "FederatedUser", "AssumedRole"],
    "aws:RequestedRegion": ["eu-west-1", "us-gov-west-1"],
    "aws:SourceVpc": ["vpc-1a2b"],
    "aws:SourceVpce": ["vpce-1a2b"],
    "aws:userid": ["AROA1:session", HOME],
    "iam:PassedToService": ["ec2.amazonaws.com"],
    "aws:PrincipalOrgPaths": ["o-a1b2c3d4e5/r-ab12/ou-ab12-11111111/", "o-b/r-1/"],
    "token.actions.githubusercontent.com:sub": ["repo:a/b:ref:refs/heads/main"],
    # Keys with any text.
    "aws:PrincipalTag/team": ["web", *BOOLEANS, "", ROLE, HOME, "1", "10.0.0.7", DATES[1], "*"],
    "aws:TagKeys": ["team", "true", ""],
    "s3:prefix": ["", "home/", "home/*", "true"],
    "k:undocumented": ["", "maybe", *BOOLEANS, ROLE, "7", "::1", DATES[0]],
}
EACH = [
    *("*", "?*", "", "true", "FALSE", "maybe", "${aws:username}", "${*}"),
    *(ROLE, "arn:aws:iam::*:role/*", f"arn:aws:sts::{HOME}:assumed-role/a/b", "arn:short"),
    *("*:*:*:*:*:*", "1", "0", "-1", "1e3", HOME, "o-a1b2c3d4e5", "o-*", "vpc-1a2b", "vpce-1a2b"),
    *("2020-01-01T00:00:00Z", "2999-01-01", "1577836800", "2026-11-28T12:00:00Z"),
    *("203.0.113.7", "203.0.113.0/24", "10.0.0.0/8", "0.0.0.0/0", "::/0", "2001:db8::/32"),
    *("eu-west-1", "EU-WEST-1", "AssumedRole", "Role", "team", "dHJ1ZQ=="),
]
LISTS: list[tuple[str, ...]] = [
    (),
    *((one,) for one in EACH),
    ("true", "false"),
    ("TRUE", "maybe", "False"),
    ("0.0.0.0/0", "::/0"),
    ("0.0.0.0/0", "::/0", "*"),
    ("*", "maybe"),
    ("maybe", ROLE),
    ("10.0.0.0/8", "203.0.113.0/24"),
    ("2020-01-01T00:00:00Z", "2999-01-01"),
]
QUALIFIERS: tuple[Qualifier, ...] = get_args(Qualifier)


@pytest.fixture(autouse=True)
def clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the time of the analysis be NOW: it knows how old credentials can be."""
    module = importlib.import_module("landfall.iam.effective_access.standing")
    monkeypatch.setattr(module, "time", SimpleNamespace(time=lambda: NOW))


def conditions(key: str) -> Iterator[Condition]:
    for operator, qualifier, if_exists in product(OPERATORS, QUALIFIERS, (False, True)):
        if operator != "Null" or not if_exists:
            for values in LISTS:
                yield Condition(operator, qualifier, if_exists, key, values)


def contexts(key: str, *, signed: bool) -> Iterator[ContextValue]:
    """Yield the possible values of a key in a request: each one, all at once, and absent."""
    yield from VALUES[key]
    yield VALUES[key]
    if not keys.find(key).always or (not signed and keys.find(key).kind is not Kind.DATE):
        yield None
    if not signed and key == "aws:PrincipalAccount":
        yield "anonymous"


def disagreements(key: str, *, signed: bool) -> list[str]:
    caller = ROLE if signed else "anonymous"
    requests = [
        Request(caller, "s3:GetObject", context={key: one}) for one in contexts(key, signed=signed)
    ]
    found = []
    for condition in conditions(key):
        verdict = meaning(condition, signed=signed).meaning
        if verdict is Meaning.SOMETIMES:
            continue
        test = compile_condition(condition, has_variables=True)
        for request in requests:
            truth = test(request)
            if truth is not (verdict is Meaning.ALWAYS):
                said = f"{condition.name} {list(condition.values)} of {request.context}"
                found.append(f"{said}: {verdict.value}, but {truth}")
    return found


@pytest.mark.parametrize("key", VALUES)
def test_meaning_of_a_condition_on_signed_requests_agrees_with_the_evaluator(key: str) -> None:
    assert disagreements(key, signed=True) == []


@pytest.mark.parametrize("key", VALUES)
def test_meaning_of_a_condition_on_anonymous_requests_agrees_with_the_evaluator(key: str) -> None:
    assert disagreements(key, signed=False) == []


# By operator, keys that it works with (the same pages), their values in VALUES included.
WORKS_WITH = {
    "StringEquals": [*VALUES],
    "ArnEquals": [
        "aws:PrincipalArn",
        "aws:SourceArn",
        "iam:PolicyARN",
        "ec2:Vpc",
        "events:TargetArn",
    ],
    "Bool": ["aws:SecureTransport", "aws:MultiFactorAuthPresent", "kms:MultiRegion"],
    "NumericEquals": ["aws:MultiFactorAuthAge", "s3:max-keys", "aws:EpochTime"],
    "DateEquals": ["aws:CurrentTime", "aws:EpochTime", "aws:TokenIssueTime", "kms:ValidTo"],
    "IpAddress": ["aws:SourceIp", "aws:VpcSourceIp", "ec2-instance-connect:privateIpAddress"],
}


@pytest.mark.parametrize("operator", WORKS_WITH)
def test_operator_of_the_type_of_a_key_matches_its_values(operator: str) -> None:
    for key in WORKS_WITH[operator]:
        for value in VALUES[key]:
            test = compile_condition(
                Condition(operator, "", False, key, (value,)), has_variables=True
            )
            request = Request(ROLE, "s3:GetObject", context={key: value})
            assert test(request), f"{key} = {value!r}"


def test_keys_of_this_test_cover_every_type_and_form() -> None:
    found = [keys.find(key) for key in VALUES]
    # AWS documents no key of type Binary.
    assert {one.kind for one in found} == set(Kind) - {Kind.BINARY}
    assert {one.form for one in found} == {*Form, None}
    assert {(one.several, one.always) for one in found} == {
        (False, False),
        (False, True),
        (True, False),
    }


@pytest.mark.parametrize("key", VALUES)
def test_table_of_keys_accepts_their_possible_values(key: str) -> None:
    known = keys.find(key)
    assert [one for one in VALUES[key] if known.refuses(one)] == []


@pytest.mark.parametrize(
    ("key", "kind", "several"),
    [
        ("AWS:principalARN", Kind.ARN, False),
        ("aws:VpceOrgPaths", Kind.STRING, True),
        ("aws:PrincipalTag/Team", Kind.STRING, False),
        ("aws:RequestTag/Team", Kind.STRING, False),
        ("s3:ExistingObjectTag/Team", Kind.STRING, False),
        ("s3:MAX-keys", Kind.NUMERIC, False),
        ("dynamodb:LeadingKeys", Kind.STRING, True),
        ("kms:EncryptionContext:team", Kind.STRING, False),
        ("events:TargetArn", Kind.ARN, True),
        ("ec2:Encrypted", Kind.BOOL, False),
        ("s3:object-lock-retain-until-date", Kind.DATE, False),
    ],
)
def test_find_returns_the_documented_type(key: str, kind: Kind, several: bool) -> None:
    found = keys.find(key)
    assert (found.kind, found.several) == (kind, several)


@pytest.mark.parametrize("key", ["k:a", "s3:no-such-key", "../../metadata:a", "aws:NoSuchKey", ""])
def test_find_of_an_undocumented_key_returns_undocumented(key: str) -> None:
    assert keys.find(key) is keys.UNDOCUMENTED
