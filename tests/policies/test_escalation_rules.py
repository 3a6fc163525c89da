"""All policies of one role together: inline, attached, under a boundary, known or unknown."""

from __future__ import annotations

from typing import Any

import pytest

from policies.rules import Rule, find
from tests.policies.analyzer import UNKNOWN, Analyzer, Given, Told, urn
from tests.policies.documents import ACCOUNT, allow, document, trust

ROLE, POLICY = "aws:iam/role:Role", "aws:iam/policy:Policy"
INLINE = "aws:iam/rolePolicy:RolePolicy"
ATTACHMENT = "aws:iam/rolePolicyAttachment:RolePolicyAttachment"
# Apart these are none's way to more rights; `iam:PassRole` is here on what no rule refuses by name.
PASS = allow(
    "iam:PassRole",
    "arn:aws:iam::*:role/*",
    Condition={"StringEquals": {"iam:PassedToService": "lambda.amazonaws.com"}},
)
RUN = allow(["lambda:CreateFunction", "lambda:InvokeFunction"], "*")
READ = allow("s3:GetObject", "arn:aws:s3:::reports/*")


def role(**props: Any) -> Given:
    own = {"name": "app", "assumeRolePolicy": trust({"Service": "lambda.amazonaws.com"})}
    return Given(ROLE, {**own, **props}, "app")


def inline(name: str, *statements: dict[str, Any], of: str = "app") -> Given:
    return Given(INLINE, {"role": of, "policy": document(*statements)}, name)


def attached(name: str, *statements: dict[str, Any]) -> list[Given]:
    policy = Given(POLICY, {"name": name, "policy": document(*statements)}, name)
    links = {"role": [urn(ROLE, "app")], "policyArn": [policy.urn]}
    props = {"role": "app", "policyArn": UNKNOWN}
    return [policy, Given(ATTACHMENT, props, f"{name}-at", links=links)]


def told(*given: Given, preview: bool = True) -> dict[str, Told]:
    found = Analyzer(preview=preview).both(*given)
    return {one.rule: one for one in found if one.rule in ("LF-IAM-010", "LF-IAM-011")}


def found(*given: Given) -> set[str]:
    return set(told(*given))


def test_policies_that_are_harmless_apart_are_judged_together() -> None:
    assert found(role(), inline("one", PASS)) == set()
    assert found(role(), inline("two", RUN)) == set()
    both = told(role(), inline("one", PASS), inline("two", RUN))
    assert set(both) == {"LF-IAM-010"}
    finding = both["LF-IAM-010"]
    assert (finding.level, finding.urn) == ("mandatory", urn(ROLE, "app"))
    assert "lambda-001: iam:PassRole + lambda:CreateFunction" in finding.message


@pytest.mark.parametrize("second", [[inline("two", RUN)], attached("run", RUN)])
def test_attached_policies_count_too(second: list[Given]) -> None:
    assert found(role(), *attached("pass", PASS), *second) == {"LF-IAM-010"}


def test_policies_that_the_role_itself_holds_count_too() -> None:
    own = role(inlinePolicies=[{"name": "a", "policy": document(PASS)}])
    assert found(own, inline("two", RUN)) == {"LF-IAM-010"}
    policy = Given(POLICY, {"policy": document(RUN)}, "run")
    linked = Given(
        ROLE,
        {**own.props, "managedPolicyArns": [UNKNOWN]},
        "app",
        links={"managedPolicyArns": [policy.urn]},
    )
    assert found(linked, policy) == {"LF-IAM-010"}


def test_policies_of_another_role_do_not_count() -> None:
    other = Given(ROLE, {"name": "other", "assumeRolePolicy": trust("*")}, "other")
    assert found(role(), other, inline("one", PASS), inline("two", RUN, of="other")) == set()


def test_a_deny_anywhere_counts() -> None:
    wall = {"Effect": "Deny", "Action": "iam:PassRole", "Resource": "*"}
    assert found(role(), inline("one", PASS), inline("two", RUN), *attached("no", wall)) == set()
    elsewhere = {**wall, "Resource": f"arn:aws:iam::{ACCOUNT}:role/reports"}
    given = (role(), inline("one", PASS), inline("two", RUN), *attached("no", elsewhere))
    assert found(*given) == {"LF-IAM-010"}


@pytest.mark.parametrize(("edge", "rules"), [(READ, set()), (allow("*"), {"LF-IAM-010"})])
def test_a_boundary_of_the_program_counts(edge: dict[str, Any], rules: set[str]) -> None:
    boundary = Given(POLICY, {"policy": document(edge)}, "edge")
    bounded = Given(
        ROLE,
        {**role().props, "permissionsBoundary": UNKNOWN},
        "app",
        links={"permissionsBoundary": [boundary.urn]},
    )
    assert found(bounded, boundary, inline("one", PASS), inline("two", RUN)) == rules


def test_change_of_code_that_runs_with_a_role_is_advice() -> None:
    changes = allow("lambda:UpdateFunctionCode", "*")
    advice = told(role(), inline("one", changes))
    assert set(advice) == {"LF-IAM-011"}
    assert advice["LF-IAM-011"].level == "advisory"
    named = allow("lambda:UpdateFunctionCode", f"arn:aws:lambda:*:{ACCOUNT}:function:app")
    assert found(role(), inline("one", named)) == set()


