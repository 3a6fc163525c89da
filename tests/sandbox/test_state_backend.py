"""The commands that `landfall bootstrap` prints, run as printed: state in S3, secrets in KMS."""

from __future__ import annotations

import json
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import BIN
from tests.sandbox_gate.conftest import MANAGEMENT, Sandbox, start
from toolchain import pulumi_cli

pytestmark = pytest.mark.engine

BUCKET = f"landfall-state-{MANAGEMENT}-eu-west-1"


@pytest.fixture(scope="module")
def sandbox(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sandbox]:
    process, sandbox = start(tmp_path_factory.mktemp("sandbox") / "server.log")
    yield sandbox
    process.terminate()
    process.wait(timeout=60)


def test_the_printed_commands_give_a_backend_that_works(sandbox: Sandbox, tmp_path: Path) -> None:
    cli = pulumi_cli.obtain(lambda _: None)
    base = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_"))}
    environment = base | {
        "AWS_ENDPOINT_URL": sandbox.url,
        "AWS_ACCESS_KEY_ID": "AKIAIOSFODNN7EXAMPLE",
        "AWS_SECRET_ACCESS_KEY": "secret",
        "AWS_REGION": "eu-west-1",
        "AWS_CONFIG_FILE": os.devnull,
        "AWS_SHARED_CREDENTIALS_FILE": os.devnull,
        "PULUMI_HOME": str(tmp_path / "home"),
        "PULUMI_SKIP_UPDATE_CHECK": "true",
        "PATH": f"{cli.path.parent}{os.pathsep}{os.environ['PATH']}",
    }
    (tmp_path / "Pulumi.yaml").write_text("name: small\nruntime: yaml\n")

    def shell(command: str) -> str:
        done = subprocess.run(
            ["bash", "-c", command],
            cwd=tmp_path,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}\n{done.stderr}"
        return done.stdout

    said = shell(f"{BIN / 'landfall'} bootstrap -s live")
    login, init = said.strip().splitlines()[-2:]
    shell(login)
    shell(init)
    shell("pulumi config set --secret -s live password hunter2")
    assert "hunter2" not in (tmp_path / "Pulumi.live.yaml").read_text()
    assert shell("pulumi config get -s live password").strip() == "hunter2"
    assert "deployment" in json.loads(shell("pulumi stack export -s live"))
    s3 = sandbox.client("s3")
    keys = [each["Key"] for each in s3.list_objects_v2(Bucket=BUCKET)["Contents"]]
    (state,) = [key for key in keys if key.endswith("/small/live.json")]
    found = s3.head_object(Bucket=BUCKET, Key=state)
    assert found["ServerSideEncryption"] == "aws:kms"
    arn = sandbox.client("kms").describe_key(KeyId="alias/landfall/state")["KeyMetadata"]["Arn"]
    assert found["SSEKMSKeyId"] == arn
