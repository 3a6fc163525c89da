"""One Terraform provider process: its start, and the calls of plugin protocol 5.

The process serves one configuration: a second Configure replaces the first. See Terraform's
docs/plugin-protocol and hashicorp/go-plugin's docs/internals for the handshake.
"""

from __future__ import annotations

import json
import os
import select
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import grpc

from landfall.sandbox.provider.catalog.schema import Block, ProviderSchema
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.protocol import tfplugin5_pb2 as tf
from landfall.sandbox.provider.rules.changes import Steps
from landfall.sandbox.provider.rules.plan import State, complete
from landfall.sandbox.provider.values import cty

# A constant of Terraform, not a secret: a provider does not run without it.
_COOKIE: Final = "d602bf8f470bc67ca7faa0386276bbdd4330efaf76d1a219cb4d6991ca9872b2"
_START_TIMEOUT: Final = 120.0  # seconds; the first start reads a 700 MB file from disk
_NO_LIMIT: Final = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]

# Runs as the child: Linux kills it when its parent ends (PR_SET_PDEATHSIG is 1, SIGKILL
# 9), then it becomes the provider. Not a `preexec_fn`: that would run gRPC's fork handlers.
_DIE_WITH_PARENT: Final = """
import ctypes, os, sys
ctypes.CDLL(None).prctl(1, 9)
if os.getppid() == int(sys.argv[1]):
    os.execv(sys.argv[2], sys.argv[2:])
"""

# The kernel ties the signal to the forking thread, so one thread, which lives as long as this
# process, starts them all.
_spawner = ThreadPoolExecutor(max_workers=1, thread_name_prefix="terraform-spawner")


@dataclass(frozen=True, slots=True)
class Diagnostic:
    """An error of the provider, with the path of the attribute it is about."""

    text: str
    steps: Steps


@dataclass(frozen=True, slots=True)
class Plan:
    """The result of a plan: planned state, paths that require replacement, private bytes."""

    state: State
    replacing: list[Steps]
    private: bytes


class TerraformError(ProviderError):
    """The Terraform provider rejected a call."""


