"""The sandbox, the plugin as the engine starts it, and a client that speaks like the engine."""

from __future__ import annotations

import os
import select
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import boto3
import grpc
import psutil
import pytest
from google.protobuf import struct_pb2
from pulumi.runtime.proto import provider_pb2, provider_pb2_grpc

from landfall.sandbox import plugins, provider_choice
from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.catalog.schema_cache import SchemaCache, cache_directory
from landfall.sandbox.provider.terraform.process import TerraformProcess
from landfall.sandbox.provider.values.properties import Properties, from_struct, to_struct
from landfall.sandbox.server_process import SERVER_COMMAND
from toolchain import terraform_provider

REGION = "eu-west-1"
ACCOUNT = "123456789012"


def wait_until(condition: Callable[[], bool], seconds: float = 20.0) -> None:
    """Wait for a condition; fail after the time limit."""
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "the condition did not come in time"
        time.sleep(0.02)


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="session")
def terraform_binary() -> Path:
    named = os.environ.get(plugins.VARIABLE, provider_choice.NEWEST)
    if named not in (provider_choice.NEWEST, provider_choice.OFFICIAL):
        return provider_choice.program_of(named, os.environ)
    found = terraform_provider.find()
    assert found is not None, "these tests need a Terraform AWS provider on the machine"
    return found


@pytest.fixture(scope="session")
def schema(terraform_binary: Path) -> ProviderSchema:
    cache = SchemaCache(cache_directory(os.environ), terraform_binary)
    serialized = cache.read()
    if serialized is None:
        process = TerraformProcess(terraform_binary, {"PATH": os.environ["PATH"]})
        serialized = process.schema()
        process.kill()
        cache.write(serialized)
    return ProviderSchema(serialized)


@pytest.fixture(scope="session")
def emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    log = (tmp_path_factory.mktemp("moto") / "log").open("wb")
    with socket.create_server(("127.0.0.1", 0)) as listening:
        port = listening.getsockname()[1]
        server = subprocess.Popen(
            [*SERVER_COMMAND, "--listening", "--account", ACCOUNT],
            stdin=listening.fileno(),
            stdout=log,
            stderr=log,
            env={**os.environ, "AWS_DEFAULT_REGION": REGION},
        )
    yield f"http://127.0.0.1:{port}"
    server.kill()
    server.wait()
    log.close()


@pytest.fixture(scope="session")
def environment(
    emulator: str, terraform_binary: Path, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str]]:
    """The environment of a plugin process."""
    home = tmp_path_factory.mktemp("pulumi-home")
    # Where the sockets lie: their paths must be short.
    runtime = Path(f"/tmp/landfall-tests-{os.getpid()}")  # noqa: S108
    runtime.mkdir(exist_ok=True, mode=0o700)
    inherited = {
        name: os.environ[name]
        for name in ("PATH", "HOME", "XDG_CACHE_HOME", "TF_CLI_CONFIG_FILE")
        if name in os.environ
    }
    yield {
        **inherited,
        terraform_provider.PROGRAM_VARIABLE: str(terraform_binary),
        "AWS_ENDPOINT_URL": emulator,
        "AWS_ACCESS_KEY_ID": "test",
        "AWS_SECRET_ACCESS_KEY": "test",
        "AWS_EC2_METADATA_DISABLED": "true",
        "PULUMI_HOME": str(home),
        "XDG_RUNTIME_DIR": str(runtime),
        "LANDFALL_PROVIDER_LOG": str(home / "provider.log"),
    }
    shutil.rmtree(runtime)


