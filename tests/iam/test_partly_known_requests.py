"""Requests of which the resource or some keys are not known."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam import documents
from landfall.iam.documents import PolicyKind
from landfall.iam.evaluation import Outcome, Policies, evaluate
from landfall.iam.requests import Request

USER = "arn:aws:iam::111122223333:user/ada"


def _outcome(*statements: dict[str, Any], **request: Any) -> Outcome:
    whole = [{"Effect": "Allow", "Action": "s3:GetObject"} | each for each in statements]
    policy = documents.parse({"Version": "2012-10-17", "Statement": whole})
    asked = Request(USER, "s3:GetObject", **request)
    return evaluate(asked, Policies(identity=(policy,))).outcome


@pytest.mark.parametrize(
    ("statements", "outcome"),
    [
        ([{"Resource": "*"}], Outcome.ALLOWED),
        ([{"Resource": "arn:aws:s3:::b/*"}], Outcome.UNDECIDABLE),
        ([{"Resource": ["arn:aws:s3:::b/*", "*"]}], Outcome.ALLOWED),
        ([{"NotResource": "arn:aws:s3:::b/*"}], Outcome.UNDECIDABLE),
        ([{"NotResource": "*"}], Outcome.IMPLICIT_DENY),
        ([{"Action": "s3:PutObject", "Resource": "*"}], Outcome.IMPLICIT_DENY),
        (
            [{"Resource": "*"}, {"Effect": "Deny", "Resource": "arn:aws:s3:::b/*"}],
            Outcome.UNDECIDABLE,
        ),
        ([{"Resource": "*"}, {"Effect": "Deny", "Resource": "*"}], Outcome.EXPLICIT_DENY),
    ],
)
def test_resource_that_is_not_known_matches_only_a_star_for_certain(
    statements: list[dict[str, Any]], outcome: Outcome
) -> None:
    assert _outcome(*statements, resource_known=False) == outcome


def test_key_that_no_such_request_has_is_absent_in_an_incomplete_context() -> None:
    tagged = {"Resource": "*", "Condition": {"StringEquals": {"aws:PrincipalTag/team": "a"}}}
    partly: dict[str, Any] = {"complete": False}
    assert _outcome(tagged, **partly) == Outcome.UNDECIDABLE
    partly["may_have"] = lambda key: not key.startswith("aws:principaltag/")
    assert _outcome(tagged, **partly) == Outcome.IMPLICIT_DENY
    context = {"aws:PrincipalTag/Team": "a"}
    assert _outcome(tagged, **partly, context=context) == Outcome.ALLOWED


@pytest.mark.parametrize(
    ("policies", "lacking"),
    [
        ({}, PolicyKind.IDENTITY),
        ({"boundaries": "none"}, PolicyKind.BOUNDARY),
        ({"session": "none"}, PolicyKind.SESSION),
        ({"service_control": "none"}, PolicyKind.SERVICE_CONTROL),
    ],
)
def test_implicit_deny_names_the_kind_of_policy_that_lacks(
    policies: dict[str, str], lacking: PolicyKind
) -> None:
    def policy(action: str) -> documents.Document:
        statement = {"Effect": "Allow", "Action": action, "Resource": "*"}
        return documents.parse({"Version": "2012-10-17", "Statement": [statement]})

    given: dict[str, Any] = {"identity": (policy("s3:*"),) if policies else ()}
    for name in policies:
        given[name] = (policy("sns:*"),)
    if "service_control" in given:
        given["service_control"] = (given["service_control"],)
    decision = evaluate(Request(USER, "s3:GetObject"), Policies(**given))
    assert (decision.outcome, decision.lacking) == (Outcome.IMPLICIT_DENY, lacking)
