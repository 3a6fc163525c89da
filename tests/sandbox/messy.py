"""An organization created by hand, through boto3, without a plan."""

from __future__ import annotations

import json
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

Client = Callable[..., Any]

FULL_ACCESS = "p-FullAWSAccess"
TYPES = (
    "SERVICE_CONTROL_POLICY",
    "RESOURCE_CONTROL_POLICY",
    "TAG_POLICY",
    "BACKUP_POLICY",
    "AISERVICES_OPT_OUT_POLICY",
    "DECLARATIVE_POLICY_EC2",
)
SERVICES = (
    "access-analyzer.amazonaws.com",
    "cloudtrail.amazonaws.com",
    "guardduty.amazonaws.com",
    "securityhub.amazonaws.com",
    "sso.amazonaws.com",
)


@dataclass
class Messy:
    """Ids by the names that the tests use."""

    organization: str = ""
    root: str = ""
    units: dict[str, str] = field(default_factory=dict)
    accounts: dict[str, str] = field(default_factory=dict)
    policies: dict[str, str] = field(default_factory=dict)


def scp(*statements: dict[str, Any], spaces: bool = False) -> str:
    """Return a policy document, as the console saves it or minified."""
    document = {"Version": "2012-10-17", "Statement": list(statements)}
    return json.dumps(document, indent=4 if spaces else None)


def deny(action: str, **more: Any) -> dict[str, Any]:
    return {"Effect": "Deny", "Action": action, "Resource": "*", **more}


def large() -> str:
    """Return a policy of nearly 10,240 characters, AWS's limit."""
    actions = [f"ec2:Describe{'X' * 40}{number:04}" for number in range(170)]
    return json.dumps(
        {"Version": "2012-10-17", "Statement": [deny("*") | {"Action": actions}]},
        separators=(",", ":"),
    )


def build(organizations: Any, iam: Client) -> Messy:
    """Make the organization of the client's account; `iam` gives a member's IAM client."""
    made = Messy()
    described = organizations.create_organization(FeatureSet="ALL")["Organization"]
    made.organization = described["Id"]
    made.root = organizations.list_roots()["Roots"][0]["Id"]
    for kind in TYPES:
        organizations.enable_policy_type(RootId=made.root, PolicyType=kind)
    for service in SERVICES:
        organizations.enable_aws_service_access(ServicePrincipal=service)
    _units(organizations, made)
    _accounts(organizations, made)
    _policies(organizations, made)
    for account, service in (
        ("Audit", "guardduty.amazonaws.com"),
        ("Audit", "securityhub.amazonaws.com"),
        ("R&D / Lab #1", "access-analyzer.amazonaws.com"),
    ):
        organizations.register_delegated_administrator(
            AccountId=made.accounts[account], ServicePrincipal=service
        )
    _roles(made, iam)
    return made


def _units(organizations: Any, made: Messy) -> None:
    tags = [{"Key": "owner", "Value": "platform team"}]
    for path, name, tagged in (
        ("Security", "Security", tags),
        ("Teams", "Teams", []),
        ("Teams/A", "Team: Ä/B (old)", []),
        ("Teams/A/Dev", "Dev", []),
        ("Teams/A/Dev/Deep", "Dev", []),
        ("Teams/A/Dev/Deep/Deeper", "yes", []),
        ("Teams/C", "Team C", []),
        ("Teams/C/Dev", "Dev", tags),
        ("Teams/C/dev", "dev", []),
        ("Empty", "2024", []),
        ("Root", "Root", []),
    ):
        above = path.rpartition("/")[0]
        unit = organizations.create_organizational_unit(
            ParentId=made.units.get(above, made.root), Name=name, Tags=tagged
        )["OrganizationalUnit"]
        made.units[path] = unit["Id"]


