"""A Pulumi deployment's build, really run: twice in fresh checkouts, with a plan, and rolled back.

The role, the state and the key are in the sandbox, in another region than the build.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from landfall import versions
from landfall.blueprint.deployments import DeploymentArgs
from tests.sandbox_gate.conftest import start
from tests.scripts import deploying
from tests.scripts.deploying import REGION, Build, Target
from toolchain import pulumi_cli

pytestmark = pytest.mark.engine

ROOT = Path(__file__).parents[2]
DEPLOYMENT: DeploymentArgs = {
    "kind": "pulumi",
    "name": "live-{region}",
    "backend": "s3://orders-state/{accountId}",
    "key": "orders/state",
    "directory": ".",
}
PROGRAM = """\
import os
import pulumi


class Part(pulumi.ComponentResource):
    def __init__(self, name):
        super().__init__("orders:index:Part", name)


for number in range(int(open("parts").read())):
    Part(f"part-{number}")
pulumi.export("region", os.environ["AWS_REGION"])
pulumi.export("password", pulumi.Output.secret("hunter2"))
"""


@pytest.fixture(scope="module")
def target(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Target]:
    process, sandbox = start(tmp_path_factory.mktemp("sandbox") / "server.log")
    with deploying.target(sandbox) as found:
        yield found
    process.terminate()
    process.wait(timeout=60)


@pytest.fixture(scope="module")
def path(tmp_path_factory: pytest.TempPathFactory) -> str:
    cli = pulumi_cli.obtain(lambda _: None)
    folder = tmp_path_factory.mktemp("bin")
    host = folder / "pulumi-language-python"
    host.write_text(
        f'#!/bin/sh\nPYTHONPATH={ROOT} exec {sys.executable} -m toolchain.language_host "$@"\n'
    )
    host.chmod(0o755)
    return f"{folder}:{cli.path.parent}:{os.environ['PATH']}"


@pytest.fixture(scope="module")
def image_home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home folder with the plugin of the SDK that this project's Python has installed."""
    home = tmp_path_factory.mktemp("home")
    folder = home / ".pulumi" / "plugins" / f"resource-aws-v{versions.PULUMI_AWS}"
    folder.mkdir(parents=True)
    (folder / "pulumi-resource-aws").write_text("#!/bin/sh\nexit 1\n")
    (folder / "pulumi-resource-aws").chmod(0o755)
    return home


def sources(folder: Path, parts: int) -> Path:
    """Write a release of the program; its repository has no stack file."""
    folder.mkdir()
    (folder / "Pulumi.yaml").write_text("name: orders\nruntime: python\n")
    (folder / "__main__.py").write_text(PROGRAM)
    (folder / "parts").write_text(str(parts))
    return folder


def state(target: Target) -> dict[str, object]:
    """Return the deployment in the stack's state."""
    key = f"{target.account}/.pulumi/stacks/orders/live-{REGION}.json"
    found: dict[str, object] = json.loads(target.states()[key])["checkpoint"]["latest"]
    return found


def parts(target: Target) -> int:
    resources = state(target)["resources"]
    assert isinstance(resources, list)
    return sum(each["type"] == "orders:index:Part" for each in resources)


def test_pulumi_build_works_at_every_run_of_a_fresh_checkout(
    target: Target, path: str, image_home: Path, tmp_path: Path
) -> None:
    def run(name: str, release: Path, plan: Path | None = None, **variables: str) -> Build:
        return deploying.build(
            DEPLOYMENT,
            target,
            release,
            tmp_path / name,
            path=path,
            plan=plan,
            image_home=image_home,
            **variables,
        )

    broken = sources(tmp_path / "broken", 1)
    (broken / "__main__.py").write_text("raise SystemExit(1)\n")
    failed = run("0", broken, MODE="deploy")
    assert failed.status != 0

    one, two = sources(tmp_path / "one", 1), sources(tmp_path / "two", 2)
    for number in ("1", "2"):
        done = run(number, one, MODE="deploy")
        assert done.status == 0, done.log
        assert "hunter2" not in done.log
    assert parts(target) == 1
    found = json.dumps(state(target))
    assert "hunter2" not in found
    assert REGION in found
    assert "awskms://alias/orders/state" in found

    planned = run("plan", two, MODE="plan", EXECUTION="first")
    assert planned.status == 0, planned.log
    assert planned.exported["PLAN_SUMMARY"].startswith("1 to create")
    assert parts(target) == 1
    assert "hunter2" not in (planned.artifact / "plan").read_text()
    digest = planned.exported["PLAN_SHA256"]
    approved = {"MODE": "apply", "PLAN": "Plan1", "EXECUTION": "first", "PLAN_SHA256": digest}
    other = run("other", two, planned.artifact, **approved | {"PLAN_SHA256": "0" * 64})
    assert other.status != 0
    assert "the plan is not the approved one" in other.log
    three = run("three", sources(tmp_path / "3", 3), planned.artifact, **approved)
    assert three.status != 0, "more was applied than planned"
    applied = run("applied", two, planned.artifact, **approved)
    assert applied.status == 0, applied.log
    assert parts(target) == 2

    rolled_back = run("back", one, planned.artifact, **approved | {"EXECUTION": "second"})
    assert rolled_back.status == 0, rolled_back.log
    assert parts(target) == 1
