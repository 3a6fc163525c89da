"""Runs the build of a deployment as CodeBuild does: its commands, variables, role and region."""

from __future__ import annotations

import json
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from components.delivery.deployments import program
from landfall.blueprint import programs
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement
from tests.sandbox_gate.conftest import Sandbox, create_account, trust

OWN_REGION, REGION = "eu-west-1", "eu-central-1"
"""The region of the builds, and another one, which they deploy to."""


_SCRIPTS = "/tmp"  # noqa: S108 - where a build writes its scripts


@dataclass
class Target:
    """A target account with a state bucket, a key, and a deploy role that a build may assume."""

    account: str
    role: str
    endpoint: str
    sandbox: Sandbox
    bucket: str = "orders-state"
    alias: str = "orders/state"

    def client(self, service: str) -> Any:
        """Return a client of the account in the region of the deployment."""
        return self.sandbox.client(service, account=self.account, region=REGION)

    def states(self) -> dict[str, str]:
        """Return the current content of the state bucket, by key."""
        s3 = self.client("s3")
        keys = [each["Key"] for each in s3.list_objects_v2(Bucket=self.bucket).get("Contents", [])]
        return {
            key: s3.get_object(Bucket=self.bucket, Key=key)["Body"].read().decode() for key in keys
        }


@contextmanager
def target(sandbox: Sandbox) -> Iterator[Target]:
    """Yield a target account; its build's credentials come from a container's endpoint."""
    organizations = sandbox.client("organizations")
    organizations.create_organization(FeatureSet="ALL")
    hub, account = (create_account(organizations, name) for name in ("hub", "target"))
    management = organizations.describe_organization()["Organization"]["MasterAccountId"]
    runner = sandbox.client("iam", account=hub).create_role(
        RoleName="runner",
        AssumeRolePolicyDocument=trust(f"arn:aws:iam::{management}:root"),
    )["Role"]["Arn"]
    role = sandbox.client("iam", account=account).create_role(
        RoleName="deploy", AssumeRolePolicyDocument=trust(runner)
    )["Role"]["Arn"]
    sandbox.client("iam", account=hub).put_role_policy(
        RoleName="runner",
        PolicyName="assume",
        PolicyDocument=_allowing(
            [statement("Assume", actions=["sts:AssumeRole"], resources=[role])]
        ),
    )
    s3 = sandbox.client("s3", account=account, region=REGION)
    s3.create_bucket(
        Bucket="orders-state", CreateBucketConfiguration={"LocationConstraint": REGION}
    )
    kms = sandbox.client("kms", account=account, region=REGION)
    key = kms.create_key()["KeyMetadata"]["KeyId"]
    kms.create_alias(AliasName="alias/orders/state", TargetKeyId=key)
    answer = sandbox.client("sts").assume_role(RoleArn=runner, RoleSessionName="build")
    with _container(answer["Credentials"]) as endpoint:
        yield Target(account, role, endpoint, sandbox)


def _allowing(statements: list[Statement]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": statements})


@contextmanager
def _container(credentials: Mapping[str, Any]) -> Iterator[str]:
    """Yield the address of an endpoint that gives credentials, as a container of ECS has it."""
    answer = {
        "AccessKeyId": credentials["AccessKeyId"],
        "SecretAccessKey": credentials["SecretAccessKey"],
        "Token": credentials["SessionToken"],
        "Expiration": "2099-01-01T00:00:00Z",
    }

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.end_headers()
            self.wfile.write(json.dumps(answer).encode())

        def log_message(self, format: str, *args: Any) -> None:
            """Print nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}/"
    finally:
        server.shutdown()
        server.server_close()


@dataclass(frozen=True)
class Build:
    """What a build left: its log, its variables, and the folder of its output artifact."""

    status: int
    log: str
    exported: dict[str, str]
    artifact: Path


def build(
    deployment: DeploymentArgs,
    to: Target,
    sources: Path,
    folder: Path,
    *,
    path: str,
    plan: Path | None = None,
    image_home: Path | None = None,
    **variables: str,
) -> Build:
    """Run the build once, over a fresh copy of the sources and of the image's home folder.

    The deploy role has the statements of the deployment alone.
    """
    to.sandbox.client("iam", account=to.account).put_role_policy(
        RoleName="deploy",
        PolicyName="deploy",
        PolicyDocument=_allowing(programs.deploy(deployment, Place("aws", REGION, to.account))),
    )
    home, checkout = folder / "home", folder / "src"
    home.mkdir(parents=True)
    if image_home is not None:
        shutil.copytree(image_home, home, dirs_exist_ok=True)
    (folder / "tmp").mkdir()
    shutil.copytree(sources, checkout)
    spec = program.buildspec(deployment)
    own = {str(key): str(value) for key, value in program.variables(deployment).items()}
    names = spec["env"].get("exported-variables", [])
    lines = [
        "set -e",
        *(each.replace(_SCRIPTS, str(folder)) for each in spec["phases"]["build"]["commands"]),
        *(f'echo "{name}=${name}" >> "{folder}/exported"' for name in names),
    ]
    environment = {
        "PATH": path,
        "HOME": str(home),
        "PULUMI_HOME": str(home / ".pulumi"),
        "TMPDIR": str(folder / "tmp"),
        "CODEBUILD_SRC_DIR": str(checkout),
        # CodeBuild's own region, not the deployment's.
        "AWS_REGION": OWN_REGION,
        "AWS_DEFAULT_REGION": OWN_REGION,
        "AWS_CONTAINER_CREDENTIALS_FULL_URI": to.endpoint,
        "AWS_ENDPOINT_URL": to.sandbox.url,
        # Terraform's backend reads only these two.
        "AWS_ENDPOINT_URL_S3": to.sandbox.url,
        "AWS_ENDPOINT_URL_STS": to.sandbox.url,
        "DEPLOY_REGION": REGION,
        "DEPLOY_ROLE": to.role,
        **own,
        **variables,
    }
    if plan is not None:
        environment["CODEBUILD_SRC_DIR_Plan1"] = str(plan)
    done = subprocess.run(
        ["bash", "-c", "\n".join(lines)],
        cwd=checkout,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    file = folder / "exported"
    pairs = (line.split("=", 1) for line in file.read_text().splitlines()) if file.exists() else ()
    return Build(
        done.returncode, done.stdout + done.stderr, dict(pairs), checkout / "landfall-plan"
    )
