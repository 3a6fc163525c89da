"""Resource control policies that name an organization or the management account by id."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.guardrails.lockout import lockouts
from landfall.settings import Stack

OWN, OTHER = "o-bkt54frctj", "o-zzzzzzzzzz"
MEMBER, UNKNOWN = "111122223333", "999988887777"


def locked_out(operator: str, key: str, value: str | list[str], *, own: str | None = OWN) -> bool:
    """Return whether a deny of AssumeRole with one condition locks the platform out."""
    condition = {operator: {key: value}, "BoolIfExists": {"aws:PrincipalIsAWSService": "false"}}
    statement = {"Effect": "Deny", "Principal": "*", "Action": "sts:AssumeRole", "Resource": "*"}
    document = {"Version": "2012-10-17", "Statement": [{**statement, "Condition": condition}]}
    organization: dict[str, Any] = {"guardrails": ["mine"]}
    if own is not None:
        organization |= {"mode": "adopt", "id": own}
    value_ = {
        "aws:region": "eu-west-1",
        "landfall:organization": organization,
        "landfall:guardrails": {
            "mine": {"type": "RESOURCE_CONTROL_POLICY", "document": document},
        },
        "landfall:accounts": {"one": {"email": "one@example.com", "id": MEMBER}},
    }
    stack = Stack.model_validate(json.loads(json.dumps(value_)), by_alias=True, by_name=False)
    return bool(list(lockouts(stack)))


@pytest.mark.parametrize(
    ("operator", "key", "value", "expected"),
    [
        ("StringNotEqualsIfExists", "aws:PrincipalOrgID", OWN, False),
        ("StringNotEquals", "aws:PrincipalOrgID", [OTHER, OWN], False),
        ("StringNotLike", "aws:PrincipalOrgID", "o-bkt*", False),
        ("StringNotEquals", "aws:ResourceOrgID", OWN, False),
        ("StringNotEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", False),
        ("StringNotEqualsIfExists", "aws:PrincipalOrgID", OTHER, True),
        ("StringNotLike", "aws:PrincipalOrgID", "o-x*", True),
        ("StringEquals", "aws:PrincipalOrgID", OWN, True),
        ("StringEquals", "aws:PrincipalOrgID", "${aws:ResourceOrgID}", True),
        ("StringLike", "aws:PrincipalOrgID", "o-*", True),
    ],
)
def test_adopted_organization_is_compared_by_its_id(
    operator: str, key: str, value: str | list[str], expected: bool
) -> None:
    assert locked_out(operator, key, value) is expected


@pytest.mark.parametrize(
    ("operator", "value", "expected"),
    [
        ("StringNotEquals", OTHER, False),
        ("StringNotLike", "o-x*", False),
        ("StringNotEquals", "${aws:ResourceOrgID}", False),
        ("StringEquals", "${aws:ResourceOrgID}", True),
        ("StringNotLike", "o-*", False),
        ("StringLike", "o-*", True),
    ],
)
def test_created_organization_may_have_the_named_id(
    operator: str, value: str, expected: bool
) -> None:
    assert locked_out(operator, "aws:PrincipalOrgID", value, own=None) is expected


@pytest.mark.parametrize(
    ("named", "expected"),
    [([MEMBER, UNKNOWN], False), ([MEMBER], True)],
)
def test_an_id_of_no_member_may_be_of_the_management_account(
    named: list[str], expected: bool
) -> None:
    assert locked_out("StringNotEqualsIfExists", "aws:PrincipalAccount", named) is expected
