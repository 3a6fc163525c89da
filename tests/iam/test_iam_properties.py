"""What holds for all policies and requests, looked for with random ones."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from landfall.iam import documents, simulation
from landfall.iam.documents import Document, DocumentError
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.requests import UNKNOWN, Request
from landfall.problems import ProblemsError
from tests.iam.cases import FEDERATED, HOME, KEY, OBJECT, OTHER, ROLE, ROOT, SESSION, USER

QUICK = settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.too_slow])

ACTIONS = [
    "*",
    "*",
    "*",
    "s3:*",
    "s3:GetObject",
    "s3:Get?bject",
    "kms:Decrypt",
    "sts:Assume*",
    "iam:*",
]
RESOURCES = [
    "*",
    "*",
    "*",
    OBJECT,
    "arn:aws:s3:::*",
    f"arn:aws:kms:*:{HOME}:key/*",
    "arn:aws:s3:::${aws:username}*",
]
CALLERS = [USER, USER, SESSION, ROLE, SESSION, FEDERATED, ROOT, "anonymous", "config.amazonaws.com"]
PRINCIPALS: list[Any] = [
    "*",
    "*",
    *({"AWS": one} for one in (USER, ROLE, SESSION, ROOT, HOME, OTHER, "*")),
    {"AWS": [USER, HOME]},
    {"Service": "config.amazonaws.com"},
    {"CanonicalUser": "79a5"},
]
OPERATORS = ["StringEquals", "StringNotEquals", "StringLike", "ForAllValues:StringLike"]
OPERATORS += ["ForAnyValue:StringNotEquals", "StringEqualsIfExists", "Null"]
KEYS = ["k:a", "k:a", "k:a", "K:B", "aws:PrincipalAccount", "aws:PrincipalType"]
VALUES = ["1", "2", "true", "false", HOME, "Assumed*", "${k:a}", "${k:b, '1'}"]


def some(values: list[Any]) -> st.SearchStrategy[Any]:
    one = st.sampled_from(values)
    return one | st.lists(one, min_size=1, max_size=3)


CONDITIONS = st.dictionaries(
    st.sampled_from(OPERATORS),
    st.dictionaries(st.sampled_from(KEYS), some(VALUES), min_size=1, max_size=2),
    max_size=2,
)


# Strategies are made once: to make one at each draw takes most of a property's time.
NEGATIONS = st.sampled_from([""] * 7 + ["Not"])
NEGATED_PRINCIPALS = st.sampled_from(["", "", "Not"])
EFFECTS = st.sampled_from(["Allow"] * 6 + ["Deny"])
SOME_ACTIONS, SOME_RESOURCES = some(ACTIONS), some(RESOURCES)
SOME_PRINCIPAL = st.sampled_from(PRINCIPALS)
SOME_CONDITIONS: st.SearchStrategy[Any] = st.just({}) | CONDITIONS
SIDS = st.sampled_from([None, None, "One", "Two"])
VERSIONS = st.sampled_from(["2012-10-17", "2012-10-17", "2008-10-17"])


@st.composite
def statements(draw: st.DrawFn, effect: str = "", *, principal: bool = False) -> dict[str, Any]:
    negate = draw(NEGATIONS)
    written: dict[str, Any] = {
        "Effect": effect or draw(EFFECTS),
        f"{negate}Action": draw(SOME_ACTIONS),
        f"{draw(NEGATIONS)}Resource": draw(SOME_RESOURCES),
    }
    if principal:
        written[f"{draw(NEGATED_PRINCIPALS)}Principal"] = draw(SOME_PRINCIPAL)
    condition = draw(SOME_CONDITIONS)
    if condition:
        written["Condition"] = condition
    sid = draw(SIDS)
    if sid:
        written["Sid"] = sid
    return written


def _documents(*, principal: bool) -> st.SearchStrategy[Document]:
    listed = st.lists(statements(principal=principal), min_size=1, max_size=3)
    return st.builds(
        lambda version, statement: documents.parse({"Version": version, "Statement": statement}),
        VERSIONS,
        listed,
    )


POLICIES, NAMING = _documents(principal=False), _documents(principal=True)
NONE: st.SearchStrategy[Any] = st.just(())
SEVERAL = NONE | st.lists(POLICIES, max_size=2).map(tuple)
LEVELS = NONE | st.lists(SEVERAL, max_size=2).map(tuple)
NAMED = NONE | st.lists(NAMING, max_size=1).map(tuple)
ONE_OR_MORE = st.lists(POLICIES, min_size=1, max_size=3).map(tuple)
NAMED_LEVELS = NONE | st.lists(NAMED, max_size=2).map(tuple)
PERHAPS_NAMING = st.none() | NAMING


def policies(*, principal: bool = False) -> st.SearchStrategy[Document]:
    return NAMING if principal else POLICIES


@st.composite
def surroundings(draw: st.DrawFn) -> Policies:
    return Policies(
        identity=draw(ONE_OR_MORE),
        boundaries=draw(SEVERAL),
        session=draw(SEVERAL),
        service_control=draw(LEVELS),
        resource_control=draw(NAMED_LEVELS),
        endpoint=draw(NAMED),
        resource=draw(PERHAPS_NAMING),
    )


CONTEXT_VALUES: st.SearchStrategy[Any] = st.sampled_from(["1", "2", "true", HOME, ["1", "2"], None])
UNKNOWN_VALUES: st.SearchStrategy[Any] = CONTEXT_VALUES | st.just(UNKNOWN) | st.just([UNKNOWN, "1"])


TARGETS = st.sampled_from(
    [("s3:GetObject", OBJECT), ("kms:Decrypt", KEY), ("sts:AssumeRole", ROLE)]
)
SOME_CALLER = st.sampled_from(CALLERS)
OWNERS = st.sampled_from([None, None, HOME, OTHER])
MANAGEMENT = st.sampled_from([None, None, HOME])
KNOWN = st.fixed_dictionaries({"k:a": CONTEXT_VALUES, "k:b": CONTEXT_VALUES})
PERHAPS_KNOWN = st.fixed_dictionaries({"k:a": UNKNOWN_VALUES, "k:b": UNKNOWN_VALUES})


@st.composite
def requests(draw: st.DrawFn, *, unknowns: bool = True) -> Request:
    action, resource = draw(TARGETS)
    return Request(
        draw(SOME_CALLER),
        action,
        resource,
        resource_account=draw(OWNERS),
        context=draw(PERHAPS_KNOWN if unknowns else KNOWN),
        management_account=draw(MANAGEMENT),
    )


RANK = {
    Outcome.EXPLICIT_DENY: 0,
    Outcome.IMPLICIT_DENY: 0,
    Outcome.UNDECIDABLE: 1,
    Outcome.ALLOWED: 2,
}


def access(request: Request, given: Policies) -> int:
    return RANK[evaluate(request, given).outcome]


def shuffled(document: Document, draw: Any) -> Document:
    listed = draw.draw(st.permutations(document.statements))
    return replace(
        document,
        statements=tuple(
            replace(
                one,
                actions=tuple(draw.draw(st.permutations(one.actions))),
                resources=tuple(reversed(one.resources)),
                conditions=tuple(reversed(one.conditions)),
            )
            for one in listed
        ),
    )


@QUICK
@given(requests(), surroundings(), st.data())
def test_writing_and_reordering_change_no_decision(
    request: Request, given_: Policies, data: Any
) -> None:
    before = evaluate(request, given_).outcome

    def rewritten(document: Document) -> Document:
        text = documents.serialise(shuffled(document, data))
        again = documents.parse(text)
        assert documents.serialise(again) == text
        return again

    after = Policies(
        identity=tuple(rewritten(one) for one in given_.identity),
        boundaries=tuple(rewritten(one) for one in given_.boundaries),
        session=tuple(rewritten(one) for one in given_.session),
        service_control=tuple(
            tuple(rewritten(one) for one in level) for level in given_.service_control
        ),
        resource_control=tuple(
            tuple(rewritten(one) for one in level) for level in given_.resource_control
        ),
        endpoint=tuple(rewritten(one) for one in given_.endpoint),
        resource=rewritten(given_.resource) if given_.resource else None,
    )
    assert evaluate(request, after).outcome == before


@QUICK
@given(requests(), surroundings())
def test_merging_changes_no_decision(request: Request, given_: Policies) -> None:
    def merged(listed: tuple[Document, ...]) -> tuple[Document, ...]:
        return (documents.merge(listed),) if listed else ()

    after = replace(
        given_,
        identity=merged(given_.identity),
        boundaries=merged(given_.boundaries),
        session=merged(given_.session),
        service_control=tuple(merged(level) for level in given_.service_control),
    )
    assert evaluate(request, after).outcome == evaluate(request, given_).outcome


@QUICK
@given(
    requests(), surroundings(), statements("Deny"), statements("Deny", principal=True), st.data()
)
def test_a_deny_never_adds_access(
    request: Request, given_: Policies, denied: Any, named: Any, data: Any
) -> None:
    before = access(request, given_)
    one, other = (documents.parse({"Statement": [written]}) for written in (denied, named))
    levels = [(*level, one) for level in given_.service_control]
    for after in (
        replace(given_, identity=(*given_.identity, one)),
        replace(given_, service_control=tuple(levels)),
        replace(given_, resource_control=(*given_.resource_control, (other,))),
        replace(
            given_,
            resource=documents.merge([given_.resource, other]) if given_.resource else other,
        ),
    ):
        assert access(request, after) <= before


@QUICK
@given(requests(), surroundings(), statements("Allow"), statements("Allow", principal=True))
def test_an_allow_never_removes_access(
    request: Request, given_: Policies, allowed: Any, named: Any
) -> None:
    before = access(request, given_)
    one, other = (documents.parse({"Statement": [written]}) for written in (allowed, named))
    resource = documents.merge([given_.resource, other]) if given_.resource else other
    levels = tuple((*level, one) for level in given_.service_control)
    assert access(request, replace(given_, identity=(*given_.identity, one))) >= before
    assert access(request, replace(given_, resource=resource)) >= before
    assert access(request, replace(given_, service_control=levels)) >= before


def naming_principals(given_: Policies) -> list[Document]:
    """The documents whose Principal element counts; a CanonicalUser there is never known."""
    resource_control = [one for level in given_.resource_control for one in level]
    resource = [given_.resource] if given_.resource else []
    return [*resource, *given_.endpoint, *resource_control]


@settings(QUICK, max_examples=300)
@given(requests(), surroundings(), st.data())
def test_what_is_decided_holds_whatever_the_unknown_turns_out_to_be(
    request: Request, given_: Policies, data: Any
) -> None:
    request = replace(request, context={**request.context, "k:a": UNKNOWN})
    before = access(request, given_)
    context = {
        key: data.draw(CONTEXT_VALUES)
        if value is UNKNOWN
        else [data.draw(st.sampled_from(["1", "2", HOME])), "1"]
        if isinstance(value, list) and UNKNOWN in value
        else value
        for key, value in request.context.items()
    }
    after = access(replace(request, context=context), given_)
    if not any("CanonicalUser" in documents.serialise(one) for one in naming_principals(given_)):
        assert after != 1
    if before != 1:
        assert after == before


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.floats(allow_nan=False) | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "Version",
                    "Statement",
                    "Effect",
                    "Action",
                    "Resource",
                    "Condition",
                    "Principal",
                    "x",
                ]
            )
            | st.text(max_size=4),
            inner,
            max_size=4,
        )
    ),
    max_leaves=25,
)


def refusal(read: Callable[[Any], object], source: object) -> ProblemsError | None:
    """Return how a source was refused; any other error is a failure of the test."""
    try:
        read(source)
    except ProblemsError as error:
        return error
    return None


@settings(QUICK, max_examples=300)
@given(ANY_JSON, st.sampled_from([None, "identity", "resource", "trust", "scp", "rcp"]))
def test_any_json_is_a_document_or_a_clear_error(value: Any, kind: Any) -> None:
    start = time.process_time()
    for source in (value if isinstance(value, dict) else {"Statement": value}, json.dumps(value)):
        refused = refusal(lambda written: documents.parse(written, kind=kind), source)
        if refused is None:
            found = documents.parse(source, kind=kind)
            assert documents.parse(documents.serialise(found)) == documents.canonical(found)
        else:
            assert isinstance(refused, DocumentError)
            assert all(problem.what.isprintable() for problem in refused.problems)
    assert time.process_time() - start < 2


@settings(QUICK, max_examples=300)
@given(
    st.dictionaries(
        st.sampled_from(
            ["principal", "action", "resource", "context", "identityPolicies", "resourcePolicy"]
        ),
        ANY_JSON | st.sampled_from([USER, "s3:GetObject", OBJECT]),
    )
    | ANY_JSON
)
def test_any_json_is_a_request_or_a_clear_error(value: Any) -> None:
    text = json.dumps(value)
    refused = refusal(simulation.read, text)
    if refused is None:
        cases = simulation.read(text)
        for case in cases if isinstance(cases, list) else [cases]:
            assert simulation.answer(case)["decision"]
    else:
        assert refused.exit_status == 1
        assert refused.problems


@settings(QUICK, max_examples=300)
@given(st.binary(max_size=60) | st.text(max_size=60))
def test_any_text_is_refused(source: str | bytes) -> None:
    assert refusal(documents.parse, source)
    refused = refusal(simulation.read, source)
    assert refused or source.strip() in ("[]", b"[]")
