"""Evaluation between accounts: both sides must allow; keys and roles need their own policy."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam.requests import UNKNOWN
from tests.iam.cases import (
    ALLOWED,
    EXPLICIT,
    FEDERATED,
    FULL,
    HOME,
    IMPLICIT,
    KEY,
    OTHER,
    ROLE,
    ROOT,
    SESSION,
    UNDECIDABLE,
    USER,
    allow,
    decide,
    deny,
    document,
    statement,
    to,
    trust,
)

ONLY_EC2 = document(allow("ec2:*"))
THEIR_ROLE = f"arn:aws:iam::{OTHER}:role/delivery"
THEIR_SESSION = f"arn:aws:sts::{OTHER}:assumed-role/delivery/run"
THEIR_ROOT = f"arn:aws:iam::{OTHER}:root"
THEIR_KEY = f"arn:aws:kms:eu-west-1:{OTHER}:key/1"


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"identity": (FULL,)}, IMPLICIT),
        ({"on_resource": to({"AWS": HOME})}, IMPLICIT),
        ({"on_resource": to("*")}, IMPLICIT),
        ({"on_resource": to({"AWS": SESSION})}, IMPLICIT),
        ({"identity": (FULL,), "on_resource": to({"AWS": HOME})}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": ROOT})}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": ROLE})}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": SESSION})}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to("*")}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": OTHER})}, IMPLICIT),
        ({"identity": (ONLY_EC2,), "on_resource": to("*")}, IMPLICIT),
        ({"identity": (FULL,), "boundaries": (ONLY_EC2,), "on_resource": to("*")}, IMPLICIT),
        ({"identity": (FULL,), "session": (ONLY_EC2,), "on_resource": to("*")}, IMPLICIT),
        ({"identity": (FULL, document(deny())), "on_resource": to("*")}, EXPLICIT),
        (
            {
                "identity": (FULL,),
                "on_resource": document(
                    statement("Allow", Principal="*"), statement("Deny", Principal={"AWS": HOME})
                ),
            },
            EXPLICIT,
        ),
    ],
)
def test_both_sides_have_to_allow(policies: Any, expected: str) -> None:
    assert decide(SESSION, owner=OTHER, **policies).outcome == expected


def test_the_answer_names_both_sides() -> None:
    decided = decide(USER, owner=OTHER, identity=(FULL,), on_resource=to({"AWS": HOME}))
    assert decided.reason == (
        "allowed by Statement[0] of identityPolicies[0] and by Statement[0] of resourcePolicy"
    )


def test_the_account_of_the_resource_is_in_its_arn_where_it_has_one() -> None:
    queue = f"arn:aws:sqs:eu-west-1:{OTHER}:jobs"
    assert decide(action="sqs:SendMessage", resource=queue, identity=(FULL,)).outcome == IMPLICIT
    same = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
    assert decide(action="sqs:SendMessage", resource=same, identity=(FULL,)).outcome == ALLOWED


def test_root_and_federated_users_of_another_account() -> None:
    assert decide(ROOT, owner=OTHER, on_resource=to({"AWS": HOME})).outcome == ALLOWED
    assert decide(ROOT, owner=OTHER).outcome == IMPLICIT
    policies: Any = {"identity": (FULL,), "on_resource": to({"AWS": FEDERATED})}
    assert decide(FEDERATED, owner=OTHER, **policies).outcome == IMPLICIT
    assert decide(FEDERATED, owner=OTHER, session=(FULL,), **policies).outcome == ALLOWED


# AWS KMS Developer Guide: 'Key policies', 'Allowing users in other accounts to use a KMS key'.
@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"identity": (FULL,)}, IMPLICIT),
        ({"identity": (FULL,), "on_resource": to({"AWS": ROOT}, "kms:*")}, ALLOWED),
        ({"on_resource": to({"AWS": ROOT}, "kms:*")}, IMPLICIT),
        ({"on_resource": to({"AWS": ROLE}, "kms:*")}, ALLOWED),
        ({"on_resource": to({"AWS": SESSION}, "kms:*")}, ALLOWED),
        ({"on_resource": to("*", "kms:*")}, ALLOWED),
        ({"on_resource": to({"AWS": ROLE}, "kms:*"), "boundaries": (ONLY_EC2,)}, IMPLICIT),
        ({"on_resource": to({"AWS": SESSION}, "kms:*"), "boundaries": (ONLY_EC2,)}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": USER}, "kms:*")}, IMPLICIT),
        ({"identity": (FULL,), "on_resource": to({"AWS": ROOT}, "kms:Describe*")}, IMPLICIT),
    ],
)
def test_a_key_policy_always_has_to_allow(policies: Any, expected: str) -> None:
    assert decide(SESSION, "kms:Decrypt", KEY, **policies).outcome == expected


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"on_resource": to({"AWS": HOME}, "kms:Decrypt")}, IMPLICIT),
        ({"identity": (FULL,)}, IMPLICIT),
        ({"identity": (FULL,), "on_resource": to({"AWS": HOME}, "kms:Decrypt")}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": ROLE}, "kms:Decrypt")}, ALLOWED),
        ({"identity": (FULL,), "on_resource": to({"AWS": THEIR_ROOT}, "kms:Decrypt")}, IMPLICIT),
    ],
)
def test_a_key_of_another_account(policies: Any, expected: str) -> None:
    assert decide(SESSION, "kms:Decrypt", THEIR_KEY, **policies).outcome == expected


def test_root_has_what_the_key_policy_leaves_it() -> None:
    assert decide(ROOT, "kms:PutKeyPolicy", KEY, on_resource=to({"AWS": ROOT})).outcome == ALLOWED
    assert decide(ROOT, "kms:PutKeyPolicy", KEY, on_resource=to({"AWS": ROLE})).outcome == IMPLICIT


def test_actions_without_a_key_and_aliases_ask_no_key_policy() -> None:
    assert decide(USER, "kms:ListKeys", "*", identity=(FULL,)).outcome == ALLOWED
    alias = f"arn:aws:kms:eu-west-1:{HOME}:alias/a"
    assert decide(USER, "kms:CreateAlias", alias, identity=(FULL,)).outcome == ALLOWED


# IAM User Guide: 'How IAM roles differ from resource-based policies'.
@pytest.mark.parametrize(
    ("caller", "policies", "expected"),
    [
        (USER, {"identity": (FULL,)}, IMPLICIT),
        (USER, {"identity": (FULL,), "on_resource": trust({"AWS": ROOT})}, ALLOWED),
        (USER, {"on_resource": trust({"AWS": ROOT})}, IMPLICIT),
        (USER, {"on_resource": trust({"AWS": USER})}, ALLOWED),
        (USER, {"on_resource": trust({"AWS": USER}), "boundaries": (ONLY_EC2,)}, ALLOWED),
        (SESSION, {"on_resource": trust({"AWS": ROLE})}, ALLOWED),
        (SESSION, {"on_resource": trust({"AWS": ROLE}), "boundaries": (ONLY_EC2,)}, IMPLICIT),
        (SESSION, {"identity": (FULL,), "on_resource": trust({"AWS": USER})}, IMPLICIT),
        (USER, {"on_resource": trust({"AWS": USER}), "identity": (document(deny()),)}, EXPLICIT),
        (THEIR_SESSION, {"on_resource": trust({"AWS": THEIR_ROLE})}, IMPLICIT),
        (
            THEIR_SESSION,
            {"identity": (FULL,), "on_resource": trust({"AWS": THEIR_ROLE})},
            ALLOWED,
        ),
        (
            THEIR_SESSION,
            {"identity": (FULL,), "on_resource": trust({"AWS": OTHER})},
            ALLOWED,
        ),
        (
            "ecs-tasks.amazonaws.com",
            {"on_resource": trust({"Service": "ecs-tasks.amazonaws.com"})},
            ALLOWED,
        ),
        (
            "ecs-tasks.amazonaws.com",
            {"on_resource": trust({"Service": "ec2.amazonaws.com"})},
            IMPLICIT,
        ),
        ("anonymous", {"on_resource": trust({"AWS": ROOT})}, IMPLICIT),
    ],
)
def test_a_trust_policy_always_has_to_allow(caller: str, policies: Any, expected: str) -> None:
    role = f"arn:aws:iam::{HOME}:role/target"
    assert decide(caller, "sts:AssumeRole", role, **policies).outcome == expected


def test_an_external_id_is_asked_for() -> None:
    policy = trust({"AWS": OTHER}, Condition={"StringEquals": {"sts:ExternalId": "s3cr3t"}})
    given: Any = {"identity": (FULL,), "on_resource": policy}
    for context, expected in (
        ({"sts:ExternalId": "s3cr3t"}, ALLOWED),
        ({"sts:ExternalId": "guess"}, IMPLICIT),
        ({}, IMPLICIT),
        ({"sts:ExternalId": UNKNOWN}, UNDECIDABLE),
    ):
        decided = decide(THEIR_SESSION, "sts:AssumeRole", ROLE, context=context, **given)
        assert decided.outcome == expected


def test_a_web_identity_is_trusted_by_its_claims() -> None:
    provider = f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com"
    claims = "token.actions.githubusercontent.com"
    condition = {
        "StringEquals": {f"{claims}:aud": "sts.amazonaws.com"},
        "StringLike": {f"{claims}:sub": "repo:example/orders:*"},
    }
    action = "sts:AssumeRoleWithWebIdentity"
    policy = trust({"Federated": provider}, action, Condition=condition)
    for subject, expected in (
        ("repo:example/orders:ref:refs/heads/main", ALLOWED),
        ("repo:example/other:ref:refs/heads/main", IMPLICIT),
    ):
        context = {f"{claims}:aud": "sts.amazonaws.com", f"{claims}:sub": subject}
        decided = decide(provider, action, ROLE, on_resource=policy, context=context)
        assert decided.outcome == expected
    assert decide(provider, action, ROLE, identity=(FULL,)).outcome == IMPLICIT
    cognito = trust({"Federated": "cognito-identity.amazonaws.com"}, action)
    caller = "cognito-identity.amazonaws.com"
    assert decide(caller, action, ROLE, on_resource=cognito).outcome == ALLOWED
    assert decide("accounts.google.com", action, ROLE, on_resource=cognito).outcome == IMPLICIT
    saml = f"arn:aws:iam::{HOME}:saml-provider/corporate"
    policy = trust({"Federated": saml}, "sts:AssumeRoleWithSAML")
    assert decide(saml, "sts:AssumeRoleWithSAML", ROLE, on_resource=policy).outcome == ALLOWED


def test_reading_a_role_asks_no_trust_policy() -> None:
    assert decide(USER, "iam:GetRole", ROLE, identity=(FULL,)).outcome == ALLOWED
    assert decide(USER, "iam:PassRole", ROLE, identity=(FULL,)).outcome == ALLOWED
