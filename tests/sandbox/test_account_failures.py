"""Account creations that AWS refuses or that are interrupted: no account is created twice.

With the bare engine, as on AWS; what `landfall up` does more is in `test_interrupted_up.py`. The
tests of this file follow one stack and build on each other in their order.
"""

from __future__ import annotations

import subprocess
import time
from collections.abc import Iterator

import psutil
import pytest

from tests.sandbox.conftest import BIN, Project, copied
from tests.sandbox.creations import HELD, finish, finishing

pytestmark = pytest.mark.engine

STACK = "small"
FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization: {}
  landfall:accountsFolder: accounts
  landfall:baseline: {enabled: false}
"""
QUOTAS = f"{HELD},organizations.accounts=5"


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("project"), STACK, checkpoints=True)
    project.env["LANDFALL_QUOTAS"] = QUOTAS
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(FILE)
    (project.folder / "accounts").mkdir()
    project.up(preview=False)
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


def _write(project: Project, name: str, text: str) -> None:
    (project.folder / "accounts" / f"{name}.yaml").write_text(text)


def _up(project: Project, *, ok: bool = True) -> subprocess.CompletedProcess[str]:
    with finishing(project.environment["AWS_ENDPOINT_URL"]):
        return project.pulumi(f"up --yes --skip-preview -s {STACK}", ok=ok)


def _accounts(project: Project) -> dict[str, str]:
    """Return the ids of the accounts by their addresses, of which each must stand once."""
    listed = project.aws("organizations").list_accounts()["Accounts"]
    found = {account["Email"]: account["Id"] for account in listed}
    assert len(found) == len(listed)
    return found


def _finished(project: Project, email: str) -> str:
    """Let AWS finish, and return the id of the account of this address."""
    finish(project.environment["AWS_ENDPOINT_URL"])
    return _accounts(project)[email]


def test_address_in_use_is_reported_and_can_be_corrected(project: Project) -> None:
    organizations = project.aws("organizations")
    organizations.create_account(Email="theirs@example.com", AccountName="theirs")
    _finished(project, "theirs@example.com")
    _write(project, "orders", "email: theirs@example.com\n")
    failed = _up(project, ok=False)
    assert failed.returncode != 0
    assert "EMAIL_ALREADY_EXISTS" in failed.stdout
    assert len(_accounts(project)) == 2
    _write(project, "orders", "email: orders@example.com\n")
    _up(project)
    assert set(_accounts(project)) > {"theirs@example.com", "orders@example.com"}
    project.pulumi(f"preview --expect-no-changes -s {STACK}")


def test_up_after_a_kill_during_account_creation_creates_no_second_account(
    project: Project,
) -> None:
    email = "second@example.com"
    _write(project, "second", f"email: {email}\n")
    _kill_while_aws_is_at_work(project)
    assert email not in _accounts(project)
    project.pulumi(f"cancel --yes {STACK}", ok=False)
    failed = _up(project, ok=False)
    assert failed.returncode != 0
    reasons = ("CONCURRENT_ACCOUNT_MODIFICATION", "EMAIL_ALREADY_EXISTS")
    assert any(reason in failed.stdout for reason in reasons)
    made = _finished(project, email)
    failed = _up(project, ok=False)
    assert "EMAIL_ALREADY_EXISTS" in failed.stdout
    _write(project, "second", f"email: {email}\nid: '{made}'\n")
    done = _up(project)
    assert "1 imported" in done.stdout
    assert _accounts(project)[email] == made
    project.pulumi(f"preview --expect-no-changes -s {STACK}")


def _kill_while_aws_is_at_work(project: Project) -> None:
    """Start an update, and kill its engine once AWS was asked for the account."""
    log = project.folder / ".landfall" / "sandboxes" / STACK / "requests.log"
    seen = len(log.read_text())
    script = f'eval "$({BIN}/landfall env -s {STACK})" && exec pulumi up --yes --skip-preview'
    process = subprocess.Popen(
        ["bash", "-euo", "pipefail", "-c", f"{script} -s {STACK}"],
        cwd=project.folder,
        env=project.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    deadline = time.monotonic() + 120
    while "organizations:CreateAccount" not in log.read_text()[seen:]:
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, "no account was ever asked for"
        time.sleep(0.05)
    family = psutil.Process(process.pid)
    killed = [*family.children(recursive=True), family]
    for member in killed:
        member.kill()
    psutil.wait_procs(killed, timeout=10)
    process.wait()


def test_account_over_the_quota_is_reported_and_the_rest_continues(project: Project) -> None:
    project.aws("organizations").create_account(Email="last@example.com", AccountName="last")
    _finished(project, "last@example.com")
    _write(project, "third", "email: third@example.com\n")
    failed = _up(project, ok=False)
    assert failed.returncode != 0
    assert "You have exceeded the allowed number of AWS accounts" in failed.stdout
    assert len(_accounts(project)) == 5
    (project.folder / "accounts" / "third.yaml").unlink()
    _up(project)
    project.pulumi(f"preview --expect-no-changes -s {STACK}")
