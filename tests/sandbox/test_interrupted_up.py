"""A run that is killed half-way: the next one goes on, and makes nothing twice."""

from __future__ import annotations

import subprocess
import time

import psutil
import pytest

from tests.sandbox.conftest import BIN, Project

pytestmark = [pytest.mark.engine, pytest.mark.timeout(600)]

# Accounts, whose creation takes time and cannot be undone, and keys, which have no name of their
# own; little beside.
STACK = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    guardrails: [deny-leaving-organization]
    units: {Workloads: {guardrails: [deny-root-user]}}
  landfall:accounts:
    delivery: {email: delivery@example.com, unit: Workloads, purpose: delivery}
    site: {email: site@example.com, unit: Workloads}
  landfall:delivery:
    applications:
      site:
        source: {bucket: example-sources, key: site.zip}
        deploy: {s3: example-site}
        environments: {dev: {account: site}}
        observability: {notify: [site@example.com]}
  landfall:artifacts: {forceDestroy: true}
"""


def _kill_once_asked(project: Project, request: str) -> None:
    """Start `landfall up`, and kill it and its engine once AWS has been asked for something."""
    log = project.folder / ".landfall" / "sandboxes" / project.stack / "requests.log"
    process = subprocess.Popen(
        [str(BIN / "landfall"), "up", "-s", project.stack],
        cwd=project.folder,
        env=project.env,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    deadline = time.monotonic() + 120
    while not (log.exists() and request in log.read_text()):
        assert process.poll() is None, "it ended before it could be killed"
        assert time.monotonic() < deadline, f"{request} was never asked for"
        time.sleep(0.02)
    family = psutil.Process(process.pid)
    # The engine is a child; its plugins notice by themselves, as they must after a real kill.
    killed = [*family.children(), family]
    for member in killed:
        member.kill()
    psutil.wait_procs(killed, timeout=10)
    process.wait()


def test_a_killed_up_goes_on_and_makes_nothing_twice(project: Project) -> None:
    (project.folder / "Pulumi.dev.yaml").write_text(STACK)
    _kill_once_asked(project, "organizations:CreateAccount")
    _kill_once_asked(project, "kms:CreateKey")
    project.up()
    organizations = project.aws("organizations")
    accounts = organizations.list_accounts()["Accounts"]
    emails = [account["Email"] for account in accounts]
    assert len(emails) == len(set(emails)) == 3
    delivery = next(a["Id"] for a in accounts if a["Name"] == "delivery")
    kms = project.aws("kms", delivery)
    keys = [kms.describe_key(KeyId=key["KeyId"]) for key in kms.list_keys()["Keys"]]
    purposes = [key["KeyMetadata"]["Description"] for key in keys]
    assert len(purposes) > 1
    assert len(purposes) == len(set(purposes))
    policies = organizations.list_policies(Filter="SERVICE_CONTROL_POLICY")["Policies"]
    names = [policy["Name"] for policy in policies]
    assert len(names) == len(set(names))
    project.up()
    assert project.changes() == {}
