"""Service principals that AWS Organizations does not recognize, and StackSets' enabling call."""

from __future__ import annotations

import pytest

from landfall.settings.prerequisites import notes
from tests.settings.stacks import problems, stack

STACK_SETS = "member.org.stacksets.cloudformation.amazonaws.com"


def text(organization: str) -> str:
    return (
        "config:\n"
        "  aws:region: eu-west-1\n"
        "  landfall:organization:\n"
        f"    {organization}\n"
        "  landfall:accounts:\n"
        "    audit: {email: aws+audit@example.com}\n"
    )


@pytest.mark.parametrize(
    ("service", "fix"),
    [
        ("guardduty", "write guardduty.amazonaws.com"),
        ("gaurdduty.amazonaws.com", "write guardduty.amazonaws.com"),
        ("Sso.amazonaws.com", "write sso.amazonaws.com"),
        ("macie2.amazonaws.com", "write macie.amazonaws.com"),
        ("stacksets.cloudformation.amazonaws.com", f"write {STACK_SETS}"),
        ("the console", "as in guardduty.amazonaws.com"),
    ],
)
def test_unrecognized_principal_is_refused_in_both_settings(service: str, fix: str) -> None:
    trusted = problems(text(f"trustedServices: ['{service}']"))
    delegated = problems(text(f"delegatedAdministrators: {{'{service}': [audit]}}"))
    assert [each.location.line for each in (*trusted, *delegated) if each.location] == [4, 4]
    assert all(f"'{service}'" in each.what for each in (*trusted, *delegated))
    assert all(fix in (each.fix or "") for each in (*trusted, *delegated))


@pytest.mark.parametrize("service", ["brandnew.amazonaws.com", "inspector2.amazonaws.com"])
def test_other_principal_is_accepted(service: str) -> None:
    assert problems(text(f"trustedServices: [{service}]")) == []


@pytest.mark.parametrize(
    ("organization", "key"),
    [
        (f"delegatedAdministrators: {{{STACK_SETS}: [audit]}}", "delegatedAdministrators"),
        (f"trustedServices: [{STACK_SETS}]", "trustedServices"),
        ("trustedServices: [ram.amazonaws.com]", None),
    ],
)
def test_stack_sets_need_an_enabling_call_of_their_own(organization: str, key: str | None) -> None:
    found = [each for each in notes(stack(text(organization))) if "StackSets" in each.what]
    assert [each.path for each in found] == ([("landfall:organization", key)] if key else [])
    assert all("activate-organizations-access" in each.fix for each in found)
