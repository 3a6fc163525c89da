"""Service and resource control policies: each level, and exempt principals."""

from __future__ import annotations

from typing import Any

import pytest

from tests.iam.cases import (
    ALLOWED,
    EXPLICIT,
    FULL,
    HOME,
    IMPLICIT,
    KEY,
    OBJECT,
    OTHER,
    ROLE,
    ROOT,
    SERVICE_LINKED,
    SESSION,
    USER,
    allow,
    decide,
    deny,
    document,
    statement,
    to,
    trust,
)

NO_S3 = document(deny("s3:*"), kind="scp")
ONLY_S3 = document(allow("s3:*"), kind="scp")
ONLY_EC2 = document(allow("ec2:*"), kind="scp")
PERIMETER = document(
    statement(
        "Deny",
        Principal="*",
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-1"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    ),
    kind="rcp",
)


@pytest.mark.parametrize(
    ("levels", "expected"),
    [
        ((), ALLOWED),
        (((FULL,),), ALLOWED),
        (((FULL,), (FULL,), (ONLY_S3,)), ALLOWED),
        (((FULL,), (ONLY_EC2,), (FULL,)), IMPLICIT),
        (((FULL,), (ONLY_EC2, ONLY_S3), (FULL,)), ALLOWED),
        (((FULL,), (FULL, NO_S3)), EXPLICIT),
        (((FULL, NO_S3), (FULL,)), EXPLICIT),
        (((FULL,), (NO_S3,)), EXPLICIT),
        (((FULL,), (document(deny("iam:*")),)), IMPLICIT),
        (((FULL,), ()), IMPLICIT),
        (((),), IMPLICIT),
    ],
)
def test_scps_must_allow_at_every_level(levels: Any, expected: str) -> None:
    assert decide(identity=(FULL,), service_control=levels).outcome == expected
    assert decide(on_resource=to({"AWS": USER}), service_control=levels).outcome == expected
    assert decide(ROOT, service_control=levels).outcome == expected


def test_scps_grant_nothing() -> None:
    assert decide(service_control=((FULL,),)).outcome == IMPLICIT


@pytest.mark.parametrize(
    ("caller", "management", "expected"),
    [
        (USER, None, EXPLICIT),
        (SESSION, OTHER, EXPLICIT),
        (USER, HOME, ALLOWED),
        (ROOT, HOME, ALLOWED),
        (SERVICE_LINKED, None, ALLOWED),
        (f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForConfig/s", None, ALLOWED),
        (f"arn:aws:iam::{HOME}:role/team/AWSServiceRoleForConfig", None, EXPLICIT),
        ("config.amazonaws.com", None, ALLOWED),
        ("anonymous", None, ALLOWED),
    ],
)
def test_scps_do_not_limit_exempt_principals(
    caller: str, management: str | None, expected: str
) -> None:
    policies: Any = {
        "identity": (FULL,),
        "on_resource": to("*"),
        "service_control": ((FULL, NO_S3),),
    }
    assert decide(caller, management=management, **policies).outcome == expected


def test_the_context_names_the_management_account_as_well() -> None:
    for account, expected in ((HOME, ALLOWED), (OTHER, EXPLICIT)):
        context = {"aws:PrincipalOrgMasterAccountId": account}
        decided = decide(identity=(FULL,), service_control=((FULL, NO_S3),), context=context)
        assert decided.outcome == expected


def test_an_scp_with_a_condition_on_the_principal() -> None:
    condition = {"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::*:role/break-glass"}}
    level = (FULL, document(deny("organizations:LeaveOrganization", Condition=condition)))
    for role, expected in (("deploy", EXPLICIT), ("break-glass", ALLOWED)):
        caller = f"arn:aws:sts::{HOME}:assumed-role/{role}/s"
        policies: Any = {"identity": (FULL,), "service_control": (level,)}
        decided = decide(caller, "organizations:LeaveOrganization", "*", **policies)
        assert decided.outcome == expected


def test_regions_outside_the_list_are_denied_where_the_request_has_one() -> None:
    condition = {"StringNotEquals": {"aws:RequestedRegion": ["eu-west-1"]}}
    denied = {"Effect": "Deny", "NotAction": ["iam:*"], "Resource": "*", "Condition": condition}
    policies: Any = {"identity": (FULL,), "service_control": ((FULL, document(denied)),)}
    for region, expected in (("eu-west-1", ALLOWED), ("us-east-1", EXPLICIT)):
        context = {"aws:RequestedRegion": region}
        assert (
            decide(action="ec2:RunInstances", resource="*", context=context, **policies).outcome
            == expected
        )
    assert decide(action="iam:GetRole", resource=ROLE, **policies).outcome == ALLOWED


@pytest.mark.parametrize(
    ("caller", "context", "expected"),
    [
        (SESSION, {"aws:PrincipalOrgID": "o-1"}, ALLOWED),
        (SESSION, {"aws:PrincipalOrgID": "o-2"}, EXPLICIT),
        (SESSION, {}, EXPLICIT),
        ("anonymous", {}, EXPLICIT),
        ("cloudtrail.amazonaws.com", {}, ALLOWED),
        (SERVICE_LINKED, {}, ALLOWED),
    ],
)
def test_rcps_deny_external_principals(caller: str, context: Any, expected: str) -> None:
    policies: Any = {
        "identity": (FULL,),
        "on_resource": to("*"),
        "resource_control": ((PERIMETER,),),
    }
    assert decide(caller, context=context, owner=HOME, **policies).outcome == expected


@pytest.mark.parametrize(
    ("action", "resource", "expected"),
    [
        ("s3:GetObject", OBJECT, EXPLICIT),
        ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{HOME}:q", EXPLICIT),
        (
            "secretsmanager:GetSecretValue",
            f"arn:aws:secretsmanager:eu-west-1:{HOME}:secret:a",
            EXPLICIT,
        ),
        ("dynamodb:GetItem", f"arn:aws:dynamodb:eu-west-1:{HOME}:table/t", EXPLICIT),
        ("kms:Decrypt", KEY, EXPLICIT),
        ("kms:RetireGrant", KEY, ALLOWED),
        ("sns:Publish", f"arn:aws:sns:eu-west-1:{HOME}:t", ALLOWED),
        ("lambda:InvokeFunction", f"arn:aws:lambda:eu-west-1:{HOME}:function:f", ALLOWED),
        ("ec2:RunInstances", "*", ALLOWED),
    ],
)
def test_rcps_apply_only_to_supported_services(action: str, resource: str, expected: str) -> None:
    denied = document(statement("Deny", Principal="*"), kind="rcp")
    policies: Any = {"on_resource": to("*"), "resource_control": ((), (denied,))}
    assert decide(USER, action, resource, **policies).outcome == expected
    assert decide(USER, action, resource, management=HOME, **policies).outcome == ALLOWED


def test_an_rcp_of_the_role_stops_outsiders_from_assuming_it() -> None:
    policies: Any = {
        "identity": (FULL,),
        "on_resource": trust({"AWS": OTHER}),
        "resource_control": ((PERIMETER,),),
    }
    caller = f"arn:aws:sts::{OTHER}:assumed-role/visitor/s"
    assert decide(caller, "sts:AssumeRole", ROLE, **policies).outcome == EXPLICIT
    context = {"aws:PrincipalOrgID": "o-1"}
    assert decide(caller, "sts:AssumeRole", ROLE, context=context, **policies).outcome == ALLOWED


def test_rcps_need_no_allow_because_the_default_one_cannot_be_detached() -> None:
    allowing = document(statement("Allow", Principal="*"), kind="rcp")
    harmless = document(statement("Deny", "s3:PutObject", Principal="*"), kind="rcp")
    for levels in ((), ((),), ((harmless,),), ((allowing,), (allowing, harmless))):
        assert decide(identity=(FULL,), resource_control=levels).outcome == ALLOWED