def _accounts(organizations: Any, made: Messy) -> None:
    stack = [{"Key": "estate", "Value": "legacy"}]
    more = [{"Key": "cost:center", "Value": "42 / a+b"}]
    for number, (name, unit, tags) in enumerate(
        (
            ("Audit", "Security", stack),
            ("log archive", "Security", stack),
            ("R&D / Lab #1", "Teams/A/Dev/Deep/Deeper", [*stack, *more]),
            ("Same Name", "Teams/A/Dev", stack),
            ("Same name", "Teams/C/Dev", stack),
            ("at-root", "", stack),
            ("gone", "Teams/C", []),
        )
    ):
        status = organizations.create_account(
            AccountName=name, Email=f"aws+legacy.{number}@Example.com", Tags=tags
        )["CreateAccountStatus"]
        while status["State"] == "IN_PROGRESS":
            time.sleep(0.05)
            status = organizations.describe_create_account_status(
                CreateAccountRequestId=status["Id"]
            )["CreateAccountStatus"]
        assert status["State"] == "SUCCEEDED", status
        made.accounts[name] = status["AccountId"]
        if unit:
            organizations.move_account(
                AccountId=status["AccountId"],
                SourceParentId=made.root,
                DestinationParentId=made.units[unit],
            )


def _policies(organizations: Any, made: Messy) -> None:
    opted_out = {"services": {"default": {"opt_out_policy": {"@@assign": "optOut"}}}}
    tag_policy = {"tags": {"CostCenter": {"tag_key": {"@@assign": "CostCenter"}}}}
    perimeter = deny("s3:*") | {
        "Principal": "*",
        "Condition": {"StringNotEqualsIfExists": {"aws:PrincipalOrgID": made.organization}},
    }
    images = {"ec2_attributes": {"image_block_public_access": {"state": {"@@assign": "unblocked"}}}}
    for name, kind, content, targets in (
        ("deny leaving (ALL!)", TYPES[0], scp(deny("organizations:LeaveOrganization")), ["root"]),
        ("spaced", TYPES[0], scp(deny("s3:DeleteBucket"), spaces=True), ["Teams", "Teams/A/Dev"]),
        ("large", TYPES[0], large(), ["Teams/C"]),
        ("nowhere", TYPES[0], scp(deny("iam:CreateUser")), []),
        (
            "allow list",
            TYPES[0],
            scp({"Effect": "Allow", "Action": ["s3:*", "iam:*", "sts:*"], "Resource": "*"}),
            ["Teams/C/Dev", "Same name"],
        ),
        ("deny-all", TYPES[0], scp(deny("*")), ["gone"]),
        ("perimeter", TYPES[1], scp(perimeter), ["Teams/A", "at-root"]),
        ("tags é", TYPES[2], json.dumps(tag_policy), ["root", "Teams/C/dev", "management"]),
        ("no training", TYPES[4], json.dumps(opted_out), ["root"]),
        ("images", TYPES[5], json.dumps(images), ["Audit"]),
    ):
        policy = organizations.create_policy(
            Name=name,
            Type=kind,
            Content=content,
            Description="" if name == "nowhere" else f"Made by hand: {name}",
            Tags=[{"Key": "made", "Value": "by hand"}] if name == "large" else [],
        )["Policy"]["PolicySummary"]["Id"]
        made.policies[name] = policy
        for target in targets:
            organizations.attach_policy(
                PolicyId=policy, TargetId=_target(organizations, made, target)
            )
    for target in ("Teams/C/Dev", "Same name"):
        organizations.detach_policy(
            PolicyId=FULL_ACCESS, TargetId=_target(organizations, made, target)
        )
    gone = made.accounts["gone"]
    organizations.close_account(AccountId=gone)
    while organizations.describe_account(AccountId=gone)["Account"]["Status"] != "SUSPENDED":
        time.sleep(0.05)


def _target(organizations: Any, made: Messy, name: str) -> str:
    if name == "management":
        found: str = organizations.describe_organization()["Organization"]["MasterAccountId"]
        return found
    return {"root": made.root, **made.units, **made.accounts}[name]


