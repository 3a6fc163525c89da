from __future__ import annotations

from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Condition
from landfall.iam.effective_access.literals import contradicts, implies, is_consistent, literal
from landfall.iam.requests import Request
from tests.iam.cases import USER

SINGLE = "aws:PrincipalTag/team"
SEVERAL = "k:several"
BOOLEAN = "aws:SecureTransport"
MAYBE_BOOLEAN = "aws:MultiFactorAuthPresent"
ADDRESS = "aws:VpcSourceIp"


def condition(operator: str, key: str, *values: str) -> Condition:
    name = operator.split(":")[-1]
    qualifier: Any = operator.split(":")[0] if ":" in operator else ""
    return Condition(
        name.removesuffix("IfExists"), qualifier, name.endswith("IfExists"), key, values
    )


OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "Null"]
OPERATORS += ["StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase", "ArnLike", "ArnEquals"]
OPERATORS += ["StringEqualsIfExists", "StringLikeIfExists", "BoolIfExists", "NumericLessThan"]
OPERATORS += ["ForAllValues:StringEquals", "ForAnyValue:StringEquals", "ForAnyValue:StringNotLike"]
OPERATORS += ["StringNotEqualsIfExists", "ForAllValues:StringNotEquals", "ArnNotLike"]
OPERATORS += [
    "NotIpAddress",
    "IpAddressIfExists",
    "DateLessThan",
    "NumericNotEquals",
    "BinaryEquals",
]
OPERATORS += ["ForAllValues:StringLike", "ForAnyValue:StringLikeIfExists", "ForAnyValue:Bool"]
VALUES = ["a", "A", "ab", "a*", "*", "true", "false", "True", "arn:aws:iam::1:x", "arn:aws:*:*:*:x"]
VALUES += ["", "1", "10.0.0.0/8", "::/0", "*:*:*:*:*:*", "?*", "${k:a}"]


@st.composite
def conditions(draw: st.DrawFn, key: str) -> Condition:
    values = draw(st.lists(st.sampled_from(VALUES), min_size=1, max_size=2))
    return condition(draw(st.sampled_from(OPERATORS)), key, *values)


TEXTS = ["a", "A", "ab", "b", "a*", "", "true", "false", "arn:aws:iam::1:x", "1", "10.0.0.7", None]
# Keys with what a request may have under them.
GIVEN = {
    SINGLE: TEXTS,
    SEVERAL: TEXTS,
    MAYBE_BOOLEAN: ["true", "false", None],
    ADDRESS: ["10.0.0.7", "2001:db8:0:0:0:0:0:7", None],
}
CASES = st.sampled_from(sorted(GIVEN)).flatmap(
    lambda key: st.tuples(
        conditions(key),
        conditions(key),
        st.sampled_from(GIVEN[key]),
        st.sampled_from(GIVEN[key]),
    )
)


@settings(max_examples=1500, deadline=None)
@given(CASES, st.booleans(), st.booleans())
def test_what_follows_holds_in_every_request(
    case: tuple[Condition, Condition, str | None, str | None], first: bool, second: bool
) -> None:
    one, two, text, other = case
    values: Any = text
    if one.key == SEVERAL and text is not None and other is not None:
        values = [text, other]
    request = Request(USER, "s3:GetObject", context={one.key: values})
    left = literal(one) if first else literal(one).negated()
    right = literal(two) if second else literal(two).negated()
    holds_left = compile_condition(one, has_variables=True)(request) is first
    holds_right = compile_condition(two, has_variables=True)(request) is second
    if implies(left, right) and holds_left:
        assert holds_right
    if contradicts(left, right):
        assert not (holds_left and holds_right)


def test_a_key_that_is_true_or_false_leaves_no_third_value() -> None:
    is_true = condition("Bool", BOOLEAN, "true")
    not_false = condition("BoolIfExists", BOOLEAN, "false")
    assert implies(literal(is_true).negated(), literal(not_false))
    # A tag may hold any text: what is not `true` there need not be `false`.
    of_tag = [
        literal(Condition(c.operator, "", c.if_exists, SINGLE, c.values))
        for c in (is_true, not_false)
    ]
    assert not implies(of_tag[0].negated(), of_tag[1])


def test_negated_operators_are_the_opposite() -> None:
    equals = literal(condition("StringEquals", "K:a", "x", "y"))
    differs = literal(condition("StringNotEquals", "k:A", "y", "x"))
    assert equals == differs.negated()
    assert not is_consistent([equals, differs])


def test_narrower_values_imply_wider_ones() -> None:
    narrow = literal(condition("StringEquals", SINGLE, "web-1"))
    wide = literal(condition("StringLike", SINGLE, "web-*"))
    other = literal(condition("StringLike", SINGLE, "db-*"))
    assert implies(narrow, wide)
    assert not implies(wide, narrow)
    assert implies(wide.negated(), narrow.negated())
    assert contradicts(narrow, other)
    assert implies(narrow, literal(condition("Null", SINGLE, "false")))


def test_variables_are_not_compared_as_text() -> None:
    plain = literal(condition("StringEquals", SINGLE, "alice"))
    variable = literal(condition("StringEquals", SINGLE, "${aws:username}"))
    assert not contradicts(plain, variable)
    assert not implies(variable, literal(condition("StringLike", SINGLE, "$*")))


def test_nothing_contradicts_itself() -> None:
    for operator, value in (("Null", "true"), ("Null", "false"), ("Bool", "x"), ("ArnLike", "a")):
        one = literal(condition(operator, SINGLE, value))
        assert not contradicts(one, one)
        assert implies(one, one)
        assert contradicts(one, one.negated())
