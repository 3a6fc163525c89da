"""Properties of the check for any input: an answer or a clear refusal, in bounded time."""

from __future__ import annotations

import base64
import json
import time
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from landfall.iam import documents, keys
from landfall.iam.conditions import compile_condition
from landfall.iam.documents import Condition, Document
from landfall.iam.effective_access import Hold
from landfall.iam.operators import OPERATORS
from landfall.iam.policy_checks import Meaning, Subject, check, lines, meaning, reading
from landfall.iam.policy_checks.reading import batch
from landfall.iam.requests import Request
from landfall.problems import ProblemsError
from tests.iam.cases import ROLE, allow, deny, document
from tests.iam.test_check_conditions import condition
from tests.iam.test_condition_keys import EACH, QUALIFIERS, VALUES
from tests.iam.test_iam_properties import policies

QUICK = settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.too_slow])
ANY_JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner),
    max_leaves=12,
)
# The parts of a policy, with any values.
LIKE_A_POLICY = st.fixed_dictionaries(
    {},
    optional={
        "Version": st.sampled_from(["2012-10-17", "2008-10-17", 3]),
        "Statement": st.lists(
            st.fixed_dictionaries(
                {"Effect": st.sampled_from(["Allow", "Deny", "allow"])},
                optional={
                    name: ANY_JSON | st.text(max_size=12) | st.sampled_from(["*", "iam:*", "*:*"])
                    for name in ("Action", "NotAction", "Resource", "Principal", "Condition", "Sid")
                },
            ),
            max_size=3,
        ),
    },
)
# Of the processor, far above what the slowest takes; a runaway search takes more.
SECONDS = 30


@QUICK
@given(st.dictionaries(st.text(max_size=8), ANY_JSON | LIKE_A_POLICY, max_size=3))
def test_any_batch_has_an_answer_for_each_name(written: dict[str, Any]) -> None:
    answers = {one.name: one for one in batch(json.dumps(written), "batch.json")}
    assert list(answers) == list(written)
    for one in answers.values():
        assert one.refused == ("problems" in one.found)
        assert json.dumps(one.found)


@QUICK
@given(st.text() | st.binary())
def test_any_text_is_answered_or_refused(text: str | bytes) -> None:
    with suppress(ProblemsError):
        list(batch(text, "batch.json"))


def told(*written: Document) -> set[tuple[str, str]]:
    named = tuple((str(place), one) for place, one in enumerate(written))
    found = check(Subject(identity=named)).findings
    return {(one.rule, one.severity) for one in found if one.severity != "note"}


@QUICK
@given(policies())
def test_order_and_spelling_do_not_matter(policy: Document) -> None:
    assert told(documents.canonical(policy)) == told(policy)
    turned = tuple(reversed(policy.statements))
    assert told(replace(policy, statements=turned)) == told(policy)


TEXT_OR_VARIABLE = replace(
    document(allow("*", "arn:aws:s3:::${aws:username}*"), allow("iam:*")), version="2008-10-17"
)
CONDITIONAL = replace(
    document(allow(Condition={"StringEquals": {"k:a": "1"}})), version="2008-10-17"
)


@QUICK
@given(policies(), policies())
@example(TEXT_OR_VARIABLE, CONDITIONAL)
def test_policies_are_judged_as_if_they_were_one(one: Document, two: Document) -> None:
    # The newer version makes variables of what was text, so both sides have it.
    newer = replace(one, version="2012-10-17")
    assert told(documents.merge([newer, two])) == told(newer, two)


@QUICK
@given(policies())
def test_a_deny_of_everything_leaves_no_way_to_more_rights(policy: Document) -> None:
    nothing = document({"Effect": "Deny", "Action": "*", "Resource": "*"})
    report = check(Subject(identity=(("own", policy), ("none", nothing))))
    assert report.escalations == ()
    assert not any(one.severity == "high" for one in report.findings)


@QUICK
@given(policies())
def test_high_findings_of_escalations_are_certain(policy: Document) -> None:
    report = check(Subject(identity=(("own", policy),)))
    certain = {one.kind for one in report.escalations if one.hold is Hold.YES}
    for one in report.findings:
        if one.severity == "high" and one.rule.startswith("escalation-"):
            assert one.rule.removeprefix("escalation-") in certain


