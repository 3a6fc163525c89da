"""Accounts, units, groups and applications under another key, carried through by `formerly`.

The tests of this file follow one stack and build on each other in their order.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.sandbox.conftest import BIN, Project, copied

pytestmark = pytest.mark.engine

STACK = "renamed"
FILE = """\
config:
  aws:region: eu-west-1
  landfall:organization:
    units: {Workloads: {guardrails: [deny-root-user], units: {Dev: {}}}}
  landfall:accounts:
    audit: {email: audit@example.com, unit: Workloads, purpose: audit}
    site: {email: site@example.com, unit: Workloads/Dev, guardrails: [deny-all]}
  landfall:baseline: {enabled: false}
  landfall:access:
    roles:
      reader:
        principals: [{account: audit, role: landfall/auditor}]
        managedPolicies: [SecurityAudit]
    identityCenter:
      instance: ssoins-7223a1b2c3d4e5f6
      identityStore: d-9067a1b2c3
      groups: {developers: {description: Build}}
      permissionSets: {look: {managedPolicies: [job-function/ViewOnlyAccess]}}
      assignments: [{group: developers, permissionSets: look, accounts: site}]
  landfall:delivery:
    account: audit
    applications:
      orders:
        source: {bucket: example-sources, key: orders.zip}
        deploy: {ec2: orders, tags: {app: web}, instanceRoles: [service/web]}
        environments: {dev: {account: audit}}
        secrets: {token: {variable: TOKEN}}
  landfall:artifacts: {forceDestroy: true}
"""
RENAMED = (
    ("    site: {email", "    shop: {formerly: site, email"),
    ("accounts: site", "accounts: shop"),
    ("{Workloads: {", "{Loads: {formerly: Workloads, "),
    ("{Dev: {}}", "{Develop: {formerly: Dev}}"),
    ("unit: Workloads/Dev", "unit: Loads/Develop"),
    ("unit: Workloads,", "unit: Loads,"),
    ("groups: {developers: {", "groups: {engineers: {formerly: developers, "),
    ("group: developers", "group: engineers"),
)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    project = copied(tmp_path_factory.mktemp("project"), STACK)
    _file(project).write_text(FILE)
    project.up(preview=False)
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", STACK)


def _file(project: Project) -> Path:
    return project.folder / f"Pulumi.{STACK}.yaml"


def _renamed(text: str) -> str:
    for old, new in RENAMED:
        assert old in text, old
        text = text.replace(old, new)
    return text


def _preview(project: Project) -> set[tuple[str, str]]:
    """Return the operations of a preview with the types of their resources, but for `same`."""
    shown = project.pulumi(f"preview --json -s {STACK}").stdout
    steps = [step for step in json.loads(shown)["steps"] if step["op"] != "same"]
    return {(step["op"], step["urn"].split("::")[2].rpartition("$")[2]) for step in steps}


def test_account_under_another_key_is_refused_by_the_preview(project: Project) -> None:
    text = _renamed(FILE).replace("formerly: site, ", "")
    _file(project).write_text(text)
    done = project.pulumi(f"preview -s {STACK}", ok=False)
    assert done.returncode != 0
    assert "add 'formerly: site' to account shop" in done.stdout
    assert "Traceback" not in done.stdout


def test_formerly_renames_in_place_and_replaces_nothing(project: Project) -> None:
    organizations = project.aws("organizations")
    before = {each["Email"]: each["Id"] for each in organizations.list_accounts()["Accounts"]}
    _file(project).write_text(_renamed(FILE))
    assert {operation for operation, _ in _preview(project)} == {"update"}
    project.up(preview=False)
    assert set(project.changes()) == {"updated"}
    accounts = organizations.list_accounts()["Accounts"]
    assert {each["Email"]: each["Id"] for each in accounts} == before
    assert "shop" in {each["Name"] for each in accounts}
    (root,) = organizations.list_roots()["Roots"]
    units = organizations.list_organizational_units_for_parent(ParentId=root["Id"])
    assert [each["Name"] for each in units["OrganizationalUnits"]] == ["Loads"]
    groups = project.aws("identitystore").list_groups(IdentityStoreId="d-9067a1b2c3")
    assert [each["DisplayName"] for each in groups["Groups"]] == ["engineers"]


def test_formerly_can_be_taken_out_after_the_update(project: Project) -> None:
    text = _renamed(FILE)
    for former in ("site", "Workloads", "developers"):
        text = text.replace(f"formerly: {former}, ", "")
    _file(project).write_text(text.replace("{formerly: Dev}", "{}"))
    assert _preview(project) == set()


def _kept(project: Project) -> dict[str, str]:
    """Return the resources that a rename must not create again, with AWS's ids."""
    account = project.outputs()["accounts"]["audit"]
    groups = project.aws("logs", account).describe_log_groups(
        logGroupNamePrefix="/landfall/build/orders-dev"
    )["logGroups"]
    secrets = project.aws("secretsmanager", account).list_secrets()["SecretList"]
    deploy = project.aws("codedeploy", account)
    deployed = [
        deploy.get_application(applicationName=name)["application"]["applicationId"]
        for name in deploy.list_applications()["applications"]
    ]
    return {
        **{each["logGroupName"]: str(each["creationTime"]) for each in groups},
        **{each["Name"]: each["ARN"] for each in secrets},
        "CodeDeploy": ", ".join(deployed),
    }


def _pipelines(project: Project) -> list[str]:
    account = project.outputs()["accounts"]["audit"]
    return [
        each["name"] for each in project.aws("codepipeline", account).list_pipelines()["pipelines"]
    ]


def _sales(former: str = "formerly: orders") -> str:
    text = _renamed(FILE)
    assert text.count("      orders:\n") == 1
    return text.replace("      orders:\n", f"      sales:\n        {former}\n")


def test_application_under_another_key_is_refused_by_the_preview(project: Project) -> None:
    _file(project).write_text(_sales("strategy: trunk").replace("        strategy: trunk\n", ""))
    done = project.pulumi(f"preview -s {STACK}", ok=False)
    assert done.returncode != 0
    assert "Write 'formerly: orders' in application sales" in done.stdout
    assert "the name already exists" in done.stdout
    assert "Traceback" not in done.stdout


def test_formerly_of_an_application_keeps_its_logs_secrets_and_deployments(
    project: Project,
) -> None:
    before = _kept(project)
    assert set(before) == {"/landfall/build/orders-dev", "orders/token", "CodeDeploy"}
    _file(project).write_text(_sales())
    shown = project.pulumi(f"preview -s {STACK}").stdout
    assert "application orders becomes sales. Kept: " in shown
    project.up(preview=False)
    assert _kept(project) == before
    assert _pipelines(project) == ["sales-dev"]
    project.up()
    assert project.changes() == {}


def test_deployment_under_another_name_is_renamed_in_codedeploy(project: Project) -> None:
    before = _kept(project)
    _file(project).write_text(_sales().replace("{ec2: orders,", "{ec2: sales,"))
    project.up(preview=False)
    assert _kept(project) == before
    deploy = project.aws("codedeploy", project.outputs()["accounts"]["audit"])
    assert deploy.list_applications()["applications"] == ["sales"]
    groups = deploy.list_deployment_groups(applicationName="sales")
    assert groups["deploymentGroups"] == ["sales"]
