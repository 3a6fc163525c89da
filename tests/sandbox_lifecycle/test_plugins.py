import json
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from landfall import versions
from landfall.sandbox import plugins
from landfall.sandbox.directories import Directories
from landfall.sandbox.plugins import Kind
from tests.sandbox_lifecycle.conftest import Said
from toolchain import terraform_provider

Make = Callable[..., Directories]
PLATFORM = terraform_provider.platform_name()
FOLDER = f"resource-aws-v{versions.PULUMI_AWS}"


def _program(path: Path, content: bytes = b"\x7fELF") -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return path


def _terraform(base: Path, version: str) -> Path:
    folder = base / "registry.terraform.io/hashicorp/aws" / version / PLATFORM
    return _program(folder / f"terraform-provider-aws_v{version}_x5")


@pytest.fixture
def user(tmp_path: Path) -> dict[str, str]:
    """A user's environment in which nothing is installed."""
    return {"HOME": str(tmp_path / "user"), "PATH": str(tmp_path / "path")}


class Site:
    """The download site: counts its requests."""

    def __init__(self, obstacle: str | None = "no route") -> None:
        self.obstacle = obstacle
        self.asked = 0

    def __call__(self) -> str | None:
        self.asked += 1
        return self.obstacle


def _ensure(
    directories: Directories, said: Said, user: dict[str, str], site: Site, pulumi: str = "/none"
) -> plugins.Provider:
    return plugins.ensure(directories, Path(pulumi), said, environment=user, obstacle=site)


def _plugin(directories: Directories) -> Path:
    return directories.pulumi_home / "plugins" / FOLDER / "pulumi-resource-aws"


def test_the_users_official_provider_comes_first(
    make: Make, said: Said, user: dict[str, str], tmp_path: Path
) -> None:
    official = _program(Path(user["HOME"]) / ".pulumi" / "plugins" / FOLDER / "pulumi-resource-aws")
    _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "6.0.0")
    directories, site = make(), Site()
    assert _ensure(directories, said, user, site).kind is Kind.OFFICIAL
    assert _plugin(directories).resolve() == official
    # The engine ignores plugin folders that are links.
    assert not _plugin(directories).parent.is_symlink()
    assert site.asked == 0


def test_an_official_provider_on_path_is_used(
    make: Make, said: Said, user: dict[str, str], tmp_path: Path
) -> None:
    official = _program(tmp_path / "path" / "pulumi-resource-aws")
    assert _ensure(make(), said, user, Site()).program == str(official)


def test_the_official_provider_is_fetched_where_it_can_be(
    make: Make, said: Said, user: dict[str, str], tmp_path: Path
) -> None:
    pulumi = _program(
        tmp_path / "pulumi",
        (
            f'#!/bin/sh\n[ "$*" = "plugin install resource aws {versions.PULUMI_AWS}" ] || exit 1\n'
            f'folder="$PULUMI_HOME/plugins/resource-aws-v{versions.PULUMI_AWS}"\n'
            'mkdir -p "$folder"\ncd "$folder" || exit 1\n'
            "printf ELF > pulumi-resource-aws\nchmod +x pulumi-resource-aws\n"
        ).encode(),
    )
    user["PATH"] = os.environ["PATH"]
    directories, site = make(), Site(None)
    found = _ensure(directories, said, user, site, str(pulumi))
    assert (found.kind, found.can_fetch) == (Kind.OFFICIAL, True)
    assert _plugin(directories).read_text() == "ELF"
    assert _ensure(directories, said, user, site, str(pulumi)) == found
    assert site.asked == 1


def test_a_fetch_that_fails_gives_its_reason_and_the_next_choice(
    make: Make, said: Said, user: dict[str, str], tmp_path: Path
) -> None:
    pulumi = _program(tmp_path / "pulumi", b"#!/bin/sh\necho 403 forbidden by the proxy\nexit 1\n")
    user["PATH"] = os.environ["PATH"]
    user["TF_PLUGIN_CACHE_DIR"] = str(tmp_path / "cache")
    _terraform(tmp_path / "cache", "6.1.0")
    assert _ensure(make(), said, user, Site(None), str(pulumi)).kind is Kind.TERRAFORM
    assert "download failed: 403 forbidden by the proxy" in said.text


def test_a_terraform_provider_is_driven_by_our_plugin(
    make: Make, said: Said, user: dict[str, str]
) -> None:
    program = _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "5.100.0")
    directories = make()
    found = _ensure(directories, said, user, Site("no route"))
    assert (found.kind, found.program) == (Kind.TERRAFORM, str(program))
    text = _plugin(directories).read_text()
    assert '-m landfall.sandbox.provider "$@"' in text
    assert f"chosen={program}" in text
    assert os.access(_plugin(directories), os.X_OK)
    assert "Cannot download the official aws provider" in said.text


