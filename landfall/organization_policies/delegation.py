"""The statements by which an organization delegates the policies of a type to member accounts.

https://docs.aws.amazon.com/organizations/latest/userguide/security_iam_resource-based-policy-examples.html
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from landfall.aws.arns import arn_of, iam_arn

_SERVICE: Final = "organizations"
_LOOKS: Final = (
    "DescribeAccount",
    "DescribeOrganization",
    "DescribeOrganizationalUnit",
    "ListAccounts",
    "ListAccountsForParent",
    "ListChildren",
    "ListOrganizationalUnitsForParent",
    "ListParents",
    "ListRoots",
    "ListTagsForResource",
)
_READS: Final = (
    "DescribeEffectivePolicy",
    "DescribePolicy",
    "ListPolicies",
    "ListPoliciesForTarget",
    "ListTargetsForPolicy",
)
_WRITES: Final = ("AttachPolicy", "CreatePolicy", "DeletePolicy", "DetachPolicy", "UpdatePolicy")
_TAGS: Final = ("TagResource", "UntagResource")


def of_types(
    partition: str,
    accounts: Mapping[str, Sequence[str]],
    management: str,
    organization: str,
    root: str,
) -> list[dict[str, Any]]:
    """Return the statements for the ids of accounts by policy type.

    Types themselves are enabled by the management account only.
    """
    if not any(accounts.values()):
        return []
    everyone = sorted({account for ids in accounts.values() for account in ids})
    found = [_statement("LookAtOrganization", partition, everyone, _LOOKS, "*")]
    for kind, ids in sorted(accounts.items()):
        if not ids:
            continue

        def place(path: str) -> str:
            return arn_of(partition, _SERVICE, path, account=management)

        policies = place(f"policy/{organization}/{kind.lower()}/*")
        targets = [
            place(f"root/{organization}/{root}"),
            place(f"ou/{organization}/*"),
            place(f"account/{organization}/*"),
        ]
        name = "".join(part.capitalize() for part in kind.split("_"))
        limited = {"Condition": {"StringLikeIfExists": {"organizations:PolicyType": kind}}}
        manage = _statement(f"Manage{name}", partition, ids, _WRITES, [*targets, policies])
        found += [
            {**_statement(f"Read{name}", partition, ids, _READS, "*"), **limited},
            {**manage, **limited},
            _statement(f"Tag{name}", partition, ids, _TAGS, policies),
        ]
    return found


def document(statements: Sequence[Mapping[str, Any]]) -> str:
    """Return the resource policy with these statements."""
    content = {"Version": "2012-10-17", "Statement": list(statements)}
    return json.dumps(content, separators=(",", ":"), ensure_ascii=False, default=str)


def _statement(
    sid: str,
    partition: str,
    accounts: Sequence[str],
    names: Sequence[str],
    resource: str | list[str],
) -> dict[str, Any]:
    principals = [iam_arn(partition, each, "root") for each in accounts]
    return {
        "Sid": sid,
        "Effect": "Allow",
        "Principal": {"AWS": principals[0] if len(principals) == 1 else principals},
        "Action": [f"{_SERVICE}:{name}" for name in names],
        "Resource": resource,
    }
