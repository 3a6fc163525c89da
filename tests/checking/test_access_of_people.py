"""Permission sets in the access report: once in each account of their assignments."""

from __future__ import annotations

from typing import Any

from landfall.checking.access import section
from landfall.checking.access.holders import holders
from landfall.checking.preview import Planned
from tests.policies.documents import allow, document

ARN = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
INSTANCE = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
ORDERS, OF_A_DIRECTORY = "11111111-aaaa", "22222222-bbbb"
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
        planned(
            "aws:identitystore/group:Group",
            "orders",
            id_=f"d-1234567890/{ORDERS}",
            displayName="Orders",
        ),
        assigned(DEV, ORDERS),
        assigned(DEV, OF_A_DIRECTORY),
        assigned(PROD, ORDERS),
    ]


def assigned(account: str, group: str) -> Planned:
    return of_set(
        "accountAssignment:AccountAssignment",
        f"{group}@{account}",
        principalId=group,
        principalType="GROUP",
        targetId=account,
    )


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
    assert dev.people == (f"group {OF_A_DIRECTORY}", "group Orders")
    assert (prod.account_id, prod.people) == (PROD, ("group Orders",))
    # The boundary does not exist in that account.
    assert (prod.boundary, prod.unread) == ((), ("reading",))


def test_a_permission_set_that_nobody_has_is_held_nowhere() -> None:
    left = [each for each in resources() if "accountAssignment" not in each.type]
    assert holders(left) == []


def told(after: list[Planned], before: list[Planned] | None) -> list[str]:
    found = section.of_stack("dev", after, before, "main")
    return [line for entry in found.entries for line in (entry.title, *entry.lines)]


def test_the_report_says_which_group_gains_a_set_that_does_not_change_itself() -> None:
    before = resources()
    after = [*before, assigned(PROD, OF_A_DIRECTORY)]
    assert told(after, before) == [
        f"permission set deploy in {PROD} changes",
        f"assigned to group {OF_A_DIRECTORY}",
    ]
    assert told(before, after) == [
        f"permission set deploy in {PROD} changes",
        f"no longer assigned to group {OF_A_DIRECTORY}",
    ]


def test_first_report_names_the_groups_of_a_permission_set() -> None:
    found = [line for line in told(resources(), None) if "permission set" in line]
    assert found
    assert not [line for line in found if "nobody" in line]