class TerraformProcess:
    """A running provider. Calls may come from several threads at once."""

    def __init__(self, binary: Path, environment: Mapping[str, str]) -> None:
        self._socket: Path | None = None
        self._process = _spawner.submit(_spawn, binary, environment).result()
        try:
            address = _handshake(self._process, binary)
        except ProviderError:
            self.kill()
            raise
        self._socket = Path(address)
        self._channel = grpc.insecure_channel(f"unix:{address}", options=_NO_LIMIT)

    @property
    def pid(self) -> int:
        """The process id."""
        return self._process.pid

    @property
    def alive(self) -> bool:
        """Whether the process still runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process at once and reap it."""
        if self._process.poll() is None:
            self._process.kill()
        self._process.wait()
        if self._process.stdout is not None:
            self._process.stdout.close()
        if self._socket is not None:
            self._socket.unlink(missing_ok=True)

    def stop(self) -> None:
        """Ask the provider to give up what it is doing; the process cannot be used again."""
        self._call("Stop", tf.Stop.Request(), tf.Stop.Response)

    def schema(self) -> bytes:
        """Fetch the whole schema, serialized (5 MB, 0.6 s)."""
        answer = self._channel.unary_unary("/tfplugin5.Provider/GetSchema")(b"")
        return bytes(answer)

    def configure(self, block: Block, config: State) -> None:
        """Configure the provider.

        Skips PrepareProviderConfig: it checks all 1,500 resource types for consistency,
        which takes 4.6 s and only matters to the provider's authors.
        """
        request = tf.Configure.Request(
            terraform_version="1.9.0", config=_dynamic(block, complete(block, config))
        )
        answer = self._call("Configure", request, tf.Configure.Response)
        _raise_errors(answer.diagnostics)

    def validate(self, name: str, block: Block, config: State) -> list[Diagnostic]:
        """Check a resource's configuration; needs no configured provider."""
        request = tf.ValidateResourceTypeConfig.Request(
            type_name=name, config=_dynamic(block, config)
        )
        answer = self._call(
            "ValidateResourceTypeConfig", request, tf.ValidateResourceTypeConfig.Response
        )
        return _errors(answer.diagnostics)

    def plan(
        self,
        name: str,
        block: Block,
        prior: State | None,
        proposed: State,
        config: State,
        private: bytes,
    ) -> Plan:
        """Plan a creation (`prior` None) or a change."""
        request = tf.PlanResourceChange.Request(
            type_name=name,
            prior_state=_dynamic(block, prior),
            proposed_new_state=_dynamic(block, proposed),
            config=_dynamic(block, config),
            prior_private=private,
        )
        answer = self._call("PlanResourceChange", request, tf.PlanResourceChange.Response)
        _raise_errors(answer.diagnostics)
        state = _state(answer.planned_state, block)
        if state is None:
            raise TerraformError(f"{name}: the provider planned nothing")
        return Plan(state, [_steps(p) for p in answer.requires_replace], answer.planned_private)

    def apply(
        self,
        name: str,
        block: Block,
        prior: State | None,
        planned: State | None,
        config: State | None,
        private: bytes,
    ) -> tuple[State | None, bytes, list[Diagnostic]]:
        """Carry a plan out (`planned` None deletes); answers the state reached, even on errors."""
        request = tf.ApplyResourceChange.Request(
            type_name=name,
            prior_state=_dynamic(block, prior),
            planned_state=_dynamic(block, planned),
            config=_dynamic(block, config),
            planned_private=private,
        )
        answer = self._call("ApplyResourceChange", request, tf.ApplyResourceChange.Response)
        return _state(answer.new_state, block), answer.private, _errors(answer.diagnostics)

    def read(
        self, name: str, block: Block, state: State, private: bytes
    ) -> tuple[State | None, bytes]:
        """Read a resource from AWS; None if it no longer exists."""
        request = tf.ReadResource.Request(
            type_name=name, current_state=_dynamic(block, state), private=private
        )
        answer = self._call("ReadResource", request, tf.ReadResource.Response)
        _raise_errors(answer.diagnostics)
        return _state(answer.new_state, block), answer.private

    def import_state(self, name: str, block: Block, identity: str) -> tuple[State | None, bytes]:
        """Begin an import by id: a state to `read`, None if the provider has none."""
        request = tf.ImportResourceState.Request(type_name=name, id=identity)
        answer = self._call("ImportResourceState", request, tf.ImportResourceState.Response)
        _raise_errors(answer.diagnostics)
        for imported in answer.imported_resources:
            if imported.type_name == name:
                return _state(imported.state, block), imported.private
        return None, b""

    def upgrade(self, name: str, block: Block, state: State, version: int) -> State:
        """Bring a state that an older schema version wrote to the present one."""
        request = tf.UpgradeResourceState.Request(
            type_name=name, version=version, raw_state=tf.RawState(json=json.dumps(state).encode())
        )
        answer = self._call("UpgradeResourceState", request, tf.UpgradeResourceState.Response)
        _raise_errors(answer.diagnostics)
        return _state(answer.upgraded_state, block) or state

    def read_data(self, name: str, block: Block, config: State) -> State:
        """Read a data source."""
        config = complete(block, config)
        check = tf.ValidateDataSourceConfig.Request(type_name=name, config=_dynamic(block, config))
        checked = self._call(
            "ValidateDataSourceConfig", check, tf.ValidateDataSourceConfig.Response
        )
        _raise_errors(checked.diagnostics)
        request = tf.ReadDataSource.Request(type_name=name, config=_dynamic(block, config))
        answer = self._call("ReadDataSource", request, tf.ReadDataSource.Response)
        _raise_errors(answer.diagnostics)
        return _state(answer.state, block) or {}

    def _call(self, method: str, request: Any, response: Any) -> Any:
        call = self._channel.unary_unary(
            f"/tfplugin5.Provider/{method}",
            request_serializer=type(request).SerializeToString,
            response_deserializer=response.FromString,
        )
        try:
            return call(request)
        except grpc.RpcError as error:
            ended = "" if self.alive else "the Terraform provider ended: "
            raise TerraformError(f"{ended}{error.details()}") from error


