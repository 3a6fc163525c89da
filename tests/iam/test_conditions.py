"""Every condition operator, absent keys, sets of values, variables, and unknown values."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam import documents
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import UNKNOWN, Request
from landfall.problems import ProblemsError
from tests.iam.cases import (
    ALLOWED,
    IMPLICIT,
    OBJECT,
    ROLE,
    SESSION,
    UNDECIDABLE,
    USER,
    allow,
    decide,
    document,
)


def holds(condition: dict[str, Any], context: dict[str, Any] | None = None, **rest: Any) -> Any:
    """Decide a request that is allowed exactly where the condition is true."""
    policy = document(allow(Condition=condition))
    decided = decide(identity=(policy,), context=context, **rest).outcome
    return {ALLOWED: True, IMPLICIT: False, UNDECIDABLE: None}[decided]


COMPARED: list[tuple[str, object, object, bool]] = [
    ("StringEquals", "a", "a", True),
    ("StringEquals", "a", "A", False),
    ("StringEquals", ["b", "a"], "a", True),
    ("StringEquals", "a*", "ab", False),
    ("StringEquals", "a*", "a*", True),
    ("StringEquals", "", "", True),
    ("stringequals", "a", "a", True),
    ("StringNotEquals", ["a", "b"], "b", False),
    ("StringNotEquals", ["a", "b"], "c", True),
    ("StringEqualsIgnoreCase", "ABC", "abc", True),
    ("StringNotEqualsIgnoreCase", "ABC", "abc", False),
    ("StringLike", "home/*", "home/x/y", True),
    ("StringLike", "a?c", "abc", True),
    ("StringLike", "a?c", "ac", False),
    ("StringLike", ["", "home/"], "", True),
    ("StringLike", "${*}", "*", True),
    ("StringLike", "a${*}", "ab", False),
    ("StringEquals", "${$}{x}", "${x}", True),
    ("StringNotLike", ["a*", "b*"], "bc", False),
    ("StringNotLike", ["a*", "b*"], "c", True),
    ("NumericEquals", "10", "10.0", True),
    ("NumericEquals", "1e1", 10, True),
    ("NumericEquals", "9007199254740993", "9007199254740992", False),
    ("NumericNotEquals", "10", "11", True),
    ("NumericLessThan", "10", 9, True),
    ("NumericLessThan", "10", "10", False),
    ("NumericLessThanEquals", "10", "10", True),
    ("NumericGreaterThan", "-1.5", "-1.4", True),
    ("NumericGreaterThanEquals", ["100", "5"], "7", True),
    ("NumericEquals", "NaN", "NaN", False),
    ("NumericEquals", "ten", "10", False),
    ("NumericLessThan", "10", "nine", False),
    ("DateEquals", "2026-11-23T10:00:00Z", "2026-11-23T11:00:00+01:00", True),
    ("DateEquals", "2026-11-23T10:00:00Z", "1795428000", True),
    ("DateNotEquals", "2026-11-23", "2026-11-23T00:00:00.000Z", False),
    ("DateLessThan", "2026-11-23T10:00:00Z", "2026-11-23T09:59:59.999Z", True),
    ("DateLessThanEquals", "1795428000", "2026-11-23T10:00Z", True),
    ("DateGreaterThan", "2026-11", "2026-11-01T00:00:01Z", True),
    ("DateLessThan", "2026", "2025-12-31T23:59:59Z", True),
    ("DateLessThan", "2026", "2026-01-01T00:00:00Z", False),
    ("DateGreaterThanEquals", "20261123T100000Z", "2026-11-23T10:00:00Z", True),
    ("DateGreaterThan", "2020-01-01T00:00:00Z", "2026-02-30", False),
    ("Bool", "true", "true", True),
    ("Bool", "True", True, True),
    ("Bool", "false", "true", False),
    ("Bool", "yes", "yes", False),
    ("BinaryEquals", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", "QmluYXJ5VmFsdWVJbkJhc2U2NA==", True),
    ("BinaryEquals", "QmluYXJ5", "QmluYXJ6", False),
    ("BinaryEquals", "no base64", "no base64", False),
    ("IpAddress", "203.0.113.0/24", "203.0.113.9", True),
    ("IpAddress", "203.0.113.0/24", "203.0.114.9", False),
    ("IpAddress", "203.0.113.9", "203.0.113.9", True),
    ("IpAddress", ["203.0.113.0/24", "2001:DB8:1234:5678::/64"], "2001:db8:1234:5678::1", True),
    ("IpAddress", "2001:DB8::/32", "203.0.113.9", False),
    ("IpAddress", "0.0.0.0/0", "not an address", False),
    ("NotIpAddress", ["203.0.113.0/24", "198.51.100.0/24"], "198.51.100.1", False),
    ("NotIpAddress", "203.0.113.0/24", "198.51.100.1", True),
    ("ArnEquals", "arn:aws:sns:*:111122223333:t*", "arn:aws:sns:eu-west-1:111122223333:t1", True),
    ("ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::111122223333:role/a/b", True),
    (
        "ArnLike",
        "arn:aws:someservice:*:111122223333:finance/*",
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        False,
    ),
    (
        "StringLike",
        "arn:aws:someservice:*:111122223333:finance/*",
        "arn:aws:someservice:us-east-2:999999999999:store/abc:111122223333:finance/document.txt",
        True,
    ),
    ("ArnNotEquals", "arn:aws:iam::*:role/a", "arn:aws:iam::1:role/a", False),
    ("ArnNotLike", "arn:aws:iam::*:role/a*", "arn:aws:iam::1:role/b", True),
]


@pytest.mark.parametrize(("operator", "wanted", "given", "expected"), COMPARED)
def test_operators(operator: str, wanted: object, given: object, expected: bool) -> None:
    assert holds({operator: {"test:Key": wanted}}, {"test:key": given}) is expected
    assert holds({f"{operator}IfExists": {"test:Key": wanted}}, {"TEST:KEY": given}) is expected


@pytest.mark.parametrize("operator", sorted({row[0] for row in COMPARED}))
def test_an_absent_key_is_false_but_for_negated_operators_and_if_exists(operator: str) -> None:
    condition = {operator: {"test:key": "1"}}
    assert holds(condition) is ("Not" in operator)
    assert holds(condition, {"test:key": None}) is ("Not" in operator)
    assert holds(condition, {"test:key": []}) is ("Not" in operator)
    assert holds({f"{operator}IfExists": {"test:key": "1"}}) is True
    assert holds({f"ForAllValues:{operator}": {"test:key": "1"}}) is True
    assert holds({f"ForAnyValue:{operator}": {"test:key": "1"}}) is False
    assert holds({f"ForAnyValue:{operator}IfExists": {"test:key": "1"}}) is True


@pytest.mark.parametrize(
    ("wanted", "context", "expected"),
    [
        ("true", {}, True),
        ("true", {"test:key": "x"}, False),
        ("false", {}, False),
        ("false", {"test:key": "x"}, True),
        ("false", {"test:key": ""}, True),
        (False, {"test:key": []}, False),
        (["true", "false"], {}, True),
    ],
)
def test_null(wanted: object, context: dict[str, Any], expected: bool) -> None:
    assert holds({"Null": {"test:key": wanted}}, context) is expected


@pytest.mark.parametrize(
    ("operator", "given", "expected"),
    [
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("ForAllValues:StringEquals", "", True),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["a", "d"], False),
        ("ForAnyValue:StringEquals", ["c", "b"], True),
        ("ForAnyValue:StringEquals", ["c", "d"], False),
        ("ForAnyValue:StringEquals", "", False),
        ("ForAnyValue:StringNotEquals", ["a", "d"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("forallvalues:stringlike", ["a"], True),
        ("StringEquals", ["c", "b"], True),
        ("StringNotEquals", ["c", "b"], False),
    ],
)
def test_sets_of_values(operator: str, given: object, expected: bool) -> None:
    assert holds({operator: {"aws:TagKeys": ["a", "b"]}}, {"aws:TagKeys": given}) is expected


@pytest.mark.parametrize(
    ("condition", "key", "given", "expected"),
    [
        ("ArnLike", "aws:VpcSourceIp", "2001:db8:0:0:0:0:0:7", False),
        ("ArnNotLike", "aws:VpcSourceIp", "2001:db8:0:0:0:0:0:7", True),
        ("ArnLike", "k:undocumented", "2001:db8:0:0:0:0:0:7", True),
        ("BinaryEquals", "aws:SecureTransport", "true", False),
        ("BinaryEquals", "k:undocumented", "true", True),
    ],
)
def test_operator_of_another_type_than_the_key_matches_nothing(
    condition: str, key: str, given: str, expected: bool
) -> None:
    wanted = {"ArnLike": "*:*:*:*:*:*", "ArnNotLike": "*:*:*:*:*:*"}.get(condition, given)
    assert holds({condition: {key: wanted}}, {key: given}) is expected


def test_arn_operator_with_a_star_matches_a_key_of_any_type() -> None:
    assert holds({"ArnLike": {"aws:SecureTransport": "*"}}, {"aws:SecureTransport": True}) is True


def test_all_operators_and_keys_must_hold() -> None:
    condition = {"StringEquals": {"a:x": "1", "a:y": "2"}, "Bool": {"a:z": "true"}}
    assert holds(condition, {"a:x": "1", "a:y": "2", "a:z": True}) is True
    assert holds(condition, {"a:x": "1", "a:y": "3", "a:z": True}) is False
    assert holds(condition, {"a:x": "1", "a:y": "2"}) is False


def test_no_values_match_nothing() -> None:
    assert holds({"StringEquals": {"a:x": []}}, {"a:x": "1"}) is False
    assert holds({"StringNotEquals": {"a:x": []}}, {"a:x": "1"}) is True


@pytest.mark.parametrize(
    ("operator", "wanted", "given", "expected"),
    [
        ("StringEquals", "${aws:username}", "alice", True),
        ("StringEquals", "${AWS:UserName}", "bob", False),
        ("StringLike", "home/${aws:username}/*", "home/alice/x", True),
        ("StringEquals", "${aws:PrincipalTag/team, 'none'}", "none", True),
        ("StringEquals", "${aws:PrincipalTag/team}", "", False),
        ("StringNotEquals", "${aws:PrincipalTag/team}", "x", True),
        ("StringLike", "${a:wild}", "anything", False),
        ("StringLike", "${a:wild}", "*", True),
        ("StringEquals", "${a:many}", "1", False),
        ("ArnLike", "arn:aws:iam::${aws:PrincipalAccount}:role/*", ROLE, True),
        ("Bool", "${a:yes}", "true", True),
        ("NumericEquals", "${a:ten}", "10", False),
    ],
)
def test_variables(operator: str, wanted: str, given: str, expected: bool) -> None:
    context = {"test:key": given, "a:wild": "*", "a:many": ["1", "2"], "a:yes": "true", "a:ten": 10}
    assert holds({operator: {"test:key": wanted}}, context) is expected


def test_in_the_older_version_a_variable_is_text() -> None:
    policy = documents.parse(
        {"Statement": allow(Condition={"StringEquals": {"test:key": "${aws:username}"}})}
    )
    assert decide(identity=(policy,), context={"test:key": "${aws:username}"}).is_allowed
    assert not decide(identity=(policy,), context={"test:key": "alice"}).is_allowed


@pytest.mark.parametrize(
    ("condition", "given", "expected"),
    [
        ({"StringEquals": {"k:x": "1"}}, UNKNOWN, None),
        ({"StringNotEqualsIfExists": {"k:x": "1"}}, UNKNOWN, None),
        ({"Null": {"k:x": "true"}}, UNKNOWN, None),
        ({"Null": {"k:x": "true"}}, [UNKNOWN], False),
        ({"ForAnyValue:StringEquals": {"k:x": "1"}}, ["1", UNKNOWN], True),
        ({"ForAnyValue:StringEquals": {"k:x": "1"}}, ["2", UNKNOWN], None),
        ({"ForAllValues:StringEquals": {"k:x": "1"}}, ["2", UNKNOWN], False),
        ({"ForAllValues:StringEquals": {"k:x": "1"}}, ["1", UNKNOWN], None),
        ({"StringNotEquals": {"k:x": "1"}}, ["1", UNKNOWN], False),
        ({"StringEquals": {"k:x": "1"}, "Bool": {"k:y": "true"}}, UNKNOWN, False),
        ({"StringEquals": {"aws:username": "${k:x}"}}, UNKNOWN, None),
        ({"StringEquals": {"aws:username": "b${k:x}"}}, UNKNOWN, False),
        ({"StringNotEquals": {"aws:username": "b${k:x}"}}, UNKNOWN, True),
    ],
)
def test_condition_with_an_unknown_value_is_decided_only_if_certain(
    condition: Any, given: Any, expected: bool | None
) -> None:
    assert holds(condition, {"k:x": given}) is expected


@pytest.mark.parametrize(
    ("key", "value", "principal"),
    [
        ("aws:PrincipalArn", USER, USER),
        ("aws:PrincipalArn", ROLE, SESSION),
        ("aws:PrincipalAccount", "111122223333", SESSION),
        ("aws:PrincipalType", "AssumedRole", SESSION),
        ("aws:PrincipalType", "User", USER),
        ("aws:username", "alice", USER),
        ("aws:PrincipalIsAWSService", "false", USER),
        ("aws:ResourceAccount", "111122223333", USER),
        ("aws:ViaAWSService", "false", USER),
    ],
)
def test_keys_that_follow_from_the_request(key: str, value: str, principal: str) -> None:
    assert holds({"StringEquals": {key: value}}, principal=principal) is True
    assert (
        holds({"StringEquals": {key: value}}, {key.upper(): "given"}, principal=principal) is False
    )


def test_keys_that_do_not_follow_are_absent() -> None:
    for key in ("aws:PrincipalOrgID", "aws:username", "aws:CurrentTime", "aws:RequestedRegion"):
        assert holds({"Null": {key: "true"}}, principal=SESSION) is True
    queue = "arn:aws:sqs:eu-west-1:111122223333:jobs"
    condition = {"StringEquals": {"aws:RequestedRegion": "eu-west-1"}}
    assert holds(condition, resource=queue, action="sqs:SendMessage") is True


def test_in_a_request_that_is_not_complete_what_it_lacks_is_unknown() -> None:
    policy = document(allow(Condition={"Bool": {"aws:SecureTransport": "true"}}))
    request = Request(USER, "s3:GetObject", OBJECT, complete=False)
    assert evaluate(request, Policies(identity=(policy,))).outcome == UNDECIDABLE
    named = document(allow(Condition={"StringEquals": {"aws:username": "alice"}}))
    assert evaluate(request, Policies(identity=(named,))).outcome == ALLOWED


def test_too_many_comparisons_are_refused() -> None:
    many = [str(number) for number in range(30_000)]
    with pytest.raises(ProblemsError) as refused:
        holds({"ForAllValues:StringLike": {"k:x": many}}, {"k:x": many})
    assert refused.value.exit_status == 1
