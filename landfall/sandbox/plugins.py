"""Choose the `aws` provider for the engine in the sandbox.

In this order: the user's choice, by `--provider` or LANDFALL_PROVIDER; the user's official
provider; the official one, downloaded; our plugin with the newest Terraform AWS provider on
this machine; our plan-only plugin. The choice is made once for each checkout and shared by its
sandboxes, whose `PULUMI_HOME/plugins` is a link to one folder.
"""

from __future__ import annotations

import json
import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path

from landfall import versions
from landfall.problems import refuse
from landfall.sandbox import provider_choice
from landfall.sandbox.directories import Directories
from landfall.sandbox.lifecycle import locked
from toolchain import pulumi_cli, terraform_provider

VERSION = versions.PULUMI_AWS
VARIABLE = "LANDFALL_PROVIDER"
PROGRAM = "pulumi-resource-aws"
_FOLDER = f"resource-aws-v{VERSION}"
INSTALL_SECONDS = 600.0

Report = Callable[[str], None]


class Kind(StrEnum):
    """The kinds of providers, best first."""

    OFFICIAL = "official"
    TERRAFORM = "terraform"
    PLAN_ONLY = "plan-only"


@dataclass(frozen=True, slots=True)
class Provider:
    """The chosen provider: `program` is its file; `can_fetch` means that plugins can be downloaded.

    `named` means that the user chose it; it stays until the user chooses another.
    """

    kind: Kind
    program: str
    can_fetch: bool = False
    named: bool = False

    def describe(self) -> str:
        """Return a short description."""
        return {
            Kind.OFFICIAL: f"official aws provider {VERSION}",
            Kind.TERRAFORM: f"Terraform's aws provider ({Path(self.program).name})",
            Kind.PLAN_ONLY: "plan-only aws provider",
        }[self.kind]


def ensure(
    directories: Directories,
    pulumi: Path,
    report: Report,
    *,
    named: str | None = None,
    environment: Mapping[str, str] | None = None,
    obstacle: Callable[[], str | None] | None = None,
) -> Provider:
    """Install a provider in the sandbox's plugin folder, and return it.

    `named` is a choice as in `provider_choice`; without it, LANDFALL_PROVIDER applies.
    `obstacle` returns why plugins cannot be downloaded, or None; called once for each checkout.

    Raises:
        ProblemsError: the chosen provider cannot be used; the earlier choice stays.

    """
    environment = os.environ if environment is None else environment
    obstacle = obstacle or pulumi_cli.installer_obstacle
    shared = directories.home / "plugins"
    shared.mkdir(parents=True, exist_ok=True)
    _link(directories.pulumi_home / "plugins", shared)
    record = directories.home / "provider.json"
    recorded = _recorded(record, shared)
    named = named or environment.get(VARIABLE)
    if named is None and recorded and (recorded.named or recorded.kind is Kind.OFFICIAL):
        return recorded
    # Search again, which is cheap: the user may have installed one since.
    with locked(directories.home / "provider.lock"):
        choice = _Choice(directories, pulumi, report, environment, obstacle, recorded)
        provider = choice.best() if named in (None, provider_choice.NEWEST) else choice.of(named)
        if provider != recorded:
            report(f"Provider: {provider.describe()}")
            record.write_text(json.dumps(asdict(provider)) + "\n", encoding="utf-8")
    return provider


