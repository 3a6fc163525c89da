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


class Beside:
    """A project without a stack file, beside an organization of the sandbox."""

    def __init__(self, project: Project) -> None:
        self.project = project
        project.run(str(BIN / "landfall"), "sandbox", "start", "-s", STACK)
        server = project.folder / ".landfall" / "sandboxes" / STACK / "server.json"
        self.url = f"http://127.0.0.1:{json.loads(server.read_text())['port']}"
        self._own = (accounts.ACCESS_KEY, accounts.SECRET_KEY, None)

    @functools.cache  # noqa: B019 - lives as long as the module's fixture
    def client(self, service: str, account: str = "", region: str = "eu-west-1") -> Any:
        """Return a client in the management account, or in a member account's access role."""
        managed = account in ("", self._management)
        key, secret, token = self._own if managed else self._assumed(account)
        return boto3.client(
            service,
            endpoint_url=self.url,
            region_name=region,
            aws_access_key_id=key,
            aws_secret_access_key=secret,
            aws_session_token=token,
        )

    @functools.cached_property
    def _management(self) -> str:
        sts = boto3.client(
            "sts",
            endpoint_url=self.url,
            region_name="eu-west-1",
            aws_access_key_id=accounts.ACCESS_KEY,
            aws_secret_access_key=accounts.SECRET_KEY,
        )
        return str(sts.get_caller_identity()["Account"])

    @functools.cache  # noqa: B019 - lives as long as the module's fixture
    def _assumed(self, account: str) -> tuple[str, str, str | None]:
        role = f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole"
        given = self.client("sts").assume_role(RoleArn=role, RoleSessionName="test")["Credentials"]
        return given["AccessKeyId"], given["SecretAccessKey"], given["SessionToken"]

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


class Legacy(Beside):
    """An organization that was created by hand, and the project beside it."""

    def __init__(self, project: Project, build: Callable[[Any, Any], Messy]) -> None:
        super().__init__(project)
        self.made = build(self.client("organizations"), self.iam)
        self.before = self.everything()

    def iam(self, account: str) -> Any:
        return self.client("iam", account)

    def everything(self) -> dict[str, Any]:
        return messy.everything(self.client("organizations"), self.iam)


def type_of(step: dict[str, Any]) -> str:
    return str(step["urn"].split("::")[2].rpartition("$")[2])
