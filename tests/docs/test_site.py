"""The docs site: every page is in its navigation, links are rewritten, the generator is pinned."""

from __future__ import annotations

import importlib.util
import re
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
import yaml

ROOT = Path(__file__).parents[2]


def load() -> ModuleType:
    spec = importlib.util.spec_from_file_location("hooks", ROOT / "docs" / "site" / "hooks.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


HOOKS = load()


class Loader(yaml.SafeLoader):
    """Reads mkdocs.yml, whose tags name Python functions of the generator."""


Loader.add_multi_constructor("tag:yaml.org,2002:python/name:", lambda loader, suffix, node: suffix)


def config() -> dict[str, Any]:
    text = (ROOT / "mkdocs.yml").read_text()
    content: dict[str, Any] = yaml.load(text, Loader=Loader)  # noqa: S506
    return content


def navigation(entries: list[Any]) -> Iterator[str]:
    for entry in entries:
        if isinstance(entry, str):
            yield entry
        else:
            for below in entry.values():
                yield from navigation(below)


def test_navigation_lists_every_page_once() -> None:
    pages = {path.relative_to(ROOT / "docs").as_posix() for path in ROOT.glob("docs/**/*.md")}
    listed = list(navigation(config()["nav"]))
    assert sorted(listed) == sorted(pages | set(HOOKS.OUTSIDE.values()))


def test_pages_from_outside_the_docs_folder_exist() -> None:
    for source in HOOKS.OUTSIDE:
        assert (ROOT / source).is_file()


@pytest.mark.parametrize(
    ("site", "written", "expected"),
    [
        ("index.md", "[a](docs/settings.md)", "[a](settings.md)"),
        ("index.md", "[a](docs/how-to/find-drift.md#b)", "[a](how-to/find-drift.md#b)"),
        ("index.md", "[a](CONTRIBUTING.md)", "[a](CONTRIBUTING.md)"),
        ("CONTRIBUTING.md", "[a](README.md)", "[a](index.md)"),
        ("public-names.md", "[a](../CHANGELOG.md)", "[a](CHANGELOG.md)"),
        ("how-to/find-drift.md", "[a](../../README.md)", "[a](../index.md)"),
        ("how-to/find-drift.md", "[a](../settings.md)", "[a](../settings.md)"),
        ("settings.md", "[a](#b) [c](https://example.com)", "[a](#b) [c](https://example.com)"),
        ("index.md", "[a](LICENSE)", "[a](LICENSE)"),
    ],
)
def test_link_of_a_page_leads_to_the_same_page_on_the_site(
    site: str, written: str, expected: str
) -> None:
    assert HOOKS.relinked(written, site) == expected


def test_build_is_strict_about_links_and_navigation() -> None:
    validation = config()["validation"]
    assert validation["nav"] == dict.fromkeys(
        ("omitted_files", "not_found", "absolute_links"), "warn"
    )
    assert validation["links"] == dict.fromkeys(
        ("not_found", "anchors", "absolute_links", "unrecognized_links"), "warn"
    )
    # With --quiet, mkdocs neither prints nor counts warnings, and a strict build passes.
    assert ".venv-docs/bin/mkdocs build --strict\n" in (ROOT / "Makefile").read_text()


def test_generator_is_pinned_with_hashes_and_without_an_index() -> None:
    lock = (ROOT / "docs" / "site" / "requirements.lock").read_text()
    for entry in re.split(r"\n(?=[a-z])", lock):
        if re.match(r"[a-z]", entry):
            assert re.match(r"[a-z0-9-]+==\S+ ", entry)
            assert "--hash=sha256:" in entry
    assert "://" not in lock


@pytest.mark.parametrize("file", [".github/workflows/test.yml", ".gitlab-ci.yml"])
def test_ci_builds_the_site(file: str) -> None:
    content = yaml.safe_load((ROOT / file).read_text())
    job = content.get("jobs", content)["docs"]
    commands = job.get("script") or [step["run"] for step in job["steps"] if "run" in step]
    assert commands == ["make docs"]
