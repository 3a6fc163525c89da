"""The fork server's processes behave as programs that Python starts."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from landfall.forking import client, own_server
from landfall.forking.own_server import OwnServer

TEMPLATE = "toolchain.forked_pack"
SECONDS = 60.0


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """Return the socket of a server of this file's own."""
    server = OwnServer()
    yield server.address
    server.end()


@pytest.fixture(autouse=True)
def _known(address: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(client.VARIABLE, address)


def start(folder: Path, code: str, *arguments: str, **variables: str) -> client.Forked:
    """Start a file of code as a policy pack; its output goes to `output`, errors to `errors`."""
    file = folder / "main.py"
    file.write_text(code)
    (folder / "input").write_text("given")
    with (
        (folder / "input").open() as given,
        (folder / "output").open("w") as output,
        (folder / "errors").open("w") as errors,
    ):
        forked = client.start(
            TEMPLATE,
            [str(file), *arguments],
            variables,
            files=(given.fileno(), output.fileno(), errors.fileno()),
            cwd=folder,
            ignore_interrupts="deaf" in arguments,
        )
    assert forked is not None
    return forked


def test_process_has_its_own_arguments_variables_folder_and_files(tmp_path: Path) -> None:
    code = (
        "import os, sys\n"
        "print(sys.argv[1:], dict(os.environ), os.getcwd(), sys.stdin.read(), __name__)\n"
        "print('beside', file=sys.stderr)\n"
    )
    forked = start(tmp_path, code, "one", "two", NAME="value")
    assert forked.wait(SECONDS) == 0
    assert (tmp_path / "output").read_text() == (
        f"['one', 'two'] {{'NAME': 'value'}} {tmp_path} given __main__\n"
    )
    assert (tmp_path / "errors").read_text() == "beside\n"


def test_modules_of_its_kind_are_loaded(tmp_path: Path) -> None:
    code = "import sys\nprint('policies.pack' in sys.modules, 'moto' in sys.modules)"
    assert start(tmp_path, code).wait(SECONDS) == 0
    assert (tmp_path / "output").read_text() == "True False\n"


@pytest.mark.parametrize(
    ("code", "status", "said"),
    [
        ("import sys; sys.exit(7)", 7, ""),
        ("import sys; sys.exit('no such thing')", 1, "no such thing\n"),
        ("raise ValueError('wrong')", 1, "ValueError: wrong\n"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGKILL)", -signal.SIGKILL, ""),
        ("import atexit, sys; atexit.register(print, 'end', file=sys.stderr)", 0, "end\n"),
    ],
)
def test_status_and_end_are_those_of_a_program(
    tmp_path: Path, code: str, status: int, said: str
) -> None:
    assert start(tmp_path, code).wait(SECONDS) == status
    assert (tmp_path / "errors").read_text().endswith(said)


def test_threads_end_before_the_process(tmp_path: Path) -> None:
    code = (
        "import threading, time\n"
        "threading.Thread(target=lambda: (time.sleep(0.2), print('done'))).start()\n"
    )
    assert start(tmp_path, code).wait(SECONDS) == 0
    assert (tmp_path / "output").read_text() == "done\n"


_SLEEPS = "import time\nprint('ready', flush=True)\ntime.sleep(600)\n"


def _await_ready(folder: Path) -> None:
    while (folder / "output").read_text() != "ready\n":
        time.sleep(0.01)


def test_running_process_can_be_awaited_for_a_time_and_ended(tmp_path: Path) -> None:
    forked = start(tmp_path, _SLEEPS)
    _await_ready(tmp_path)
    assert forked.poll() is None
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.01)
    forked.terminate()
    assert forked.wait(SECONDS) == -signal.SIGTERM
    assert forked.poll() == -signal.SIGTERM
    forked.kill()  # of a process that has ended, does nothing


def test_interrupts_reach_a_process_unless_it_ignores_them(tmp_path: Path) -> None:
    forked = start(tmp_path, _SLEEPS)
    _await_ready(tmp_path)
    os.kill(forked.pid, signal.SIGINT)
    assert forked.wait(SECONDS) != 0
    deaf = start(tmp_path, _SLEEPS, "deaf")
    _await_ready(tmp_path)
    os.kill(deaf.pid, signal.SIGINT)
    with pytest.raises(subprocess.TimeoutExpired):
        deaf.wait(0.2)
    deaf.terminate()
    assert deaf.wait(SECONDS) == -signal.SIGTERM


def test_process_shares_no_state_with_the_next(tmp_path: Path) -> None:
    code = "import policies\nprint(hasattr(policies, 'mark'))\npolicies.mark = True\n"
    for _ in range(2):
        assert start(tmp_path, code).wait(SECONDS) == 0
        assert (tmp_path / "output").read_text() == "False\n"


def test_template_that_cannot_load_starts_nothing(
    capfd: pytest.CaptureFixture[str],
) -> None:
    assert client.start("policies.none", [], {}, files=(0, 1, 2)) is None


def test_without_a_server_there_is_no_process(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(client.VARIABLE)
    assert client.start(TEMPLATE, [], {}, files=(0, 1, 2)) is None
    monkeypatch.setenv(client.VARIABLE, str(tmp_path / "none"))
    assert client.start(TEMPLATE, [], {}, files=(0, 1, 2)) is None


def test_templates_end_with_a_killed_server_and_their_processes_go_on(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    server = OwnServer()
    monkeypatch.setenv(client.VARIABLE, server.address)
    forked = start(tmp_path, _SLEEPS)
    _await_ready(tmp_path)
    templates = psutil.Process(server.process.pid).children()
    server.process.kill()
    server.process.wait()
    assert psutil.wait_procs(templates, timeout=SECONDS)[1] == []
    running = psutil.Process(forked.pid)
    with pytest.raises(subprocess.TimeoutExpired):
        forked.wait(0.01)
    forked.terminate()
    # Nobody is left to say how it ended.
    assert forked.wait(SECONDS) == -signal.SIGKILL
    assert psutil.wait_procs([running], timeout=SECONDS)[1] == []
    server.end()


def test_server_of_a_command_is_there_at_once_and_ends_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(client.VARIABLE)
    with own_server.opened() as variables:
        monkeypatch.setenv(client.VARIABLE, variables[client.VARIABLE])
        assert start(tmp_path, "print('here')").wait(SECONDS) == 0
        assert (tmp_path / "output").read_text() == "here\n"
    assert client.start(TEMPLATE, [], {}, files=(0, 1, 2)) is None
    assert not Path(variables[client.VARIABLE]).exists()


def test_server_that_is_there_already_serves_a_command(tmp_path: Path) -> None:
    with own_server.opened() as variables:
        assert variables == {}
    assert start(tmp_path, "").wait(SECONDS) == 0


def test_server_ends_with_a_killed_command(tmp_path: Path) -> None:
    code = (
        "import time\n"
        "from landfall.forking.own_server import OwnServer\n"
        "print(OwnServer().process.pid, flush=True)\n"
        "time.sleep(600)\n"
    )
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE) as command:
        assert command.stdout is not None
        server = psutil.Process(int(command.stdout.readline()))
        command.kill()
    assert psutil.wait_procs([server], timeout=SECONDS)[1] == []
