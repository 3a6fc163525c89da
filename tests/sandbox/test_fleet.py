"""A stack that is cut, in its sandbox: foundation, slices and closing stack with the real engine.

The tests of this file follow one stack and build on each other in their order.
"""

from __future__ import annotations

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from subprocess import CompletedProcess
from typing import Any

import pytest

from tests.sandbox.conftest import BIN, Project, copied

pytestmark = [pytest.mark.engine, pytest.mark.timeout(900)]

STACK = "cut"
FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    guardrails: [deny-leaving-organization]
    units: {Workloads: {}}
  landfall:accounts:
    audit: {email: audit@example.com, unit: Workloads}
    site: {email: site@example.com, unit: Workloads}
  landfall:baseline: {enabled: false}
  landfall:access:
    roles:
      reader:
        principals: [{account: audit, role: landfall/auditor}]
        boundary: reading
        managedPolicies: [SecurityAudit]
    boundaries: {reading: {statements: [{actions: 's3:GetObject'}]}}
    identityCenter:
      instance: ssoins-7223a1b2c3d4e5f6
      identityStore: d-9067a1b2c3
      groups: {developers: {description: Build}}
      permissionSets: {look: {boundary: reading, managedPolicies: [SecurityAudit]}}
      assignments: [{group: developers, permissionSets: look, accounts: site}]
  landfall:fleet: {slices: {canary: {accounts: site}}, waves: canary}
