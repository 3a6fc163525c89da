"""Policy documents for components: IAM's JSON from plain values and Outputs.

A document whose values are all known stays known at preview, so that the policy pack can judge it
there; one unknown value makes the whole document unknown, as it is one string to the provider.
"""

from collections.abc import Mapping, Sequence
from typing import Any

import pulumi

VERSION = "2012-10-17"

Condition = Mapping[str, Mapping[str, Any]]


def statement(
    sid: str,
    *,
    actions: Sequence[str],
    resources: Sequence[pulumi.Input[str]] | None = None,
    principals: Mapping[str, Any] | str | None = None,
    conditions: Condition | None = None,
    effect: str = "Allow",
) -> dict[str, Any]:
    """Return one statement in IAM's JSON form.

    `principals` is the value of `Principal`: `"*"` or a mapping such as `{"Service": [...]}`.
    `resources` is left out for trust policies.
    """
    result: dict[str, Any] = {"Sid": sid, "Effect": effect}
    if principals is not None:
        result["Principal"] = principals
    result["Action"] = list(actions)
    if resources is not None:
        result["Resource"] = list(resources)
    if conditions:
        result["Condition"] = conditions
    return result


def document(statements: Sequence[Mapping[str, Any]]) -> pulumi.Output[str]:
    """Return the minified policy document of these statements, in the order given."""
    body: Any = {"Version": VERSION, "Statement": list(statements)}
    return pulumi.Output.json_dumps(body, separators=(",", ":"))


def exactly(
    role_arns: Sequence[pulumi.Input[str]], organization_id: pulumi.Input[str]
) -> dict[str, dict[str, Any]]:
    """Return the condition under which only these roles, inside this organization, match.

    `aws:PrincipalArn` of an assumed role is the role's own ARN, so one value names one role. It is
    used beside the account as principal, because a role named as principal must already exist and
    turns into a dead id when it is made anew.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return {
        "ArnEquals": {"aws:PrincipalArn": list(role_arns)},
        "StringEquals": {"aws:PrincipalOrgID": organization_id},
    }


def accounts_of(role_arns: Sequence[pulumi.Input[str]]) -> pulumi.Output[list[str]]:
    """Return the account principals (`arn:…:iam::ID:root`) that these role ARNs stand in."""

    def roots(arns: Sequence[str]) -> list[str]:
        heads = (arn.split(":")[:5] for arn in arns)
        return sorted({":".join([*head, "root"]) for head in heads})

    return pulumi.Output.all(*role_arns).apply(roots)