def test_administrator_is_reported_only_by_the_administrator_rule() -> None:
    every = {one.rule for one in Analyzer().both(role(), inline("one", allow("*")))}
    assert "LF-IAM-001" in every
    assert "LF-IAM-010" not in every


def test_users_are_checked_like_roles() -> None:
    user = Given("aws:iam/user:User", {"name": "ci"}, "ci")
    policy = {"user": "ci", "policy": document(allow("iam:PutUserPolicy", "*"))}
    given = Given("aws:iam/userPolicy:UserPolicy", policy, "own")
    assert found(user, given) == {"LF-IAM-010"}


def test_policy_with_a_value_not_yet_known_is_deferred() -> None:
    unknown = Given(INLINE, {"role": "app", "policy": UNKNOWN}, "two")
    waiting = Analyzer().both(role(), inline("one", PASS, RUN), unknown)
    assert "LF-IAM-010" not in {one.rule for one in waiting}
    assert any("LF-IAM-010" in one.message and "waits" in one.message for one in waiting)


def test_a_policy_that_stays_unknown_is_refused() -> None:
    unknown = Given(INLINE, {"role": "app", "policy": UNKNOWN}, "two")
    refused = told(role(), unknown, preview=False)
    assert "is unknown" in refused["LF-IAM-010"].message


def test_a_policy_of_aws_may_be_attached() -> None:
    links = {"role": [urn(ROLE, "app")]}
    arn = "arn:aws:iam::aws:policy/ReadOnlyAccess"
    managed = Given(ATTACHMENT, {"role": "app", "policyArn": arn}, "at", links=links)
    assert found(role(), managed, inline("one", READ)) == set()


@pytest.mark.parametrize("id", ["LF-IAM-010", "LF-IAM-011"])
def test_the_rules_answer_controls(id: str) -> None:
    Analyzer()
    rule = find(id)
    assert isinstance(rule, Rule)
    assert rule.controls.labels()


def test_permission_sets_are_checked_like_roles() -> None:
    kind = "aws:ssoadmin/permissionSet:PermissionSet"
    instance = "arn:aws:sso:::instance/ssoins-1234567890abcdef"
    arn = "arn:aws:sso:::permissionSet/ssoins-1234567890abcdef/ps-1234567890abcdef"
    engineer = Given(kind, {"name": "engineer", "instanceArn": instance, "arn": arn}, "engineer")

    def given(*statements: dict[str, Any]) -> Given:
        props = {"instanceArn": instance, "permissionSetArn": UNKNOWN}
        return Given(
            "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy",
            {**props, "inlinePolicy": document(*statements)},
            "own",
            links={"permissionSetArn": [urn(kind, "engineer")]},
        )

    assert found(engineer, given(PASS, RUN)) == {"LF-IAM-010"}
    assert found(engineer, given(READ)) == set()
    named = {"customerManagedPolicyReference": {"name": "limit", "path": "/"}}
    bounded = Given(
        "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment",
        {"permissionSetArn": UNKNOWN, "permissionsBoundary": named},
        "edge",
        links={"permissionSetArn": [urn(kind, "engineer")]},
    )
    limit = Given(POLICY, {"name": "limit", "policy": document(allow("lambda:*", "*"))}, "limit")
    other = Given(POLICY, {"name": "other", "policy": document(allow("lambda:*", "*"))}, "other")
    assert found(engineer, given(PASS, RUN), bounded, limit) == set()
    assert found(engineer, given(PASS, RUN), bounded, other) == {"LF-IAM-010"}


SET = "aws:ssoadmin/permissionSet:PermissionSet"
OF_SET = "aws:ssoadmin/permissionSetInlinePolicy:PermissionSetInlinePolicy"
BOUND = "aws:ssoadmin/permissionsBoundaryAttachment:PermissionsBoundaryAttachment"


def people(*statements: dict[str, Any]) -> list[Given]:
    """Return a permission set with an inline policy."""
    made = Given(SET, {"name": "deploy"}, "deploy")
    props = {"permissionSetArn": UNKNOWN, "inlinePolicy": document(*statements)}
    return [made, Given(OF_SET, props, "deploy", links={"permissionSetArn": [made.urn]})]


@pytest.mark.parametrize(("path", "bounds"), [("/landfall/", True), ("/other/", False)])
def test_the_boundary_of_a_permission_set_is_found_by_its_name(path: str, bounds: bool) -> None:
    policy = Given(
        POLICY, {"name": "reading", "path": "/landfall/", "policy": document(READ)}, "reading"
    )
    reference = {"customerManagedPolicyReference": {"name": "reading", "path": path}}
    links = {"permissionSetArn": [urn(SET, "deploy")]}
    props = {"permissionSetArn": UNKNOWN, "permissionsBoundary": reference}
    bound = Given(BOUND, props, "deploy", links=links)
    assert found(*people(PASS, RUN), policy, bound) == (set() if bounds else {"LF-IAM-010"})
