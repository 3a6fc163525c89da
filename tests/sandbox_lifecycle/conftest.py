import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from landfall.sandbox import lifecycle, server_process
from landfall.sandbox.directories import Directories

# `landfall up` without what it reads of this project's settings.
_UP = """
import sys
from pathlib import Path
from rich.console import Console
from landfall.problems import ProblemsError
from landfall.sandbox import directories, plugins, update
from landfall.sandbox.watching import View
plugins.pulumi_cli.installer_obstacle = lambda: "test"
places = directories.of_stack("dev", Path(sys.argv[1]))
preview, command = sys.argv[2] == "preview", sys.argv[3:] or update.SERVER_COMMAND
try:
    sys.exit(update.run(places, print, View(Console()), command=command, preview_first=preview))
except ProblemsError as error:
    print("error:", error)
    sys.exit(error.exit_status)
"""

STUB = Path(__file__).with_name("stub_server.py")


def stub(mode: str = "ok") -> tuple[str, ...]:
    return (sys.executable, str(STUB), "--mode", mode)


def up_process(
    directories: Directories,
    output: Path,
    command: Sequence[str] = (),
    *,
    preview_first: bool = True,
) -> subprocess.Popen[str]:
    """Start an update in a process of its own, for what signals do to it.

    It writes the state at each step: after a first run that does not, `landfall recover` looks for
    the resources of a stack file, which these small programs lack.
    """
    preview = "preview" if preview_first else ""
    with output.open("w") as file:
        return subprocess.Popen(
            [sys.executable, "-c", _UP, str(directories.checkout), preview, *command],
            cwd=directories.checkout,
            env={**os.environ, "PULUMI_SKIP_CHECKPOINTS": "false"},
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )


class Said(list[str]):
    """Collects what is reported."""

    def __call__(self, line: str) -> None:
        self.append(line)

    @property
    def text(self) -> str:
        return "\n".join(self)


@pytest.fixture
def said() -> Said:
    return Said()


@pytest.fixture(autouse=True)
def _no_port(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("LANDFALL_PORT", raising=False)


@pytest.fixture
def make(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Directories]]:
    """Makes a small project, with a sandbox folder of its own; its servers end with the test."""
    made: list[Directories] = []
    monkeypatch.setenv("LANDFALL_HOME", str(tmp_path / "home"))

    def make(stack: str = "dev", program: str = "") -> Directories:
        checkout = tmp_path / "checkout"
        checkout.mkdir(exist_ok=True)
        (checkout / "Pulumi.yaml").write_text("name: tiny\nruntime: python\n")
        (checkout / f"Pulumi.{stack}.yaml").write_text(
            "# A comment that stays.\nconfig:\n  aws:region: eu-west-1\n  tiny:greeting:   hello\n"
        )
        (checkout / "__main__.py").write_text(program)
        directories = Directories(checkout, tmp_path / "home", stack)
        made.append(directories)
        return directories

    yield make
    for directories in made:
        server = server_process.read(directories)
        if server:
            server_process.end(server)
    shutil.rmtree(tmp_path, ignore_errors=True)


@pytest.fixture
def running(make: Callable[..., Directories], said: Said) -> Directories:
    directories = make()
    lifecycle.start(directories, said, command=stub())
    return directories
