"""Access that a change grants and removes, from the resources of two previews."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.checking.access import section
from landfall.checking.access.changes import Change, of_holders, of_policies
from landfall.checking.preview import Planned
from landfall.reports import json_text, markdown, text

ROLE = "aws:iam/role:Role"
ROLE_POLICY = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
POLICY = "aws:iam/policy:Policy"
ORGANIZATION_POLICY = "aws:organizations/policy:Policy"
IDS = {"audit": "111111111111", "orders": "222222222222"}


def urn(type_: str, name: str) -> str:
    return f"urn:pulumi:dev::landfall::{type_}::{name}"


def planned(type_: str, logical: str, account: str = "orders", /, **inputs: Any) -> Planned:
    provider = urn("pulumi:providers:aws", account)
    return Planned(urn(type_, logical), type_, inputs, provider=provider)


def provider(account: str) -> Planned:
    inputs = {"allowedAccountIds": json.dumps([IDS[account]])}
    return Planned(urn("pulumi:providers:aws", account), "pulumi:providers:aws", inputs)


PROVIDERS = [provider(account) for account in IDS]


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, on: str = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": on, **more}


def trust(*roles: str, **conditions: Any) -> str:
    principals = {"AWS": [f"arn:aws:iam::{IDS['audit']}:role/{role}" for role in roles]}
    more = {"Condition": conditions} if conditions else {}
    return document(
        {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principals, **more}
    )


def role(*statements: dict[str, Any], account: str = "orders", **inputs: Any) -> list[Planned]:
    """Return a role `reader` and its inline policy."""
    given = {"name": "reader", "path": "/", "assumeRolePolicy": trust("auditor"), **inputs}
    resources = [planned(ROLE, f"{account}-reader", account, **given)]
    if statements:
        policy = document(*statements)
        resources.append(
            planned(ROLE_POLICY, f"{account}-p", account, role="reader", name="p", policy=policy)
        )
    return resources


def change(before: list[Planned], after: list[Planned]) -> Change:
    found = of_holders([*PROVIDERS, *before], [*PROVIDERS, *after])
    assert len(found) == 1
    return found[0]


def test_unchanged_access_is_not_reported() -> None:
    same = [*PROVIDERS, *role(allow("s3:GetObject"))]
    assert of_holders(same, same) == []
    wordy = [*PROVIDERS, *role(allow("s3:GetObject"), allow("s3:GetObject", on="arn:aws:s3:::a/*"))]
    assert of_holders(same, wordy) == []


def test_new_role_is_reported_with_its_trust_and_permissions() -> None:
    found = change([], role(allow("s3:GetObject", "s3:PutObject", on="arn:aws:s3:::a/*")))
    assert (found.verb, found.kind, found.name, found.accounts) == (
        "new",
        "role",
        "reader",
        ("orders",),
    )
    assert found.trust == (("gains", "auditor of audit"),)
    assert found.gains == (
        "writes s3:PutObject on arn:aws:s3:::a/*",
        "reads s3:GetObject on arn:aws:s3:::a/*",
    )
    assert found.alarms == ()


def test_changed_role_reports_gains_and_losses_separately() -> None:
    found = change(
        role(allow("s3:GetObject", on="arn:aws:s3:::a/*"), allow("sqs:SendMessage")),
        role(allow("s3:GetObject", on="arn:aws:s3:::*")),
    )
    assert found.verb == "changed"
    assert found.gains == ("reads s3:GetObject on arn:aws:s3:::* except arn:aws:s3:::a/*",)
    assert found.loses == ("writes sqs:SendMessage",)
    assert found.trust == ()


def test_a_boundary_counts() -> None:
    boundary = planned(POLICY, "most", name="most", path="/", policy=document(allow("s3:*")))
    arn = f"arn:aws:iam::{IDS['orders']}:policy/most"
    wide = role(allow("s3:GetObject", "iam:PutRolePolicy"))
    bound = role(allow("s3:GetObject", "iam:PutRolePolicy"), permissionsBoundary=arn)
    found = change(wide, [*bound, boundary])
    assert found.loses == ("changes permissions by iam:PutRolePolicy",)
    assert found.gains == ()


def test_access_limited_by_a_boundary_or_deny_is_not_counted() -> None:
    boundary = planned(POLICY, "most", name="most", path="/", policy=document(allow("ec2:*")))
    arn = f"arn:aws:iam::{IDS['orders']}:policy/most"
    found = change([], [*role(allow("ec2:DescribeInstances"), permissionsBoundary=arn), boundary])
    assert found.gains == ("lists ec2:DescribeInstances",)
    deny = {"Effect": "Deny", "NotAction": "sqs:SendMessage", "Resource": "*"}
    found = change([], role(allow("sqs:*"), deny))
    assert found.gains == ("writes sqs:SendMessage",)


def test_policies_of_the_stack_and_of_aws_are_read() -> None:
    own = planned(POLICY, "own", name="own", path="/x/", policy=document(allow("sqs:SendMessage")))
    arns = [
        f"arn:aws:iam::{IDS['orders']}:policy/x/own",
        "arn:aws:iam::aws:policy/AWSSupportAccess",
    ]
    attached = [planned(ATTACHMENT, arn, role="reader", policyArn=arn) for arn in arns]
    found = change([], [*role(), own, *attached])
    assert found.gains[0].startswith("writes sqs:SendMessage, support (")
    assert found.unread == ()


def test_unknown_access_is_reported() -> None:
    missing = planned(ATTACHMENT, "a", role="reader", policyArn="arn:aws:iam::1:policy/elsewhere")
    secret = planned(ROLE_POLICY, "s", role="reader", name="hidden", policy="[secret]")
    found = change([], [*role(), missing, secret])
    assert found.unread == ("hidden", "elsewhere")
    shown = text.render([], [section.of_stack("dev", [*PROVIDERS, *role(), missing], [], "main")])
    assert "unknown before the update: elsewhere" in shown


def test_trusted_principals_are_compared_one_by_one() -> None:
    found = change(
        role(assumeRolePolicy=trust("auditor", "old")),
        role(assumeRolePolicy=trust("auditor", "contractor")),
    )
    assert found.trust == (("gains", "contractor of audit"), ("loses", "old of audit"))


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ({"Bool": {"aws:MultiFactorAuthPresent": "true"}}, "with MFA"),
        ({"StringEquals": {"sts:ExternalId": "x"}}, "with an external id"),
        ({"StringEquals": {"aws:PrincipalOrgID": "o-1"}}, "within organization o-1"),
        (
            {"StringEquals": {"aws:PrincipalTag/team": "a"}},
            "aws:PrincipalTag/team StringEquals a",
        ),
    ],
)
def test_conditions_of_trust_are_reported(conditions: dict[str, Any], said: str) -> None:
    found = change([], role(assumeRolePolicy=trust("auditor", **conditions)))
    assert found.trust == (("gains", f"auditor of audit, {said}"),)


def test_tokens_are_reported_by_issuer_and_subject() -> None:
    host = "token.actions.githubusercontent.com"
    statement = {
        "Effect": "Allow",
        "Action": "sts:AssumeRoleWithWebIdentity",
        "Principal": {"Federated": f"arn:aws:iam::{IDS['orders']}:oidc-provider/{host}"},
        "Condition": {"StringEquals": {f"{host}:sub": "repo:a/b:ref:refs/heads/main"}},
    }
    found = change([], role(assumeRolePolicy=document(statement)))
    assert found.trust == (
        ("gains", f"tokens of {host}, with subject repo:a/b:ref:refs/heads/main"),
    )


@pytest.mark.parametrize(
    ("after", "alarm"),
    [
        (role(allow("*")), "administrator access"),
        (
            role(allow("iam:AttachRolePolicy")),
            "can gain administrator access by iam:AttachRolePolicy",
        ),
        (
            role(
                assumeRolePolicy=document(
                    {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": "*"}
                )
            ),
            "anyone on the internet",
        ),
    ],
)
def test_dangerous_changes_are_reported_first_and_not_folded(
    after: list[Planned], alarm: str
) -> None:
    harmless = [planned(ROLE, "a", name="a", assumeRolePolicy=trust("auditor"))]
    resources = [*PROVIDERS, *harmless, *after]
    first = of_holders(PROVIDERS, resources)[0]
    assert first.name == "reader"
    assert alarm in first.alarms[0]
    entries = section.of_stack("dev", resources, PROVIDERS, "main").entries
    assert (entries[0].is_folded, entries[1].is_folded) == (False, True)
    assert alarm in entries[0].title


def test_an_alarm_that_was_there_before_is_not_raised_again() -> None:
    found = change(
        role(allow("iam:AttachRolePolicy")), role(allow("iam:AttachRolePolicy", "s3:GetObject"))
    )
    assert found.alarms == ()


def test_same_role_in_several_accounts_is_reported_once() -> None:
    def in_account(account: str) -> list[Planned]:
        own = f"arn:aws:s3:::logs-{IDS[account]}/*"
        return role(allow("s3:GetObject", on=own), account=account)

    found = change([], [*in_account("audit"), *in_account("orders")])
    assert found.accounts == ("audit", "orders")
    assert found.gains == ("reads s3:GetObject on arn:aws:s3:::logs-ACCOUNT/*",)


def test_policies_of_the_organization_are_compared_by_statement() -> None:
    deny = {"Sid": "KeepTrails", "Effect": "Deny", "Action": "cloudtrail:*", "Resource": "*"}
    whole = planned(ORGANIZATION_POLICY, "scp", content=document(deny, allow("*")))
    less = planned(ORGANIZATION_POLICY, "scp", content=document(allow("*")))
    found = of_policies([whole], [less])
    assert [each.verb for each in found] == ["changed"]
    assert ("loses", "KeepTrails denies cloudtrail:*") in found[0].lines
    shown = text.render([], [section.of_stack("dev", [less], [whole], "main")])
    assert "removes a deny" in shown


def test_a_first_report_says_so_and_sums_up() -> None:
    resources = [*PROVIDERS, *role(allow("s3:GetObject"))]
    told = section.of_stack("dev", resources, None)
    assert told.summary.startswith("No base to compare with.")
    assert "role reader in orders: for auditor of audit; reads s3" in text.render([], [told])


def test_every_format_has_the_changes() -> None:
    after = [*PROVIDERS, *role(allow("s3:GetObject"))]
    told = section.of_stack("dev", after, PROVIDERS, "main (0123abcd)")
    assert "Compared with main (0123abcd), roles and users: 1 new." in text.render([], [told])
    assert "<summary>role reader in orders is new</summary>" in markdown.render([], [told])
    value = json_text.value([], [told])["access-dev"]
    assert value["changes"][0]["gains"] == ["reads s3:GetObject"]
    assert value["changes"][0]["trust"]["gains"] == ["auditor of audit"]
    none = section.of_stack("dev", after, after, "main")
    assert "No change of access compared with main" in none.summary
