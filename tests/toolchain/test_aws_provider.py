"""The AWS provider is built where the sandbox searches for it, and only on request."""

from __future__ import annotations

import re
import shutil
from pathlib import Path
from types import SimpleNamespace
from typing import NamedTuple

import pytest
from typer.testing import CliRunner

from landfall.cli.toolchain import app
from landfall.problems import ProblemsError
from landfall.sandbox import plugins
from tests.sandbox_lifecycle.conftest import Said
from toolchain import aws_provider, terraform_provider, wrappers

GO = """\
#!/bin/sh
if [ "$1" = env ]; then echo {version}; exit; fi
{build}
while [ "$1" != -o ]; do shift; done
echo 'program' > "$2"; /bin/chmod +x "$2"
"""


@pytest.fixture
def user(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """A machine with Go and nothing else."""
    environment = {"HOME": str(tmp_path / "user"), "PATH": str(tmp_path / "path")}
    (tmp_path / "path").mkdir()
    monkeypatch.setenv("HOME", environment["HOME"])
    monkeypatch.setenv("PATH", environment["PATH"])
    monkeypatch.delenv("XDG_CACHE_HOME", raising=False)
    go(environment)
    return environment


def go(user: dict[str, str], version: str = "go1.26.8", build: str = "") -> None:
    program = Path(user["PATH"]) / "go"
    program.write_text(GO.format(version=version, build=build))
    program.chmod(0o755)


@pytest.fixture
def said() -> Said:
    return Said()


class Disk(NamedTuple):
    total: int
    used: int
    free: int


def test_a_built_provider_is_found_by_the_sandbox(
    user: dict[str, str], tmp_path: Path, said: Said
) -> None:
    program = aws_provider.build(said, user)
    assert terraform_provider.find(user, tmp_path / "root") == program
    assert aws_provider.COST in said.text
    go(user, build="exit 1")
    assert aws_provider.build(said, user) == program  # nothing is built twice


def test_a_failed_build_leaves_nothing_and_says_what_else_to_do(
    user: dict[str, str], tmp_path: Path, said: Said
) -> None:
    go(user, build="echo module lookup disabled >&2; exit 1")
    with pytest.raises(ProblemsError, match="module lookup disabled") as caught:
        aws_provider.build(said, user)
    assert "pulumi plugin install resource aws" in str(caught.value)
    go(user, build="echo no space left on device >&2; exit 1")
    with pytest.raises(ProblemsError, match="the AWS provider could not be built") as caught:
        aws_provider.build(said, user)
    assert f"{aws_provider.DISK_GIB} GB of disk" in str(caught.value)
    assert terraform_provider.find(user, tmp_path / "root") is None


@pytest.mark.parametrize(
    ("version", "reason"), [("go1.25.4", "Go is go1.25.4, 1.26 or newer"), ("", "")]
)
def test_an_older_go_or_none_is_refused_before_anything_is_built(
    user: dict[str, str], said: Said, version: str, reason: str
) -> None:
    if version:
        go(user, version)
    else:
        (Path(user["PATH"]) / "go").unlink()
    with pytest.raises(ProblemsError, match=reason or "Go is not installed"):
        aws_provider.build(said, user)


def test_a_full_disk_is_seen_before_the_build(
    user: dict[str, str], said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(shutil, "disk_usage", lambda path: Disk(2**40, 2**40, 3 * 2**30))
    with pytest.raises(ProblemsError, match=r"3 GB of disk are free at .*, 11 GB are needed"):
        aws_provider.build(said, user)
    assert said == []


def test_the_command_lists_what_is_here_and_builds_only_when_asked(
    user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(terraform_provider, "_bases", lambda e, r: [terraform_provider.built(user)])
    shown = CliRunner().invoke(app, ["provider"])
    assert "No Terraform AWS provider found on this machine." in shown.output
    assert "landfall toolchain provider --build" in shown.output
    assert not aws_provider.target().exists()
    shown = CliRunner().invoke(app, ["provider", "--build"])
    assert shown.exit_code == 0, shown.output
    assert f"Built: {aws_provider.target()}" in shown.output
    shown = CliRunner().invoke(app, ["provider"])
    assert shown.output.startswith(f"{aws_provider.VERSION}  {aws_provider.target()}")
    assert "--provider official|VERSION" in shown.output


def test_the_official_plugin_is_shown_first(user: dict[str, str]) -> None:
    folder = Path(user["HOME"]) / ".pulumi" / "plugins" / f"resource-aws-v{plugins.VERSION}"
    folder.mkdir(parents=True)
    program = folder / plugins.PROGRAM
    program.write_bytes(b"\x7fELF")
    program.chmod(0o755)
    shown = CliRunner().invoke(app, ["provider"])
    assert shown.output.startswith(f"official {plugins.VERSION}  {program}\n")
    assert "--provider official|VERSION" in shown.output


def test_the_official_plugin_is_fetched_on_request(
    user: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked = tmp_path / "asked"
    pulumi = tmp_path / "pulumi"
    pulumi.write_text(f'#!/bin/sh\necho "$@" >> {asked}\n')
    pulumi.chmod(0o755)
    found = SimpleNamespace(pulumi=pulumi)
    monkeypatch.setattr(wrappers, "ensure", lambda checkout, report: found)
    CliRunner().invoke(app, ["provider"])
    assert not asked.exists()
    shown = CliRunner().invoke(app, ["provider", "--install"])
    assert shown.exit_code == 0, shown.output
    assert asked.read_text() == f"plugin install resource aws {plugins.VERSION}\n"


def test_official_plugin_that_cannot_be_fetched_is_reported_with_the_reason(
    user: dict[str, str], tmp_path: Path
) -> None:
    pulumi = tmp_path / "pulumi"
    pulumi.write_text("#!/bin/sh\necho downloading\necho 'error: 403 forbidden'\nexit 1\n")
    pulumi.chmod(0o755)
    assert plugins.install(pulumi, user) == "error: 403 forbidden"
    pulumi.write_text("#!/bin/sh\nexit 0\n")
    assert plugins.install(pulumi, user) is None


def test_the_module_pins_the_commit_of_its_version() -> None:
    module = (aws_provider.PROVIDER.module / "go.mod").read_text()
    assert re.search(
        r"terraform-provider-aws v1\.60\.1-0\.20260602190131-5f2286d6d836$", module, re.M
    )
