"""Policy statements in IAM's JSON form."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from landfall.aws import source_keys
from landfall.aws.arns import managed_policy_arn
from landfall.blueprint.symbols import AccountsOf, PatternsOf

VERSION = "2012-10-17"

Statement = dict[str, Any]
Condition = Mapping[str, Mapping[str, Any]]


def statement(
    sid: str,
    *,
    actions: Sequence[str],
    resources: Sequence[Any] | None = None,
    principals: Mapping[str, Any] | str | None = None,
    conditions: Condition | None = None,
    effect: str = "Allow",
) -> Statement:
    """Return one statement.

    `principals` is the value of `Principal`: `"*"` or a mapping such as `{"Service": [...]}`.
    Trust policies have no `resources`.
    """
    result: Statement = {"Sid": sid, "Effect": effect}
    if principals is not None:
        result["Principal"] = principals
    result["Action"] = list(actions)
    if resources is not None:
        result["Resource"] = list(resources)
    if conditions:
        result["Condition"] = conditions
    return result


def exactly(role_arns: Sequence[Any], organization_id: Any) -> dict[str, dict[str, Any]]:
    """Return the condition under which only these roles, inside this organization, match.

    `aws:PrincipalArn` of an assumed role is the role's ARN, so one value identifies one role. It is
    combined with the account as principal, because a role as principal must already exist, and
    becomes a stale id when it is created again.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-principalarn
    """
    return {
        "ArnEquals": {"aws:PrincipalArn": list(role_arns)},
        "StringEquals": {"aws:PrincipalOrgID": organization_id},
    }


def accounts_of(role_arns: Sequence[Any]) -> AccountsOf:
    """Return the account principals (`arn:…:iam::ID:root`) of the accounts of these roles."""
    return AccountsOf(tuple(role_arns))


def managed_policy(partition: str, name: str) -> str:
    """Return the ARN of a policy that is given by ARN, or by the name of a policy of AWS."""
    return name if name.startswith("arn:") else managed_policy_arn(partition, name)


def exact_roles(
    sid: str,
    role_arns: Sequence[Any],
    organization_id: Any,
    actions: Sequence[str],
    resources: Sequence[Any],
) -> Statement:
    """Return the statement of a resource's policy that allows exactly these roles something."""
    return statement(
        sid,
        actions=actions,
        resources=resources,
        principals={"AWS": accounts_of(role_arns)},
        conditions=exactly(role_arns, organization_id),
    )


def roles_by_path(
    sid: str,
    role_arns: Sequence[Any],
    organization_id: Any,
    actions: Sequence[str],
    resources: Sequence[Any],
) -> Statement:
    """Return the statement that allows roles of these accounts something, by path or name.

    For lists that would exceed the size of a policy: the accounts are exact, and Landfall's roles
    there are those with its path. Their own policies say which objects they use.
    """
    return statement(
        sid,
        actions=actions,
        resources=resources,
        principals={"AWS": accounts_of(role_arns)},
        conditions={
            "ArnLike": {"aws:PrincipalArn": PatternsOf(tuple(role_arns))},
            "StringEquals": {"aws:PrincipalOrgID": organization_id},
        },
    )


def service_trust(
    service: str, account_id: str, source_arns: Sequence[str], sid: str = "OnlyForThisResource"
) -> Statement:
    """Return the trust of a service role: this service, only for these resources of this account.

    A key that AWS does not document for the service is tested only if it comes. ARNs may have
    wildcards.
    https://docs.aws.amazon.com/IAM/latest/UserGuide/confused-deputy.html
    """
    sent = source_keys.keys_of(service, "role", next(iter(source_arns), ""))
    like = "ArnLike" if any("*" in arn for arn in source_arns) else "ArnEquals"
    account = "StringEquals" if source_keys.ACCOUNT in sent else "StringEqualsIfExists"
    arn = like if source_keys.ARN in sent else f"{like}IfExists"
    return statement(
        sid,
        actions=["sts:AssumeRole"],
        principals={"Service": [f"{service}.amazonaws.com"]},
        conditions={
            account: {"aws:SourceAccount": account_id},
            arn: {"aws:SourceArn": list(source_arns)},
        },
    )