class Plugin:
    """A running plugin process, called as the engine calls it."""

    def __init__(self, environment: Mapping[str, str], directory: Path, *arguments: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "landfall.sandbox.provider", "127.0.0.1:0", *arguments],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=dict(environment),
            cwd=directory,
            text=True,
        )
        assert self.process.stdout is not None
        self.port = self.process.stdout.readline().strip()
        if self.port:
            self.channel = grpc.insecure_channel(f"127.0.0.1:{self.port}")
            self.rpc = provider_pb2_grpc.ResourceProviderStub(self.channel)

    def stderr(self) -> str:
        assert self.process.stderr is not None
        return self.process.stderr.read()

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()
        for stream in (self.process.stdout, self.process.stderr):
            assert stream is not None
            stream.close()

    def configure(self, **arguments: Any) -> None:
        given = {"region": REGION, **arguments}
        self.rpc.Configure(provider_pb2.ConfigureRequest(args=to_struct(given)))

    def check(
        self, urn: str, news: Properties, olds: Properties | None = None
    ) -> tuple[Properties, dict[str, str]]:
        answer = self.rpc.Check(
            provider_pb2.CheckRequest(
                urn=urn, news=to_struct(news), olds=to_struct(olds or {}), randomSeed=b"seed"
            )
        )
        return from_struct(answer.inputs), {f.property: f.reason for f in answer.failures}

    def diff(
        self, urn: str, resource: Resource, news: Properties, ignored: Sequence[str] = ()
    ) -> Any:
        return self.rpc.Diff(
            provider_pb2.DiffRequest(
                urn=urn,
                id=resource.id,
                olds=to_struct(resource.outputs),
                old_inputs=to_struct(resource.inputs),
                news=to_struct(news),
                ignoreChanges=ignored,
            )
        )

    def create(
        self, urn: str, inputs: Properties, *, preview: bool = False, timeout: float = 0
    ) -> Resource:
        request = provider_pb2.CreateRequest(
            urn=urn, properties=to_struct(inputs), preview=preview, timeout=timeout
        )
        answer = self.rpc.Create(request)
        return Resource(urn, answer.id, inputs, answer.properties)

    def update(self, resource: Resource, news: Properties, *, preview: bool = False) -> Resource:
        answer = self.rpc.Update(
            provider_pb2.UpdateRequest(
                urn=resource.urn,
                id=resource.id,
                olds=to_struct(resource.outputs),
                old_inputs=to_struct(resource.inputs),
                news=to_struct(news),
                preview=preview,
            )
        )
        return Resource(resource.urn, resource.id, news, answer.properties)

    def read(self, urn: str, id_: str, resource: Resource | None = None) -> Resource:
        answer = self.rpc.Read(
            provider_pb2.ReadRequest(
                urn=urn,
                id=id_,
                properties=to_struct(resource.outputs if resource else {}),
                inputs=to_struct(resource.inputs if resource else {}),
            )
        )
        return Resource(urn, answer.id, from_struct(answer.inputs), answer.properties)

    def delete(self, resource: Resource) -> None:
        self.rpc.Delete(
            provider_pb2.DeleteRequest(
                urn=resource.urn, id=resource.id, properties=to_struct(resource.outputs)
            )
        )

    def make(self, urn: str, inputs: Properties) -> Resource:
        """Check and create, as an `up` does."""
        checked, failures = self.check(urn, inputs)
        assert not failures
        return self.create(urn, checked)

    def invoke(self, token: str, **arguments: Any) -> Properties:
        request = provider_pb2.InvokeRequest(tok=token, args=to_struct(arguments))
        return from_struct(getattr(self.rpc.Invoke(request), "return"))


class Resource:
    """A resource as the engine keeps it: outputs come and go with secrets unwrapped."""

    def __init__(
        self, urn: str, id_: str, inputs: Properties, properties: struct_pb2.Struct
    ) -> None:
        self.urn = urn
        self.id = id_
        self.inputs = inputs
        self.properties = properties
        self.outputs = from_struct(properties)


def urn(token: str, name: str) -> str:
    return f"urn:pulumi:dev::landfall::{token}::{name}"


def processes(home: str, part: str) -> list[psutil.Process]:
    """The processes that serve a `PULUMI_HOME` and have `part` in their command line."""
    found = []
    for process in psutil.process_iter():
        try:
            if process.status() == psutil.STATUS_ZOMBIE:
                continue
            mine = process.environ().get("PULUMI_HOME") == home
            if mine and any(part in word for word in process.cmdline()):
                found.append(process)
        except (psutil.NoSuchProcess, psutil.AccessDenied):
            continue
    return found


def await_end(pids: Iterable[int], seconds: float = 60.0) -> None:
    """Wait for the end of processes that need not be children; `seconds` bounds a hang."""
    deadline = time.monotonic() + seconds
    for pid in pids:
        try:
            descriptor = os.pidfd_open(pid)
        except ProcessLookupError:
            continue
        ended, _, _ = select.select([descriptor], [], [], max(0.0, deadline - time.monotonic()))
        os.close(descriptor)
        assert ended, f"process {pid} has not ended"


def terraform_of(home: str) -> list[psutil.Process]:
    found = []
    for daemon in processes(home, "provider.plugin.daemon"):
        found += [c for c in daemon.children() if "terraform-provider" in c.name()]
    return found


@pytest.fixture(scope="session")
def session_plugin(environment: dict[str, str], tmp_path_factory: Any) -> Iterator[Plugin]:
    started = Plugin(environment, tmp_path_factory.mktemp("program"))
    assert started.port, started.stderr()
    started.configure()
    yield started
    started.kill()


@pytest.fixture
def plugin(session_plugin: Plugin) -> Plugin:
    """A configured plugin that the tests share."""
    return session_plugin


@pytest.fixture(scope="session")
def aws(emulator: str) -> Callable[..., Any]:
    """boto3 clients of the emulator, to read AWS's side."""

    def client(
        service: str, region: str = REGION, credentials: Mapping[str, str] | None = None
    ) -> Any:
        keys = credentials or {"AccessKeyId": "test", "SecretAccessKey": "test"}
        return boto3.client(
            service,
            region_name=region,
            endpoint_url=emulator,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys.get("SessionToken"),
        )

    return client