"""


def fleet(project: Project, command: str, *options: str, status: int = 0) -> dict[str, Any]:
    """Run `landfall fleet` in the sandbox; return its summary, with the parts by name."""
    arguments = [command, "-s", STACK, "--sandbox", "--format", "json", *options]
    done = project.run(str(BIN / "landfall"), "fleet", *arguments, ok=False)
    assert done.returncode == status, f"{done.stdout}\n{done.stderr}"
    summary: dict[str, Any] = json.loads(done.stdout)
    return {each["part"]: each for each in summary["parts"]}


PARTS = (STACK, f"{STACK}.canary", f"{STACK}.rest", f"{STACK}.closing")
KEPT = ("type", "id", "parent", "provider", "protect", "inputs", "outputs", "aliases")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("fleet"), STACK)
    (project.folder / f"Pulumi.{STACK}.yaml").write_text(FILE)
    try:
        yield project
    finally:
        project.run(str(BIN / "landfall"), "down", "-s", STACK)


def test_slice_without_its_foundation_is_refused(project: Project) -> None:
    found = fleet(project, "up", "--only", "canary", status=1)
    assert "is not applied" in found["canary"]["problems"][0]


def test_parts_come_up_in_waves_and_create_what_the_stack_says(project: Project) -> None:
    found = fleet(project, "up", "--skip-preview")
    order = {name: (each["wave"], each["status"]) for name, each in found.items()}
    assert order == {
        "foundation": (1, "done"),
        "canary": (2, "done"),
        "rest": (3, "done"),
        "closing": (4, "done"),
    }
    accounts = {each["Name"]: each["Id"] for each in _accounts(project)}
    for name in ("audit", "site"):
        role = project.aws("iam", accounts[name]).get_role(RoleName="reader")["Role"]
        boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert boundary == f"arn:aws:iam::{accounts[name]}:policy/landfall/reading"
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Principal"] == {"AWS": [f"arn:aws:iam::{accounts['audit']}:root"]}


def test_second_run_skips_every_part(project: Project) -> None:
    found = fleet(project, "up")
    assert {each["status"] for each in found.values()} == {"unchanged"}


def test_slice_is_planned_and_applied_as_planned(project: Project) -> None:
    project.edit("boundary: reading\n", "boundary: reading\n        sessionHours: 2\n")
    slice_ = f"{STACK}.canary"
    done = in_shell(project, f"landfall plan -s {slice_}")
    assert "1 to update" in done.stdout
    digest = done.stdout.split("sha256 ")[1].split()[0]
    assert slice_ in (project.folder / "build" / "plan" / "plan.md").read_text()
    refused = in_shell(project, f"landfall apply -s {slice_} --sha256 {'0' * 64}", ok=False)
    assert "is not the approved plan" in refused.stderr
    in_shell(project, f"landfall apply -s {slice_} --sha256 {digest}")
    site = next(each["Id"] for each in _accounts(project) if each["Name"] == "site")
    role = project.aws("iam", site).get_role(RoleName="reader")["Role"]
    assert role["MaxSessionDuration"] == 2 * 3600
    refused = in_shell(project, f"landfall plan -s {STACK}.canari", ok=False)
    assert "has no part 'canari'" in refused.stderr
    project.edit("\n        sessionHours: 2", "")
    fleet(project, "up", "--skip-preview", "--all", "--only", "canary")


def in_shell(project: Project, command: str, *, ok: bool = True) -> CompletedProcess[str]:
    """Run `landfall` with the variables of the sandbox, as its users do."""
    name, _, rest = command.partition(" ")
    script = f'eval "$({BIN}/landfall env -s {STACK})" && {BIN}/{name} {rest}'
    return project.run("bash", "-euo", "pipefail", "-c", script, ok=ok)


def test_account_that_would_move_between_stacks_is_refused_in_the_preview(
    project: Project,
) -> None:
    project.edit("{canary: {accounts: site}}", "{canary: {accounts: audit}}")
    found = fleet(project, "preview", "--only", "foundation", status=1)
    told = "\n".join(found["foundation"]["problems"])
    assert "account audit would move from slice rest to canary" in told
    assert "account site would move from slice canary to rest" in told
    project.edit("{canary: {accounts: audit}}", "{canary: {accounts: site}}")


def test_removing_the_fleet_is_refused_in_the_preview(project: Project) -> None:
    project.edit("  landfall:fleet:", "  # landfall:fleet:")
    done = project.run(str(BIN / "landfall"), "preview", "-s", STACK, ok=False)
    assert done.returncode == 1
    assert "slice canary has the resources of account site" in done.stdout + done.stderr


def test_joined_stack_previews_without_a_change_and_is_split_to_the_states_of_before(
    project: Project,
) -> None:
    before = {name: exported(project, name) for name in PARTS}
    moved(project, "join")
    done = project.run(str(BIN / "landfall"), "preview", "-s", STACK)
    assert f"Stack {STACK} is up to date" in done.stdout + done.stderr
    assert set(stacks(project)) == {STACK}
    joined = exported(project, STACK)
    project.edit("  # landfall:fleet:", "  landfall:fleet:")
    # Previews each part on a copy, and writes only if none shows a change.
    moved(project, "split")
    assert set(stacks(project)) == set(PARTS)
    for name in PARTS:
        found = exported(project, name)
        assert found.keys() == before[name].keys()
        assert found == before[name]
    assert sum(len(own(each)) for each in before.values()) == len(own(joined))


DELIVERED = """\
  landfall:quotas: {concurrentBuilds: 20}
  landfall:delivery: {connections: {github: {provider: GitHub}}}
  landfall:provisioning:
    source: {connection: github, repository: example/landing-zone}
    notify: platform@example.com
    batch: {}
