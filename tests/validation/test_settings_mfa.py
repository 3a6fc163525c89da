"""MFA is asked of IAM users; roles and CI jobs cannot have it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.validation.kinds import Kind
from tests.settings.stacks import problems

ROLE = {"managedPolicies": ["SecurityAudit"], "requireMfa": True}
ROLES = {"principals": [{"account": "orders", "role": "ops"}]}
JOBS = {"federated": [{"provider": "github", "subjects": ["repo:a/b:environment:prod"]}]}
USERS = {"users": ["people/emergency"]}


def told(**role: Any) -> list[Any]:
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": {},
        "landfall:accounts": {"orders": {"email": "orders@example.com"}},
        "landfall:access": {
            "oidcProviders": {"github": {"issuer": "github"}},
            "roles": {"breaker": role},
        },
    }
    return problems(json.dumps({"config": config}))


@pytest.mark.parametrize("who", [ROLES, JOBS, {**ROLES, **USERS}])
def test_mfa_of_roles_and_jobs_is_refused(who: dict[str, Any]) -> None:
    (problem,) = told(**ROLE, **who)
    assert problem.id == Kind.CONFLICTING_SETTINGS
    assert problem.path == "landfall:access.roles.breaker.requireMfa"
    assert "never carry MFA" in problem.what
    assert "users: [NAME]" in problem.fix


def test_mfa_of_users_is_accepted_whether_said_or_not() -> None:
    assert told(**ROLE, **USERS) == []
    assert told(managedPolicies=["SecurityAudit"], **USERS, **ROLES) == []


def test_malformed_user_is_refused() -> None:
    problem, *_ = told(managedPolicies=["SecurityAudit"], users=["arn:aws:iam::1:user/x"])
    assert problem.id == Kind.MALFORMED_VALUE


def test_role_that_nobody_may_assume_is_refused() -> None:
    (problem,) = told(**ROLE)
    assert problem.what == "nobody may assume the role"
