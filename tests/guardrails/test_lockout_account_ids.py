"""Guardrail statements that distinguish accounts of one unit by their ids."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.guardrails.lockout import lockouts
from landfall.settings import Stack

IDS = {"first": "300000000018", "second": "300000000028", "third": "410000000018"}


def stack(statement: dict[str, Any]) -> Stack:
    """Return a stack of three accounts that exist, all in one unit, under one guardrail."""
    document = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Action": "iam:CreateRole", **statement}],
    }
    value = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"units": {"All": {"guardrails": ["mine"]}}},
        "landfall:guardrails": {"mine": {"document": document}},
        "landfall:accounts": {
            name: {"email": f"{name}@example.com", "unit": "All", "id": account_id}
            for name, account_id in IDS.items()
        },
        "landfall:access": {
            "roles": {"reader": {"managedPolicies": ["SecurityAudit"]}},
        },
    }
    return Stack.model_validate(json.loads(json.dumps(value)), by_alias=True, by_name=False)


def locked_out(statement: dict[str, Any]) -> list[str]:
    """Return the accounts that a statement locks the platform out of."""
    return [account for found in lockouts(stack(statement)) for account in found.accounts]


@pytest.mark.parametrize(
    ("resource", "accounts"),
    [
        ("arn:aws:iam::*:role/*", ["first", "second", "third"]),
        ("arn:aws:iam::300000000018:role/*", ["first"]),
        ("arn:aws:iam::3*:role/*", ["first", "second"]),
        ("arn:aws:iam::*18:role/*", ["first", "third"]),
        ("arn:aws:iam::?????????018:role/*", ["first", "third"]),
        ("arn:aws:iam::*2*:role/*", ["second"]),
        ("arn:aws:iam::${aws:PrincipalAccount}:role/*", ["first", "second", "third"]),
        ("arn:aws:iam::3${aws:PrincipalAccount}:role/*", []),
    ],
)
def test_resource_with_part_of_an_id_locks_out_the_accounts_it_matches(
    resource: str, accounts: list[str]
) -> None:
    assert locked_out({"Resource": resource}) == accounts


@pytest.mark.parametrize(
    ("operator", "key", "value", "accounts"),
    [
        ("StringEquals", "aws:PrincipalAccount", IDS["second"], ["second"]),
        ("StringNotEquals", "aws:ResourceAccount", IDS["second"], ["first", "third"]),
        ("StringLike", "aws:PrincipalAccount", "*18", ["first", "third"]),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::41*:role/*", ["third"]),
        ("NumericLessThan", "aws:PrincipalAccount", "400000000000", ["first", "second"]),
        ("StringEquals", "aws:RequestedRegion", "us-east-1", ["first", "second", "third"]),
    ],
)
def test_condition_with_part_of_an_id_locks_out_the_accounts_it_matches(
    operator: str, key: str, value: str, accounts: list[str]
) -> None:
    statement = {"Resource": "*", "Condition": {operator: {key: value}}}
    assert locked_out(statement) == accounts
