"""`make test-providers` runs the end-to-end tests with each provider and says which fail."""

from __future__ import annotations

from pathlib import Path

from landfall.sandbox import plugins
from tests.suite import providers
from toolchain import terraform_provider


def _program(path: Path, content: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    path.chmod(0o755)


def test_names_are_the_official_plugin_and_every_terraform_provider(tmp_path: Path) -> None:
    environment = {"HOME": str(tmp_path), "PATH": ""}
    before = providers.names(environment)
    mirror = tmp_path / ".terraform.d" / "plugins"
    for version in ("5.99.9", "6.99.9"):
        _program(terraform_provider.place_in(mirror, version), b"")
    folder = tmp_path / ".pulumi" / "plugins" / f"resource-aws-v{plugins.VERSION}"
    _program(folder / plugins.PROGRAM, b"\x7fELF")
    found = providers.names(environment)
    assert found[0] == "official"
    assert set(found) - set(before) == {"official", "5.99.9", "6.99.9"}
    assert found.index("6.99.9") < found.index("5.99.9")


def test_each_provider_is_run_after_a_failure_too() -> None:
    asked = []

    def run(provider: str) -> int:
        asked.append(provider)
        return 1 if provider == "6.47.1" else 0

    status, lines = providers.run_each(["6.47.1", "5.100.0"], run, iter(range(0, 99, 7)).__next__)
    assert asked == ["6.47.1", "5.100.0"]
    assert status == 1
    assert lines == ["6.47.1  failed  7 s", "5.100.0  passed  7 s"]


def test_our_plugin_is_tested_only_where_it_runs() -> None:
    assert "tests/sandbox_provider" in providers.command("6.47.1")
    assert "tests/sandbox_provider" not in providers.command("official")
