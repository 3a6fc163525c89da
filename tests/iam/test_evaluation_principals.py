"""Principals that Principal and NotPrincipal name, and callers other than users and roles."""

from __future__ import annotations

import pytest

from landfall.iam.principals import CallerError
from tests.iam.cases import (
    ALLOWED,
    EXPLICIT,
    FULL,
    HOME,
    IMPLICIT,
    KEY,
    ROLE,
    ROOT,
    SESSION,
    UNDECIDABLE,
    USER,
    decide,
    document,
    statement,
    to,
)


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ({"AWS": ROOT}, USER, EXPLICIT),
        ({"AWS": HOME}, SESSION, EXPLICIT),
        ({"AWS": ROLE}, SESSION, EXPLICIT),
        ({"AWS": SESSION}, SESSION, EXPLICIT),
        ({"AWS": SESSION}, ROLE, ALLOWED),
        ("*", USER, EXPLICIT),
        ({"AWS": "444455556666"}, USER, ALLOWED),
    ],
)
def test_a_deny_in_a_resource_policy(principal: object, caller: str, expected: str) -> None:
    denied = document(statement("Deny", Principal=principal))
    assert decide(caller, identity=(FULL,), on_resource=denied).outcome == expected


@pytest.mark.parametrize(
    ("spared", "caller", "expected"),
    [
        ([USER, ROOT], USER, ALLOWED),
        ([USER, HOME], USER, ALLOWED),
        ([USER], USER, EXPLICIT),
        ([ROOT], USER, EXPLICIT),
        ([ROOT], ROOT, ALLOWED),
        ([ROLE, SESSION, ROOT], SESSION, ALLOWED),
        ([SESSION, ROOT], SESSION, EXPLICIT),
        ([ROLE, ROOT], SESSION, EXPLICIT),
        ([ROLE, ROOT], ROLE, ALLOWED),
        (["*"], USER, ALLOWED),
        ([USER, ROOT], "anonymous", EXPLICIT),
        ([USER, ROOT], "config.amazonaws.com", EXPLICIT),
    ],
)
def test_not_principal_exempts_the_named_account_role_and_session(
    spared: list[str], caller: str, expected: str
) -> None:
    denied = {"Effect": "Deny", "NotPrincipal": {"AWS": spared}, "Action": "*", "Resource": "*"}
    policy = document(denied, statement("Allow", Principal="*"))
    assert decide(caller, on_resource=policy).outcome == expected


def test_not_principal_exempts_a_named_service() -> None:
    denied = {"Effect": "Deny", "NotPrincipal": {"Service": "a.amazonaws.com"}, "Action": "*"}
    policy = document(denied, statement("Allow", Principal="*"))
    assert decide("a.amazonaws.com", on_resource=policy).outcome == ALLOWED
    assert decide("b.amazonaws.com", on_resource=policy).outcome == EXPLICIT


def test_allow_with_not_principal_excludes_the_named_principal() -> None:
    policy = document({"Effect": "Allow", "NotPrincipal": {"AWS": USER}, "Action": "*"})
    assert decide(USER, on_resource=policy).outcome == IMPLICIT
    assert decide(SESSION, on_resource=policy).outcome == ALLOWED


@pytest.mark.parametrize(
    ("principal", "caller", "expected"),
    [
        ({"Service": "cloudtrail.amazonaws.com"}, "cloudtrail.amazonaws.com", ALLOWED),
        ({"Service": "cloudtrail.amazonaws.com"}, "config.amazonaws.com", IMPLICIT),
        ({"Service": "cloudtrail.amazonaws.com"}, "anonymous", IMPLICIT),
        ({"AWS": ROOT}, "cloudtrail.amazonaws.com", IMPLICIT),
        ("*", "anonymous", ALLOWED),
        ({"AWS": "*"}, "anonymous", ALLOWED),
        ({"AWS": HOME}, "anonymous", IMPLICIT),
    ],
)
def test_services_and_anonymous_callers_have_the_resource_policy_only(
    principal: object, caller: str, expected: str
) -> None:
    assert decide(caller, on_resource=to(principal), owner=HOME).outcome == expected
    assert decide(caller, identity=(FULL,)).outcome == IMPLICIT


def test_a_service_acts_for_the_resource_the_policy_names() -> None:
    condition = {"ArnLike": {"aws:SourceArn": f"arn:aws:cloudtrail:*:{HOME}:trail/*"}}
    policy = to({"Service": "cloudtrail.amazonaws.com"}, Condition=condition)
    caller = "cloudtrail.amazonaws.com"
    for account, expected in ((HOME, ALLOWED), ("444455556666", IMPLICIT)):
        context = {"aws:SourceArn": f"arn:aws:cloudtrail:eu-west-1:{account}:trail/all"}
        assert decide(caller, on_resource=policy, context=context).outcome == expected
    assert decide(caller, on_resource=policy).outcome == IMPLICIT
    is_service = to("*", Condition={"Bool": {"aws:PrincipalIsAWSService": "true"}})
    assert decide(caller, on_resource=is_service).outcome == ALLOWED
    assert decide("anonymous", on_resource=is_service).outcome == IMPLICIT


def test_bucket_policy_with_a_canonical_user_of_unknown_account_is_undecided() -> None:
    policy = to(
        {"CanonicalUser": "79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be"}
    )
    assert decide(USER, on_resource=policy, identity=(FULL,)).outcome == ALLOWED
    decided = decide(USER, on_resource=policy, identity=(FULL,), owner="444455556666")
    assert decided.outcome == UNDECIDABLE
    assert decide("anonymous", on_resource=policy).outcome == IMPLICIT


@pytest.mark.parametrize(
    "principal",
    [
        "",
        "alice",
        HOME,
        "*",
        "arn:aws:iam::aws:policy/AdministratorAccess",
        f"arn:aws:iam::{HOME}:group/team",
        f"arn:aws:iam::{HOME}:user/",
        f"arn:aws:sts::{HOME}:assumed-role/deploy",
        f"arn:nowhere:iam::{HOME}:root",
        "arn:aws:iam::1:root",
        KEY,
    ],
)
def test_invalid_caller_is_refused(principal: str) -> None:
    with pytest.raises(CallerError):
        decide(principal)
