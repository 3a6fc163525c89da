"""The Python interpreters and virtual environments of programs, packs and component packages."""

from __future__ import annotations

import json
import subprocess
import sys
import sysconfig
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

_LIST_PACKAGES = (
    "import importlib.metadata as m, json;"
    "print(json.dumps(sorted({(d.name, d.version) for d in m.distributions()})))"
)


def venv_of(options: Mapping[str, Any], root: Path) -> Path | None:
    """Return the folder of the runtime option `virtualenv`; it may not exist."""
    named = options.get("virtualenv")
    return root / str(named) if named else None


def of_program(options: Mapping[str, Any], root: Path) -> Path:
    """Return the interpreter for a program whose project file is in `root`.

    It is that of its `virtualenv` if that exists; otherwise the host's own.
    """
    venv = venv_of(options, root)
    if venv is not None:
        python = venv / "bin" / "python"
        # Same folder, same packages: keep this interpreter, even if the venv links to another.
        if python.exists() and venv.resolve() != Path(sys.prefix).resolve():
            return python
    return Path(sys.executable)


def _is_own(python: Path) -> bool:
    return python == Path(sys.executable)


def version(python: Path) -> str:
    """Return `major.minor.micro` of the interpreter."""
    if _is_own(python):
        return sys.version.split()[0]
    return _ask(python, "import sys; print(sys.version.split()[0])").strip()


def installed_packages(python: Path) -> list[tuple[str, str]]:
    """Return the name and version of every distribution that the interpreter finds."""
    return [(name, version) for name, version in json.loads(_ask(python, _LIST_PACKAGES))]


def required_plugins(python: Path) -> list[dict[str, Any]]:
    """Return the provider plugins that the interpreter's packages need.

    Each Pulumi SDK package carries a `pulumi-plugin.json`: `resource`, `name`, `version`, `server`
    and, for packages generated from another provider, `parameterization`.
    """
    if _is_own(python):
        folders = {Path(sysconfig.get_path("purelib")), Path(sysconfig.get_path("platlib"))}
    else:
        folders = set(python.parent.parent.glob("lib*/python*/site-packages"))
    plugins: list[dict[str, Any]] = []
    for folder in sorted(folders):
        for file in sorted(folder.glob("*/pulumi-plugin.json")):
            described = json.loads(file.read_text(encoding="utf-8"))
            if described.get("resource") and described.get("name"):
                plugins.append(described)
    return plugins


def install(options: Mapping[str, Any], directory: Path) -> Iterator[str]:
    """Create the virtual environment and install `requirements.txt`; yield lines of progress.

    Does nothing without a `requirements.txt`, as in this project, whose `make setup` installs from
    the lock.

    Raises:
        subprocess.CalledProcessError: pip or venv failed; its output has been yielded.

    """
    requirements = directory / "requirements.txt"
    if not requirements.exists():
        return
    venv = venv_of(options, directory)
    python = Path(sys.executable)
    if venv is not None:
        python = venv / "bin" / "python"
        if not python.exists():
            yield f"Creating the virtual environment {venv.name}\n"
            yield from _stream([sys.executable, "-m", "venv", str(venv)], directory)
    yield from _stream(
        [str(python), "-m", "pip", "install", "--quiet", "-r", str(requirements)], directory
    )


def _ask(python: Path, code: str) -> str:
    return subprocess.run(
        [str(python), "-c", code], check=True, capture_output=True, text=True
    ).stdout


def _stream(command: list[str], directory: Path) -> Iterator[str]:
    with subprocess.Popen(
        command, cwd=directory, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
    ) as process:
        yield from process.stdout or ()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
