"""A provider that a user names is tried first; if it fails, the earlier choice is kept."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from landfall import versions
from landfall.problems import ProblemsError
from landfall.sandbox import plugins, provider_choice
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Kind
from tests.sandbox_lifecycle.conftest import Said
from toolchain import terraform_provider

Make = Callable[..., Directories]
MACHINES = {"amd64": 62, "arm64": 183}
HERE = terraform_provider.platform_name().removeprefix("linux_")


def answering(path: Path, protocol: int = 5) -> Path:
    """Write a program that answers as a provider of a plugin protocol does, and waits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/sh\necho '1|{protocol}|unix|{path}.socket|grpc|'\nexec sleep 60\n")
    path.chmod(0o755)
    return path


def installed(user: dict[str, str], version: str, protocol: int = 5) -> Path:
    base = Path(user["HOME"]) / ".terraform.d" / "plugins"
    return answering(terraform_provider.place_in(base, version), protocol)


def elf(path: Path, machine: int) -> Path:
    """Write the beginning of a program, as a download that was truncated leaves it."""
    path.write_bytes(
        b"\x7fELF\x02\x01\x01" + bytes(9) + b"\x02\x00" + machine.to_bytes(2, "little")
    )
    path.chmod(0o755)
    return path


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    return {"HOME": str(tmp_path / "user"), "PATH": "/usr/bin:/bin"}


@pytest.mark.parametrize(
    ("name", "version"),
    [
        ("6.47.1", "6.47.1"),
        ("v6.47.1", "6.47.1"),
        ("6.40", "6.40.2"),
        ("6", "6.47.1"),
        ("5", "5.9.0"),
    ],
)
def test_a_version_is_the_newest_that_begins_with_it(
    user: dict[str, str], tmp_path: Path, name: str, version: str
) -> None:
    programs = {each: installed(user, each) for each in ("5.9.0", "6.40.2", "6.40.1", "6.47.1")}
    found = provider_choice.program_of(name, user, tmp_path / "root")
    assert found == programs[version]


def test_provider_path_is_accepted_in_any_folder(user: dict[str, str], tmp_path: Path) -> None:
    program = answering(tmp_path / "terraform-provider-aws_v6.47.1_x5")
    assert provider_choice.program_of(str(program), user) == program


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("6.48", "there is no Terraform AWS provider 6.48 on this machine\n    found: 5.9.0."),
        ("7.0.0", "does not support the Terraform AWS provider 7.0.0"),
        ("/no/such/terraform-provider-aws_v6.1.0", "is not a file"),
    ],
)
def test_missing_provider_is_refused_with_the_available_ones(
    user: dict[str, str], tmp_path: Path, name: str, said: str
) -> None:
    installed(user, "5.9.0")
    with pytest.raises(ProblemsError, match=said):
        provider_choice.program_of(name, user, tmp_path / "root")


def program(tmp_path: Path, kind: str) -> Path:
    path = tmp_path / "terraform-provider-aws_v6.1.0_x5"
    other = next(name for name in MACHINES if name != HERE)
    if kind == "another architecture":
        return elf(path, MACHINES[other])
    if kind == "an unknown architecture":
        return elf(path, 243)
    if kind == "truncated":
        return elf(path, MACHINES[HERE])
    if kind == "protocol 6":
        return answering(path, 6)
    if kind == "no version":
        return answering(tmp_path / "provider")
    if kind == "version 7":
        return answering(tmp_path / "terraform-provider-aws_v7.1.0_x5")
    answering(path).chmod(0o644)
    return path


@pytest.mark.parametrize(
    ("kind", "reason"),
    [
        ("another architecture", "is built for linux_"),
        ("an unknown architecture", "is built for linux_another architecture"),
        ("truncated", "ended at once"),
        ("protocol 6", "does not speak Terraform's plugin protocol 5"),
        ("no version", "has no version"),
        ("version 7", "does not support the Terraform AWS provider 7.1.0"),
        ("not executable", "chmod"),
    ],
)
def test_program_that_cannot_serve_is_refused_and_the_choice_is_kept(
    make: Make, said: Said, user: dict[str, str], tmp_path: Path, kind: str, reason: str
) -> None:
    earlier = installed(user, "5.9.0")
    directories = make()
    assert ensure(directories, said, user, "5.9.0").program == str(earlier)
    script = plugin(directories).read_text()
    with pytest.raises(ProblemsError, match=reason):
        ensure(directories, said, user, str(program(tmp_path, kind)))
    assert plugin(directories).read_text() == script
    assert ensure(directories, said, user, None).program == str(earlier)


def plugin(directories: Directories) -> Path:
    return (
        directories.home
        / "plugins"
        / f"resource-aws-v{versions.PULUMI_AWS}"
        / "pulumi-resource-aws"
    )


def ensure(
    directories: Directories, said: Said, user: dict[str, str], named: str | None
) -> plugins.Provider:
    return plugins.ensure(
        directories, Path("/none"), said, named=named, environment=user, obstacle=lambda: "no route"
    )


def test_a_named_provider_stays_until_another_is_named(
    make: Make, said: Said, user: dict[str, str]
) -> None:
    older, newer = installed(user, "5.9.0"), installed(user, "6.99.1")
    directories = make()
    assert ensure(directories, said, user, None).program == str(newer)
    assert ensure(directories, said, user, "5.9").program == str(older)
    assert ensure(directories, said, user, None).program == str(older)
    assert str(older) in plugin(directories).read_text()
    chosen = ensure(directories, said, user, provider_choice.NEWEST)
    assert (chosen.program, chosen.named) == (str(newer), False)


def test_the_environment_names_a_provider_and_the_option_comes_first(
    make: Make, said: Said, user: dict[str, str]
) -> None:
    older, newer = installed(user, "5.9.0"), installed(user, "6.99.1")
    directories = make()
    naming = {**user, plugins.VARIABLE: "5.9"}
    assert ensure(directories, said, naming, None).program == str(older)
    assert ensure(directories, said, naming, "6").program == str(newer)
    assert ensure(directories, said, user, None).program == str(newer)


def test_missing_official_provider_is_refused(make: Make, said: Said, user: dict[str, str]) -> None:
    installed(user, "6.99.1")
    directories = make()
    ensure(directories, said, user, None)
    with pytest.raises(ProblemsError, match="pulumi plugin install resource aws"):
        ensure(directories, said, user, provider_choice.OFFICIAL)
    assert ensure(directories, said, user, None).kind is Kind.TERRAFORM
