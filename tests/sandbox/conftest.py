"""A separate checkout for end-to-end tests: real engine, real provider, strict local AWS."""

from __future__ import annotations

import functools
import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import boto3
import pytest
from botocore.config import Config

from tests.suite import forks

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@dataclass
class Project:
    """A copy of the project whose files a test may change, with a sandbox of its own."""

    folder: Path
    stack: str = "dev"
    env: dict[str, str] = field(default_factory=dict)
    last: str = ""
    clients: dict[tuple[str | None, ...], Any] = field(default_factory=dict)

    def run(self, *command: str, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """Run a command in the project, as its user would type it."""
        done = forks.run(command, self.folder, self.env)
        if ok:
            assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done

    def hurry(self) -> None:
        """Make later runs as quick as those of a project without `checkpoints`."""
        self.env["PULUMI_SKIP_CHECKPOINTS"] = "true"
        if address := os.environ.get(forks.VARIABLE):
            self.env[forks.VARIABLE] = address

    def up(self, *, ok: bool = True, preview: bool = True) -> subprocess.CompletedProcess[str]:
        """Run `landfall up`. Where a test is about what comes after, it needs no preview."""
        skipping = () if preview else ("--skip-preview",)
        done = self.run(str(BIN / "landfall"), "up", "-s", self.stack, *skipping, ok=ok)
        self.last = done.stdout
        return done

    def pulumi(self, arguments: str, *, ok: bool = True) -> subprocess.CompletedProcess[str]:
        """Run the bare `pulumi`, after `eval "$(landfall env)"`, as the README says."""
        script = f'eval "$0" && pulumi {arguments}'
        return self.run("bash", "-euo", "pipefail", "-c", script, self._exports(), ok=ok)

    def _exports(self) -> str:
        """Return what `landfall env` prints: commands of a shell."""
        return self.run(str(BIN / "landfall"), "env", "-s", self.stack).stdout

    def changes(self) -> dict[str, int]:
        """Return the engine's count of operations in the latest `up`: created, updated, …"""
        return {verb: n for verb, n in self.counts().items() if verb != "unchanged"}

    def counts(self) -> dict[str, int]:
        """Return the closing count of resources by verb, of the latest `up`."""
        (row,) = re.findall(r"^Resources +(.*)$", self.last, re.MULTILINE)
        return {verb: int(n) for n, verb in re.findall(r"(\d+) (\w+)", row)}

    def outputs(self) -> dict[str, Any]:
        """Return the stack's outputs."""
        shown = self.pulumi(f"stack output --json -s {self.stack}").stdout
        outputs: dict[str, Any] = json.loads(shown)
        return outputs

    @functools.cached_property
    def environment(self) -> dict[str, str]:
        """Return the variables of the sandbox."""
        shown = self.run("bash", "-c", 'eval "$0" && env -0', self._exports()).stdout
        return dict(entry.split("=", 1) for entry in shown.split("\0") if "=" in entry)

    def aws(self, service: str, account: str | None = None, region: str = "eu-west-1") -> Any:
        """Return a boto3 client in the management account, or in a member account's role."""
        # A new server knows no sessions of the one before.
        name = (self.environment["LANDFALL_SERVER"], service, account, region)
        if name not in self.clients:
            self.clients[name] = self._made(service, account, region)
        return self.clients[name]

    def _made(self, service: str, account: str | None, region: str) -> Any:
        keys = {
            "aws_access_key_id": self.environment["AWS_ACCESS_KEY_ID"],
            "aws_secret_access_key": self.environment["AWS_SECRET_ACCESS_KEY"],
        }
        endpoint = self.environment["AWS_ENDPOINT_URL"]
        if account is not None:
            sts = boto3.client("sts", endpoint_url=endpoint, region_name=region, **keys)
            session = sts.assume_role(
                RoleArn=f"arn:aws:iam::{account}:role/OrganizationAccountAccessRole",
                RoleSessionName="test",
            )["Credentials"]
            keys = {
                "aws_access_key_id": session["AccessKeyId"],
                "aws_secret_access_key": session["SecretAccessKey"],
                "aws_session_token": session["SessionToken"],
            }
        config = None
        if service == "s3control":
            # It puts the account's id before the host: the sandbox is then its HTTP proxy.
            config = Config(proxies={"http": endpoint})
            endpoint = "http://s3-control.amazonaws.com"
        return boto3.client(
            service, endpoint_url=endpoint, region_name=region, config=config, **keys
        )

    def edit(self, old: str, new: str) -> None:
        """Change the stack file."""
        path = self.folder / f"Pulumi.{self.stack}.yaml"
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))


def copied(folder: Path, stack: str, *, checkpoints: bool = False) -> Project:
    """Return a project in `folder`: files that tests change are copied, the rest is linked.

    Only with `checkpoints`, the engine writes its state and programs load their modules as for a
    user: much of a run's time, of which it shows nothing unless it is killed.
    """
    for path in (*ROOT.glob("Pulumi*.yaml"), ROOT / "__main__.py"):
        shutil.copy(path, folder)
    for name in ("components", "landfall", "policies", "toolchain"):
        (folder / name).symlink_to(ROOT / name)
    # The interpreter that runs the tests is the one with the locked packages.
    (folder / ".venv").symlink_to(BIN.parent)
    env = {k: v for k, v in os.environ.items() if k not in ("LANDFALL_HOME", "LANDFALL_PORT")}
    # On a busy machine more than the default lies between two runs.
    env["LANDFALL_PROVIDER_LINGER"] = "30"
    if checkpoints:
        env.pop(forks.VARIABLE, None)
    else:
        env["PULUMI_SKIP_CHECKPOINTS"] = "true"
        # Workers are side by side already, so the engine takes its own number for two cores.
        env["PULUMI_PARALLEL"] = "8"
    return Project(folder, stack, env)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """A project whose dev stack is not yet up."""
    project = copied(tmp_path_factory.mktemp("project"), "dev", checkpoints=True)
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", project.stack)
