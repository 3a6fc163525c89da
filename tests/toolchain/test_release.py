"""`make release` checks, sets the version and tags; the version is the same everywhere."""

from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest

from landfall.problems import ProblemsError
from toolchain import release

ROOT = Path(__file__).parents[2]
READY = "# Changelog\n\n## [Unreleased]\n\n## [0.2.0] - 2026-01-31\n\n### Added\n\n- A thing.\n"
KINDS = ("Added", "Changed", "Deprecated", "Removed", "Fixed", "Security")


class Checkout:
    """A small checkout of git with the versioned files at 0.1.0, and a remote."""

    def __init__(self, folder: Path) -> None:
        self.root, self.remote = folder / "checkout", folder / "remote.git"
        for name in release.VERSIONED:
            file = self.root / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text((ROOT / name).read_text())
        release._set(self.root, "0.1.0")
        self.git("init", "--quiet", "--initial-branch", "main", cwd=self.root)
        self.git("init", "--quiet", "--bare", str(self.remote))
        for key, value in (("user.name", "A"), ("user.email", "a@example.com")):
            self.git("config", key, value)
        # A machine's own hooks have no part in this.
        self.git("config", "core.hooksPath", str(folder / "none"))
        self.git("remote", "add", "origin", str(self.remote))
        self.changelog(READY)
        self.git("push", "--quiet", "origin", "main")

    def git(self, *arguments: str, cwd: Path | None = None) -> str:
        return subprocess.run(
            ["git", *arguments], cwd=cwd or self.root, capture_output=True, text=True, check=True
        ).stdout.strip()

    def changelog(self, text: str) -> None:
        (self.root / release.CHANGELOG).write_text(text)
        self.git("add", ".")
        self.git("commit", "--quiet", "--message", "Write the changelog")

    def refusals(self, version: str) -> list[str]:
        """Return what a release is refused for; whatever was refused changed nothing."""
        before = self.state()
        with pytest.raises(ProblemsError) as refused:
            release.release(self.root, version)
        assert self.state() == before
        return [problem.what for problem in refused.value.problems]

    def state(self) -> tuple[str, ...]:
        asked = (["rev-parse", "HEAD"], ["status", "--porcelain"], ["tag", "--list"])
        return tuple(self.git(*each) for each in asked)


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_release_sets_the_version_in_every_file_and_tags_the_commit(checkout: Checkout) -> None:
    assert release.release(checkout.root, "0.2.0") == "v0.2.0"
    assert set(release.versions(checkout.root).values()) == {"0.2.0"}
    assert checkout.git("status", "--porcelain") == ""
    assert checkout.git("log", "-1", "--format=%s") == "Release 0.2.0"
    changed = checkout.git("diff", "--name-only", "HEAD~1").splitlines()
    assert sorted(changed) == sorted(release.VERSIONED)
    assert checkout.git("cat-file", "-t", "v0.2.0") == "tag"
    assert checkout.git("rev-parse", "v0.2.0^{commit}") == checkout.git("rev-parse", "HEAD")
    assert checkout.git("tag", "--list", "--format=%(contents)", "v0.2.0") == (
        "Landfall 0.2.0\n\n### Added\n\n- A thing."
    )


def test_release_pushes_nothing(checkout: Checkout) -> None:
    before = checkout.git("for-each-ref", cwd=checkout.remote)
    release.release(checkout.root, "0.2.0")
    assert checkout.git("for-each-ref", cwd=checkout.remote) == before


def test_release_of_the_current_version_makes_the_tag_alone(checkout: Checkout) -> None:
    checkout.changelog(READY.replace("0.2.0", "0.1.0"))
    before = checkout.git("rev-parse", "HEAD")
    release.release(checkout.root, "0.1.0")
    assert checkout.git("rev-parse", "v0.1.0^{commit}") == before


def _other_branch(checkout: Checkout) -> None:
    checkout.git("switch", "--quiet", "--create", "topic")


