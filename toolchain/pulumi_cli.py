"""Finds a Pulumi CLI of the right version, or gets one.

In this order: `pulumi` on PATH; the one cached by an earlier run; the official installer, if its
site is reachable; a build of the Go module in `toolchain/cli`. Each slow step announces itself
through `report`.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from landfall import checkout as places
from landfall import versions
from landfall.problems import refuse
from toolchain import durations, go_build, locking

VERSION = versions.PULUMI
INSTALLER = "https://get.pulumi.com/install.sh"
_PROBE_SECONDS = 4.0

Report = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Cli:
    """A usable CLI: its absolute `path`, its `version`, and its source, as text."""

    path: Path
    version: str
    source: str

    @property
    def has_language_host(self) -> bool:
        """Return whether the official Python language host is in the CLI's folder."""
        host = self.path.resolve().parent / "pulumi-language-python"
        return host.is_file() and not is_ours(host)


def is_ours(program: Path) -> bool:
    """Return whether `program` is a script that this toolchain wrote."""
    with program.open("rb") as file:
        head = file.read(256)
    return head.startswith(b"#!") and b"# landfall:" in head


def parse_version(text: str) -> tuple[int, int, int] | None:
    """Return the numbers of `v3.1.0` or `3.1.0-alpha.1`; None for other texts."""
    match = re.search(r"\bv?(\d+)\.(\d+)\.(\d+)", text)
    return (int(match[1]), int(match[2]), int(match[3])) if match else None


def version_of(program: Path, timeout: float = 20) -> str | None:
    """Return what `program version` prints; None if it does not run."""
    try:
        answer = subprocess.run(
            [str(program), "version"],
            capture_output=True,
            text=True,
            timeout=timeout,
            check=True,
            env={**os.environ, "PULUMI_SKIP_UPDATE_CHECK": "true"},
        )
    except (OSError, subprocess.SubprocessError):
        return None
    return answer.stdout.strip().removeprefix("v")


def is_sufficient(version: str | None) -> bool:
    """Return whether `version` is at least the pinned one, within the same major version."""
    found, wanted = parse_version(version or ""), parse_version(VERSION)
    return found is not None and wanted is not None and found[0] == wanted[0] and found >= wanted


def on_path(environment: Mapping[str, str], report: Report) -> Cli | None:
    """Return the first `pulumi` of PATH that is not our wrapper, if it is new enough."""
    for folder in environment.get("PATH", "").split(os.pathsep):
        program = Path(folder or ".").absolute() / "pulumi"
        if not os.access(program, os.X_OK) or not program.is_file() or is_ours(program):
            continue
        version = version_of(program)
        if version is not None and is_sufficient(version):
            return Cli(program, version, "on PATH")
        report(f"{program} is {version or 'unusable'}; {VERSION} or newer is needed")
        return None
    return None


def in_cache() -> Cli | None:
    """Return the CLI that an earlier run installed or built."""
    folder = places.cache() / f"pulumi-{VERSION}"
    for program, source in (
        (folder / "bin" / "pulumi", "installed earlier"),
        (folder / "pulumi", "built earlier"),
    ):
        if os.access(program, os.X_OK):
            version = version_of(program)
            if version is not None and is_sufficient(version):
                return Cli(program, version, source)
    return None


def install(report: Report, probe: Callable[[], str | None] | None = None) -> Cli | None:
    """Run Pulumi's own installer if its site answers at once; None if it cannot be used."""
    obstacle = (probe or installer_obstacle)()
    if obstacle:
        report(f"The official installer cannot be reached ({obstacle})")
        return None
    from pulumi.automation import PulumiCommand
    from semver import VersionInfo

    root = places.cache() / f"pulumi-{VERSION}"
    with locking.alone(root / "installer.lock", locking.Waiting(report, "installing Pulumi")):
        if in_cache() is None:
            expected = durations.about(durations.CLI_DOWNLOADED)
            report(f"Installing Pulumi {VERSION} with the official installer ({expected})")
            with tempfile.TemporaryDirectory(dir=root, prefix=".installing-") as folder:
                try:
                    PulumiCommand.install(root=folder, version=VersionInfo.parse(VERSION))
                    shutil.rmtree(root / "bin", ignore_errors=True)
                    (Path(folder) / "bin").rename(root / "bin")
                except (OSError, subprocess.SubprocessError, ValueError) as error:
                    report(f"The official installer failed ({_short(error)})")
                    return None
    found = in_cache()
    return Cli(found.path, found.version, "official installer") if found else None


def installer_obstacle() -> str | None:
    """Return why the installer's site does not answer within a few seconds; None if it does."""
    request = urllib.request.Request(INSTALLER, method="HEAD")
    try:
        with urllib.request.urlopen(request, timeout=_PROBE_SECONDS):  # noqa: S310
            return None
    except (OSError, ValueError) as error:
        return _short(error)


def _short(error: Exception) -> str:
    reason = error.reason if isinstance(error, urllib.error.URLError) else error
    text = str(reason) or type(reason).__name__
    return text.splitlines()[0][:120]


def obtain(report: Report, environment: Mapping[str, str] | None = None) -> Cli:
    """Return a usable CLI; install or build one if it is missing.

    Raises:
        ProblemsError: the CLI is missing, and can be neither installed nor built.

    """
    environment = os.environ if environment is None else environment
    found = on_path(environment, report) or in_cache() or install(report)
    if found:
        return found
    target = places.cache() / f"pulumi-{VERSION}" / "pulumi"
    go = shutil.which("go", path=environment.get("PATH", ""))
    obstacle = go_build.obstacle(go)
    if go is None or obstacle:
        raise refuse(
            f"no Pulumi CLI {VERSION} or newer, and no way to get one: {obstacle}",
            "Do one of: install Pulumi (https://www.pulumi.com/docs/install/) and put it on PATH;"
            "\n    go online, and run this again: the official installer is tried first;"
            f"\n    install Go {go_build.PULUMI.oldest_go} or newer (https://go.dev/dl/), and run"
            " this again: the CLI is built.",
        )
    go_build.build(go, target, VERSION, report)
    version = version_of(target)
    if version is None or not is_sufficient(version):
        raise refuse(
            f"the Pulumi CLI was built, but says its version is {version}",
            f"Delete {target} and run this again.",
        )
    return Cli(target, version, "built from Go modules")
