"""Every path that docs/architecture.md names exists."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "architecture.md").read_text()
SERVICES = ROOT / "landfall" / "sandbox" / "services"
_PATH = re.compile(r"(?<![\w./-])(?:landfall|components|policies|tests|docs)(?:/[\w.-]+)*")
_KIND = re.compile(r"\b(limits|additions|repairs)\.py")


def named(page: str) -> set[str]:
    """Return the paths of the repository on a page, in prose, tables and the diagram."""
    return {found.rstrip(".") for found in _PATH.findall(page)}


@pytest.mark.parametrize("path", sorted(named(PAGE)))
def test_path_on_the_page_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_files_of_a_sandbox_service_exist() -> None:
    kinds = set(_KIND.findall(PAGE))
    assert kinds == {"limits", "additions", "repairs"}
    for kind in kinds:
        assert list(SERVICES.glob(f"*/{kind}.py"))


def test_every_room_of_the_library_that_data_flows_through_is_named() -> None:
    for room in ("settings", "validation", "blueprint", "guardrails", "engine", "sandbox"):
        assert any(path.startswith(f"landfall/{room}") for path in named(PAGE))


def test_named_paths_are_found_in_code_and_in_the_diagram() -> None:
    assert named('`landfall/iam/x.py`, docs/y.md. ["policies"] services/NAME/limits.py') == {
        "landfall/iam/x.py",
        "docs/y.md",
        "policies",
    }
