"""Sentences of AWS's documentation on policy evaluation, as requests to `landfall iam simulate`.

The pages are of the IAM User Guide (`PAGE` gives their short names) unless the case says otherwise.
"""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.iam import simulation
from landfall.iam.simulation import Case

HOME, OTHER, MANAGEMENT = "111122223333", "444455556666", "999999999999"
ALICE = f"arn:aws:iam::{HOME}:user/alice"
ROLE = f"arn:aws:iam::{HOME}:role/team/deploy"
SESSION = f"arn:aws:sts::{HOME}:assumed-role/deploy/run-1"
FEDERATED = f"arn:aws:sts::{HOME}:federated-user/bob"
ROOT = f"arn:aws:iam::{HOME}:root"
LINKED = f"arn:aws:iam::{HOME}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
LINKED_SESSION = f"arn:aws:sts::{HOME}:assumed-role/AWSServiceRoleForECS/x"
OBJECT = "arn:aws:s3:::reports/a.csv"
QUEUE = f"arn:aws:sqs:eu-west-1:{HOME}:jobs"
KEY = f"arn:aws:kms:eu-west-1:{HOME}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
PATH_OF_ROLE = {"aws:PrincipalArn": ROLE}

LOGIC = "reference_policies_evaluation-logic"
SINGLE = "reference_policies_evaluation-logic_policy-eval-basics-single-account"
CROSS = "reference_policies_evaluation-logic-cross-account"
PRINCIPAL = "reference_policies_elements_principal"
NOT_PRINCIPAL = "reference_policies_elements_notprincipal"
BOUNDARIES = "access_policies_boundaries"
SCPS = "Organizations User Guide: orgs_manage_policies_scps"
RCPS = "Organizations User Guide: orgs_manage_policies_rcps"
KEY_POLICIES = "KMS Developer Guide: key-policies"
TRUST = "id_roles_create_for-user"
ENDPOINTS = "PrivateLink Guide: vpc-endpoints-access"
FEDERATION = "API_GetFederationToken"


