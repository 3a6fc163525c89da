"""Every relative link in the project's Markdown leads to a file and a heading that exist."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
_LINK = re.compile(r"\]\((?![a-z]+:)([^)\s#]*)(?:#([^)\s]*))?\)")
_FENCE = re.compile(r"^```.*?^```", re.MULTILINE | re.DOTALL)
_HEADING = re.compile(r"^#+ (.+?)\s*$", re.MULTILINE)


def pages(root: Path = ROOT) -> list[str]:
    command = ["git", "ls-files", "--cached", "--others", "--exclude-standard", "*.md"]
    listed = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True).stdout
    return [name for name in listed.splitlines() if (root / name).is_file()]


def anchors(page: Path) -> set[str]:
    """Return the anchors of a page's headings, as the site's generator forms them."""
    text = _FENCE.sub("", page.read_text("utf-8"))
    plain = (re.sub(r"[^\w\s-]", "", heading).strip().lower() for heading in _HEADING.findall(text))
    return {re.sub(r"[-\s]+", "-", heading) for heading in plain}


def broken(page: Path) -> list[str]:
    """Return the broken links of a page."""
    found = []
    for target, anchor in _LINK.findall(_FENCE.sub("", page.read_text("utf-8"))):
        there = page.parent / target if target else page
        if not there.exists() or (anchor and anchor not in anchors(there)):
            found.append(f"{target}#{anchor}" if anchor else target)
    return found


@pytest.mark.parametrize("page", pages())
def test_links_of_a_page_lead_somewhere(page: str) -> None:
    assert broken(ROOT / page) == []


def test_links_to_a_missing_file_or_heading_are_found(tmp_path: Path) -> None:
    (tmp_path / "other.md").write_text("# A heading\n\n```sh\n# no heading\n```\n")
    page = tmp_path / "page.md"
    page.write_text(
        "# Here\n[a](other.md) [b](other.md#a-heading) [c](#here) [d](https://example.com/x)\n"
        "[e](gone.md) [f](other.md#no-heading) [g](#there)\n"
    )
    assert broken(page) == ["gone.md", "other.md#no-heading", "#there"]