def _roles(made: Messy, iam: Client) -> None:
    auditor = f"arn:aws:iam::{made.accounts['Audit']}:role/landfall/auditor"
    for name in ("Audit", "log archive", "Same Name"):
        client = iam(made.accounts[name])
        client.create_role(
            RoleName="reader",
            Path="/landfall/",
            Description="Reads",
            MaxSessionDuration=7200,
            AssumeRolePolicyDocument=json.dumps(trust(made.organization, auditor)),
            Tags=[{"Key": "estate", "Value": "legacy"}],
        )
        client.attach_role_policy(
            RoleName="reader", PolicyArn="arn:aws:iam::aws:policy/SecurityAudit"
        )
        client.put_role_policy(
            RoleName="reader",
            PolicyName="reader",
            PolicyDocument=scp(
                {"Sid": "Stop", "Effect": "Allow", "Action": "ec2:StopInstances", "Resource": "*"}
            ),
        )
    # Two that settings would not make: open to a whole account, and of another path.
    other = iam(made.accounts["at-root"])
    open_trust = scp(
        {
            "Effect": "Allow",
            "Principal": {"AWS": f"arn:aws:iam::{made.accounts['Audit']}:root"},
            "Action": "sts:AssumeRole",
        }
    )
    for path in ("/landfall/", "/"):
        other.create_role(
            RoleName=f"own{path.replace('/', '-')}by-hand",
            Path=path,
            AssumeRolePolicyDocument=open_trust,
        )


def trust(organization: str, role: str) -> dict[str, Any]:
    """Return the trust policy of a role that this project would make."""
    return {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Sid": "ExactRolesOfTheOrganization",
                "Effect": "Allow",
                "Principal": {"AWS": role.split("role/")[0] + "root"},
                "Action": "sts:AssumeRole",
                "Condition": {
                    "ArnEquals": {"aws:PrincipalArn": role},
                    "StringEquals": {"aws:PrincipalOrgID": organization},
                },
            }
        ],
    }


def everything(organizations: Any, iam: Client) -> dict[str, Any]:
    """Return all that boto3 reads of an organization, to compare before and after."""

    def pages(operation: str, key: str, **arguments: Any) -> list[Any]:
        paginator = organizations.get_paginator(operation)
        found = [each for page in paginator.paginate(**arguments) for each in page[key]]
        return sorted(found, key=lambda each: json.dumps(each, default=str))

    management = organizations.describe_organization()["Organization"]["MasterAccountId"]
    accounts = pages("list_accounts", "Accounts")
    policies = [each for kind in TYPES for each in pages("list_policies", "Policies", Filter=kind)]
    roots = pages("list_roots", "Roots")
    tree, waiting = {}, [roots[0]["Id"]]
    while waiting:
        above = waiting.pop()
        units = pages("list_organizational_units_for_parent", "OrganizationalUnits", ParentId=above)
        tree[above] = (units, pages("list_accounts_for_parent", "Accounts", ParentId=above))
        waiting += [unit["Id"] for unit in units]
    delegates = pages("list_delegated_administrators", "DelegatedAdministrators")
    tagged = [*tree, *(a["Id"] for a in accounts), *(p["Id"] for p in policies)]
    return {
        "accounts": accounts,
        "roots": roots,
        "tree": tree,
        "services": pages("list_aws_service_access_for_organization", "EnabledServicePrincipals"),
        "delegated": {
            each["Id"]: pages(
                "list_delegated_services_for_account", "DelegatedServices", AccountId=each["Id"]
            )
            for each in delegates
        },
        "policies": {
            each["Id"]: (
                organizations.describe_policy(PolicyId=each["Id"])["Policy"],
                pages("list_targets_for_policy", "Targets", PolicyId=each["Id"]),
            )
            for each in policies
        },
        "tags": {
            each: pages("list_tags_for_resource", "Tags", ResourceId=each)
            for each in tagged
            if each not in (FULL_ACCESS, "p-RCPFullAWSAccess")
        },
        "roles": {
            account["Id"]: _roles_of(iam(account["Id"]))
            for account in accounts
            if account["Status"] == "ACTIVE" and account["Id"] != management
        },
    }


def _roles_of(client: Any) -> list[Any]:
    found = []
    for listed in client.list_roles()["Roles"]:
        name = listed["RoleName"]
        role = client.get_role(RoleName=name)["Role"]
        role.pop("RoleLastUsed", None)
        attached = client.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
        inline = {
            policy: client.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"]
            for policy in client.list_role_policies(RoleName=name)["PolicyNames"]
        }
        found.append((role, attached, inline))
    return found
