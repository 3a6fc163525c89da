"""Hooks of mkdocs: pages from outside `docs/` become pages of the site, and links follow them.

The Markdown stays as repository hosts show it: `README.md` links to `docs/how-to/...`, and pages in
`docs/` link to `../CHANGELOG.md`.
"""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
DOCS = "docs"
OUTSIDE = {
    "README.md": "index.md",
    "CONTRIBUTING.md": "CONTRIBUTING.md",
    "CHANGELOG.md": "CHANGELOG.md",
}
"""Pages outside `docs/`, by path in the repository: their path in the site's sources."""

_LINK = re.compile(r"(?<!!)\]\((?![a-z]+:)([^)\s#]+)(#[^)\s]*)?\)")
_INSIDE = {site: source for source, site in OUTSIDE.items()}


def on_files(files: Any, config: Any) -> Any:
    """Add the pages from outside `docs/`."""
    from mkdocs.structure.files import File

    for source, site in OUTSIDE.items():
        files.append(File.generated(config, site, content=(ROOT / source).read_text("utf-8")))
    return files


def on_page_markdown(markdown: str, page: Any, config: Any, files: Any) -> str:
    """Return the page's text with its links as the site needs them."""
    return relinked(markdown, page.file.src_uri)


def relinked(markdown: str, site: str) -> str:
    """Return Markdown whose relative links lead from `site`, a path in the site's sources.

    A link to a file that is no page of the site stays as it is, and fails a strict build.
    """
    source = _INSIDE.get(site) or posixpath.join(DOCS, site)

    def link(match: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join(posixpath.dirname(source), match[1]))
        page = OUTSIDE.get(target) or (
            posixpath.relpath(target, DOCS) if target.startswith(f"{DOCS}/") else None
        )
        if page is None:
            return match[0]
        relative = posixpath.relpath(page, posixpath.dirname(site) or ".")
        return f"]({relative}{match[2] or ''})"

    return _LINK.sub(link, markdown)
