import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest

from landfall.problems import ProblemsError
from landfall.sandbox import accounts, lifecycle, server_process
from landfall.sandbox.directories import Directories, of_stack
from landfall.sandbox.server_process import Server, State
from tests.sandbox_lifecycle.conftest import Said, stub

Make = Callable[..., Directories]


def test_a_started_sandbox_answers_and_is_recorded(running: Directories, said: Said) -> None:
    record = json.loads(running.server_file.read_text())
    status = server_process.inspect(running)
    assert status.state is State.RUNNING
    assert status.health == {"pid": record["pid"], "account": record["account"], "requests": 0}
    assert record["account"] == accounts.management_account_id("dev")
    assert f"http://127.0.0.1:{record['port']}" in said.text


def test_the_server_is_in_a_session_of_its_own(running: Directories) -> None:
    server = server_process.read(running)
    assert server is not None
    assert os.getsid(server.pid) == server.pid != os.getsid(0)


def test_a_second_start_finds_the_first(running: Directories, said: Said) -> None:
    first = server_process.read(running)
    again = lifecycle.start(running, said, command=stub())
    assert again.server == first
    assert not again.fresh


def test_stop_ends_the_server_and_clears_its_state(running: Directories, said: Said) -> None:
    server = server_process.read(running)
    assert server is not None
    (running.backend / "stacks").mkdir(parents=True)
    assert lifecycle.stop(running, said)
    assert not psutil.pid_exists(server.pid)
    assert not running.backend.exists()
    assert server_process.inspect(running).state is State.STOPPED
    assert not lifecycle.stop(running, said)


def test_stop_clears_the_state_of_a_server_that_was_never_recorded(make: Make, said: Said) -> None:
    directories = make()
    directories.backend.mkdir(parents=True)
    assert lifecycle.stop(directories, said)
    assert not directories.backend.exists()


def test_a_server_that_ignores_sigterm_is_killed(tmp_path: Path) -> None:
    deaf = tmp_path / "deaf.sh"
    deaf.write_text("trap '' TERM; echo ready; while :; do sleep 0.05; done")
    process = subprocess.Popen(["/bin/sh", str(deaf)], stdout=subprocess.PIPE)
    assert process.stdout is not None
    assert process.stdout.readline() == b"ready\n"
    started = psutil.Process(process.pid).create_time()
    begun = time.monotonic()
    server_process.end(Server(process.pid, 1, "1" * 12, started), deadline=0.3)
    assert time.monotonic() - begun >= 0.3
    assert not psutil.pid_exists(process.pid)
    process.wait()
    process.stdout.close()


def test_killed_server_is_reported_and_its_state_reset(running: Directories, said: Said) -> None:
    before = server_process.read(running)
    assert before is not None
    running.backend.mkdir()
    running.salt.write_text("encryptionsalt: old\n")
    os.kill(before.pid, signal.SIGKILL)
    psutil.Process(before.pid).wait(timeout=60)
    assert server_process.inspect(running).state is State.DEAD
    said.clear()
    again = lifecycle.start(running, said, command=stub())
    assert again.fresh
    assert again.server.pid != before.pid
    assert again.server.port == before.port
    assert f"(process {before.pid}) stopped" in said.text
    assert "Clearing the Pulumi state of stack dev" in said.text
    assert not running.backend.exists()
    assert not running.salt.exists()


def test_hung_server_is_refused_with_a_fix(running: Directories, said: Said) -> None:
    server = server_process.read(running)
    assert server is not None
    running.backend.mkdir()
    os.kill(server.pid, signal.SIGSTOP)
    with pytest.raises(ProblemsError) as caught:
        lifecycle.start(running, said, command=stub(), answer_seconds=0.3)
    assert caught.value.exit_status == 2
    assert f"process {server.pid}) does not answer at {server.url}" in str(caught.value)
    assert "landfall sandbox reset -s dev" in str(caught.value)
    assert running.backend.exists()  # nothing is deleted without a request
    fresh = lifecycle.reset(running, said, command=stub())
    assert fresh.pid != server.pid
    assert server_process.inspect(running).state is State.RUNNING


def test_another_program_with_the_recorded_pid_is_not_the_server(make: Make, said: Said) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    server_process.write(directories, Server(os.getpid(), 1, "1" * 12, time.time() - 9000))
    assert server_process.inspect(directories).state is State.DEAD
    lifecycle.stop(directories, said)  # and is not ended: this line is reached
    assert server_process.inspect(directories).state is State.STOPPED


