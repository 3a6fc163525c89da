"""A project without a stack file, beside an organization that was created by hand."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable
from typing import Any

import boto3

from landfall.sandbox import accounts
from tests.sandbox import messy
from tests.sandbox.conftest import BIN, Project
from tests.sandbox.messy import Messy

STACK = "legacy"


class Legacy:
    """A project without a stack file, and the organization beside it."""

    def __init__(self, project: Project, build: Callable[[Any, Any], Messy]) -> None:
        self.project = project
        project.run(str(BIN / "landfall"), "sandbox", "start", "-s", STACK)
        server = project.folder / ".landfall" / "sandboxes" / STACK / "server.json"
        self.url = f"http://127.0.0.1:{json.loads(server.read_text())['port']}"
        self.made = build(self.client("organizations"), self.iam)
        self.before = self.everything()

    def client(self, service: str, **keys: str) -> Any:
        keys = keys or {
            "aws_access_key_id": accounts.ACCESS_KEY,
            "aws_secret_access_key": accounts.SECRET_KEY,
        }
        return boto3.client(service, endpoint_url=self.url, region_name="eu-west-1", **keys)

    @functools.cache  # noqa: B019 - lives as long as the module's fixture
    def iam(self, account: str) -> Any:
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return self.client(
            "iam",
            aws_access_key_id=given["AccessKeyId"],
            aws_secret_access_key=given["SecretAccessKey"],
            aws_session_token=given["SessionToken"],
        )

    def everything(self) -> dict[str, Any]:
        return messy.everything(self.client("organizations"), self.iam)

    def adopt(self, *options: str, ok: bool = True) -> Any:
        environment = {
            "AWS_ENDPOINT_URL": self.url,
            "AWS_ACCESS_KEY_ID": accounts.ACCESS_KEY,
            "AWS_SECRET_ACCESS_KEY": accounts.SECRET_KEY,
            "AWS_REGION": "eu-west-1",
        }
        given = [f"{name}={value}" for name, value in environment.items()]
        command = (str(BIN / "landfall"), "adopt", "-s", STACK, *options)
        return self.project.run("env", *given, *command, ok=ok)

    def preview(self) -> list[dict[str, Any]]:
        """Return the steps of a preview by the real engine."""
        shown = self.project.pulumi(f"preview --json -s {STACK}").stdout
        steps: list[dict[str, Any]] = json.loads(shown)["steps"]
        return steps


def type_of(step: dict[str, Any]) -> str:
    return str(step["urn"].split("::")[2].rpartition("$")[2])