ADDRESSES_OF_ANY_KIND = st.ip_addresses().map(str)
NUMBERS = st.integers(-5, 10**10).map(str) | st.decimals(-5, 5, places=2).map(str)
TIMES = st.datetimes().map(lambda at: f"{at.isoformat(timespec='seconds')}Z")
ARNS = st.builds(
    "arn:{}:{}:{}:{}:{}".format,
    *(
        st.text("aws*?-/:" if last else "aws*?-", max_size=6)
        for last in (False, False, False, False, True)
    ),
)
# Values in a policy: known ones, and any of each type, with and without wildcards.
NAMED = st.sampled_from(EACH) | st.one_of(
    # No document has an unfinished variable: the parser refuses it.
    st.text(max_size=6).filter(lambda text: "${" not in text),
    st.text("*?a1:/-", max_size=6),
    st.sampled_from(["true", "false", "True", " false ", "truee"]),
    NUMBERS,
    TIMES,
    ADDRESSES_OF_ANY_KIND,
    st.ip_addresses(network="10.0.0.0/7").map(str),
    st.builds("{}/{}".format, ADDRESSES_OF_ANY_KIND, st.integers(0, 32)),
    ARNS,
    st.binary(max_size=3).map(lambda content: base64.b64encode(content).decode()),
)
# Values that a request may have beyond those of VALUES.
GIVEN: dict[str, st.SearchStrategy[str]] = {
    "aws:SourceArn": ARNS.filter(lambda text: "*" not in text and "?" not in text),
    "aws:MultiFactorAuthAge": st.integers(0, 10**6).map(str),
    "s3:max-keys": NUMBERS,
    "aws:TokenIssueTime": TIMES,
    "aws:VpcSourceIp": ADDRESSES_OF_ANY_KIND,
    "aws:PrincipalTag/team": NAMED,
    "aws:TagKeys": NAMED,
    "s3:prefix": NAMED,
    "k:undocumented": NAMED,
}


@st.composite
def judged(draw: st.DrawFn) -> tuple[Condition, Any]:
    """A condition of any operator, and what a request has under its key."""
    key = draw(st.sampled_from(sorted(VALUES)))
    operator = draw(st.sampled_from(OPERATORS))
    given_ = st.lists(st.sampled_from(VALUES[key]) | GIVEN.get(key, st.nothing()), max_size=3)
    asked = Condition(
        operator,
        draw(st.sampled_from(QUALIFIERS)),
        operator != "Null" and draw(st.booleans()),
        key,
        tuple(draw(st.lists(NAMED, max_size=3))),
    )
    # A key that every request has is never absent.
    return asked, draw(given_.filter(bool) if keys.find(key).always else given_)


@settings(max_examples=400, deadline=None)
@given(judged())
@example((condition("Bool", "aws:PrincipalArn", "true", "false"), [ROLE]))
@example((condition("NotIpAddress", "aws:PrincipalArn", "0.0.0.0/0", "::/0"), [ROLE]))
@example((condition("ForAnyValue:StringLikeIfExists", "k:undocumented", "*"), [""]))
def test_what_is_always_or_never_true_is_so_for_the_evaluator(case: tuple[Condition, Any]) -> None:
    asked, given_ = case
    verdict = meaning(asked).meaning
    request = Request(ROLE, "s3:GetObject", context={asked.key: given_})
    truth = compile_condition(asked, has_variables=True)(request)
    if verdict is not Meaning.SOMETIMES:
        assert truth is (verdict is Meaning.ALWAYS)


def nested(depth: int) -> str:
    return '{"Statement":' * depth + "1" + "}" * depth


def of_tags(operator: str, value: str) -> dict[str, Any]:
    return {"Condition": {operator: {f"aws:PrincipalTag/{n}": value for n in range(2_400)}}}