def doc(*statements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


def of(effect: str, action: object = "*", resource: object = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": effect, "Action": action, "Resource": resource, **more}


def trusts(principal: object, action: object = "sts:AssumeRole", **more: Any) -> dict[str, Any]:
    return doc({"Effect": "Allow", "Principal": principal, "Action": action, **more})


ALL = doc(of("Allow"))
NONE = doc(of("Allow", "ec2:*"))
NO_S3 = doc(of("Deny", "s3:*"))
EVERYONE_DENIED = doc(of("Deny", "*", Principal="*"))


def to(principal: object, **more: Any) -> dict[str, Any]:
    return doc(of("Allow", Principal=principal, **more))


def but(*spared: str) -> dict[str, Any]:
    return doc(of("Deny", NotPrincipal={"AWS": list(spared)}), of("Allow", Principal={"AWS": HOME}))


def decided(case: dict[str, Any]) -> str:
    request = {"principal": ALICE, "action": "s3:GetObject", "resource": OBJECT, **case}
    read = simulation.read(json.dumps(request))
    assert isinstance(read, Case)
    return str(simulation.answer(read)["decision"])


SAME_ACCOUNT: list[tuple[str, str, dict[str, Any]]] = [
    (LOGIC, "implicitDeny", {}),
    (LOGIC, "allowed", {"identityPolicies": [ALL]}),
    (LOGIC, "explicitDeny", {"identityPolicies": [ALL, NO_S3]}),
    (LOGIC, "explicitDeny", {"identityPolicies": [NO_S3], "resourcePolicy": to({"AWS": ALICE})}),
    (LOGIC, "explicitDeny", {"identityPolicies": [ALL], "resourcePolicy": EVERYONE_DENIED}),
    (LOGIC, "explicitDeny", {"principal": ROOT, "resourcePolicy": EVERYONE_DENIED}),
    (SINGLE, "allowed", {"principal": ROOT}),
    (SINGLE, "allowed", {"resourcePolicy": to({"AWS": ALICE})}),
    (PRINCIPAL, "implicitDeny", {"resourcePolicy": to({"AWS": HOME})}),
    (PRINCIPAL, "implicitDeny", {"resourcePolicy": to({"AWS": ROOT})}),
    (PRINCIPAL, "allowed", {"resourcePolicy": to({"AWS": ROOT}), "identityPolicies": [ALL]}),
    (PRINCIPAL, "allowed", {"resourcePolicy": to("*")}),
    (PRINCIPAL, "allowed", {"resourcePolicy": to({"AWS": "*"})}),
    (PRINCIPAL, "implicitDeny", {"resourcePolicy": to({"AWS": ALICE.replace("alice", "*")})}),
    (PRINCIPAL, "implicitDeny", {"resourcePolicy": to({"AWS": ALICE.upper()})}),
    # IAM user: an implicit deny of the boundary does not limit a grant to the user's own ARN.
    (SINGLE, "allowed", {"resourcePolicy": to({"AWS": ALICE}), "permissionsBoundaries": [NONE]}),
    (
        SINGLE,
        "explicitDeny",
        {"resourcePolicy": to({"AWS": ALICE}), "permissionsBoundaries": [NO_S3]},
    ),
    (BOUNDARIES, "implicitDeny", {"identityPolicies": [ALL], "permissionsBoundaries": [NONE]}),
    (BOUNDARIES, "implicitDeny", {"permissionsBoundaries": [ALL]}),
    (BOUNDARIES, "allowed", {"identityPolicies": [ALL], "permissionsBoundaries": [ALL]}),
    # A role's ARN: limited by boundary and session policies.
    (SINGLE, "allowed", {"principal": ROLE, "resourcePolicy": to({"AWS": ROLE})}),
    (
        SINGLE,
        "implicitDeny",
        {
            "principal": ROLE,
            "resourcePolicy": to({"AWS": ROLE}),
            "permissionsBoundaries": [NONE],
        },
    ),
    (
        SINGLE,
        "implicitDeny",
        {
            "principal": SESSION,
            "context": PATH_OF_ROLE,
            "resourcePolicy": to({"AWS": ROLE}),
            "sessionPolicies": [NONE],
        },
    ),
    (
        SINGLE,
        "allowed",
        {
            "principal": SESSION,
            "context": PATH_OF_ROLE,
            "resourcePolicy": to({"AWS": ROLE}),
            "sessionPolicies": [ALL],
            "permissionsBoundaries": [ALL],
        },
    ),
    # A role session's ARN: not limited by an implicit deny in identity, boundary or session policy.
    (
        SINGLE,
        "allowed",
        {
            "principal": SESSION,
            "resourcePolicy": to({"AWS": SESSION}),
            "permissionsBoundaries": [NONE],
            "sessionPolicies": [NONE],
        },
    ),
    (
        SINGLE,
        "explicitDeny",
        {"principal": SESSION, "resourcePolicy": to({"AWS": SESSION}), "sessionPolicies": [NO_S3]},
    ),
    (
        SINGLE,
        "implicitDeny",
        {"principal": SESSION, "resourcePolicy": to({"AWS": SESSION.replace("run-1", "run-2")})},
    ),
    # aws:PrincipalArn under a wildcard principal: not limited by boundary and session policies.
    (
        PRINCIPAL,
        "allowed",
        {
            "principal": ROLE,
            "resourcePolicy": to("*", Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}}),
            "permissionsBoundaries": [NONE],
        },
    ),
    (
        PRINCIPAL,
        "implicitDeny",
        {
            "principal": ROLE,
            "resourcePolicy": to("*", Condition={"ArnEquals": {"aws:PrincipalArn": SESSION}}),
        },
    ),
    (
        SINGLE,
        "implicitDeny",
        {"principal": SESSION, "identityPolicies": [ALL], "sessionPolicies": [NONE]},
    ),
    (
        SINGLE,
        "allowed",
        {"principal": SESSION, "identityPolicies": [ALL], "sessionPolicies": [NONE, ALL]},
    ),
    (SINGLE, "implicitDeny", {"principal": SESSION, "sessionPolicies": [ALL]}),
    # Federated users: the session policy and the user's policies, or the resource's policy.
    (FEDERATION, "implicitDeny", {"principal": FEDERATED, "identityPolicies": [ALL]}),
    (
        FEDERATION,
        "allowed",
        {"principal": FEDERATED, "identityPolicies": [ALL], "sessionPolicies": [ALL]},
    ),
    (FEDERATION, "allowed", {"principal": FEDERATED, "resourcePolicy": to({"AWS": FEDERATED})}),
    # NotPrincipal with Deny: the account and the caller have to be named.
    (NOT_PRINCIPAL, "allowed", {"resourcePolicy": but(ALICE, ROOT), "identityPolicies": [ALL]}),
    (NOT_PRINCIPAL, "explicitDeny", {"resourcePolicy": but(ROOT), "identityPolicies": [ALL]}),
    (NOT_PRINCIPAL, "explicitDeny", {"resourcePolicy": but(ALICE), "identityPolicies": [ALL]}),
    (
        NOT_PRINCIPAL,
        "allowed",
        {
            "principal": SESSION,
            "context": PATH_OF_ROLE,
            "resourcePolicy": but(ROOT, ROLE, SESSION),
            "identityPolicies": [ALL],
        },
    ),
    (
        NOT_PRINCIPAL,
        "explicitDeny",
        {
            "principal": SESSION,
            "context": PATH_OF_ROLE,
            "resourcePolicy": but(ROOT, ROLE),
            "identityPolicies": [ALL],
        },
    ),
    # ... and it always denies a principal that has a permissions boundary.
    (
        NOT_PRINCIPAL,
        "explicitDeny",
        {
            "resourcePolicy": but(ALICE, ROOT),
            "identityPolicies": [ALL],
            "permissionsBoundaries": [ALL],
        },
    ),
    # Anonymous callers and services have the resource's policy alone.
    (PRINCIPAL, "implicitDeny", {"principal": "anonymous", "identityPolicies": [ALL]}),
    (PRINCIPAL, "allowed", {"principal": "anonymous", "resourcePolicy": to("*")}),
    (PRINCIPAL, "implicitDeny", {"principal": "anonymous", "resourcePolicy": to({"AWS": HOME})}),
    (
        PRINCIPAL,
        "allowed",
        {
            "principal": "sns.amazonaws.com",
            "action": "sqs:SendMessage",
            "resource": QUEUE,
            "resourcePolicy": to({"Service": "sns.amazonaws.com"}),
        },
    ),
    (
        PRINCIPAL,
        "implicitDeny",
        {
            "principal": "sqs.amazonaws.com",
            "action": "sqs:SendMessage",
            "resource": QUEUE,
            "resourcePolicy": to({"Service": "sns.amazonaws.com"}),
        },
    ),
    (ENDPOINTS, "implicitDeny", {"identityPolicies": [ALL], "endpointPolicies": [NONE]}),
    (ENDPOINTS, "allowed", {"identityPolicies": [ALL], "endpointPolicies": [to("*")]}),
    (
        ENDPOINTS,
        "implicitDeny",
        {"resourcePolicy": to({"AWS": ALICE}), "endpointPolicies": [NONE]},
    ),
    ("API_GetCallerIdentity", "allowed", {"action": "sts:GetCallerIdentity", "resource": "*"}),
    (
        "API_GetCallerIdentity",
        "allowed",
        {
            "action": "sts:GetCallerIdentity",
            "resource": "*",
            "identityPolicies": [doc(of("Deny"))],
        },
    ),
]