class SchemaLoader:
    """Load the schema once: from the cache on disk, or from a process."""

    def __init__(self, read: Callable[[], bytes | None], write: Callable[[bytes], None]) -> None:
        self._read = read
        self._write = write
        self._lock = threading.Lock()
        self._schema: ProviderSchema | None = None

    def load(self, process: Callable[[], TerraformProcess]) -> ProviderSchema:
        """Return the schema; `process` is called only where nothing is cached."""
        with self._lock:
            if self._schema is None:
                cached = self._read()
                if cached is None:
                    cached = process().schema()
                    self._write(cached)
                self._schema = ProviderSchema(cached)
            return self._schema


def _spawn(binary: Path, environment: Mapping[str, str]) -> subprocess.Popen[bytes]:
    variables = {
        **environment,
        "TF_PLUGIN_MAGIC_COOKIE": _COOKIE,
        "PLUGIN_PROTOCOL_VERSIONS": "5",
        "TF_LOG": "OFF",  # without it every call is traced, with values
    }
    try:
        return subprocess.Popen(
            _command(binary),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=variables,
            start_new_session=True,
        )
    except OSError as error:
        raise ProviderError(
            f"the Terraform provider {binary} cannot be started: {error.strerror}"
        ) from error


def _command(binary: Path) -> list[str]:
    if sys.platform != "linux":
        return [str(binary)]
    return [sys.executable, "-I", "-S", "-c", _DIE_WITH_PARENT, str(os.getpid()), str(binary)]


def _handshake(process: subprocess.Popen[bytes], binary: Path) -> str:
    """Wait for `1|5|unix|PATH|grpc|` and return PATH."""
    stdout = process.stdout
    assert stdout is not None  # noqa: S101 - Popen was given a pipe
    deadline = time.monotonic() + _START_TIMEOUT
    line = b""
    while not line.endswith(b"\n"):
        ready, _, _ = select.select([stdout], [], [], max(0.0, deadline - time.monotonic()))
        chunk = os.read(stdout.fileno(), 4096) if ready else b""
        if not chunk:
            why = "did not answer in time" if not ready else "ended at once"
            raise ProviderError(f"the Terraform provider {binary} {why}")
        line += chunk
    parts = line.decode(errors="replace").strip().split("|")
    if len(parts) < 5 or parts[1] != "5" or parts[2] != "unix":
        raise ProviderError(f"{binary} does not speak Terraform's plugin protocol 5")
    return parts[3]


def _dynamic(block: Block, value: State | None) -> tf.DynamicValue:
    return tf.DynamicValue(msgpack=cty.pack(value, block.type))


def _state(value: tf.DynamicValue, block: Block) -> State | None:
    if value.json:
        decoded = json.loads(value.json)
    elif value.msgpack:
        decoded = cty.unpack(value.msgpack, block.type)
    else:
        decoded = None
    return decoded if isinstance(decoded, dict) else None


def _errors(diagnostics: Any) -> list[Diagnostic]:
    return [
        Diagnostic(f"{d.summary}: {d.detail}" if d.detail else d.summary, _steps(d.attribute))
        for d in diagnostics
        if d.severity == tf.Diagnostic.ERROR
    ]


def _raise_errors(diagnostics: Any) -> None:
    errors = _errors(diagnostics)
    if errors:
        raise TerraformError("; ".join(error.text for error in errors))


def _steps(path: tf.AttributePath) -> Steps:
    steps: list[str | int] = []
    for step in path.steps:
        selector = step.WhichOneof("selector")
        if selector is not None:
            steps.append(getattr(step, selector))
    return tuple(steps)
