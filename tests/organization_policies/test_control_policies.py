"""Service and resource control policies: what AWS accepts, and where a mistake is reported."""

from __future__ import annotations

from typing import Any

import pytest

from landfall.guardrails.statements import RCP, SCP
from landfall.organization_policies import Fault, mistakes


def policy(*statements: Any, **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def denial(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": "s3:*", "Resource": "*", **elements}


def of_resources(**elements: Any) -> dict[str, Any]:
    return denial(Principal="*", **elements)


# The full language of IAM, which SCPs support since September 2025.
SCPS = (
    policy(denial(Sid="One", Action=["s3:Put*", "*"])),
    policy(denial(Action="ec2:*Instances", Condition={"StringEquals": {"aws:x": "y"}})),
    policy({"Effect": "Allow", "NotAction": "iam:*", "NotResource": "arn:aws:s3:::a/*",
            "Condition": {"Bool": {"aws:MultiFactorAuthPresent": True}}}),
    {"Version": "2012-10-17", "Statement": denial(Resource=["arn:aws:s3:::a", "*"])},
)  # fmt: skip
RCPS = (
    policy(of_resources(Action=["s3:Get?bject", "sts:*"])),
    policy({"Effect": "Deny", "Principal": {"AWS": "*"}, "Action": "kms:*",
            "NotResource": "arn:aws:kms:*:*:key/a"}),
)  # fmt: skip


@pytest.mark.parametrize("document", SCPS)
def test_service_control_policy_in_the_full_language_is_accepted(document: dict[str, Any]) -> None:
    assert list(mistakes(SCP, document)) == []


@pytest.mark.parametrize("document", RCPS)
def test_resource_control_policy_of_supported_services_is_accepted(
    document: dict[str, Any],
) -> None:
    assert list(mistakes(RCP, document)) == []


REFUSED: list[tuple[str, dict[str, Any], str, Fault]] = [
    (SCP, policy(denial(Principal="*")), "Statement.0.Principal", Fault.UNSUPPORTED),
    (SCP, policy(denial(NotPrincipal={"AWS": "*"})), "Statement.0.NotPrincipal", Fault.UNSUPPORTED),
    (SCP, policy(denial(), denial(Actoin="x")), "Statement.1.Actoin", Fault.UNKNOWN_KEY),
    (SCP, policy(denial(Effect="deny")), "Statement.0.Effect", Fault.INVALID_VALUE),
    (SCP, policy(denial(Action=["s3:*", "ec2"])), "Statement.0.Action.1", Fault.INVALID_VALUE),
    (SCP, policy({"Effect": "Deny", "Action": "s3:*"}), "Statement.0", Fault.MISSING_KEY),
    (SCP, policy({"Action": "s3:*", "Resource": "*"}), "Statement.0.Effect", Fault.MISSING_KEY),
    (SCP, policy(denial(NotAction="x:*")), "Statement.0", Fault.INVALID_VALUE),
    (SCP, policy(denial(Resource="bucket")), "Statement.0.Resource", Fault.INVALID_VALUE),
    (SCP, policy(denial(Condition={"StringEqual": {"a:b.c": "d"}})),
     "Statement.0.Condition.StringEqual", Fault.INVALID_VALUE),
    (SCP, policy(denial(Condition={"Bool": {"a:b.c/[0]": {}}})),
     "Statement.0.Condition.Bool.a:b.c/[0]", Fault.INVALID_VALUE),
    (SCP, policy(denial(Sid="A"), denial(Sid="A")), "Statement.1.Sid", Fault.INVALID_VALUE),
    (SCP, policy(), "Statement", Fault.MISSING_KEY),
    (SCP, {"Version": "2012-10-17"}, "Statement", Fault.MISSING_KEY),
    (SCP, {"Statement": [denial()]}, "Version", Fault.MISSING_KEY),
    (SCP, policy(denial(), Version="2008-10-17"), "Version", Fault.MISSING_KEY),
    (SCP, policy(denial(), Version="2012-10-18"), "Version", Fault.INVALID_VALUE),
    (SCP, policy("x"), "Statement.0", Fault.INVALID_VALUE),
    (SCP, {"Version": "2012-10-17", "Statement": denial(Principal="*")}, "Statement.Principal",
     Fault.UNSUPPORTED),
    (SCP, policy(denial(Action="s3:Get Object")), "Statement.0.Action", Fault.INVALID_VALUE),
    (RCP, policy(denial()), "Statement.0", Fault.MISSING_KEY),
    (RCP, policy(of_resources(Effect="Allow")), "Statement.0.Effect", Fault.UNSUPPORTED),
    (RCP, policy(denial(Principal={"AWS": "111122223333"})), "Statement.0.Principal",
     Fault.UNSUPPORTED),
    (RCP, policy({"Effect": "Deny", "Principal": "*", "NotAction": "s3:*", "Resource": "*"}),
     "Statement.0.NotAction", Fault.UNSUPPORTED),
    (RCP, policy(of_resources(Action="*")), "Statement.0.Action", Fault.UNSUPPORTED),
    (RCP, policy(of_resources(Action=["s3:*", "s?s:Get*"])), "Statement.0.Action.1",
     Fault.UNSUPPORTED),
    (RCP, policy(of_resources(Action=["s3:*", "ec2:Run*"])), "Statement.0.Action.1",
     Fault.UNSUPPORTED),
]  # fmt: skip


@pytest.mark.parametrize(("kind", "document", "path", "fault"), REFUSED)
def test_control_policy_that_aws_refuses_is_reported_at_its_place(
    kind: str, document: dict[str, Any], path: str, fault: Fault
) -> None:
    found = [(".".join(map(str, each.path)), each.fault) for each in mistakes(kind, document)]
    assert found == [(path, fault)]


def test_every_statement_of_a_control_policy_is_checked() -> None:
    document = policy(denial(Principal="*"), denial(Effect="No"), denial(Action=""))
    assert [each.path[:2] for each in mistakes(SCP, document)] == [
        ("Statement", 0),
        ("Statement", 1),
        ("Statement", 2),
    ]
