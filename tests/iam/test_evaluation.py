"""Evaluation in one account: identity and resource policies, boundaries, sessions, exemptions."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.iam import documents
from landfall.iam.requests import UNKNOWN
from tests.iam.cases import (
    ALLOWED,
    BUCKET,
    EXPLICIT,
    FEDERATED,
    FULL,
    HOME,
    IMPLICIT,
    OBJECT,
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


@pytest.mark.parametrize(
    ("statements", "expected"),
    [
        ([], IMPLICIT),
        ([allow("s3:GetObject", OBJECT)], ALLOWED),
        ([allow("S3:getobject", OBJECT)], ALLOWED),
        ([allow("s3:Get*", "arn:aws:s3:::reports/*")], ALLOWED),
        ([allow("s3:GetObjec?", "arn:aws:s3:::*.csv")], ALLOWED),
        ([allow("s3:GetObject", BUCKET)], IMPLICIT),
        ([allow("s3:GetObject", OBJECT.upper())], IMPLICIT),
        ([allow("s3:GetObjectAcl", OBJECT)], IMPLICIT),
        ([allow("*")], ALLOWED),
        ([allow("*"), deny("s3:*", "arn:aws:s3:::reports/*")], EXPLICIT),
        ([deny("s3:*", "arn:aws:s3:::other/*"), allow("*")], ALLOWED),
        ([{"Effect": "Allow", "NotAction": "iam:*", "Resource": "*"}], ALLOWED),
        ([{"Effect": "Allow", "NotAction": ["iam:*", "s3:Get*"], "Resource": "*"}], IMPLICIT),
        ([{"Effect": "Allow", "Action": "*", "NotResource": "arn:aws:s3:::other*"}], ALLOWED),
        ([{"Effect": "Allow", "Action": "*", "NotResource": f"{BUCKET}/*"}], IMPLICIT),
        (
            [allow(), {"Effect": "Deny", "NotAction": "iam:*", "NotResource": f"{BUCKET}/*"}],
            ALLOWED,
        ),
        ([allow(), {"Effect": "Deny", "NotAction": "iam:*", "NotResource": BUCKET}], EXPLICIT),
    ],
)
def test_identity_policies(statements: list[Any], expected: str) -> None:
    assert decide(identity=(document(*statements),)).outcome == expected
    split = tuple(document(one) for one in statements)
    assert decide(identity=split).outcome == expected


def test_the_answer_names_the_statement_that_decided() -> None:
    policy = document(allow(), deny("s3:*", Sid="NoS3"))
    decided = decide(identity=(FULL, policy))
    assert (decided.policy, decided.statement) == ("identityPolicies[1]", policy.statements[1])
    assert decided.reason == "denied by NoS3 of identityPolicies[1]"
    allowed = decide(identity=(ONLY_EC2, FULL))
    assert allowed.reason == "allowed by Statement[0] of identityPolicies[1]"
    assert (
        decide(identity=(ONLY_EC2,)).reason == f"no identity policy allows s3:GetObject on {OBJECT}"
    )


@pytest.mark.parametrize(
    ("resource", "context", "expected"),
    [
        ("arn:aws:s3:::reports/${aws:username}/*", {}, IMPLICIT),
        ("arn:aws:s3:::reports/${aws:PrincipalTag/year}/*", {}, IMPLICIT),
        (
            "arn:aws:s3:::reports/${aws:PrincipalTag/year}/*",
            {"aws:PrincipalTag/Year": 2026},
            ALLOWED,
        ),
        ("arn:aws:s3:::reports/${aws:PrincipalTag/year}", {"aws:PrincipalTag/year": "*"}, IMPLICIT),
        ("arn:aws:s3:::reports/${aws:PrincipalTag/year, '2026'}/*", {}, ALLOWED),
        ("arn:aws:s3:::reports/${a:x}/*", {"a:x": UNKNOWN}, UNDECIDABLE),
        ("arn:aws:s3:::other/${a:x}/*", {"a:x": UNKNOWN}, IMPLICIT),
    ],
)
def test_variables_in_resources(resource: str, context: Any, expected: str) -> None:
    policy = document(allow("s3:*", resource))
    assert decide(identity=(policy,), context=context).outcome == expected


def test_an_unresolved_variable_in_not_resource_spares_nothing() -> None:
    denied = {"Effect": "Deny", "Action": "*", "NotResource": "arn:aws:s3:::${a:b}/*"}
    assert decide(identity=(FULL, document(denied))).outcome == EXPLICIT
    context = {"a:b": "reports"}
    assert decide(identity=(FULL, document(denied)), context=context).outcome == ALLOWED


def test_in_the_older_version_a_resource_has_no_variables() -> None:
    older = documents.parse({"Statement": allow("*", "arn:aws:s3:::${aws:username}")})
    named = "arn:aws:s3:::alice"
    assert decide(resource=named, identity=(older,)).outcome == IMPLICIT
    assert decide(resource="arn:aws:s3:::${aws:username}", identity=(older,)).outcome == ALLOWED


# AWS: 'Policy evaluation logic', impact of resource-based policies on implicit denies.
LIMITS: list[tuple[str, object, str]] = [
    (USER, {"AWS": USER}, ALLOWED),
    (USER, {"AWS": ROOT}, IMPLICIT),
    (USER, {"AWS": HOME}, IMPLICIT),
    (USER, "*", ALLOWED),
    (USER, {"AWS": "*"}, ALLOWED),
    (USER, {"AWS": f"arn:aws:iam::{HOME}:user/alice"}, IMPLICIT),
    (SESSION, {"AWS": SESSION}, ALLOWED),
    (SESSION, {"AWS": ROLE}, IMPLICIT),
    (SESSION, {"AWS": ROOT}, IMPLICIT),
    (SESSION, "*", ALLOWED),
    (SESSION, {"AWS": f"arn:aws:sts::{HOME}:assumed-role/deploy/other"}, IMPLICIT),
    (ROLE, {"AWS": ROLE}, IMPLICIT),
    (ROLE, {"AWS": SESSION}, IMPLICIT),
    (FEDERATED, {"AWS": FEDERATED}, ALLOWED),
    (FEDERATED, {"AWS": ROOT}, IMPLICIT),
    (USER, {"AWS": f"arn:aws:iam::{HOME}:user/*"}, IMPLICIT),
    (USER, {"Service": "*"}, IMPLICIT),
    (USER, {"Federated": "*"}, IMPLICIT),
]


@pytest.mark.parametrize(("caller", "principal", "expected"), LIMITS)
@pytest.mark.parametrize("limit", ["boundaries", "session"])
def test_only_a_grant_to_the_caller_itself_passes_boundary_and_session(
    caller: str, principal: object, expected: str, limit: str
) -> None:
    limits: dict[str, Any] = {limit: (ONLY_EC2,)}
    decided = decide(caller, on_resource=to(principal), **limits)
    assert decided.outcome == expected


@pytest.mark.parametrize(
    ("caller", "principal", "expected"),
    [
        (SESSION, {"AWS": ROLE}, ALLOWED),
        (ROLE, {"AWS": ROLE}, ALLOWED),
        (SESSION, {"AWS": ROOT}, IMPLICIT),
        (USER, {"AWS": HOME}, IMPLICIT),
        (SESSION, {"AWS": f"arn:aws:iam::{HOME}:role/path/deploy"}, ALLOWED),
        (SESSION, {"AWS": f"arn:aws:iam::{HOME}:role/deployer"}, IMPLICIT),
        (SESSION, {"AWS": ROLE.replace("aws:", "aws-cn:", 1)}, IMPLICIT),
        (ROLE, {"AWS": f"arn:aws:iam::{HOME}:role/path/deploy"}, IMPLICIT),
    ],
)
def test_resource_policy_alone_grants_to_the_named_principals(
    caller: str, principal: object, expected: str
) -> None:
    assert decide(caller, on_resource=to(principal)).outcome == expected
    assert decide(caller, on_resource=to(principal), identity=(FULL,)).outcome == ALLOWED


def test_the_path_of_a_sessions_role_counts_where_the_context_has_it() -> None:
    arn = f"arn:aws:iam::{HOME}:role/path/deploy"
    for principal, expected in ((arn, ALLOWED), (ROLE, IMPLICIT)):
        context = {"aws:PrincipalArn": arn}
        decided = decide(SESSION, on_resource=to({"AWS": principal}), context=context)
        assert decided.outcome == expected


def test_a_principal_by_unique_id_is_the_one_with_that_id() -> None:
    policy = to({"AWS": "AROAEXAMPLE"})
    assert decide(SESSION, on_resource=policy).outcome == IMPLICIT
    context = {"aws:userid": "AROAEXAMPLE:run-1"}
    assert decide(SESSION, on_resource=policy, context=context).outcome == ALLOWED


def test_boundary_and_session_policies_limit_what_identity_policies_allow() -> None:
    assert decide(identity=(FULL,), boundaries=(ONLY_EC2,)).outcome == IMPLICIT
    assert decide(identity=(FULL,), boundaries=(FULL,)).outcome == ALLOWED
    assert decide(boundaries=(FULL,)).outcome == IMPLICIT
    assert decide(SESSION, identity=(FULL,), session=(ONLY_EC2,)).outcome == IMPLICIT
    assert decide(SESSION, identity=(FULL,), session=(ONLY_EC2, FULL)).outcome == ALLOWED
    assert decide(SESSION, session=(FULL,)).outcome == IMPLICIT
    no_s3 = document(allow(), deny("s3:*"))
    for limit in ("boundaries", "session"):
        decided = decide(SESSION, identity=(FULL,), on_resource=to("*"), **{limit: (no_s3,)})
        assert decided.outcome == EXPLICIT
        assert decided.policy in ("permissionsBoundaries[0]", "sessionPolicies[0]")


def test_a_federated_user_has_what_both_its_user_and_its_session_allow() -> None:
    assert decide(FEDERATED, identity=(FULL,)).outcome == IMPLICIT
    assert decide(FEDERATED, identity=(FULL,), session=(FULL,)).outcome == ALLOWED


def test_root_needs_no_policy_and_has_no_boundary() -> None:
    assert decide(ROOT).outcome == ALLOWED
    assert decide(ROOT, boundaries=(ONLY_EC2,), identity=(document(deny()),)).outcome == ALLOWED
    denied = document(statement("Deny", Principal="*"))
    assert decide(ROOT, on_resource=denied).outcome == EXPLICIT
    assert (
        decide(ROOT, "sts:AssumeRole", ROLE, on_resource=trust({"AWS": ROOT})).outcome == IMPLICIT
    )


def test_endpoint_policies_limit_everyone_who_comes_through() -> None:
    only_reports = to("*", "s3:*", f"{BUCKET}/*")
    assert decide(identity=(FULL,), endpoint=(only_reports,)).outcome == ALLOWED
    elsewhere = decide(identity=(FULL,), endpoint=(only_reports,), resource="arn:aws:s3:::x/y")
    assert elsewhere.outcome == IMPLICIT
    assert "endpoint" in elsewhere.reason
    denied = document(statement("Deny", Principal="*"))
    assert decide(identity=(FULL,), endpoint=(FULL, denied)).outcome == EXPLICIT
    others = to({"AWS": "444455556666"})
    assert decide(identity=(FULL,), endpoint=(others,)).outcome == IMPLICIT


def test_get_caller_identity_cannot_be_denied() -> None:
    denied = (document(deny()),)
    policies: Any = {"identity": denied, "service_control": (denied,)}
    assert decide(USER, "sts:GetCallerIdentity", "*", **policies).outcome == ALLOWED
    assert decide("anonymous", "sts:GetCallerIdentity", "*", **policies).outcome == IMPLICIT
    assert decide(USER, "sts:GetSessionToken", "*", **policies).outcome == ALLOWED
    assert decide(SESSION, "sts:GetSessionToken", "*", **policies).outcome == EXPLICIT


@pytest.mark.parametrize(
    ("policies", "expected"),
    [
        ({"identity": ["allow?"]}, UNDECIDABLE),
        ({"identity": ["allow?", "allow"]}, ALLOWED),
        ({"identity": ["allow", "deny?"]}, UNDECIDABLE),
        ({"identity": ["deny?"]}, IMPLICIT),
        ({"identity": ["deny?", "deny", "allow"]}, EXPLICIT),
        ({"identity": ["allow"], "boundaries": ["allow?"]}, UNDECIDABLE),
        ({"identity": ["allow"], "boundaries": ["allow?"], "on_resource": "allow"}, ALLOWED),
        ({"identity": ["allow?"], "on_resource": "allow"}, ALLOWED),
        ({"identity": ["allow?"], "boundaries": []}, UNDECIDABLE),
        ({"on_resource": "allow?"}, UNDECIDABLE),
        ({"on_resource": "allow?", "boundaries": ["none"]}, UNDECIDABLE),
        ({"on_resource": "deny?", "identity": ["allow"]}, UNDECIDABLE),
        ({"identity": ["allow"], "service_control": [["allow?"]]}, UNDECIDABLE),
        ({"identity": ["none"], "service_control": [["allow?"]]}, IMPLICIT),
    ],
)
def test_the_unknown_counts_where_it_matters(policies: Any, expected: str) -> None:
    condition = {"StringEquals": {"aws:SourceVpc": "vpc-1"}}
    written = {
        "allow": FULL,
        "none": ONLY_EC2,
        "deny": document(deny()),
        "allow?": document(allow(Condition=condition)),
        "deny?": document(deny(Condition=condition)),
    }
    given: dict[str, Any] = {}
    for name, value in policies.items():
        if name == "on_resource":
            effect = "Allow" if value.startswith("allow") else "Deny"
            more = {"Condition": condition} if value.endswith("?") else {}
            given[name] = document(statement(effect, Principal={"AWS": USER}, **more))
        elif name == "service_control":
            given[name] = tuple(tuple(written[one] for one in level) for level in value)
        else:
            given[name] = tuple(written[one] for one in value)
    decided = decide(context={"aws:SourceVpc": UNKNOWN}, **given)
    assert decided.outcome == expected
    if expected == UNDECIDABLE:
        assert "aws:SourceVpc" in decided.reason


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_partitions(partition: str) -> None:
    arn = f"arn:{partition}:iam::{HOME}:role/deploy"
    session = f"arn:{partition}:sts::{HOME}:assumed-role/deploy/run-1"
    resource = f"arn:{partition}:s3:::reports/x"
    policy = to({"AWS": arn}, "s3:*", f"arn:{partition}:s3:::reports/*")
    assert decide(session, resource=resource, on_resource=policy).outcome == ALLOWED
    condition = {"ArnEquals": {"aws:PrincipalArn": arn}}
    named = document(allow(Condition=condition))
    assert decide(session, resource=resource, identity=(named,)).outcome == ALLOWED
    other = document(allow("s3:*", "arn:aws-iso:s3:::*"))
    assert decide(session, resource=resource, identity=(other,)).outcome == IMPLICIT
