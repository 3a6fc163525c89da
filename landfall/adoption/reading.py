"""Read an organization with credentials of its management account."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

import boto3
from botocore.exceptions import BotoCoreError, ClientError

from landfall import home_region
from landfall.adoption.calls import CONFIG, QUICK, Calls, Report, side_by_side, unreachable
from landfall.problems import refuse
from landfall.snapshots.found import Account, Organization, Policy, Tags, Unit

# Error codes for policy types that a partition or an organization does not support.
_NO_SUCH_TYPE = frozenset(
    {
        "InvalidInputException",
        "PolicyTypeNotAvailableForOrganizationException",
        "UnsupportedAPIEndpointException",
    }
)
_ROOT, _UNIT, _POLICY = "r-0000", "ou-0000-00000000", "p-00000000"
_PROBES: dict[str, dict[str, str]] = {
    "list_organizational_units_for_parent": {"ParentId": _ROOT},
    "list_accounts_for_parent": {"ParentId": _ROOT},
    "list_tags_for_resource": {"ResourceId": _UNIT},
    "describe_policy": {"PolicyId": _POLICY},
    "list_targets_for_policy": {"PolicyId": _POLICY},
    "list_delegated_services_for_account": {"AccountId": "000000000000"},
}


def read_organization(session: boto3.Session, report: Report) -> Organization:
    """Return the organization of the session's account, without the roles in member accounts.

    Raises `ProblemsError` if there is no organization, the account is not its management account,
    or permissions are missing (the error lists all of them).
    """
    try:
        return _Reading(session, report).organization()
    except (BotoCoreError, ClientError) as error:
        raise unreachable(error) from None


class _Reading:
    def __init__(self, session: boto3.Session, report: Report) -> None:
        # Called first: it fails fast without a network or with invalid credentials.
        self._sts = session.client("sts", config=QUICK)
        self._region = session.region_name or "us-east-1"
        self._client: Any = session.client("organizations", config=CONFIG)
        self._calls = Calls()
        self._report = report

    def organization(self) -> Organization:
        calls, client = self._calls, self._client
        described = self._described()
        roots = calls.pages(client, "list_roots", "Roots")
        accounts = calls.pages(client, "list_accounts", "Accounts")
        services = calls.pages(
            client, "list_aws_service_access_for_organization", "EnabledServicePrincipals"
        )
        delegates = calls.pages(client, "list_delegated_administrators", "DelegatedAdministrators")
        delegated = side_by_side(self._delegated, [each["Id"] for each in delegates])
        policies = self._policies()
        root = roots[0]["Id"] if roots else ""
        units, parents = self._tree(root) if root else ([], {})
        tagged = self._tags([root, *(unit["Id"] for unit in units), *(a["Id"] for a in accounts)])
        if calls.denied:
            for operation, arguments in _PROBES.items():
                calls.probe(client, operation, **arguments)
        calls.refuse_denied()
        return Organization(
            id=described["Id"],
            partition=described["Arn"].split(":")[1],
            management_account=described["MasterAccountId"],
            root=root,
            root_tags=tagged[root],
            policy_types=tuple(
                sorted(t["Type"] for t in roots[0]["PolicyTypes"] if t["Status"] == "ENABLED")
            ),
            services=tuple(sorted(service["ServicePrincipal"] for service in services)),
            delegations=_by_service(zip(delegates, delegated, strict=True)),
            units=tuple(
                Unit(unit["Id"], unit["Name"], parents[unit["Id"]], tagged[unit["Id"]])
                for unit in units
            ),
            accounts=tuple(
                Account(
                    id=account["Id"],
                    name=account.get("Name", ""),
                    email=account.get("Email", ""),
                    # AWS replaces Status by State in September 2026.
                    state=account.get("State") or account.get("Status", ""),
                    joined=account.get("JoinedMethod", ""),
                    parent=parents.get(account["Id"], root),
                    tags=tagged[account["Id"]],
                    since=_moment(account.get("JoinedTimestamp")),
                )
                for account in accounts
            ),
            policies=tuple(policies),
        )

    def _described(self) -> dict[str, Any]:
        identity = self._sts.get_caller_identity()
        home_region.require_partition(self._region, identity["Arn"].split(":")[1])
        try:
            answer = self._calls.one(self._client, "describe_organization")
        except ClientError as error:
            if error.response["Error"]["Code"] != "AWSOrganizationsNotInUseException":
                raise
            fix = "use credentials of the management account, or write a stack with mode: create"
            raise refuse("the credentials' account is not in an organization", fix) from None
        found: dict[str, Any] = answer.get("Organization", {})
        if not found:
            return found
        manager = found["MasterAccountId"]
        caller = identity["Account"]
        if caller != manager:
            raise refuse(
                f"account {caller} is a member of organization {found['Id']}",
                f"use credentials of its management account, {manager}",
            )
        if found["FeatureSet"] != "ALL":
            raise refuse(
                f"organization {found['Id']} has consolidated billing only",
                "enable all features first: aws organizations enable-all-features",
            )
        return found

    def _delegated(self, account: str) -> list[str]:
        services = self._calls.pages(
            self._client,
            "list_delegated_services_for_account",
            "DelegatedServices",
            AccountId=account,
        )
        return [service["ServicePrincipal"] for service in services]

    def _policies(self) -> list[Policy]:
        """Return the policies of every type in AWS's API, with their targets."""
        types: Sequence[str] = self._client.meta.service_model.shape_for("PolicyType").enum
        summaries = [each for kind in side_by_side(self._policies_of, types) for each in kind]
        return side_by_side(self._policy, summaries, self._report, "policies")

    def _policies_of(self, kind: str) -> list[dict[str, Any]]:
        try:
            return self._calls.pages(self._client, "list_policies", "Policies", Filter=kind)
        except ClientError as error:
            if error.response["Error"]["Code"] not in _NO_SUCH_TYPE:
                raise
            return []

    def _policy(self, summary: dict[str, Any]) -> Policy:
        policy, managed = summary["Id"], bool(summary.get("AwsManaged"))
        targets = self._calls.pages(
            self._client, "list_targets_for_policy", "Targets", PolicyId=policy
        )
        described = {}
        if not managed:
            described = self._calls.one(self._client, "describe_policy", PolicyId=policy)
        return Policy(
            id=policy,
            name=summary["Name"],
            type=summary["Type"],
            description=summary.get("Description") or "",
            aws_managed=managed,
            content=described.get("Policy", {}).get("Content", ""),
            targets=tuple(target["TargetId"] for target in targets),
            tags={} if managed else self._tags_of(policy),
        )

    def _tree(self, root: str) -> tuple[list[dict[str, Any]], dict[str, str]]:
        """Return the units, parents first, and the parent of each unit and account."""
        units: list[dict[str, Any]] = []
        parents: dict[str, str] = {}
        level = deque([root])
        while level:
            children = side_by_side(self._children, level)
            above, level = list(level), deque()
            for parent, (below, accounts) in zip(above, children, strict=True):
                for unit in below:
                    units.append(unit)
                    level.append(unit["Id"])
                parents |= {child["Id"]: parent for child in (*below, *accounts)}
            self._report("units", len(units) - len(level), len(units))
        return units, parents

    def _children(self, parent: str) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
        pages, client = self._calls.pages, self._client
        units = pages(
            client,
            "list_organizational_units_for_parent",
            "OrganizationalUnits",
            ParentId=parent,
        )
        return units, pages(client, "list_accounts_for_parent", "Accounts", ParentId=parent)

    def _tags(self, ids: Iterable[str]) -> dict[str, Tags]:
        wanted = [each for each in ids if each]
        found = side_by_side(self._tags_of, wanted, self._report, "tags")
        return dict(zip(wanted, found, strict=True))

    def _tags_of(self, resource: str) -> Tags:
        tags = self._calls.pages(
            self._client, "list_tags_for_resource", "Tags", ResourceId=resource
        )
        # Tags with the prefix aws: cannot be set.
        return {t["Key"]: t["Value"] for t in tags if not t["Key"].lower().startswith("aws:")}


def _moment(time: datetime | None) -> str:
    return time.astimezone(UTC).isoformat() if time else ""


def _by_service(
    delegates: Iterable[tuple[dict[str, Any], list[str]]],
) -> dict[str, tuple[str, ...]]:
    found: dict[str, list[str]] = {}
    for account, services in delegates:
        for service in services:
            found.setdefault(service, []).append(account["Id"])
    return {service: tuple(sorted(accounts)) for service, accounts in sorted(found.items())}
