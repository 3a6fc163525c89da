"""Real git repositories, with a host that signs merges as GitHub does, and people who push."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from components.delivery.buildspecs import script


@dataclass
class Host:
    """A repository's host: a bare repository, a clone to work in, and a signing key."""

    folder: Path
    home: Path
    keys: str

    def git(self, *command: str, signed: bool = False) -> str:
        """Run git in the clone; a signed commit is made by the host."""
        key = ["-c", "user.signingkey=host@example.com"]
        options = ["-c", "commit.gpgsign=true", *key] if signed else []
        author = {
            key: value
            for role in ("AUTHOR", "COMMITTER")
            for key, value in (
                (f"GIT_{role}_NAME", "Host" if signed else "Ada"),
                (f"GIT_{role}_EMAIL", "host@example.com" if signed else "ada@example.com"),
            )
        }
        done = subprocess.run(
            ["git", *options, *command],
            cwd=self.folder,
            env=self._env() | author,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return done.stdout.strip()

    def _env(self) -> dict[str, str]:
        return {"PATH": os.environ["PATH"], "HOME": str(self.home), "GNUPGHOME": str(self.home)}

    def commit(self, name: str, *, signed: bool = False) -> str:
        """Commit a file of this name on the present branch."""
        (self.folder / name).write_text(name)
        self.git("add", "--all")
        self.git("commit", "-q", "-m", name, signed=signed)
        return self.git("rev-parse", "HEAD")

    def branch(self, name: str, start: str = "HEAD") -> None:
        """Start a branch and go to it."""
        self.git("checkout", "-q", "-b", name, start)

    def push(self) -> None:
        """Let the remote-tracking branches be as the branches are, as after a full clone."""
        self.git("push", "-q", "--force", "origin", "--all")

    def merge(self, branch: str, into: str = "main", *, squash: bool = False) -> str:
        """Merge a branch as the host does, with its signature."""
        self.git("checkout", "-q", into)
        if squash:
            self.git("merge", "-q", "--squash", branch)
            self.git("commit", "-q", "-m", f"Squash {branch}", signed=True)
        else:
            self.git("merge", "-q", "--no-ff", "-m", f"Merge {branch}", branch, signed=True)
        return self.git("rev-parse", "HEAD")

    def review(self, branch: str = "", **variables: str) -> subprocess.CompletedProcess[str]:
        """Run the review over what is checked out, detached as a build has it."""
        self.push()
        self.git("checkout", "-q", "--detach")
        given = {
            "BRANCH": branch,
            "NAMES": "",
            "PROTECTED": "main",
            "HOTFIXES": "",
            "TAGS": "",
            "KEYS": "",
            "SINCE": "",
            **variables,
        }
        return subprocess.run(
            ["bash", "-c", script("review")],
            cwd=self.folder,
            env={"PATH": os.environ["PATH"], "HOME": str(self.home), **given},
            capture_output=True,
            text=True,
            check=False,
        )


def _key(home: Path, name: str) -> str:
    """Make a key and return its public part."""
    gpg = ["gpg", "--homedir", str(home), "--batch", "--quiet"]
    subprocess.run(
        [*gpg, "--passphrase", "", "--quick-generate-key", name, "ed25519", "sign", "never"],
        check=True,
        capture_output=True,
    )
    shown = subprocess.run(
        [*gpg, "--armor", "--export", name], check=True, capture_output=True, text=True
    )
    return shown.stdout


@pytest.fixture
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    """A repository with a first commit on main that its host made, and its owners."""
    # The agent's socket has a path of 108 characters at most.
    home = tmp_path_factory.mktemp("h")
    home.chmod(0o700)
    keys = _key(home, "host@example.com")
    base = tmp_path_factory.mktemp("r")
    subprocess.run(["git", "init", "-q", "--bare", str(base / "bare")], check=True)
    subprocess.run(
        ["git", "clone", "-q", str(base / "bare"), str(base / "clone")],
        check=True,
        capture_output=True,
    )
    made = Host(base / "clone", home, keys)
    made.git("checkout", "-q", "-b", "main")
    (made.folder / "CODEOWNERS").write_text("* @example/owners\n")
    made.commit("first", signed=True)
    made.push()
    yield made
    subprocess.run(
        ["gpgconf", "--homedir", str(home), "--kill", "gpg-agent"], check=False, capture_output=True
    )