def test_the_site_is_asked_once_and_all_stacks_share_the_answer(
    make: Make, said: Said, user: dict[str, str]
) -> None:
    _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "5.100.0")
    site = Site()
    first, second = make("dev"), make("prod")
    _ensure(first, said, user, site)
    said.clear()
    _ensure(second, said, user, site)
    _ensure(first, said, user, site)
    assert site.asked == 1
    assert said == []
    assert _plugin(second).samefile(_plugin(first))


def test_without_a_provider_it_only_plans_until_one_is_installed(
    make: Make, said: Said, user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    directories, site = make(), Site()
    monkeypatch.setattr(terraform_provider, "find", lambda environment: None)
    assert _ensure(directories, said, user, site).kind is Kind.PLAN_ONLY
    assert "--plan-only" in _plugin(directories).read_text()
    monkeypatch.undo()
    _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "6.2.0")
    assert _ensure(directories, said, user, site).kind is Kind.TERRAFORM
    assert "--plan-only" not in _plugin(directories).read_text()
    official = Path(user["HOME"]) / ".pulumi" / "plugins" / FOLDER / "pulumi-resource-aws"
    _program(official)
    assert _ensure(directories, said, user, site).kind is Kind.OFFICIAL
    assert site.asked == 1


def test_a_provider_that_was_removed_is_noticed(
    make: Make, said: Said, user: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    program = _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "6.99.0")
    directories = make()
    assert _ensure(directories, said, user, Site()).program == str(program)
    program.unlink()
    assert _ensure(directories, said, user, Site()).program != str(program)


@pytest.mark.parametrize("record", ["", "{}", '{"kind": "magic", "program": "", "can_fetch": 1}'])
def test_a_damaged_record_is_made_again(
    make: Make, said: Said, user: dict[str, str], record: str
) -> None:
    directories = make()
    directories.home.mkdir(parents=True)
    (directories.home / "provider.json").write_text(record)
    _ensure(directories, said, user, Site())
    assert json.loads((directories.home / "provider.json").read_text())["kind"]


def test_our_own_plugin_is_not_taken_for_the_official_one(
    make: Make, said: Said, user: dict[str, str]
) -> None:
    _terraform(Path(user["HOME"]) / ".terraform.d" / "plugins", "5.100.0")
    directories = make()
    _ensure(directories, said, user, Site())
    inside = {**user, "PULUMI_HOME": str(directories.pulumi_home)}  # a `landfall env` shell
    assert _ensure(directories, said, inside, Site()).kind is Kind.TERRAFORM


@pytest.mark.parametrize(
    "place", ["mirror", "terraformrc", "cache", "home", "data", "local", "share", "opt"]
)
def test_terraforms_own_places_are_searched(tmp_path: Path, place: str) -> None:
    home, root = tmp_path / "user", tmp_path / "root"
    home.mkdir()
    environment = {"HOME": str(home)}
    base = {
        "mirror": tmp_path / "mirror",
        "terraformrc": tmp_path / "mirror",
        "cache": tmp_path / "cache",
        "home": home / ".terraform.d" / "plugins",
        "data": home / ".local" / "share" / "terraform" / "plugins",
        "local": root / "usr/local/share/terraform/plugins",
        "share": root / "usr/share/terraform/plugins",
        "opt": root / "opt" / "anything",
    }[place]
    config = (
        f'provider_installation {{\n  filesystem_mirror {{\n    path    = "{base}"\n'
        '    include = ["hashicorp/*"]\n  }\n}\n'
    )
    if place == "mirror":
        (tmp_path / "my.tfrc").write_text(config)
        environment["TF_CLI_CONFIG_FILE"] = str(tmp_path / "my.tfrc")
    if place == "terraformrc":
        (home / ".terraformrc").write_text(config)
    if place == "cache":
        environment["TF_PLUGIN_CACHE_DIR"] = str(base)
    assert terraform_provider.find(environment, root) is None
    older, newer = _terraform(base, "5.9.0"), _terraform(base, "5.100.0")
    assert terraform_provider.find(environment, root) == newer
    newer.chmod(0o644)
    assert terraform_provider.find(environment, root) == older


def test_a_provider_for_another_platform_is_passed_over(tmp_path: Path) -> None:
    base = tmp_path / "user" / ".terraform.d" / "plugins"
    folder = base / "registry.terraform.io/hashicorp/aws/6.0.0/plan9_mips"
    _program(folder / "terraform-provider-aws_v6.0.0")
    assert terraform_provider.find({"HOME": str(tmp_path / "user")}, tmp_path / "root") is None