ADDRESSES = [f"10.0.{n % 256}.0/24" for n in range(50_000)]
HUGE: dict[str, Any] = {
    "statements": [allow(f"s3:Get{n}*", f"arn:aws:s3:::b{n}/*") for n in range(2_000)],
    "statements on everything": [allow("*", f"arn:aws:iam::*:role/*{n}*") for n in range(2_000)],
    "actions": [allow([f"s3:*{n}*e*t" for n in range(15_000)])],
    "wild services": [allow([f"*{n}*:*a*e*" for n in range(5_000)])],
    "question marks": [allow(["iam:" + "?*" * 2_000], "arn:aws:iam::*:role/" + "*?" * 2_000)],
    "question marks in pairs": [
        allow("iam:PassRole", "arn:aws:iam::*:role/" + "*?" * 300 + str(n)) for n in range(2_000)
    ],
    "question marks in services": [
        allow([f"{'?' * n}*:{'*?' * 100}{m}" for n in range(9)]) for m in range(300)
    ],
    "resources": [allow("iam:*", [f"arn:aws:iam::*:role/*{n}*" for n in range(5_000)])],
    "denies": [allow(), *(deny("iam:*", f"*{n}*") for n in range(1_900))],
    "conditions": [
        allow(**of_tags("StringLike", "*1*")),
        deny(**of_tags("StringNotLike", "*a*")),
    ],
    "values": [allow(Condition={"IpAddress": {"aws:SourceIp": ADDRESSES}})],
    "unicode": [allow("s3:GetObject", "arn:aws:s3:::\u202e\U0001f600*", Sid="\x1b[31m" * 1000)],
}


@pytest.mark.parametrize("name", HUGE)
def test_a_hostile_policy_is_judged_in_bounded_time(name: str) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": HUGE[name]})
    start = time.process_time()
    report = check(Subject(identity=(("own", reading.document(text, "identity", "own.json")),)))
    lines.of_statements(text)
    assert time.process_time() - start < SECONDS
    assert len(report.findings) <= 1_001
    assert all(one.message.isprintable() and one.statement.isprintable() for one in report.findings)


@pytest.mark.parametrize("name", HUGE)
def test_a_hostile_resource_or_trust_is_judged_in_bounded_time(name: str) -> None:
    statements = [{**one, "Principal": "*"} for one in HUGE[name]]
    start = time.process_time()
    (answer,) = batch(json.dumps({"a": {"Version": "2012-10-17", "Statement": statements}}), "b")
    for one in statements:
        one.pop("Resource")
        one["Action"] = "sts:AssumeRole"
    list(batch(json.dumps({"a": {"Version": "2012-10-17", "Statement": statements}}), "b"))
    assert time.process_time() - start < SECONDS
    assert answer.found["milliseconds"] > 0  # type: ignore[operator]


@pytest.mark.parametrize(
    ("count", "what"),
    [
        (60_000, [allow("*", "arn:aws:s3:::a")] * 60_000),
        (80_001, [allow([f"s3:Get{n}" for n in range(80_000)])]),
        (20_000, [allow(Condition={"StringEquals": {f"k:{n}": "a" for n in range(20_000)}})]),
    ],
)
def test_what_aws_could_never_store_is_refused(count: int, what: object) -> None:
    text = json.dumps({"Version": "2012-10-17", "Statement": what})
    assert len(text) < 10 * 1024 * 1024
    start = time.process_time()
    with pytest.raises(ProblemsError, match=f"has {count:,}"):
        reading.document(text, "identity", "own.json")
    assert time.process_time() - start < SECONDS


def test_deep_nesting_is_refused() -> None:
    for text in (nested(100_000), "[" * 1_000_000):
        with pytest.raises(ProblemsError, match="nested deeper"):
            list(batch(text, "batch.json"))


def test_lines_of_statements_are_those_of_the_text() -> None:
    text = '{\n"Id": "Statement",\n"Statement":\n[\n{"Effect": "Allow"},\n\n{"Sid": "{[\\"" }\n]}'
    assert lines.of_statements(text) == (5, 7)
    assert lines.of_statements('{"Statement": {"Effect": "Allow", "Condition": {}}}') == (1,)
    assert lines.of_statements(" " * 2_000_000) == ()