@dataclass(frozen=True, slots=True)
class _Choice:
    """One choice of a provider; each method installs it in the shared plugin folder."""

    directories: Directories
    pulumi: Path
    report: Report
    environment: Mapping[str, str]
    obstacle: Callable[[], str | None]
    recorded: Provider | None

    @property
    def shared(self) -> Path:
        """The plugin folder of this checkout's sandboxes."""
        return self.directories.home / "plugins"

    def best(self) -> Provider:
        """Install the best available provider."""
        provider = self._official_of_user()
        if provider is None and self.recorded is None:
            provider = self._fetched()
        return provider or self._own(terraform_provider.find(self.environment))

    def of(self, named: str) -> Provider:
        """Install the user's choice; raises `ProblemsError` if it cannot be used."""
        if named == provider_choice.OFFICIAL:
            provider = self._official_of_user() or self._fetched()
            if provider is None:
                raise refuse(
                    f"the official aws provider {VERSION} is missing and cannot be downloaded",
                    f"install it: pulumi plugin install resource aws {VERSION}. The earlier choice"
                    " stays.",
                )
        else:
            provider = self._own(provider_choice.program_of(named, self.environment))
        return replace(provider, named=True)

    def _official_of_user(self) -> Provider | None:
        program = official_of_user(self.environment)
        if program is None or program.resolve().is_relative_to(self.shared.resolve()):
            return None
        # A real folder: the engine ignores links among its plugins.
        own = self.shared / _FOLDER
        _empty(own)
        (own / PROGRAM).symlink_to(program.absolute())
        can_fetch = bool(self.recorded and self.recorded.can_fetch)
        return Provider(Kind.OFFICIAL, str(program), can_fetch)

    def _fetched(self) -> Provider | None:
        reason = self.obstacle()
        if reason:
            self.report(f"Cannot download the official aws provider {VERSION} ({reason})")
            return None
        self.report(f"Downloading the official aws provider {VERSION} (about 200 MB, once)")
        pulumi_home = {"PULUMI_HOME": str(self.directories.pulumi_home)}
        reason = install(self.pulumi, {**self.environment, **pulumi_home})
        program = self.shared / _FOLDER / PROGRAM
        if reason is not None or not program.exists():
            self.report(f"  download failed: {reason or 'no reason given'}")
            return None
        return Provider(Kind.OFFICIAL, str(program), can_fetch=True)

    def _own(self, found: Path | None) -> Provider:
        """Write our plugin, which drives a Terraform provider, or only plans without one."""
        folder, script = self.shared / _FOLDER, _script(found)
        program = folder / PROGRAM
        if program.is_symlink() or not program.is_file() or program.read_text("utf-8") != script:
            _empty(folder)
            program.write_text(script, encoding="utf-8")
            program.chmod(0o755)
        return Provider(Kind.TERRAFORM, str(found)) if found else Provider(Kind.PLAN_ONLY, "")


def install(pulumi: Path, environment: Mapping[str, str]) -> str | None:
    """Install the official provider in a PULUMI_HOME; return the reason of a failure, or None."""
    try:
        done = subprocess.run(
            [str(pulumi), "plugin", "install", "resource", "aws", VERSION],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=INSTALL_SECONDS,
        )
    except subprocess.TimeoutExpired:
        return f"timed out after {INSTALL_SECONDS:.0f} s"
    if done.returncode:
        return (done.stdout.strip().splitlines() or ["no reason given"])[-1][:160]
    return None


def official_of_user(environment: Mapping[str, str]) -> Path | None:
    """Return the official provider on PATH or in the user's PULUMI_HOME, or None."""
    home = Path(environment.get("HOME") or Path.home())
    named = environment.get("PULUMI_HOME")
    folder = (Path(named) if named else home / ".pulumi") / "plugins" / _FOLDER
    on_path = shutil.which(PROGRAM, path=environment.get("PATH", ""))
    for program in [*([Path(on_path)] if on_path else []), folder / PROGRAM]:
        if os.access(program, os.X_OK) and not _is_script(program):
            return program
    return None


def _script(found: Path | None) -> str:
    run = f"exec {shlex.quote(sys.executable)} -P -m landfall.sandbox.provider"
    head = "#!/bin/sh\n# landfall: the aws provider of the sandbox.\n"
    if found is None:
        return f'{head}{run} --plan-only "$@"\n'
    variable = terraform_provider.PROGRAM_VARIABLE
    # The variable overrides the choice for one command.
    chosen = f'chosen={shlex.quote(str(found))}\nexport {variable}="${{{variable}:-$chosen}}"\n'
    return f'{head}{chosen}{run} "$@"\n'


def _recorded(record: Path, shared: Path) -> Provider | None:
    try:
        content = json.loads(record.read_text(encoding="utf-8"))
        provider = Provider(
            Kind(content["kind"]), content["program"], content["can_fetch"], content["named"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        return None
    lost = provider.kind is not Kind.PLAN_ONLY and not Path(provider.program).exists()
    if lost or not os.access(shared / _FOLDER / PROGRAM, os.X_OK):
        return None
    return provider


def _is_script(program: Path) -> bool:
    with program.open("rb") as file:
        return file.read(2) == b"#!"


def _link(link: Path, target: Path) -> None:
    link.parent.mkdir(parents=True, exist_ok=True)
    if link.is_symlink() and link.resolve() == target.resolve():
        return
    if link.is_symlink():
        link.unlink()
    elif link.exists():
        shutil.rmtree(link)
    link.symlink_to(target, target_is_directory=True)


def _empty(folder: Path) -> None:
    if folder.exists():
        shutil.rmtree(folder)
    folder.mkdir(parents=True)
