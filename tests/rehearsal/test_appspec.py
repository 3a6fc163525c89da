"""AppSpec files of CodeDeploy: what is read, and every mistake with its line."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall.rehearsal import traffic
from landfall.rehearsal.codedeploy import appspec, installing, servers
from landfall.rehearsal.codedeploy.appspec import AppSpecError, Script
from tests.rehearsal.deployed import APPSPEC, SERVICE_SPEC


def mistakes(text: str) -> list[str]:
    with pytest.raises(AppSpecError) as caught:
        appspec.of_server(text)
    return [f"{each.line}: {each.message}" for each in caught.value.mistakes]


def test_appspec_file_of_instances_is_read() -> None:
    spec = appspec.of_server(APPSPEC)
    assert spec.files == (("app", "/opt/app"),)
    assert spec.hooks["ValidateService"] == (Script("scripts/check.sh", 60),)
    assert (spec.permissions[0].pattern, spec.permissions[0].mode) == ("*.sh", "755")


def test_all_mistakes_of_an_appspec_file_are_told() -> None:
    text = """\
version: 1
os: windows
files:
  - source: app
    destination: app
hooks:
  AfterInstal:
    - location: a.sh
  ApplicationStart:
    - timeout: 9999
"""
    assert mistakes(text) == [
        "1: version must be 0.0",
        "2: os windows does not run on this machine: write os: linux",
        "5: a destination is an absolute path",
        "7: hooks has no 'AfterInstal'; did you mean AfterInstall?",
        "10: a script has no location",
        "10: a timeout is from 1 to 3600 s",
    ]


def test_scripts_of_an_event_have_an_hour_together() -> None:
    scripts = "".join(f"    - {{location: {name}, timeout: 1900}}\n" for name in "ab")
    found = mistakes(f"version: 0.0\nos: linux\nhooks:\n  AfterInstall:\n{scripts}")
    assert found == ["5: the scripts of AfterInstall may take 3600 s together"]


def test_appspec_file_of_a_service_is_read() -> None:
    spec = appspec.of_service(SERVICE_SPEC)
    assert (spec.container, spec.port) == ("web", 8080)
    assert spec.hooks == {"AfterInstall": "CodeDeployHook_check"}


def test_appspec_file_of_a_service_names_its_task_definition() -> None:
    with pytest.raises(AppSpecError) as caught:
        appspec.of_service(SERVICE_SPEC.replace("TaskDefinition:", "TaskDefinitions:"))
    assert [each.message for each in caught.value.mistakes] == [
        "Properties has no 'TaskDefinitions'; did you mean TaskDefinition?",
        "Properties has no TaskDefinition",
    ]


@pytest.mark.parametrize(
    ("name", "kind", "value", "count", "needed"),
    [
        ("CodeDeployDefault.OneAtATime", "FLEET_PERCENT", 99, 3, 2),
        ("CodeDeployDefault.HalfAtATime", "FLEET_PERCENT", 50, 9, 5),
        ("CodeDeployDefault.AllAtOnce", "HOST_COUNT", 0, 9, 0),
        ("own", "FLEET_PERCENT", 85, 10, 9),
    ],
)
def test_minimum_of_healthy_instances_is_rounded_up(
    name: str, kind: str, value: int, count: int, needed: int
) -> None:
    configuration = {
        "deploymentConfigName": name,
        "minimumHealthyHosts": {"type": kind, "value": value},
    }
    assert servers.needed(configuration, count) == needed


def test_linear_routing_ends_with_all_traffic() -> None:
    linear = {"linearPercentage": 40, "linearInterval": 3}
    assert traffic.routed({"timeBasedLinear": linear}) == [(40, 3), (80, 3), (100, 0)]


def installed(tmp_path: Path, exists: str = "DISALLOW") -> Path:
    archive, root = tmp_path / "archive", tmp_path / "root"
    (archive / "app").mkdir(parents=True, exist_ok=True)
    root.mkdir(exist_ok=True)
    (archive / "app" / "run.sh").write_text("new\n")
    cleanup = tmp_path / "cleanup"
    installing.install(appspec.of_server(APPSPEC), archive, root, cleanup, exists)
    return root / "opt/app"


def test_files_of_an_earlier_deployment_are_replaced(tmp_path: Path) -> None:
    app = installed(tmp_path)
    assert (app / "run.sh").stat().st_mode & 0o777 == 0o755
    (tmp_path / "archive/app/run.sh").unlink()
    (tmp_path / "archive/app/other").write_text("other\n")
    installed(tmp_path)
    assert sorted(each.name for each in app.iterdir()) == ["other", "run.sh"]


def test_file_of_nobody_fails_the_install(tmp_path: Path) -> None:
    app = tmp_path / "root/opt/app"
    app.mkdir(parents=True)
    (app / "run.sh").write_text("by hand\n")
    with pytest.raises(installing.InstallError, match="already exists at this location: /opt/app"):
        installed(tmp_path)
    installed(tmp_path, "RETAIN")
    assert (app / "run.sh").read_text() == "by hand\n"
    installed(tmp_path, "OVERWRITE")
    assert (app / "run.sh").read_text() == "new\n"


def test_destination_outside_of_the_instance_is_refused(tmp_path: Path) -> None:
    with pytest.raises(installing.InstallError, match="outside of the instance"):
        installing.below(tmp_path, "/../../etc/passwd")
