"""Processes: starts, sharing, and no remaining process after the last client."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import grpc
import psutil
import pytest

from tests.sandbox_provider.conftest import (
    ACCOUNT,
    Plugin,
    await_end,
    processes,
    terraform_of,
    urn,
    wait_until,
)

TRUST = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [
            {
                "Effect": "Allow",
                "Action": "sts:AssumeRole",
                "Principal": {"Service": "codebuild.amazonaws.com"},
            }
        ],
    }
)


@pytest.fixture
def alone(environment: dict[str, str], tmp_path: Path) -> dict[str, str]:
    """An environment with a daemon of its own, which ends at once without clients."""
    home = str(tmp_path / "home")
    return {**environment, "PULUMI_HOME": home, "LANDFALL_PROVIDER_LINGER": "0.3"}


@pytest.fixture
def plugins() -> Iterator[list[Plugin]]:
    started: list[Plugin] = []
    yield started
    for plugin in started:
        plugin.kill()


def test_clients_share_a_daemon_and_processes_by_configuration(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin], aws: Any
) -> None:
    trust = {"Effect": "Allow", "Principal": {"AWS": ACCOUNT}, "Action": "sts:AssumeRole"}
    document = json.dumps({"Version": "2012-10-17", "Statement": trust})
    role = aws("iam").create_role(RoleName="shared", AssumeRolePolicyDocument=document)["Role"]
    for _ in range(3):
        plugins.append(Plugin(alone, tmp_path))
    first, same, other = plugins
    assert len({p.port for p in plugins}) == 3
    first.configure()
    same.configure()
    other.configure(assumeRoles=json.dumps([{"roleArn": role["Arn"]}]))
    home = alone["PULUMI_HOME"]
    assert len(processes(home, "provider.plugin.daemon")) == 1
    assert terraform_of(home) == []

    callers = [p.invoke("aws:index/getCallerIdentity:getCallerIdentity") for p in plugins]
    assert callers[0] == callers[1]
    assert ":assumed-role/shared/" in callers[2]["arn"]
    assert len(terraform_of(home)) == 2


def test_daemon_and_terraform_end_after_the_last_client(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    plugin.configure()
    plugin.invoke("aws:index/getPartition:getPartition")
    home = alone["PULUMI_HOME"]
    daemon, terraform = processes(home, "provider.plugin.daemon"), terraform_of(home)
    assert len(daemon) == len(terraform) == 1
    plugin.process.kill()
    await_end([daemon[0].pid, terraform[0].pid])

    again = Plugin(alone, tmp_path)
    plugins.append(again)
    again.configure()
    assert again.invoke("aws:index/getPartition:getPartition")["partition"] == "aws"


def test_terraform_of_an_ended_client_ends_while_others_continue(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    home = alone["PULUMI_HOME"]
    for region in ("eu-west-1", "eu-central-1"):
        plugin = Plugin(alone, tmp_path)
        plugins.append(plugin)
        plugin.configure(region=region)
        plugin.invoke("aws:index/getCallerIdentity:getCallerIdentity")
        if region == "eu-west-1":
            (first,) = terraform_of(home)
    plugins[0].kill()
    await_end([first.pid])
    plugins.pop(0)
    (second,) = terraform_of(home)
    plugins[0].invoke("aws:index/getCallerIdentity:getCallerIdentity")
    assert terraform_of(home) == [second]


def test_killed_daemon_ends_terraform_and_its_clients(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    plugin.configure()
    plugin.invoke("aws:index/getPartition:getPartition")
    home = alone["PULUMI_HOME"]
    (daemon,), (terraform,) = processes(home, "provider.plugin.daemon"), terraform_of(home)
    daemon.kill()
    await_end([terraform.pid])
    assert plugin.process.wait(timeout=60) == 2
    assert "has ended" in plugin.stderr()


class Engine:
    """A process that starts a plugin as the engine does, and can be killed.

    `first` is Python that it runs before it passes on the plugin's port; the plugin is `p`.
    """

    def __init__(self, environment: dict[str, str], directory: Path, first: str) -> None:
        program = (
            "import os, signal, subprocess, sys\n"
            "p = subprocess.Popen([sys.executable, '-m', 'landfall.sandbox.provider'],\n"
            "                     stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)\n"
            "print(p.pid, flush=True)\n"
            f"{first}\n"
            "print(p.stdout.readline(), end='', flush=True)\n"
            "signal.pause()"
        )
        self._process = subprocess.Popen(
            [sys.executable, "-c", program],
            stdout=subprocess.PIPE,
            env=environment,
            cwd=directory,
            text=True,
        )
        assert self._process.stdout is not None
        self._lines = self._process.stdout
        self.plugin = psutil.Process(int(self._lines.readline()))

    def await_port(self) -> None:
        assert int(self._lines.readline()) > 0

    def kill(self) -> None:
        self._process.kill()
        self._process.wait()
        self._lines.close()


@pytest.fixture
def start_engine(alone: dict[str, str], tmp_path: Path) -> Iterator[Callable[..., Engine]]:
    started: list[Engine] = []

    def start(first: str = "pass") -> Engine:
        started.append(Engine(alone, tmp_path, first))
        return started[-1]

    yield start
    for engine in started:
        engine.kill()
        with suppress(psutil.NoSuchProcess):
            engine.plugin.kill()


def test_plugin_ends_when_its_engine_is_killed(
    alone: dict[str, str], start_engine: Callable[..., Engine]
) -> None:
    engine = start_engine()
    engine.await_port()
    daemon = processes(alone["PULUMI_HOME"], "provider.plugin.daemon")
    engine.kill()
    await_end([engine.plugin.pid])
    await_end([process.pid for process in daemon])


def test_plugin_ends_when_its_engine_was_killed_before_it_looked(
    start_engine: Callable[..., Engine],
) -> None:
    engine = start_engine("p.send_signal(signal.SIGSTOP)\nos.kill(os.getpid(), 9)")
    engine.kill()
    engine.plugin.resume()
    await_end([engine.plugin.pid])


def test_plugin_stopped_while_its_engine_is_killed_ends_when_continued(
    start_engine: Callable[..., Engine],
) -> None:
    engine = start_engine()
    engine.await_port()
    engine.plugin.suspend()
    engine.kill()
    assert engine.plugin.is_running()
    engine.plugin.resume()
    await_end([engine.plugin.pid])


def test_interrupted_plugin_ends_at_once_without_output(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    plugin.process.send_signal(signal.SIGINT)
    assert plugin.process.wait(timeout=60) == -signal.SIGINT
    assert plugin.stderr() == ""


def test_many_clients_at_once_start_one_daemon(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    threads = [
        threading.Thread(target=lambda: plugins.append(Plugin(alone, tmp_path))) for _ in range(8)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len({plugin.port for plugin in plugins}) == 8
    assert len(processes(alone["PULUMI_HOME"], "provider.plugin.daemon")) == 1


def test_cancel_interrupts_a_call_and_leaves_an_idle_process(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin]
) -> None:
    from google.protobuf import empty_pb2

    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    plugin.configure()
    plugin.invoke("aws:index/getPartition:getPartition")
    (before,) = terraform_of(alone["PULUMI_HOME"])
    plugin.rpc.Cancel(empty_pb2.Empty())
    plugin.invoke("aws:index/getPartition:getPartition")
    assert [p.pid for p in terraform_of(alone["PULUMI_HOME"])] == [before.pid]
    queue = urn("aws:sqs/queue:Queue", "slow")
    inputs, _ = plugin.check(queue, {})
    with pytest.raises(grpc.RpcError, match="interrupted before this call began"):
        plugin.create(queue, inputs)
    assert not _queues(plugin, inputs["name"])

    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    plugin.configure()
    # The provider polls a new queue for 25 s before it believes in it.
    errors: list[Any] = []

    def create() -> None:
        try:
            plugin.create(queue, inputs)
        except grpc.RpcError as error:
            errors.append(error)

    thread = threading.Thread(target=create)
    thread.start()
    log = Path(alone["LANDFALL_PROVIDER_LOG"])
    wait_until(lambda: bool(_queues(plugin, inputs["name"])))
    plugin.rpc.Cancel(empty_pb2.Empty())
    thread.join(timeout=15)
    assert not thread.is_alive()
    assert len(errors) == 1
    assert "Cancel" in log.read_text()


def _queues(plugin: Plugin, name: str) -> list[str]:
    other = plugin.invoke("aws:sqs/getQueues:getQueues", queueNamePrefix=name)
    return list(other["queueUrls"])


@pytest.mark.parametrize(
    ("endpoint", "said"),
    [
        ("", "AWS_ENDPOINT_URL is not set"),
        ("https://iam.amazonaws.com", "which is not on this machine"),
    ],
)
def test_only_a_loopback_endpoint_is_served(
    alone: dict[str, str], tmp_path: Path, plugins: list[Plugin], endpoint: str, said: str
) -> None:
    alone["AWS_ENDPOINT_URL"] = endpoint
    plugin = Plugin(alone, tmp_path)
    plugins.append(plugin)
    with pytest.raises(grpc.RpcError) as refused:
        plugin.configure()
    assert said in str(refused.value.details())
    assert "pulumi plugin install resource aws" in str(refused.value.details())


def test_missing_terraform_provider_is_reported_on_stderr(
    alone: dict[str, str], tmp_path: Path
) -> None:
    alone["LANDFALL_TERRAFORM_PROVIDER"] = str(tmp_path / "nothing")
    plugin = Plugin(alone, tmp_path)
    assert plugin.port == ""
    assert plugin.process.wait(timeout=60) == 2
    message = plugin.stderr()
    assert "LANDFALL_TERRAFORM_PROVIDER" in message
    assert "Traceback" not in message
    plugin.kill()