@pytest.mark.parametrize("record", ["", "{", "[]", '{"pid": "x"}', '{"pid": 1}'])
def test_a_damaged_record_counts_as_none(make: Make, record: str) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    directories.server_file.write_text(record)
    assert server_process.inspect(directories).state is State.STOPPED


def test_server_with_another_pid_at_the_port_is_not_used(
    running: Directories, make: Make, said: Said
) -> None:
    other = make("other")
    server = server_process.read(running)
    assert server is not None
    other.root.mkdir(parents=True)
    mine = psutil.Process()
    server_process.write(other, Server(mine.pid, server.port, "1" * 12, mine.create_time()))
    assert server_process.inspect(other, deadline=0.2).state is State.HUNG
    other.server_file.unlink()


def test_a_port_in_use_is_named(make: Make, said: Said, monkeypatch: pytest.MonkeyPatch) -> None:
    directories = make()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ProblemsError, match=f"port {port} is in use") as caught:
            lifecycle.start(directories, said, port=port, command=stub())
        assert caught.value.exit_status == 2
        assert "LANDFALL_PORT" in str(caught.value)
        monkeypatch.setenv("LANDFALL_PORT", str(port))
        with pytest.raises(ProblemsError, match=f"port {port} is in use"):
            lifecycle.start(directories, said, command=stub())
    assert lifecycle.start(directories, said, command=stub()).server.port == port


