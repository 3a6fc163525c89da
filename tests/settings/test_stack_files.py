"""Stack files and account files are found, read and distinguished."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall import stack_files
from landfall.problems import ProblemsError
from landfall.settings.source import read_yaml
from tests.settings.stacks import SMALL, changed, stack

PROJECT = Path(__file__).parents[2]
FOLDER = ("  landfall:accounts:", "  landfall:accountsFolder: accounts/test\n  landfall:accounts:")
INLINE = "    orders-dev: {email: aws+orders-dev@example.com, unit: Workloads/Dev}\n"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "Pulumi.test.yaml").write_text(changed(FOLDER, (INLINE, "")))
    folder = tmp_path / "accounts" / "test"
    folder.mkdir(parents=True)
    (folder / "orders-dev.yaml").write_text(
        "email: aws+orders-dev@example.com\nunit: Workloads/Dev\n"
    )
    return tmp_path


def problems(stack_name: str, directory: Path) -> list[str]:
    with pytest.raises(ProblemsError) as caught:
        stack_files.load(stack_name, directory)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stacks_are_valid(name: str) -> None:
    settings = stack_files.load(name, PROJECT)
    assert settings.name == name
    assert settings.delivery_account
    text = (PROJECT / f"Pulumi.{name}.yaml").read_text()
    assert text.startswith("# yaml-language-server: $schema=schema/stack.schema.json\n")
    assert "AdministratorAccess" not in text


def test_prod_stack_has_the_units_that_aws_recommends() -> None:
    settings = stack_files.load("prod", PROJECT)
    units = {path for path, _ in settings.organization.walk()}
    assert {"Security", "Infrastructure", "Sandbox", "Suspended"} <= units
    assert {"Workloads/Dev", "Workloads/Staging", "Workloads/Prod"} <= units
    assert len(settings.accounts) >= 12
    assert len(settings.delivery.applications) >= 2


def test_shipped_stacks_share_no_email_address() -> None:
    dev, prod = (stack_files.load(name, PROJECT) for name in ("dev", "prod"))
    assert not {a.email for a in dev.accounts.values()} & {a.email for a in prod.accounts.values()}


def test_account_in_its_own_file_is_read(project: Path) -> None:
    settings = stack_files.load("test", project)
    assert settings.accounts["orders-dev"] == stack().accounts["orders-dev"]
    assert set(settings.accounts) == set(stack().accounts)


def test_mistakes_in_account_files_are_reported_with_those_of_the_stack(project: Path) -> None:
    folder = project / "accounts" / "test"
    (folder / "orders-dev.yaml").write_text("email: a@example.com\nunit: Workloads/Deb\n")
    (folder / "broken.yaml").write_text("email: [\n")
    (folder / "empty.yaml").write_text("")
    (folder / "audit.yaml").write_text("email: audit@example.com\n")
    (project / "Pulumi.test.yaml").write_text(
        changed(FOLDER, (INLINE, ""), ("provider: GitHub", "provider: github"))
    )
    told = "\n".join(problems("test", project))
    assert "accounts/test/orders-dev.yaml:2: landfall:accounts.orders-dev.unit" in told
    assert "accounts/test/broken.yaml:1: invalid YAML" in told
    assert "landfall:accounts.empty: expected a mapping, got nothing" in told
    assert "accounts/test/audit.yaml:1: landfall:accounts.audit" in told
    assert "landfall:delivery.connections.github.provider" in told


def test_reference_to_an_account_with_a_broken_file_is_no_mistake(project: Path) -> None:
    (project / "accounts" / "test" / "orders-dev.yaml").write_text("email: [\n")
    (told,) = problems("test", project)
    assert told.startswith("accounts/test/orders-dev.yaml:1: invalid YAML")


def test_missing_settings_are_reported_beside_a_broken_account_file(project: Path) -> None:
    (project / "accounts" / "test" / "orders-dev.yaml").write_text("email: [\n")
    text = "config: {aws:region: eu-west-1, landfall:accountsFolder: accounts/test}\n"
    (project / "Pulumi.test.yaml").write_text(text)
    told = problems("test", project)
    assert len(told) == 2
    assert "landfall:organization: 'landfall:organization' is missing" in told[1]


@pytest.mark.parametrize("folder", ["nowhere", "../accounts", "/tmp"])  # noqa: S108
def test_folder_of_accounts_is_beside_the_stack_file(project: Path, folder: str) -> None:
    text = changed(FOLDER, (INLINE, "")).replace("accounts/test", folder)
    (project / "Pulumi.test.yaml").write_text(text)
    (told,) = problems("test", project)
    assert f"there is no folder '{folder}'" in told
    assert "landfall:accountsFolder" in told


def test_missing_stack_lists_the_existing_stacks(project: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        stack_files.load("prd", project)
    assert caught.value.exit_status == 2
    assert "stacks here: test" in str(caught.value)


@pytest.mark.parametrize("text", ["", "# nothing\n", "3", "[a]", "config:", "config: [a]", "x: y"])
def test_stack_file_without_config_is_refused(project: Path, text: str) -> None:
    (project / "Pulumi.test.yaml").write_text(text)
    (told,) = problems("test", project)
    assert "no config" in told
    assert "Pulumi.test.yaml" in told


def test_stack_file_with_binary_content_is_refused(project: Path) -> None:
    (project / "Pulumi.test.yaml").write_bytes(b"config: \xff\xfe")
    (told,) = problems("test", project)
    assert "not valid UTF-8 at byte 8" in told


def test_byte_order_mark_and_windows_line_ends_are_read(project: Path) -> None:
    text = "\ufeff" + SMALL.replace("\n", "\r\n")
    (project / "Pulumi.test.yaml").write_bytes(text.encode())
    assert stack_files.load("test", project) == stack()


def test_engine_config_is_used_with_the_lines_of_the_file(project: Path) -> None:
    (project / "Pulumi.test.yaml").write_text(SMALL)
    config = read_yaml(SMALL, "f")[0]["config"]
    assert stack_files.load_config("test", config, project) == stack()
    config["landfall:accounts"]["audit"]["unit"] = "Nowhere"
    with pytest.raises(ProblemsError) as caught:
        stack_files.load_config("test", config, project)
    line = SMALL.splitlines().index(next(s for s in SMALL.splitlines() if "audit:" in s)) + 1
    assert str(caught.value).startswith(f"Pulumi.test.yaml:{line}: landfall:accounts.audit.unit")


def test_secret_in_the_file_is_refused_after_the_engine_decrypted_it(
    project: Path,
) -> None:
    text = changed(("email: aws+audit@example.com", "email: {secure: v1:abcdef}"))
    (project / "Pulumi.test.yaml").write_text(text)
    config = read_yaml(SMALL, "f")[0]["config"]
    with pytest.raises(ProblemsError) as caught:
        stack_files.load_config("test", config, project)
    (problem,) = caught.value.problems
    assert problem.path == "landfall:accounts.audit.email"
    assert "aws+audit" not in str(problem)


def test_mistake_in_config_without_a_file_has_a_path(tmp_path: Path) -> None:
    with pytest.raises(ProblemsError) as caught:
        stack_files.load_config("test", {"aws:region": "eu-west-1"}, tmp_path)
    (problem,) = caught.value.problems
    assert problem.path == "landfall:organization"


def test_account_file_with_another_extension_is_reported(project: Path) -> None:
    folder = project / "accounts" / "test"
    (folder / "orders-dev.yaml").rename(folder / "orders-dev.yml")
    (problem,) = problems("test", project)
    assert "accounts/test/orders-dev.yml" in problem
    assert "rename it to orders-dev.yaml" in problem


def test_program_in_another_stacks_sandbox_is_refused() -> None:
    sandbox = {"LANDFALL_STACK_FILE": str(PROJECT / "Pulumi.dev.yaml")}
    with pytest.raises(ProblemsError, match="read the settings of dev for stack live") as caught:
        stack_files.load_config("live", {}, PROJECT, sandbox)
    assert caught.value.exit_status == 2
    assert "landfall env -s live" in str(caught.value)
