"""A checkout with the real setup script, and stand-ins for venv, pip and the Pulumi CLI.

The stand-ins do as the real ones where it matters: pip takes a package for installed whose METADATA
is there, though it writes RECORD, when the package is whole, after it. At each of `MOMENTS` they
stop for as long as a test wants to.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

from landfall import versions

PROJECT = Path(__file__).parents[2]
MOMENTS = ("venv", "fetching", "installing", "itself", "cli")
PACKAGES = ("alpha", "beta", "gamma")
LOCK = "".join(f"{name}==1.0 \\\n    --hash=sha256:00\n" for name in PACKAGES)

_STOP = """
import os, pathlib, sys, time
control = pathlib.Path(os.environ["CONTROL"])

def moment(name):
    with (control / "moments").open("a") as file:
        file.write(name + "\\n")
    while (control / f"hold-{name}").exists():
        time.sleep(0.02)

def fail(name):
    if (control / f"{name}-fails").exists():
        print((control / f"{name}-fails").read_text())
        sys.exit(1)
"""
_VENV = """
fail("venv")
folder = pathlib.Path(sys.argv[-1])
(folder / "bin").mkdir(parents=True)
(folder / "lib/python3/site-packages").mkdir(parents=True)
(folder / "bin/python").symlink_to(sys.executable)
moment("venv")
"""
_PIP = """
if "--version" in sys.argv:
    sys.exit()
site = pathlib.Path(".venv/lib/python3/site-packages")
if "-e" in sys.argv:
    moment("itself")
    script = pathlib.Path(".venv/bin/landfall")
    script.write_text("#!/bin/sh\\nexec " + sys.executable + " -m standin_cli\\n")
    script.chmod(0o755)
    sys.exit()
lock = pathlib.Path(sys.argv[sys.argv.index("-r") + 1]).read_text()
names = [line.split("==")[0] for line in lock.splitlines() if "==" in line]
for name in names:
    print(f"Collecting {name}==1.0 (from -r requirements.lock)", flush=True)
    if name == names[1]:
        moment("fetching")
        fail("pip")
        if (control / "pip-is-killed").exists():
            os.kill(os.getpid(), 9)
print("Installing collected packages:", ", ".join(names), flush=True)
for name in names:
    folder = site / f"{name}-1.0.dist-info"
    if (folder / "METADATA").exists():
        continue
    folder.mkdir()
    (folder / "METADATA").touch()
    if name == names[1]:
        moment("installing")
    (site / f"{name}.py").write_text("whole = True")
    (folder / "RECORD").touch()
"""
_CLI = """
try:
    moment("cli")
except KeyboardInterrupt:
    sys.exit(130)
sys.path.insert(0, ".")
from toolchain.__main__ import main
sys.exit(main())
"""


class Checkout:
    """A folder in which `make setup` could be called."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "checkout"
        self._control = folder / "control"
        self._control.mkdir()
        self._started: list[subprocess.Popen[str]] = []
        shutil.copytree(
            PROJECT / "toolchain",
            self.folder / "toolchain",
            ignore=shutil.ignore_patterns("__pycache__", "cli"),
        )
        (self.folder / "landfall").mkdir()
        for name in ("__init__.py", "checkout.py", "problems.py", "versions.py"):
            shutil.copy(PROJECT / "landfall" / name, self.folder / "landfall")
        for name, text in (
            ("requirements.lock", LOCK),
            ("pyproject.toml", ""),
            ("Pulumi.yaml", ""),
        ):
            (self.folder / name).write_text(text)
        modules = folder / "modules"
        for module, text in (("venv", _VENV), ("pip", _PIP)):
            (modules / module).mkdir(parents=True)
            (modules / module / "__init__.py").touch()
            (modules / module / "__main__.py").write_text(_STOP + text)
        (modules / "standin_cli.py").write_text(_STOP + _CLI)
        pulumi = folder / "bin" / "pulumi"
        pulumi.parent.mkdir()
        pulumi.write_text(f'#!/bin/sh\n[ "$1" = version ] && echo {versions.PULUMI}\n')
        pulumi.chmod(0o755)
        self.environment = {
            "PATH": f"{pulumi.parent}:/usr/bin:/bin",
            "PYTHON": sys.executable,
            "PYTHONPATH": str(modules),
            "CONTROL": str(self._control),
            "XDG_CACHE_HOME": str(folder / "cache"),
            "HOME": str(folder),
        }

    def start(self) -> subprocess.Popen[str]:
        """Start a setup in a process group of its own."""
        setup = subprocess.Popen(
            ["/bin/sh", "toolchain/setup.sh"],
            cwd=self.folder,
            env=self.environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._started.append(setup)
        return setup

    def end(self) -> None:
        """Kill what still runs of the setups."""
        for setup in self._started:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(setup.pid, signal.SIGKILL)
            setup.wait()
            if setup.stdout is not None:
                setup.stdout.close()

    def run(self) -> tuple[int, str]:
        """Run a setup to its end; return its status and what it printed."""
        setup = self.start()
        said, _ = setup.communicate(timeout=120)
        return setup.returncode, said

    def hold(self, moment: str) -> None:
        """Let setups stop at a moment."""
        (self._control / f"hold-{moment}").touch()

    def release(self, moment: str) -> None:
        """Let them go on."""
        (self._control / f"hold-{moment}").unlink()

    def fail(self, module: str, text: str) -> None:
        """Let venv or pip fail with these words."""
        (self._control / f"{module}-fails").write_text(text)

    def kill_pip(self) -> None:
        """Let pip be killed."""
        (self._control / "pip-is-killed").touch()

    def succeed(self, module: str) -> None:
        """Let it succeed again."""
        (self._control / f"{module}-fails").unlink()

    def moments(self) -> list[str]:
        """Return the moments that setups have reached."""
        file = self._control / "moments"
        return file.read_text().split() if file.exists() else []

    def reach(self, moment: str, times: int = 1) -> None:
        """Wait until setups have reached a moment so many times."""
        end = time.monotonic() + 120
        while self.moments().count(moment) < times:
            assert time.monotonic() < end, f"no setup reached '{moment}'"
            time.sleep(0.02)

    def stop_at(self, moment: str, number: signal.Signals) -> str:
        """Start a setup, send its whole process group a signal at a moment; return what it said."""
        self.hold(moment)
        before = self.moments().count(moment)
        setup = self.start()
        self.reach(moment, before + 1)
        os.killpg(setup.pid, number)
        said, _ = setup.communicate(timeout=120)
        assert setup.returncode != 0
        self.release(moment)
        return said

    @property
    def stamps(self) -> list[str]:
        """The names of the marks in .venv."""
        return sorted(path.name for path in (self.folder / ".venv").glob(".landfall-*"))

    @property
    def is_whole(self) -> bool:
        """Whether every package is whole, and the toolchain's files are there."""
        site = self.folder / ".venv/lib/python3/site-packages"
        return all(
            (site / f"{name}.py").exists() and (site / f"{name}-1.0.dist-info/RECORD").exists()
            for name in PACKAGES
        ) and all(
            (self.folder / ".landfall" / name).exists()
            for name in ("bin/pulumi", "bin/pulumi-language-python", "toolchain.json")
        )
