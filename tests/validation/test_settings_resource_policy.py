"""Each mistake in the organization's resource policy is reported once, with its line."""

from __future__ import annotations

import pytest

from tests.settings.stacks import problems

GOOD = (
    "{Sid: A, Effect: Allow, Principal: {AWS: 'arn:aws:iam::111122223333:root'}, "
    "Action: 'organizations:ListAccounts', Resource: '*'}"
)


def text(organization: str) -> str:
    return (
        "config:\n"
        "  aws:region: eu-west-1\n"
        "  landfall:organization:\n"
        f"    {organization}\n"
        "  landfall:accounts:\n"
        "    backup: {email: aws+backup@example.com}\n"
    )


def changed(old: str, new: str) -> str:
    assert old in GOOD
    return f"resourcePolicy: [{GOOD.replace(old, new)}]"


@pytest.mark.parametrize(
    ("organization", "path", "what", "fix"),
    [
        (
            "delegatedPolicies: {BACKUP_POLICY: [bakcup]}",
            "BACKUP_POLICY[0]",
            "'bakcup'",
            "'backup'",
        ),
        ("delegatedPolicies: {BACKUP: [backup]}", "BACKUP", "BACKUP", "BACKUP_POLICY"),
        (
            "{delegatedPolicies: {TAG_POLICY: [backup]}, policyTypes: [SERVICE_CONTROL_POLICY]}",
            "delegatedPolicies.TAG_POLICY",
            "not enabled",
            "add TAG_POLICY to policyTypes:",
        ),
        (changed("Effect: Allow, ", ""), "resourcePolicy[0]", "'Effect' is missing", "Allow"),
        (changed("Allow", "Permit"), "Effect", "'Permit'", "Allow or Deny"),
        (
            changed("Resource:", "Ressource: x, Resource:"),
            "Ressource",
            "not a known key",
            "Resource",
        ),
        (changed("organizations:ListAccounts", "s3:GetObject"), "Action", "s3:GetObject", "as in"),
        (changed("{AWS: 'arn:aws:iam::111122223333:root'}", "'*'"), "Principal", "member", "AWS:"),
        (f"resourcePolicy: [{GOOD}, {GOOD}]", "resourcePolicy[1].Sid", "another", "rename"),
        (
            f"resourcePolicy: [{changed('ListAccounts', 'List' + 'x' * 41_000)[17:-1]}]",
            "resourcePolicy",
            "AWS allows 40,000",
            "fewer",
        ),
    ],
)
def test_mistake_in_the_resource_policy_is_reported_once(
    organization: str, path: str, what: str, fix: str
) -> None:
    given = organization if not organization.startswith("{") else organization[1:-1]
    (found,) = problems(text(given.replace("}, policyTypes", "}\n    policyTypes")))
    assert found.path.endswith(path)
    assert what in found.what
    assert fix in found.fix
    assert found.location is not None
    assert found.location.line == 4


def test_resource_policy_of_a_part_of_an_organization_is_refused() -> None:
    adopted = "mode: adopt\n    id: o-a1b2c3d4e5\n    parent: ou-abcd-12345678\n    "
    found = problems(text(f"{adopted}resourcePolicy: [{GOOD}]"))
    assert [each.path for each in found] == ["landfall:organization.resourcePolicy"]


def test_resource_policy_of_aws_is_accepted() -> None:
    assert problems(text(f"resourcePolicy: [{GOOD}]")) == []
