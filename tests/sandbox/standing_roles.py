"""The roles and policies of a stack on AWS's side, beside those of its blueprint.

`test_dev_stack` compares them. AWS's side is read through boto3.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from landfall import stack_files
from landfall.blueprint.roles import Role
from landfall.blueprint.stack import Blueprint, blueprint
from landfall.blueprint.symbols import found_in, resolved
from landfall.settings import naming
from tests.sandbox.conftest import Project

_PATH = f"/{naming.ROLE_PATH}"
_ALIASES = {"artifact-key": "alias/landfall/artifacts", "service-key": "alias/landfall/delivery"}

Found = dict[tuple[str, str], dict[str, Any]]


def described(project: Project) -> Blueprint:
    """Return the blueprint of a project's stack."""
    return blueprint(stack_files.load(project.stack, Path(project.folder)))


def expected(project: Project, accounts: dict[str, str], hub: str) -> Found:
    """Return each role of the blueprint by account and name, with AWS's values for symbols."""
    values = _Values(project, accounts, hub)
    return {
        (each.account, each.role.name): _as_described(each.role, values)
        for each in described(project).roles
    }


def standing(project: Project, accounts: dict[str, str]) -> Found:
    """Return each role of Landfall in the management account and in `accounts`, as AWS has it."""
    found: Found = {}
    # CloudFormation takes the name of a stack set's execution role, without a path.
    bare = {each.role.name for each in described(project).roles if each.role.path == "/"}
    for account in (naming.MANAGEMENT, *accounts):
        iam = project.aws("iam", accounts.get(account))
        for page in iam.get_paginator("list_roles").paginate():
            for role in page["Roles"]:
                if not role["Path"].startswith(_PATH) and role["RoleName"] not in bare:
                    continue
                found[account, role["RoleName"]] = _as_standing(iam, role["RoleName"])
    return found


def policies_expected(project: Project, accounts: dict[str, str], hub: str) -> dict[Any, Any]:
    """Return each customer managed policy of the blueprint: account and name to document."""
    values = _Values(project, accounts, hub)
    return {
        (each.account, each.policy.name): values.of(_document(list(each.policy.statements)))
        for each in described(project).policies
    }


def policies_standing(project: Project, accounts: dict[str, str]) -> dict[Any, Any]:
    """Return each customer managed policy of Landfall, as AWS has it."""
    found = {}
    for account in (naming.MANAGEMENT, *accounts):
        iam = project.aws("iam", accounts.get(account))
        for policy in iam.list_policies(Scope="Local", PathPrefix=_PATH)["Policies"]:
            version = iam.get_policy_version(
                PolicyArn=policy["Arn"], VersionId=policy["DefaultVersionId"]
            )["PolicyVersion"]
            found[account, policy["PolicyName"]] = version["Document"]
    return found


class _Values:
    """Return the value of each symbol in AWS; read once."""

    def __init__(self, project: Project, accounts: dict[str, str], hub: str) -> None:
        self._project, self._accounts, self._hub = project, accounts, hub
        self._known: dict[str, str] = {}

    def of(self, value: Any) -> Any:
        """Return a value with its symbols resolved."""
        for symbol in found_in(value):
            if symbol not in self._known:
                self._known[symbol] = self._value(*symbol.strip("<>").split(" "))
        return resolved(value, self._known)

    def _value(self, kind: str, *names: str) -> str:
        if kind == "organization":
            organization = self._project.aws("organizations").describe_organization()
            return str(organization["Organization"]["Id"])
        if kind == "account":
            return self._account_id(names[0])
        if kind == "connection":
            client = self._project.aws("codeconnections", self._accounts[self._hub])
            listed = client.list_connections()["Connections"]
            arns = {each["ConnectionName"]: each["ConnectionArn"] for each in listed}
            return str(arns[names[0]])
        account, region = names if kind == "service-key" else (self._hub, names[0])
        kms = self._project.aws("kms", self._accounts[account], region)
        return str(kms.describe_key(KeyId=_ALIASES[kind])["KeyMetadata"]["Arn"])

    def _account_id(self, name: str) -> str:
        if name != naming.MANAGEMENT:
            return self._accounts[name]
        return str(self._project.aws("sts").get_caller_identity()["Account"])


def _document(statements: list[Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": statements}


def _as_described(role: Role, values: _Values) -> dict[str, Any]:
    return {
        "description": role.description or "",
        "trust": values.of(_document(list(role.trust))),
        "seconds": (role.session_hours or 1) * 3600,
        "boundary": values.of(role.boundary),
        "managed": sorted(values.of(list(role.managed))),
        "policies": {name: values.of(_document(list(it))) for name, it in role.policies.items()},
    }


def _as_standing(iam: Any, name: str) -> dict[str, Any]:
    role = iam.get_role(RoleName=name)["Role"]
    attached = iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]
    inline = iam.list_role_policies(RoleName=name)["PolicyNames"]
    return {
        "description": role.get("Description", ""),
        "trust": _parsed(role["AssumeRolePolicyDocument"]),
        "seconds": role["MaxSessionDuration"],
        "boundary": role.get("PermissionsBoundary", {}).get("PermissionsBoundaryArn"),
        "managed": sorted(each["PolicyArn"] for each in attached),
        "policies": {
            policy: _parsed(iam.get_role_policy(RoleName=name, PolicyName=policy)["PolicyDocument"])
            for policy in inline
        },
    }


def _parsed(document: Any) -> Any:
    return json.loads(document) if isinstance(document, str) else document