def test_reset_that_cannot_start_leaves_the_sandbox_and_its_state(
    running: Directories, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = server_process.read(running)
    running.backend.mkdir()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(ProblemsError, match=f"port {port} is in use"):
            lifecycle.reset(running, said, port=port, command=stub())
        monkeypatch.setenv("LANDFALL_PORT", str(port))
        with pytest.raises(ProblemsError, match=f"port {port} is in use"):
            lifecycle.reset(running, said, command=stub())
    monkeypatch.setenv("LANDFALL_PORT", "many")
    with pytest.raises(ProblemsError, match="LANDFALL_PORT is 'many'"):
        lifecycle.reset(running, said, command=stub())
    monkeypatch.delenv("LANDFALL_PORT")
    for quota, problem in (
        ("iam.role=5", "there is no quota 'iam.role'; did you mean iam.roles?"),
        ("iam.roles=x", "'iam.roles=x' has no number"),
        ("iam.roles", "'iam.roles' has no number"),
    ):
        monkeypatch.setenv("LANDFALL_QUOTAS", quota)
        with pytest.raises(ProblemsError, match="LANDFALL_QUOTAS: ") as caught:
            lifecycle.reset(running, said, command=stub())
        assert problem in str(caught.value)
    assert server_process.inspect(running).state is State.RUNNING
    assert server_process.read(running) == first
    assert running.backend.is_dir()


@pytest.mark.parametrize("text", ["abc", "80", "70000", "-1", "12.5"])
def test_a_wrong_port_in_the_environment_is_refused(
    make: Make, said: Said, monkeypatch: pytest.MonkeyPatch, text: str
) -> None:
    monkeypatch.setenv("LANDFALL_PORT", text)
    with pytest.raises(ProblemsError, match="LANDFALL_PORT"):
        lifecycle.start(make(), said, command=stub())


def test_the_port_stays_the_same_unless_another_took_it(running: Directories, said: Said) -> None:
    server = server_process.read(running)
    assert server is not None
    assert lifecycle.reset(running, said, command=stub()).port == server.port
    lifecycle.stop(running, said)
    with socket.socket() as taken:
        taken.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        taken.bind(("127.0.0.1", server.port))
        taken.listen()
        assert lifecycle.start(running, said, command=stub()).server.port != server.port


def test_no_program_can_take_the_port_of_a_server_that_starts(make: Make, said: Said) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    listening = server_process.listen()
    assert listening is not None
    port = listening.getsockname()[1]
    server = server_process.spawn(directories, listening, "1" * 12, 60)
    assert server.port == port
    assert server_process.listen(port) is None
    if sys.platform == "linux":
        # Processes of the server's own, such as functions' code, do not hold the port.
        assert os.readlink(f"/proc/{server.pid}/fd/0") == os.devnull
    server_process.end(server)
    again = server_process.listen(port)
    assert again is not None
    again.close()


def test_providers_of_a_killed_engine_do_not_reach_the_next_sandbox(
    running: Directories, said: Said
) -> None:
    lock = running.backend / ".pulumi" / "locks" / "organization" / "tiny" / "dev" / "cut.json"
    lock.parent.mkdir(parents=True)
    lock.write_text("{")
    provider = subprocess.Popen(
        [sys.executable, "-c", "import time; time.sleep(600)", "pulumi-resource-aws"],
        env={**os.environ, "PULUMI_HOME": str(running.pulumi_home)},
    )
    server = server_process.read(running)
    assert server is not None
    os.kill(server.pid, signal.SIGKILL)
    assert lifecycle.start(running, said, command=stub()).server.port == server.port
    assert provider.poll() is not None


def test_a_running_sandbox_does_not_move_to_another_port(running: Directories, said: Said) -> None:
    server = server_process.read(running)
    assert server is not None
    wanted = server.port + 1
    with pytest.raises(ProblemsError, match=f"runs on port {server.port}, not {wanted}"):
        lifecycle.start(running, said, port=wanted, command=stub())
    assert lifecycle.start(running, said, port=server.port, command=stub()).server == server


def test_two_simultaneous_starts_create_one_server(make: Make, said: Said) -> None:
    directories = make()
    servers: list[Server] = []

    def start() -> None:
        servers.append(lifecycle.start(directories, said, command=stub()).server)

    threads = [threading.Thread(target=start) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(servers) == 3
    assert len(set(servers)) == 1


def test_two_stacks_have_separate_sandboxes(running: Directories, make: Make, said: Said) -> None:
    prod = make("prod")
    second = lifecycle.start(prod, said, command=stub()).server
    first = server_process.read(running)
    assert first is not None
    assert first.port != second.port
    assert first.account != second.account
    lifecycle.stop(prod, said)
    assert server_process.inspect(running).state is State.RUNNING


def test_server_that_dies_leaves_its_message_and_no_record(make: Make, said: Said) -> None:
    directories = make()
    with pytest.raises(ProblemsError) as caught:
        lifecycle.start(directories, said, command=stub("die"))
    assert "ended at once with status 3" in str(caught.value)
    assert "the stub cannot start: no reason" in str(caught.value)
    assert server_process.inspect(directories).state is State.STOPPED


def test_a_server_that_never_answers_is_ended_at_the_deadline(make: Make, said: Said) -> None:
    directories = make()
    with pytest.raises(ProblemsError, match="did not answer within"):
        lifecycle.start(directories, said, command=stub("mute"), start_seconds=0.7)
    assert server_process.inspect(directories).state is State.STOPPED
    assert not _stubs_of(directories)


def test_an_interrupted_start_leaves_no_process(
    make: Make, said: Said, monkeypatch: pytest.MonkeyPatch
) -> None:
    directories = make()

    def interrupt(server: Server, deadline: float) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(server_process, "await_health", interrupt)
    with pytest.raises(KeyboardInterrupt):
        lifecycle.start(directories, said, command=stub())
    monkeypatch.undo()
    assert server_process.inspect(directories).state is State.STOPPED
    assert not _stubs_of(directories)


def test_killed_start_is_resumed_by_the_next(make: Make, said: Said) -> None:
    directories = make()
    directories.root.mkdir(parents=True)
    # The state of a start that was killed after it recorded the server, before the server answered.
    listening = server_process.listen()
    assert listening is not None
    port = listening.getsockname()[1]
    with listening:
        process = subprocess.Popen(
            [
                *(*stub("slow"), "--listening", "--account", "1" * 12),
                *("--log", str(directories.request_log)),
            ],
            stdin=listening.fileno(),
        )
    created = psutil.Process(process.pid).create_time()
    server_process.write(directories, Server(process.pid, port, "1" * 12, created))
    found: list[lifecycle.Started] = []
    thread = threading.Thread(
        target=lambda: found.append(lifecycle.start(directories, said, command=stub()))
    )
    thread.start()
    (directories.root / "go").touch()
    thread.join(30)
    assert [started.server.pid for started in found] == [process.pid]
    process.terminate()
    process.wait(60)


@pytest.mark.parametrize("name", ["", "../prod", "a/b", "a b", "x" * 101, "dev\n"])
def test_a_name_that_is_no_stack_name_is_refused(make: Make, name: str) -> None:
    with pytest.raises(ProblemsError, match="is not a stack name"):
        of_stack(name, make().checkout)


def test_start_outside_of_a_checkout_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ProblemsError, match=r"no Pulumi\.yaml"):
        of_stack("dev")


def _stubs_of(directories: Directories) -> list[int]:
    log = str(directories.request_log)
    return [p.pid for p in psutil.process_iter(["cmdline"]) if log in (p.info["cmdline"] or [])]