"""
HUB = "    hub: {email: hub@example.com, unit: Workloads, purpose: delivery}\n"
MAKEFILE = """\
setup:
plan:
\tmkdir -p build/plan && echo '{}' > build/plan/plan.json
\tprintf 'Plan\\n\\nNothing to change.\\n' > build/plan/plan.md
apply:
\techo '$(SHA256)  $(PLAN)' | sha256sum --check
"""
# In the sandbox, the state is in a folder; the credentials are those of the build.
LANDFALL = """\
#!/bin/sh
cd {folder}
. {variables}
exec {landfall} "$@"
"""


def test_delivery_of_the_stack_applies_its_slices_in_a_batch(
    project: Project, tmp_path: Path
) -> None:
    project.edit("    audit: {", f"{HUB}    audit: {{")
    file = project.folder / f"Pulumi.{STACK}.yaml"
    file.write_text(file.read_text() + DELIVERED)
    fleet(project, "up", "--skip-preview")
    sources = written(project, tmp_path / "sources")
    arguments = ["rehearse", "provisioning", "-s", STACK, "--source", str(sources)]
    done = project.run(str(BIN / "landfall"), *arguments, "--format", "json", ok=False)
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    hub = next(each["Id"] for each in _accounts(project) if each["Name"] == "hub")
    client = project.aws("codebuild", hub)
    name = f"provision-{STACK}-slices"
    (identity,) = client.list_build_batches_for_project(projectName=name)["ids"]
    (batch,) = client.batch_get_build_batches(ids=[identity])["buildBatches"]
    ran = {
        each["identifier"]: (each["currentBuildSummary"]["buildStatus"], each["dependsOn"])
        for each in batch["buildGroups"]
    }
    assert ran == {
        "wave_2_job_1": ("SUCCEEDED", []),
        "wave_3_job_1": ("SUCCEEDED", ["wave_2_job_1"]),
        "wave_4_job_1": ("SUCCEEDED", ["wave_3_job_1"]),
    }
    # The engines of the builds acted as the apply role.
    assert f"assumed-role/provision-{STACK}-apply/" in requests(project)
    found = fleet(project, "up")
    assert {each["status"] for each in found.values()} == {"unchanged"}


def written(project: Project, folder: Path) -> Path:
    """Write sources whose builds run the commands of this checkout, and return their folder."""
    (folder / ".venv" / "bin").mkdir(parents=True)
    (folder / "Makefile").write_text(MAKEFILE)
    variables = folder.parent / "variables"
    kept = {
        name: value
        for name, value in project.environment.items()
        if name != "HOME" and not name.startswith(("AWS_", "BASH_"))
    }
    lines = [f"export {name}={shlex.quote(value)}" for name, value in kept.items()]
    variables.write_text("\n".join(lines))
    command = folder / ".venv" / "bin" / "landfall"
    command.write_text(
        LANDFALL.format(
            folder=shlex.quote(str(project.folder)),
            variables=shlex.quote(str(variables)),
            landfall=BIN / "landfall",
        )
    )
    command.chmod(0o755)
    return folder


def requests(project: Project) -> str:
    return (project.folder / ".landfall" / "sandboxes" / STACK / "requests.log").read_text()


def moved(project: Project, way: str) -> None:
    project.run(str(BIN / "landfall"), "fleet", way, "-s", STACK, "--sandbox")


def stacks(project: Project) -> list[str]:
    listed = json.loads(project.pulumi("stack ls --json").stdout)
    return [each["name"].rpartition("/")[2] for each in listed]


def exported(project: Project, stack: str) -> dict[str, Any]:
    """Return what a state says about each resource, by URN, except when it was written."""
    state = json.loads(project.pulumi(f"stack export --show-secrets --stack {stack}").stdout)
    found: dict[str, Any] = {}
    for each in state["deployment"]["resources"]:
        if each["type"] != "pulumi:pulumi:StackReference":
            kept = {key: value for key, value in each.items() if key in KEPT}
            # Each state has a provider of its own; states that were joined keep one of them.
            kept["provider"] = kept.get("provider", "").rpartition("::")[0]
            if each["type"].startswith("pulumi:providers:"):
                del kept["id"]
            found[each["urn"]] = kept
    return found


def own(resources: dict[str, Any]) -> list[str]:
    """Return the URNs of resources in AWS."""
    return [urn for urn, each in resources.items() if each["type"].startswith("aws:")]


def _accounts(project: Project) -> list[dict[str, Any]]:
    pages = project.aws("organizations").get_paginator("list_accounts").paginate()
    return [each for page in pages for each in page["Accounts"]]