def _untracked_file(checkout: Checkout) -> None:
    (checkout.root / "notes.txt").write_text("x")


def _changed_file(checkout: Checkout) -> None:
    (checkout.root / "pyproject.toml").open("a").write("\n")


def _tagged(checkout: Checkout) -> None:
    checkout.git("tag", "v0.2.0")


def _section(old: str, new: str) -> Callable[[Checkout], None]:
    assert old in READY
    return lambda checkout: checkout.changelog(READY.replace(old, new))


@pytest.mark.parametrize(
    ("break_", "what"),
    [
        (_other_branch, "the branch is topic"),
        (_untracked_file, "1 uncommitted changes"),
        (_changed_file, "1 uncommitted changes"),
        (_tagged, "the tag v0.2.0 exists"),
        (_section("[0.2.0]", "[0.3.0]"), "CHANGELOG.md has no section for 0.2.0"),
        (_section(" - 2026-01-31", ""), "the section for 0.2.0 has no date"),
        (_section(" - 2026-01-31", " - soon"), "the section for 0.2.0 has no date"),
        (_section("### Added\n\n- A thing.\n", ""), "the section for 0.2.0 is empty"),
        (_section("[Unreleased]\n", "[Unreleased]\n\n- More.\n"), "entries are left below Unrel"),
    ],
)
def test_release_from_a_checkout_that_is_not_ready_is_refused(
    checkout: Checkout, break_: Callable[[Checkout], None], what: str
) -> None:
    break_(checkout)
    (refused,) = checkout.refusals("0.2.0")
    assert refused.startswith(what)


@pytest.mark.parametrize("version", ["", "1", "1.2", "v0.2.0", "0.2.0-rc.1", "01.2.3", "0.2.0\n"])
def test_release_of_a_malformed_version_is_refused(checkout: Checkout, version: str) -> None:
    assert checkout.refusals(version) == [f"'{version}' is not a version"]


def test_release_of_an_earlier_version_is_refused(checkout: Checkout) -> None:
    checkout.changelog(READY.replace("0.2.0", "0.0.9"))
    (refused,) = checkout.refusals("0.0.9")
    assert refused == "0.0.9 is before 0.1.0, the current version"


def test_release_with_several_reasons_names_them_all(checkout: Checkout) -> None:
    _other_branch(checkout)
    _untracked_file(checkout)
    assert len(checkout.refusals("0.4.0")) == 3


def test_release_that_a_hook_refuses_changes_nothing(checkout: Checkout, tmp_path: Path) -> None:
    hook = tmp_path / "none" / "pre-commit"
    hook.parent.mkdir()
    hook.write_text("#!/bin/sh\necho no >&2\nexit 1\n")
    hook.chmod(0o755)
    assert checkout.refusals("0.2.0") == ["git commit failed: no"]
    assert set(release.versions(checkout.root).values()) == {"0.1.0"}


def test_release_target_calls_the_program_with_the_version() -> None:
    made = subprocess.run(
        ["make", "--no-print-directory", "-n", "release", "VERSION=1.2.3"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert made.splitlines()[-1] == ".venv/bin/python -m toolchain.release '1.2.3'"


def test_version_is_the_same_in_every_file_and_in_the_command() -> None:
    version = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
    assert release.versions(ROOT) == dict.fromkeys(release.VERSIONED, version)
    command = [str(Path(sys.executable).parent / "landfall"), "--version"]
    said = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    assert said == f"landfall {version}\n"


def test_changelog_has_the_form_of_keep_a_changelog() -> None:
    text = (ROOT / release.CHANGELOG).read_text()
    first, *released = release.sections(text)
    assert first.version == "Unreleased"
    for section in released:
        assert release._FORM.fullmatch(section.version)
        assert release._DATE.fullmatch(section.date)
    assert released == sorted(released, key=lambda s: release._parts(s.version), reverse=True)
    assert set(re.findall(r"^### (.*)$", text, re.MULTILINE)) <= set(KINDS)