ABROAD: dict[str, Any] = {"resourceAccount": OTHER}
ACROSS: list[tuple[str, str, dict[str, Any]]] = [
    (CROSS, "implicitDeny", {**ABROAD, "identityPolicies": [ALL]}),
    (CROSS, "implicitDeny", {**ABROAD, "resourcePolicy": to({"AWS": ALICE})}),
    (CROSS, "allowed", {**ABROAD, "identityPolicies": [ALL], "resourcePolicy": to({"AWS": ALICE})}),
    (CROSS, "allowed", {**ABROAD, "identityPolicies": [ALL], "resourcePolicy": to({"AWS": HOME})}),
    (CROSS, "allowed", {**ABROAD, "identityPolicies": [ALL], "resourcePolicy": to("*")}),
    (CROSS, "implicitDeny", {**ABROAD, "resourcePolicy": to("*")}),
    (CROSS, "allowed", {**ABROAD, "principal": "anonymous", "resourcePolicy": to("*")}),
    (
        CROSS,
        "implicitDeny",
        {**ABROAD, "identityPolicies": [ALL], "resourcePolicy": to({"AWS": OTHER})},
    ),
    (
        CROSS,
        "implicitDeny",
        {
            **ABROAD,
            "identityPolicies": [ALL],
            "permissionsBoundaries": [NONE],
            "resourcePolicy": to({"AWS": ALICE}),
        },
    ),
    (
        CROSS,
        "implicitDeny",
        {
            **ABROAD,
            "principal": SESSION,
            "identityPolicies": [ALL],
            "sessionPolicies": [NONE],
            "resourcePolicy": to({"AWS": SESSION}),
        },
    ),
    (CROSS, "implicitDeny", {**ABROAD, "principal": ROOT}),
    (CROSS, "allowed", {**ABROAD, "principal": ROOT, "resourcePolicy": to({"AWS": HOME})}),
    (
        CROSS,
        "implicitDeny",
        {
            "identityPolicies": [ALL],
            "action": "sqs:SendMessage",
            "resource": QUEUE.replace(HOME, OTHER),
        },
    ),
    (
        CROSS,
        "explicitDeny",
        {**ABROAD, "identityPolicies": [ALL], "resourcePolicy": EVERYONE_DENIED},
    ),
]


