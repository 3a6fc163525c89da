"""Roles of a test, and clients that act as them."""

from __future__ import annotations

import json
from typing import Any

from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, trust

ADMINISTRATOR = "arn:aws:iam::aws:policy/AdministratorAccess"


def document(*statements: dict[str, Any]) -> str:
    """Return a policy with these statements; Effect, Action and Resource have defaults."""
    whole = [{"Effect": "Allow", "Action": "*", "Resource": "*"} | each for each in statements]
    return json.dumps({"Version": "2012-10-17", "Statement": whole})


class Roles:
    """Roles of one account that its administrator and the management account may assume."""

    def __init__(self, sandbox: Sandbox, account: str = MANAGEMENT) -> None:
        self.sandbox = sandbox
        self.account = account
        self.iam = sandbox.client("iam", account=account)

    def create(self, name: str, *statements: dict[str, Any], **params: Any) -> str:
        """Create a role with an inline policy of these statements, if any; return its ARN."""
        principals = {f"arn:aws:iam::{each}:root" for each in (self.account, MANAGEMENT)}
        arn: str = self.iam.create_role(
            RoleName=name, AssumeRolePolicyDocument=trust(*sorted(principals)), **params
        )["Role"]["Arn"]
        if statements:
            self.allow(name, *statements)
        return arn

    def allow(self, name: str, *statements: dict[str, Any]) -> None:
        """Replace the role's inline policy."""
        self.iam.put_role_policy(
            RoleName=name, PolicyName="own", PolicyDocument=document(*statements)
        )

    def client(self, name: str, service: str, region: str = "eu-west-1", **assuming: Any) -> Any:
        """Return a client of a new session of the role."""
        arn = self.iam.get_role(RoleName=name)["Role"]["Arn"]
        given = self.sandbox.client("sts").assume_role(
            RoleArn=arn, RoleSessionName="session", **assuming
        )["Credentials"]
        keys = (given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"])
        return self.sandbox.client(service, keys=keys, region=region)

    def session(self, name: str) -> str:
        """Return the ARN that AWS shows for a session of the role."""
        return f"arn:aws:sts::{self.account}:assumed-role/{name}/session"
