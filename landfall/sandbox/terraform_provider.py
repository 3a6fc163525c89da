"""Finds a Terraform AWS provider on this machine, in the places where Terraform looks.

See "Implied Local Mirror Directories" and `provider_installation` in Terraform's CLI configuration
documentation. Only the unpacked layout is read: `HOST/NAMESPACE/TYPE/VERSION/OS_ARCH/`.
"""

from __future__ import annotations

import os
import platform
import re
from collections.abc import Iterator, Mapping
from pathlib import Path

_SOURCE = Path("registry.terraform.io/hashicorp/aws")
_PATHS_IN_CONFIG = re.compile(r'^\s*(?:path|plugin_cache_dir)\s*=\s*"([^"\n]+)"', re.MULTILINE)
_ARCHITECTURES = {"x86_64": "amd64", "aarch64": "arm64", "arm64": "arm64", "amd64": "amd64"}


def find(environment: Mapping[str, str] | None = None, root: Path = Path("/")) -> Path | None:
    """Return the provider's program, of the newest version there is; None where there is none.

    `root` replaces the root of the file system for the machine-wide places.
    """
    environment = os.environ if environment is None else environment
    found: list[tuple[tuple[int, ...], Path]] = []
    for base in _bases(environment, root):
        for folder in (base / _SOURCE).glob(f"*/{_platform()}"):
            programs = sorted(folder.glob("terraform-provider-aws*"))
            version = tuple(int(part) for part in re.findall(r"\d+", folder.parent.name)[:3])
            found += [(version, p) for p in programs if p.is_file() and os.access(p, os.X_OK)]
    return max(found)[1] if found else None


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
    yield root / "usr" / "local" / "share" / "terraform" / "plugins"
    yield root / "usr" / "share" / "terraform" / "plugins"
    yield from sorted((root / "opt").glob("*"))


def _platform() -> str:
    machine = platform.machine().lower()
    return f"{platform.system().lower()}_{_ARCHITECTURES.get(machine, machine)}"
