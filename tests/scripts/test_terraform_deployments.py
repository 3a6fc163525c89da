"""A Terraform deployment's build, really run: twice in fresh checkouts, with a plan, rolled back.

The role, the state, its lock and the key are in the sandbox, in another region than the build.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import zipfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from landfall.blueprint.deployments import DeploymentArgs
from tests.sandbox_gate.conftest import start
from tests.scripts import deploying
from tests.scripts.deploying import REGION, Build, Target

TERRAFORM = shutil.which("terraform")
pytestmark = [
    pytest.mark.timeout(900),
    pytest.mark.skipif(TERRAFORM is None, reason="needs Terraform on PATH, as CI has"),
]
CONFIGURATION = """\
terraform {
  backend "local" {}
}
variable "parts" {}
variable "color" {}
resource "terraform_data" "part" {
  count = var.parts
  input = var.color
}
output "password" {
  value     = "hunter2"
  sensitive = true
}
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    process, sandbox = start(tmp_path_factory.mktemp("sandbox") / "server.log")
    with deploying.target(sandbox) as found:
        yield found
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The archive that the maker's server would give.

    Its program is Terraform with paths in place of host names for buckets, as a sandbox on an IP
    address needs.
    """
    folder = tmp_path_factory.mktemp("archive")
    program = folder / "terraform"
    program.write_text(
        "#!/bin/bash\n"
        'if [ "$1" = init ]; then set -- "$@" -backend-config=use_path_style=true; fi\n'
        f'exec {TERRAFORM} "$@"\n'
    )
    program.chmod(0o755)
    with zipfile.ZipFile(folder / "terraform.zip", "w") as opened:
        opened.write(program, "terraform")
    return folder / "terraform.zip"


@pytest.fixture(scope="module")
def path(archive: Path, tmp_path_factory: pytest.TempPathFactory) -> str:
    folder = tmp_path_factory.mktemp("bin")
    curl = folder / "curl"
    curl.write_text(
        '#!/bin/bash\nwhile [ "$1" != --output ]; do shift; done\n'
        f'echo "GET $3"\ncp {archive} "$2"\n'
    )
    curl.chmod(0o755)
    return f"{folder}:{os.environ['PATH']}"


@pytest.fixture(scope="module")
def deployment(archive: Path) -> DeploymentArgs:
    return {
        "kind": "terraform",
        "name": "orders/{region}",
        "backend": "s3://orders-state/{accountId}",
        "key": "orders/state",
        "directory": "infra",
        "tool": "terraform",
        "version": "1.11.4",
        "sha256": hashlib.sha256(archive.read_bytes()).hexdigest(),
        "variables": {"color": "green"},
        "var_files": ["{region}.tfvars"],
    }


def sources(folder: Path, parts: int) -> Path:
    """Write a release of the configuration."""
    (folder / "infra").mkdir(parents=True)
    (folder / "infra" / "main.tf").write_text(CONFIGURATION)
    (folder / "infra" / f"{REGION}.tfvars").write_text(f"parts = {parts}\n")
    return folder


def parts(target: Target) -> int:
    states = target.states()
    key = f"{target.account}/orders/{REGION}.tfstate"
    assert list(states) == [key], "a lock stays, or the state is elsewhere"
    resources = json.loads(states[key])["resources"]
    return sum(len(each["instances"]) for each in resources)


def test_terraform_build_works_at_every_run_of_a_fresh_checkout(
    target: Target, path: str, deployment: DeploymentArgs, tmp_path: Path
) -> None:
    def run(name: str, release: Path, plan: Path | None = None, **variables: str) -> Build:
        return deploying.build(
            deployment, target, release, tmp_path / name, path=path, plan=plan, **variables
        )

    one, two = sources(tmp_path / "one", 1), sources(tmp_path / "two", 2)
    for number in ("1", "2"):
        done = run(number, one, MODE="deploy")
        assert done.status == 0, done.log
        assert "hunter2" not in done.log
    assert "terraform/1.11.4/terraform_1.11.4_linux_amd64.zip" in done.log
    assert parts(target) == 1

    planned = run("plan", two, MODE="plan", EXECUTION="first")
    assert planned.status == 0, planned.log
    assert planned.exported["PLAN_SUMMARY"] == "1 to create"
    assert "hunter2" not in planned.log
    assert parts(target) == 1
    digest = planned.exported["PLAN_SHA256"]
    approved = {"MODE": "apply", "PLAN": "Plan1", "EXECUTION": "first", "PLAN_SHA256": digest}
    other = run("other", two, planned.artifact, **approved | {"PLAN_SHA256": "0" * 64})
    assert other.status != 0
    assert "the plan is not the approved one" in other.log
    applied = run("applied", two, planned.artifact, **approved)
    assert applied.status == 0, applied.log
    assert parts(target) == 2
    again = run("again", two, planned.artifact, **approved)
    assert again.status != 0
    assert "stale" in again.log

    rolled_back = run("back", one, planned.artifact, **approved | {"EXECUTION": "second"})
    assert rolled_back.status == 0, rolled_back.log
    assert parts(target) == 1


def test_terraform_build_refuses_an_archive_of_another_checksum(
    target: Target, path: str, deployment: DeploymentArgs, tmp_path: Path
) -> None:
    wrong: DeploymentArgs = {**deployment, "sha256": "0" * 64}
    done = deploying.build(
        wrong, target, sources(tmp_path / "one", 1), tmp_path / "1", path=path, MODE="deploy"
    )
    assert done.status != 0
    assert "has another SHA-256" in done.log