def scp(*levels: Any, **more: Any) -> dict[str, Any]:
    return {"identityPolicies": [ALL], "serviceControlPolicies": list(levels), **more}


def rcp(*levels: Any, **more: Any) -> dict[str, Any]:
    return {"identityPolicies": [ALL], "resourceControlPolicies": list(levels), **more}


OUTSIDERS_DENIED = doc(
    of(
        "Deny",
        "s3:*",
        Principal="*",
        Condition={
            "StringNotEqualsIfExists": {"aws:PrincipalOrgID": "o-abcdefghij"},
            "BoolIfExists": {"aws:PrincipalIsAWSService": "false"},
        },
    )
)
ORGANIZATION: list[tuple[str, str, dict[str, Any]]] = [
    (SCPS, "allowed", scp([ALL], [ALL], [ALL])),
    (SCPS, "implicitDeny", scp([ALL], [NONE], [ALL])),
    (SCPS, "implicitDeny", scp([NONE], [ALL])),
    (SCPS, "implicitDeny", scp([ALL], [])),
    (SCPS, "allowed", scp([ALL], [NONE, ALL])),
    (SCPS, "explicitDeny", scp([ALL], [ALL, NO_S3], [ALL])),
    (SCPS, "implicitDeny", scp([ALL], identityPolicies=[])),
    (SCPS, "implicitDeny", scp([NONE], resourcePolicy=to({"AWS": ALICE}))),
    (SCPS, "implicitDeny", scp([NONE], principal=ROOT)),
    (SCPS, "explicitDeny", scp([ALL, NO_S3], principal=ROOT)),
    (SCPS, "allowed", scp([NO_S3], principal=LINKED)),
    (SCPS, "allowed", scp([NO_S3], principal=LINKED_SESSION)),
    (SCPS, "explicitDeny", scp([NO_S3], principal=SESSION)),
    (SCPS, "allowed", scp([NO_S3], context={"aws:PrincipalOrgMasterAccountId": HOME})),
    (
        SCPS,
        "explicitDeny",
        scp([ALL, NO_S3], context={"aws:PrincipalOrgMasterAccountId": MANAGEMENT}),
    ),
    (SCPS, "allowed", scp([NO_S3], managementAccountId=HOME)),
    (SCPS, "allowed", scp([NO_S3], principal="anonymous", resourcePolicy=to("*"))),
    (
        SCPS,
        "allowed",
        scp(
            [NO_S3],
            principal="cloudtrail.amazonaws.com",
            resourcePolicy=to({"Service": "cloudtrail.amazonaws.com"}),
        ),
    ),
    # Resource control policies limit all callers except service-linked roles.
    (RCPS, "explicitDeny", rcp([EVERYONE_DENIED])),
    (RCPS, "explicitDeny", rcp([EVERYONE_DENIED], principal=ROOT)),
    (
        RCPS,
        "explicitDeny",
        rcp([EVERYONE_DENIED], principal="anonymous", resourcePolicy=to("*"), resourceAccount=HOME),
    ),
    (
        RCPS,
        "explicitDeny",
        rcp([EVERYONE_DENIED], resourceAccount=OTHER, resourcePolicy=to({"AWS": ALICE})),
    ),
    (RCPS, "allowed", rcp([EVERYONE_DENIED], principal=LINKED)),
    (RCPS, "allowed", rcp([EVERYONE_DENIED], managementAccountId=HOME)),
    (RCPS, "allowed", rcp([EVERYONE_DENIED], action="ec2:DescribeInstances", resource="*")),
    (RCPS, "explicitDeny", rcp([], [EVERYONE_DENIED])),
    (RCPS, "allowed", rcp([OUTSIDERS_DENIED], context={"aws:PrincipalOrgID": "o-abcdefghij"})),
    (RCPS, "explicitDeny", rcp([OUTSIDERS_DENIED], context={"aws:PrincipalOrgID": "o-zzzzzzzzzz"})),
    (
        RCPS,
        "explicitDeny",
        rcp([OUTSIDERS_DENIED], principal="anonymous", resourcePolicy=to("*")),
    ),
    (
        RCPS,
        "allowed",
        rcp(
            [OUTSIDERS_DENIED],
            principal="cloudtrail.amazonaws.com",
            resourcePolicy=to({"Service": "cloudtrail.amazonaws.com"}),
        ),
    ),
]


def key(policy: Any, **more: Any) -> dict[str, Any]:
    return {"action": "kms:Decrypt", "resource": KEY, "resourcePolicy": policy, **more}


