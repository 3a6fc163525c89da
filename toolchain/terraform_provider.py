"""Finds a Terraform AWS provider on this machine, in the folders that Terraform searches.

See "Implied Local Mirror Directories" and `provider_installation` in Terraform's CLI configuration
documentation. Only the unpacked layout is read: `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/`.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from landfall import checkout

# The major versions whose plugin protocol and schema the sandbox's plugin drives.
SUPPORTED_MAJORS = (5, 6)
PROGRAM_VARIABLE = "LANDFALL_TERRAFORM_PROVIDER"
_SOURCE = Path("registry.terraform.io/hashicorp/aws")
_PATHS_IN_CONFIG = re.compile(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"\n]+)"', re.MULTILINE)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "amd64": "amd64"}


@dataclass(frozen=True, slots=True, order=True)
class Found:
    """A provider on this machine: its version (major, minor, patch) and its program."""

    version: tuple[int, ...]
    program: Path

    def __str__(self) -> str:
        """Render the version, as in `6.1.0`."""
        return ".".join(map(str, self.version))


def version_of(program: Path) -> tuple[int, ...] | None:
    """Return the version in a program's name (`terraform-provider-aws_v6.1.0_x5`), or None."""
    match = re.search(r"_v(\d+)\.(\d+)\.(\d+)", program.name)
    return tuple(map(int, match.groups())) if match else None


def all_found(environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> list[Found]:
    """Return the providers of supported versions on this machine, newest first.

    `root` replaces the root of the file system for the machine-wide places.
    """
    environment = os.environ if environment is None else environment
    found = set()
    for base in _bases(environment, root):
        for folder in (base / _SOURCE).glob(f"*/{platform_name()}"):
            version = tuple(int(part) for part in re.findall(r"\d+", folder.parent.name)[:3])
            if version[:1] and version[0] in SUPPORTED_MAJORS:
                programs = folder.glob("terraform-provider-aws*")
                found |= {Found(version, p) for p in programs if _is_program(p)}
    return sorted(found, reverse=True)


def find(environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> Path | None:
    """Return the newest provider's program; None if no provider is found."""
    found = all_found(environment, root)
    return found[0].program if found else None


def place_in(base: Path, version: str) -> Path:
    """Return the path of a provider's program in a mirror folder of Terraform's layout."""
    return base / _SOURCE / version / platform_name() / f"terraform-provider-aws_v{version}_x5"


def built(environment: Mapping[str, str] | None = None) -> Path:
    """Return the mirror folder of the providers that this project built."""
    return checkout.cache(environment) / "terraform-plugins"


def _is_program(path: Path) -> bool:
    return path.is_file() and os.access(path, os.X_OK)


def _bases(environment: Mapping[str, str], root: Path) -> Iterator[Path]:
    home = Path(environment["HOME"]) if environment.get("HOME") else Path.home()
    named = environment.get("TF_CLI_CONFIG_FILE")
    config = Path(named).expanduser() if named else home / ".terraformrc"
    if config.is_file():
        text = config.read_text(encoding="utf-8", errors="replace")
        for path in _PATHS_IN_CONFIG.findall(text):
            yield Path(os.path.expandvars(path)).expanduser()
    if environment.get("TF_PLUGIN_CACHE_DIR"):
        yield Path(environment["TF_PLUGIN_CACHE_DIR"]).expanduser()
    yield home / ".terraform.d" / "plugins"
    data = environment.get("XDG_DATA_HOME")
    yield (Path(data) if data else home / ".local" / "share") / "terraform" / "plugins"
    yield built(environment)
    yield root / "usr" / "local" / "share" / "terraform" / "plugins"
    yield root / "usr" / "share" / "terraform" / "plugins"
    yield from sorted((root / "opt").glob("*"))


def platform_name() -> str:
    """Return Terraform's name for this platform, as in `linux_amd64`."""
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
