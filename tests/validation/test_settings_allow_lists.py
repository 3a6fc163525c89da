"""Service control policies that allow: with FullAWSAccess without effect, without it proven."""

from __future__ import annotations

import json
from typing import Any

from landfall.guardrails.explaining import explained
from landfall.guardrails.of_stack import target_policies
from landfall.problems import Problem
from landfall.validation.kinds import Kind
from tests.settings.stacks import problems, stack

ALL = {"Effect": "Allow", "Action": "*", "Resource": "*"}


def allow(*actions: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": list(actions), "Resource": "*", **more}


def config(
    *statements: dict[str, Any], unit: dict[str, Any] | None = None, **organization: Any
) -> str:
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    own = {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "units": {"Secure": {"guardrails": ["list"], **(unit or {})}},
            **organization,
        },
        "landfall:accounts": {"secure": {"email": "aws+s@example.com", "unit": "Secure"}},
        "landfall:guardrails": {"list": {"document": document}},
    }
    return json.dumps({"config": own}, indent=1)


def single(text: str) -> Problem:
    (problem,) = problems(text)
    return problem


def test_narrow_allow_statement_beside_full_access_is_refused_at_its_line() -> None:
    text = config(ALL, allow("ec2:*"))
    problem = single(text)
    assert problem.path == "landfall:guardrails.list.document.Statement[1]"
    assert problem.id == Kind.CONFLICTING_SETTINGS
    assert "FullAWSAccess is attached to 'Secure'" in problem.what
    assert problem.location is not None
    assert '"Effect": "Allow"' in "".join(
        text.splitlines()[problem.location.line - 1 : problem.location.line + 2]
    )


def test_narrow_allow_statement_of_an_existing_policy_is_accepted() -> None:
    text = config(allow("ec2:*"), mode="adopt", id="o-a1b2c3d4e5")
    value = json.loads(text)
    value["config"]["landfall:guardrails"]["list"]["id"] = "p-00000001"
    assert problems(json.dumps(value)) == []


def test_allow_list_of_everything_the_platform_needs_is_accepted() -> None:
    deny = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}
    assert problems(config(ALL, deny, unit={"fullAccess": False})) == []
    services = allow(
        *(f"{name}:*" for name in ("access-analyzer", "account", "ec2", "iam", "s3", "sts"))
    )
    assert problems(config(services, unit={"fullAccess": False})) == []


def test_allow_list_without_what_the_platform_needs_is_a_lockout_at_its_unit() -> None:
    problem = single(config(allow("ec2:*", "s3:*"), unit={"fullAccess": False}))
    assert problem.path == "landfall:organization.units.Secure.guardrails"
    assert problem.id == Kind.GUARDRAIL_LOCKOUT
    assert "iam:" in problem.what
    assert "ec2:" not in problem.what
    assert "OrganizationAccountAccessRole in secure" in problem.what


def test_allow_list_must_allow_at_every_level() -> None:
    text = config(ALL, unit={"fullAccess": False}, fullAccess=False, guardrails=["narrow"])
    value = json.loads(text)
    document = {"Version": "2012-10-17", "Statement": [allow("ec2:*")]}
    value["config"]["landfall:guardrails"]["narrow"] = {"document": document}
    problem = single(json.dumps(value))
    assert problem.path == "landfall:organization.guardrails"
    assert problem.id == Kind.GUARDRAIL_LOCKOUT


def test_allow_statement_with_an_unknown_condition_proves_nothing() -> None:
    from_office = allow("*", Condition={"IpAddress": {"aws:SourceIp": "192.0.2.0/24"}})
    problem = single(config(from_office, unit={"fullAccess": False}))
    assert problem.id == Kind.GUARDRAIL_LOCKOUT
    in_region = allow("*", Condition={"StringEquals": {"aws:RequestedRegion": "eu-west-1"}})
    problem = single(config(in_region, unit={"fullAccess": False}))
    # IAM's requests are in us-east-1.
    assert "iam:" in problem.what
    assert "ec2:" not in problem.what


def test_target_without_full_access_and_without_an_allow_statement_is_refused() -> None:
    deny = {"Effect": "Deny", "Action": "ec2:RunInstances", "Resource": "*"}
    problem = single(config(deny, unit={"fullAccess": False}))
    assert problem.path == "landfall:organization.units.Secure.fullAccess"
    assert problem.id == Kind.MISSING_SETTING


def test_target_without_full_access_has_its_place_for_another_policy() -> None:
    found = stack(config(ALL, unit={"fullAccess": False}))
    attached = dict(explained(found))
    assert ("SERVICE_CONTROL_POLICY", 1, 10) in list(attached["Secure"].places())
    beside = dict(explained(stack(config(ALL))))
    assert ("SERVICE_CONTROL_POLICY", 2, 10) in list(beside["Secure"].places())
    full = ["deny-root-user", "deny-iam-users"]
    text = config(ALL, unit={"fullAccess": False, "guardrails": ["list", *full]})
    quota = json.loads(text)
    quota["config"]["landfall:quotas"] = {"serviceControlPoliciesPerTarget": 2}
    assert len(target_policies(stack(json.dumps(quota)), "Secure", ["list", *full])) == 1
