"""`landfall recover` on AWS: bare engine, a backend of its own, an endpoint and credentials.

The tests of this file follow one stack and build on each other in their order.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest

from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.creations import HELD, finish, finishing

pytestmark = pytest.mark.engine

STACK = "live"
FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    guardrails: [deny-leaving-organization]
    units: {Workloads: {guardrails: [deny-root-user], units: {Dev: {}}}}
  landfall:accounts:
    audit: {email: audit@example.com, unit: Workloads, purpose: audit}
    site: {email: site@example.com, unit: Workloads/Dev}
  landfall:baseline: {enabled: false}
  landfall:access:
    roles:
      reader:
        description: Reads the configuration
        principals: [{account: audit, role: landfall/auditor}]
        managedPolicies: [SecurityAudit]
"""
_PASSED_ON = (
    "AWS_ENDPOINT_URL",
    "AWS_ACCESS_KEY_ID",
    "AWS_SECRET_ACCESS_KEY",
    "AWS_EC2_METADATA_DISABLED",
    "PATH",
    "PULUMI_HOME",
    "PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION",
    "NO_PROXY",
    "no_proxy",
)


class Outside:
    """A shell that has an endpoint and credentials of AWS, and a backend; no sandbox."""

    def __init__(self, project: Project, backend: Path) -> None:
        self.project = project
        # Asked for with the sandbox's own environment, which is then left behind.
        given = {name: project.environment[name] for name in _PASSED_ON}
        plain = {k: v for k, v in os.environ.items() if not k.startswith(("AWS_", "PULUMI_"))}
        backend.mkdir(exist_ok=True)
        self.env = {
            **plain,
            **given,
            "PULUMI_BACKEND_URL": backend.as_uri(),
            "PULUMI_CONFIG_PASSPHRASE": "of the test",
            "PULUMI_SKIP_UPDATE_CHECK": "true",
        }

    def run(self, *command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.project.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )

    def pulumi(self, arguments: str, *, ok: bool = True) -> str:
        done = self.run("pulumi", "--non-interactive", *arguments.split(), "--stack", STACK)
        assert (done.returncode == 0) is ok, f"{arguments}\n{done.stdout}\n{done.stderr}"
        return done.stdout + done.stderr

    def up(self) -> str:
        """Run an update to its end, in which AWS makes accounts."""
        with finishing(self.env["AWS_ENDPOINT_URL"]):
            return self.pulumi("up --yes --skip-preview")

    def recover(self, *options: str) -> subprocess.CompletedProcess[str]:
        return self.run(str(BIN / "landfall"), "recover", "-s", STACK, *options)

    def state(self) -> str:
        return self.pulumi("stack export")

    def cut_short(self, number: signal.Signals, request: str) -> None:
        """Start an update, and signal its engine once AWS has been asked for `request`.

        AWS finishes what it was asked for after the engine has ended.
        """
        log = self.project.folder / ".landfall" / "sandboxes" / STACK / "requests.log"
        seen = len(log.read_text()) if log.exists() else 0
        process = subprocess.Popen(
            ["pulumi", "up", "--yes", "--skip-preview", "--stack", STACK],
            cwd=self.project.folder,
            env=self.env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
        deadline = time.monotonic() + 240
        while not (log.exists() and request in log.read_text()[seen:]):
            assert process.poll() is None, f"it ended before {request}"
            assert time.monotonic() < deadline, f"{request} was never asked for"
            time.sleep(0.02)
        family = psutil.Process(process.pid).children(recursive=True)
        process.send_signal(number)
        if number == signal.SIGKILL:
            for member in family:
                member.kill()
            psutil.wait_procs(family, timeout=30)
        assert process.wait(timeout=120) != 0
        finish(self.env["AWS_ENDPOINT_URL"])


@pytest.fixture(scope="module")
def outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outside]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    project.env["LANDFALL_QUOTAS"] = HELD
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(FILE)
    outside = Outside(project, project.folder / "backend")
    outside.pulumi("stack init")
    yield outside
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


def _in_aws(project: Project) -> Counter[str]:
    """Return how often AWS has what the stack makes, by kind and name."""
    found: Counter[str] = Counter()
    organizations = project.aws("organizations")
    (root,) = organizations.list_roots()["Roots"]
    parents = [root["Id"]]
    while parents:
        listed = organizations.list_organizational_units_for_parent(ParentId=parents.pop())
        for unit in listed["OrganizationalUnits"]:
            found[f"unit {unit['Name']}"] += 1
            parents.append(unit["Id"])
    for policy in organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]:
        found[f"policy {policy['Name']}"] += 1
    for account in organizations.list_accounts()["Accounts"]:
        found[f"account {account['Email']}"] += 1
        if account["Email"].endswith("@example.com") and account["Name"] in ("audit", "site"):
            iam: Any = project.aws("iam", account["Id"])
            for role in iam.list_roles(PathPrefix="/landfall/")["Roles"]:
                found[f"role {role['RoleName']} in {account['Name']}"] += 1
    return found


def test_recover_after_an_interrupt_imports_the_accounts_it_shows(outside: Outside) -> None:
    outside.cut_short(signal.SIGINT, "organizations:CreateAccount")
    assert "organizations/account:Account" not in outside.state()
    before = outside.state()
    shown = outside.recover()
    assert shown.returncode == 1, shown.stderr
    assert "aws:organizations/account:Account audit: " in shown.stdout
    assert "Nothing was imported" in shown.stdout
    assert outside.state() == before
    done = outside.recover("--yes")
    assert done.returncode == 0, done.stderr
    outside.up()
    outside.pulumi("preview --expect-no-changes")
    assert set(_in_aws(outside.project).values()) == {1}


def test_recover_after_a_complete_run_finds_nothing(outside: Outside) -> None:
    done = outside.recover()
    assert (done.returncode, done.stdout) == (
        0,
        f"Nothing to recover: the state of stack {STACK} has all its resources in AWS.\n",
    )


def test_recover_after_a_lost_state_imports_all_and_nothing_is_made_twice(
    outside: Outside,
) -> None:
    before = _in_aws(outside.project)
    outside.pulumi("stack rm --force --yes --preserve-config")
    outside.pulumi("stack init")
    done = outside.recover("--yes")
    assert done.returncode == 0, done.stderr
    said = outside.up()
    assert "replaced" not in said
    assert _in_aws(outside.project) == before
    outside.pulumi("preview --expect-no-changes")


def test_recover_after_a_kill_clears_what_was_pending(outside: Outside) -> None:
    file = outside.project.folder / f"Pulumi.{STACK}.yaml"
    text = file.read_text()
    more = "    shop: {email: shop@example.com, unit: Workloads/Dev}\n"
    file.write_text(text.replace("  landfall:baseline", f"{more}  landfall:baseline"))
    outside.cut_short(signal.SIGKILL, "organizations:CreateAccount")
    assert '"pending_operations": [' in outside.state()
    locked = outside.recover("--yes")
    assert locked.returncode == 2
    assert "pulumi cancel" in locked.stderr
    outside.pulumi("cancel --yes")
    done = outside.recover("--yes")
    assert done.returncode == 0, done.stderr
    assert "shop, while creating" in done.stdout
    outside.up()
    found = _in_aws(outside.project)
    assert found["account shop@example.com"] == 1
    assert set(found.values()) == {1}
