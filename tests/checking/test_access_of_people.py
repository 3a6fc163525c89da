"""Permission sets as the report of access sees them: once in each account they are assigned in."""

from __future__ import annotations

from typing import Any

from landfall.checking.access.holders import holders
from landfall.checking.preview import Planned
from tests.policies.documents import allow, document

ARN = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
DEV, PROD = "111111111111", "222222222222"


def planned(token: str, logical: str, provider: str = "", id_: str = "", **inputs: Any) -> Planned:
    return Planned(
        f"urn:pulumi:dev::landfall::{token}::{logical}", token, inputs, "", provider, id=id_
    )


def of_set(token: str, logical: str, **inputs: Any) -> Planned:
    return planned(f"aws:ssoadmin/{token}", logical, permissionSetArn=ARN, **inputs)


def resources() -> list[Planned]:
    providers = {
        account: planned("pulumi:providers:aws", account, allowedAccountIds=[account])
        for account in (DEV, PROD)
    }
    boundary = document(allow("s3:GetObject", "*"))
    reference = {"name": "reading", "path": "/landfall/"}
    return [
        *providers.values(),
        planned(
            "aws:iam/policy:Policy",
            "reading",
            providers[DEV].urn,
            name="reading",
            path="/landfall/",
            policy=boundary,
        ),
        planned(
            "aws:ssoadmin/permissionSet:PermissionSet",
            "deploy",
            id_=f"{ARN},{INSTANCE}",
            name="deploy",
        ),
        of_set(
            "permissionSetInlinePolicy:PermissionSetInlinePolicy",
            "deploy",
            inlinePolicy=document(allow("s3:*", "*")),
        ),
        of_set(
            "managedPolicyAttachment:ManagedPolicyAttachment",
            "deploy",
            managedPolicyArn="arn:aws:iam::aws:policy/SecurityAudit",
        ),
        of_set(
            "permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
            "deploy",
            permissionsBoundary={"customerManagedPolicyReference": reference},
        ),
        *(of_set("accountAssignment:AccountAssignment", a, targetId=a) for a in (DEV, PROD, DEV)),
    ]


def test_a_permission_set_is_held_in_each_account_of_its_assignments() -> None:
    dev, prod = holders(resources())
    assert (dev.kind, dev.name, dev.account, dev.account_id) == (
        "permission set",
        "deploy",
        DEV,
        DEV,
    )
    assert [label for label, _ in dev.policies] == ["inline", "SecurityAudit"]
    assert [label for label, _ in dev.boundary] == ["reading"]
    assert prod.account_id == PROD
    # The boundary does not stand in that account.
    assert (prod.boundary, prod.unread) == ((), ("reading",))


def test_a_permission_set_that_nobody_has_is_held_nowhere() -> None:
    left = [each for each in resources() if "accountAssignment" not in each.type]
    assert holders(left) == []
