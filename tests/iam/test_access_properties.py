"""Sets of access agree with the evaluator, for random identities and requests."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landfall.iam import documents, patterns
from landfall.iam.documents import Document
from landfall.iam.effective_access import AccessSet, Grant, Hold, Identity, effective
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.requests import Request
from tests.iam.cases import HOME, USER

SEARCH = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ROLE_ARN = f"arn:aws:iam::{HOME}:role"
USER_ARN = f"arn:aws:iam::{HOME}:user"
TARGETS = [
    ("s3:GetObject", "arn:aws:s3:::reports/2026/11.csv"),
    ("s3:GetObject", "arn:aws:s3:::reports/alice"),
    ("s3:PutObject", "arn:aws:s3:::logs/alice"),
    ("iam:PassRole", f"{ROLE_ARN}/admin"),
    ("iam:PassRole", f"{ROLE_ARN}/app/web"),
    ("iam:CreateAccessKey", f"{USER_ARN}/team/alice"),
    ("iam:CreateAccessKey", f"{USER_ARN}/bob"),
    ("ec2:DescribeInstances", "*"),
]
ACTIONS = ["*", "*", "s3:*", "s3:GetObject", "s3:?etObject", "iam:*", "iam:PassRole", "iam:*e*"]
RESOURCES = [
    "*",
    "*",
    "arn:aws:s3:::*",
    "arn:aws:s3:::reports/*",
    "arn:aws:s3:::*/alice",
    "arn:aws:s3:::reports/${aws:username}",
    "arn:aws:s3:::reports/2026/??.csv",
    "arn:aws:iam::*:role/*",
    f"{ROLE_ARN}/admin",
    f"{ROLE_ARN}/app/*",
    "arn:aws:iam::*:user/*${aws:username}",
    f"{USER_ARN}/${{k:a, 'bob'}}",
]
KEYS = ["k:a", "k:a", "k:b", "aws:PrincipalTag/team", "aws:PrincipalAccount", "aws:username"]
KEYS += ["iam:PassedToService", "aws:MultiFactorAuthPresent"]
VALUES = ["1", "2", "bob", "true", "false", "*", HOME, "alice", "lambda.amazonaws.com", "${k:b}"]
OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "StringNotLike", "Bool", "Null"]
OPERATORS += ["StringEqualsIfExists", "StringNotEqualsIfExists", "StringEqualsIgnoreCase"]
OPERATORS += ["ForAllValues:StringEquals", "ForAnyValue:StringLike", "BoolIfExists"]
CONTEXT = {
    "k:a": ["1", "2", "bob", ["1", "2"], None],
    "k:b": ["1", "bob", None],
    "aws:PrincipalTag/team": ["1", "true", None],
    "aws:MultiFactorAuthPresent": ["true", "false", None],
}


def some(values: list[str]) -> st.SearchStrategy[Any]:
    return st.lists(st.sampled_from(values), min_size=1, max_size=3)


CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(KEYS), some(VALUES), min_size=1, max_size=2),
    max_size=1,
)


@st.composite
def statements(draw: st.DrawFn) -> dict[str, Any]:
    negate = st.sampled_from([""] * 6 + ["Not"])
    written: dict[str, Any] = {
        "Effect": draw(st.sampled_from(["Allow", "Allow", "Allow", "Deny"])),
        f"{draw(negate)}Action": draw(some(ACTIONS)),
        f"{draw(negate)}Resource": draw(some(RESOURCES)),
    }
    condition = draw(st.just({}) | CONDITIONS)
    if condition:
        written["Condition"] = condition
    return written


@st.composite
def labelled(draw: st.DrawFn) -> tuple[str, Document]:
    version = draw(st.sampled_from(["2012-10-17"] * 4 + ["2008-10-17"]))
    listed = draw(st.lists(statements(), min_size=1, max_size=3))
    return "policy", documents.parse({"Version": version, "Statement": listed})


LAYER = st.lists(labelled(), min_size=1, max_size=2).map(tuple)


@st.composite
def identities(draw: st.DrawFn) -> Identity:
    return Identity(
        policies=draw(LAYER),
        boundaries=draw(st.just(()) | st.just(()) | LAYER),
        service_control=draw(st.just(()) | st.lists(LAYER, max_size=2).map(tuple)),
        principal=draw(st.sampled_from([None, USER])),
    )


@st.composite
def requests(draw: st.DrawFn) -> Request:
    action, resource = draw(st.sampled_from(TARGETS))
    context = {key: draw(st.sampled_from(values)) for key, values in CONTEXT.items()}
    if action == "iam:PassRole":
        services = ["lambda.amazonaws.com", "ec2.amazonaws.com"]
        context["iam:PassedToService"] = draw(st.sampled_from(services))
    # Within the account, so that no policy of the resource is needed.
    return Request(USER, action, resource, resource_account=HOME, context=context)


def policies(identity: Identity) -> Policies:
    return Policies(
        identity=tuple(one for _, one in identity.policies),
        boundaries=tuple(one for _, one in identity.boundaries),
        service_control=tuple(tuple(one for _, one in level) for level in identity.service_control),
    )


def is_allowed(request: Request, identity: Identity) -> bool:
    return evaluate(request, policies(identity)).outcome is Outcome.ALLOWED


@SEARCH
@given(requests(), identities())
def test_what_a_request_is_allowed_is_in_the_set(request: Request, identity: Identity) -> None:
    access = effective(identity)
    held = access.can(request.action, request.resource)
    if is_allowed(request, identity):
        assert held is not Hold.NO
        assert access.can(request.action) is not Hold.NO
        assert access.can(f"{request.action[:6]}*", request.resource[:-2] + "*") is not Hold.NO
    else:
        assert held is not Hold.YES


@SEARCH
@given(requests(), identities(), st.sampled_from(["*", "arn:aws:s3:::*", "arn:aws:iam::*:role/*"]))
def test_the_example_of_a_certain_answer_is_allowed(
    request: Request, identity: Identity, asked: str
) -> None:
    held = effective(identity).held(request.action, asked)
    if held.hold is Hold.YES:
        example = Request(
            USER, request.action, held.resource, resource_account=HOME, context=request.context
        )
        assert is_allowed(example, identity)
        assert held.sources
        assert patterns.matches(asked, held.resource, case_sensitive=True)


@SEARCH
@given(requests(), identities(), identities())
def test_containing_and_differing_agree_with_decisions(
    request: Request, one: Identity, other: Identity
) -> None:
    left, right = effective(one), effective(other)
    grants = left.difference(right, action=request.action)
    assert right.contains(left, action=request.action) == (not grants)
    if is_allowed(request, one) and not is_allowed(request, other):
        assert any(takes(grant, request) for grant in grants)
    for grant in grants:
        if grant.certain:
            assert_differs(grant, left, right)


@SEARCH
@given(identities(), st.sampled_from(TARGETS))
def test_a_set_contains_itself(identity: Identity, target: tuple[str, str]) -> None:
    access = effective(identity)
    if "${" not in str(identity):
        assert access.contains(access, action=target[0])


def takes(grant: Grant, request: Request) -> bool:
    return any(
        patterns.matches(one, request.action, case_sensitive=False) for one in grant.actions
    ) and any(
        patterns.matches(one, request.resource, case_sensitive=True) or "${" in one
        for one in grant.resources
    )


def assert_differs(grant: Grant, left: AccessSet, right: AccessSet) -> None:
    for action in grant.actions:
        if not patterns.has_wildcard(action):
            assert left.can(action, grant.example) is Hold.YES
            assert right.can(action, grant.example) is Hold.NO
