"""`make release VERSION=1.2.3`: check, set the version, commit, tag. Pushes nothing.

`pyproject.toml` holds the version. Two files cannot read it and repeat it: the policy pack's
`PulumiPolicy.yaml`, and the component package's entry, which runs without being installed.
"""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from landfall.problems import Problem, ProblemsError

VERSIONED: Final = {
    "pyproject.toml": re.compile(r'^version = "([^"]+)"$', re.MULTILINE),
    "policies/PulumiPolicy.yaml": re.compile(r"^version: (\S+)$", re.MULTILINE),
    "components/__main__.py": re.compile(r'\bversion="([^"]+)"'),
}
"""The files that hold the version; the first one decides."""

CHANGELOG: Final = "CHANGELOG.md"
BRANCH: Final = "main"

_FORM: Final = re.compile(r"(0|[1-9]\d*)\.(0|[1-9]\d*)\.(0|[1-9]\d*)")
_HEADING: Final = re.compile(r"^## \[([^\]\n]+)\](?: - (\S+))?[ \t]*$", re.MULTILINE)
_DATE: Final = re.compile(r"\d{4}-\d{2}-\d{2}")


@dataclass(frozen=True)
class Section:
    """A section of the changelog: its version or `Unreleased`, its date or "", its entries."""

    version: str
    date: str
    entries: str


def sections(changelog: str) -> list[Section]:
    """Return the sections of a changelog in its order, the newest first."""
    found = list(_HEADING.finditer(changelog))
    ends = [match.start() for match in found[1:]] + [len(changelog)]
    return [
        Section(match[1], match[2] or "", changelog[match.end() : end].strip())
        for match, end in zip(found, ends, strict=True)
    ]


def versions(root: Path) -> dict[str, str]:
    """Return the version in each of the versioned files, "" if one has none."""
    found = {}
    for name, pattern in VERSIONED.items():
        match = pattern.search((root / name).read_text(encoding="utf-8"))
        found[name] = match[1] if match else ""
    return found


def release(root: Path, version: str) -> str:
    """Set the version, commit it if it changed, create the annotated tag and return it.

    Raises:
        ProblemsError: the checkout or the changelog is not ready, with all reasons; or git failed.

    """
    if problems := list(_problems(root, version)):
        raise ProblemsError(problems)
    changed = _set(root, version)
    if changed:
        try:
            _git(root, "commit", "--quiet", "--message", f"Release {version}", "--", *changed)
        except ProblemsError:
            _git(root, "checkout", "--quiet", "HEAD", "--", *changed)
            raise
    tag = f"v{version}"
    entries = next(each for each in sections(_changelog(root)) if each.version == version).entries
    message = f"Landfall {version}\n\n{entries}"
    # The default would drop the entries' headings as comments.
    _git(root, "tag", "--annotate", "--cleanup=whitespace", "--message", message, tag)
    return tag


def _problems(root: Path, version: str) -> Iterator[Problem]:
    if not _FORM.fullmatch(version):
        yield Problem(f"'{version}' is not a version", "write VERSION=1.2.3")
        return
    branch = _git(root, "rev-parse", "--abbrev-ref", "HEAD")
    if branch != BRANCH:
        yield Problem(f"the branch is {branch}", f"release from {BRANCH}: git switch {BRANCH}")
    if changes := _git(root, "status", "--porcelain"):
        count = len(changes.splitlines())
        yield Problem(f"{count} uncommitted changes", "commit them, or git stash --all")
    if _git(root, "tag", "--list", f"v{version}"):
        yield Problem(f"the tag v{version} exists", "choose a later version")
    current = versions(root)["pyproject.toml"]
    if _parts(version) < _parts(current):
        yield Problem(f"{version} is before {current}, the current version", "choose a later one")
    yield from _changelog_problems(_changelog(root), version)


def _changelog_problems(changelog: str, version: str) -> Iterator[Problem]:
    found = {section.version: section for section in sections(changelog)}
    heading = f"## [{version}] - YYYY-MM-DD"
    if version not in found:
        yield Problem(f"{CHANGELOG} has no section for {version}", f"write {heading}")
        return
    section = found[version]
    if not _DATE.fullmatch(section.date):
        yield Problem(f"the section for {version} has no date", f"write {heading}", CHANGELOG)
    if not section.entries:
        yield Problem(f"the section for {version} is empty", "list what changed", CHANGELOG)
    if (unreleased := found.get("Unreleased")) and unreleased.entries:
        fix = f"move them to the section for {version}"
        yield Problem("entries are left below Unreleased", fix, CHANGELOG)


def _parts(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split("."))


def _changelog(root: Path) -> str:
    file = root / CHANGELOG
    return file.read_text(encoding="utf-8") if file.is_file() else ""


def _set(root: Path, version: str) -> list[str]:
    """Write the version into each versioned file; return the files that changed."""
    changed = []
    for name, held in versions(root).items():
        if held != version:
            text = (root / name).read_text(encoding="utf-8")
            start, end = _span(name, text)
            (root / name).write_text(text[:start] + version + text[end:], encoding="utf-8")
            changed.append(name)
    return changed


def _span(name: str, text: str) -> tuple[int, int]:
    match = VERSIONED[name].search(text)
    if match is None:
        raise ProblemsError([Problem("the file holds no version", "restore it", name)])
    return match.span(1)


def _git(root: Path, *arguments: str) -> str:
    done = subprocess.run(
        ["git", *arguments], cwd=root, capture_output=True, text=True, check=False
    )
    if done.returncode:
        said = (done.stderr or done.stdout).strip()
        raise ProblemsError([Problem(f"git {arguments[0]} failed: {said}")], exit_status=2)
    return done.stdout.strip()


def main(arguments: Sequence[str]) -> int:
    """Release the given version from the current folder; return the exit status."""
    try:
        tag = release(Path.cwd(), arguments[0] if arguments else "")
    except ProblemsError as error:
        for problem in error.problems:
            print(f"error: {problem}", file=sys.stderr)
        return error.exit_status
    print(f"Made the tag {tag}. Nothing is pushed; to publish: git push origin {BRANCH} {tag}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