def role(policy: Any, **more: Any) -> dict[str, Any]:
    return {"action": "sts:AssumeRole", "resource": ROLE, "resourcePolicy": policy, **more}


OF_OTHER = f"arn:aws:iam::{OTHER}:user/carol"
GITHUB = f"arn:aws:iam::{HOME}:oidc-provider/token.actions.githubusercontent.com"
SUBJECT = {"token.actions.githubusercontent.com:sub": "repo:example/orders:ref:refs/heads/main"}
WEB = {"principal": GITHUB, "action": "sts:AssumeRoleWithWebIdentity"}
KEYS_AND_ROLES: list[tuple[str, str, dict[str, Any]]] = [
    (KEY_POLICIES, "implicitDeny", key(None, identityPolicies=[ALL])),
    (KEY_POLICIES, "implicitDeny", key(to({"AWS": ROOT}))),
    (KEY_POLICIES, "allowed", key(to({"AWS": ROOT}), identityPolicies=[ALL])),
    (KEY_POLICIES, "allowed", key(to({"AWS": ALICE}))),
    (KEY_POLICIES, "implicitDeny", key(to({"AWS": ROLE}), identityPolicies=[ALL])),
    (KEY_POLICIES, "implicitDeny", key(None, principal=ROOT)),
    (KEY_POLICIES, "allowed", key(to({"AWS": ROOT}), principal=ROOT)),
    (
        KEY_POLICIES,
        "implicitDeny",
        key(to({"AWS": ROLE}), principal=ROLE, permissionsBoundaries=[NONE]),
    ),
    (KEY_POLICIES, "implicitDeny", key(to({"AWS": OF_OTHER}), principal=OF_OTHER)),
    (KEY_POLICIES, "allowed", key(to({"AWS": OTHER}), principal=OF_OTHER, identityPolicies=[ALL])),
    (
        "KMS Developer Guide: conditions-kms",
        "allowed",
        key(
            to("*", Condition={"StringEquals": {"kms:ViaService": "s3.eu-west-1.amazonaws.com"}}),
            context={"kms:ViaService": "s3.eu-west-1.amazonaws.com"},
        ),
    ),
    (
        "KMS Developer Guide: concepts",
        "allowed",
        {"action": "kms:ListKeys", "resource": "*", "identityPolicies": [ALL]},
    ),
    (TRUST, "implicitDeny", role(None, identityPolicies=[ALL])),
    (TRUST, "implicitDeny", role(trusts({"AWS": ROOT}))),
    (TRUST, "allowed", role(trusts({"AWS": ROOT}), identityPolicies=[ALL])),
    (TRUST, "allowed", role(trusts({"AWS": ALICE}))),
    (TRUST, "implicitDeny", role(trusts({"AWS": OTHER}), principal=OF_OTHER)),
    (
        TRUST,
        "allowed",
        role(trusts({"AWS": OTHER}), principal=OF_OTHER, identityPolicies=[ALL]),
    ),
    (
        "id_roles_common-scenarios_third-party",
        "implicitDeny",
        role(
            trusts({"AWS": OTHER}, Condition={"StringEquals": {"sts:ExternalId": "x1"}}),
            principal=OF_OTHER,
            identityPolicies=[ALL],
            context={"sts:ExternalId": "X1"},
        ),
    ),
    ("API_AssumeRole", "implicitDeny", role(trusts({"AWS": ROOT}), principal=ROOT)),
    (
        TRUST,
        "allowed",
        role(trusts({"Service": "lambda.amazonaws.com"}), principal="lambda.amazonaws.com"),
    ),
    (
        "id_roles_create_for-idp_oidc",
        "allowed",
        role(
            trusts({"Federated": GITHUB}, WEB["action"], Condition={"StringEquals": SUBJECT}),
            **WEB,
            context=SUBJECT,
        ),
    ),
    (
        "id_roles_create_for-idp_oidc",
        "implicitDeny",
        role(
            trusts({"Federated": GITHUB}, WEB["action"], Condition={"StringEquals": SUBJECT}),
            **WEB,
            context={"token.actions.githubusercontent.com:sub": "repo:other/orders:pull_request"},
        ),
    ),
]
CASES = [*SAME_ACCOUNT, *ACROSS, *ORGANIZATION, *KEYS_AND_ROLES]


@pytest.mark.parametrize(
    ("expected", "case"),
    [
        pytest.param(expected, case, id=f"{place}-{page}")
        for place, (page, expected, case) in enumerate(CASES)
    ],
)
def test_documented_decisions(expected: str, case: dict[str, Any]) -> None:
    assert decided(case) == expected
