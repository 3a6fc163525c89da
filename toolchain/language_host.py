"""The Python language host: the Pulumi engine starts it to run Python programs.

The official host is a Go program that is part of a Pulumi installation. This one is for machines
that can build only the CLI. It implements `pulumirpc.LanguageRuntime`. It runs programs
(`toolchain.program`), and policy packs and component packages from source, each with the
interpreter of its own virtual environment. It lists the provider plugins that the installed
packages need. It does not generate code or SDKs.
"""

from __future__ import annotations

import json
import os
import queue
import signal
import stat
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from types import FrameType
from typing import Any

import grpc
from google.protobuf import empty_pb2, json_format  # type: ignore[import-untyped]

from landfall.forking import client
from landfall.forking.client import Forked
from toolchain import interpreters
from toolchain.program import REPORTED
from toolchain.protocol import language_pb2, language_pb2_grpc, plugin_pb2

_AS_PROGRAM, _AS_PACK = "toolchain.forked_program", "toolchain.forked_pack"
_CHECKOUT = Path(__file__).parents[1]
_PROGRAM = Path(__file__).with_name("program.py")
# The limit of the engine's own servers: checkpoints and schemas exceed gRPC's 4 MiB.
_MESSAGE_LIMIT = 400 * 1024 * 1024


Child = subprocess.Popen[bytes] | Forked


class Children:
    """The processes that the host has started; they end with it."""

    def __init__(self) -> None:
        self._running: set[Child] = set()
        self._lock = threading.Lock()
        self.cancelled = False

    def start(
        self,
        template: str,
        python: Path,
        command: list[str],
        *,
        cwd: str,
        environment: Mapping[str, str],
        files: tuple[int, int, int],
    ) -> Child:
        """Start `command` with SIGINT ignored: the engine interrupts the whole process group.

        On SIGINT, a Python process prints a traceback, which the engine would show as the stack's
        diagnostics.
        """
        child: Child | None = _forked(template, python, command, cwd, environment, files)
        if child is None:
            stdin, stdout, stderr = files
            child = subprocess.Popen(
                ["/bin/sh", "-c", "trap '' INT; exec \"$@\"", "sh", str(python), "-u", *command],
                cwd=cwd,
                env=environment,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
            )
        with self._lock:
            self._running.add(child)
        return child

    def wait(self, child: Child) -> int:
        """Wait for `child` to end and return its exit status."""
        status = child.wait()
        with self._lock:
            self._running.discard(child)
        return status

    def end(self) -> None:
        """Terminate every child; kill those that still run after two seconds."""
        with self._lock:
            running = list(self._running)
        for child in running:
            child.terminate()
        for child in running:
            try:
                child.wait(timeout=2)
            except subprocess.TimeoutExpired:
                child.kill()


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """`pulumirpc.LanguageRuntime` for Python."""

    def __init__(self, engine: str, children: Children) -> None:
        self._engine = engine
        self._children = children

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        self._engine = request.engine_address or self._engine
        return language_pb2.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return plugin_pb2.PluginInfo(version="1.0.0")

    def About(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        python = interpreters.of_program(_options(request.info), _root(request.info))
        version = interpreters.version(python)
        return language_pb2.AboutResponse(executable=str(python), version=version)

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        python = interpreters.of_program(_options(request.info), _root(request.info))
        response = language_pb2.GetRequiredPackagesResponse()
        for found in interpreters.required_plugins(python):
            package = response.packages.add(
                name=found["name"],
                kind="resource",
                version=found.get("version", ""),
                server=found.get("server", ""),
            )
            parameterization = found.get("parameterization")
            if parameterization:
                json_format.ParseDict(parameterization, package.parameterization)
        return response

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        found = self.GetRequiredPackages(request, context)
        return language_pb2.GetRequiredPluginsResponse(
            plugins=[
                plugin_pb2.PluginDependency(
                    name=package.name, kind=package.kind, version=package.version
                )
                for package in found.packages
            ]
        )

    def GetProgramDependencies(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        python = interpreters.of_program(_options(request.info), _root(request.info))
        return language_pb2.GetProgramDependenciesResponse(
            dependencies=[
                language_pb2.DependencyInfo(name=name, version=version)
                for name, version in interpreters.installed_packages(python)
            ]
        )

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802, D102
        options = _options(request.info)
        for line in interpreters.install(options, Path(request.directory)):
            yield language_pb2.InstallDependenciesResponse(stdout=line.encode())

    def RuntimeOptionsPrompts(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return language_pb2.RuntimeOptionsResponse()

    def Template(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        return language_pb2.TemplateResponse()

    def Cancel(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        self._children.cancelled = True
        self._children.end()
        return empty_pb2.Empty()

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802, D102
        info = request.info
        python = interpreters.of_program(_options(info), _root(info))
        message = {
            "program": os.path.normpath(
                os.path.join(info.program_directory, info.entry_point or request.program or ".")
            ),
            "pwd": request.pwd or info.program_directory,
            "root": info.root_directory,
            "args": list(request.args),
            "project": request.project,
            "stack": request.stack,
            "organization": request.organization or "organization",
            "monitor": request.monitor_address,
            "engine": self._engine,
            "parallel": request.parallel,
            "dryRun": request.dryRun,
            "config": dict(request.config),
            "secretKeys": list(request.configSecretKeys),
        }
        reads, writes = os.pipe()
        child = self._children.start(
            _AS_PROGRAM,
            python,
            [str(_PROGRAM)],
            cwd=message["pwd"],
            environment=os.environ,
            files=(reads, 1, 2),
        )
        os.close(reads)
        if not context.add_callback(child.terminate):
            child.terminate()
        # If it dies before it reads, its exit status shows the failure.
        with suppress(BrokenPipeError), open(writes, "wb") as stdin:
            stdin.write(json.dumps(message).encode())
        status = self._children.wait(child)
        if status == 0:
            return language_pb2.RunResponse()
        if status == REPORTED or self._children.cancelled:
            return language_pb2.RunResponse(bail=True)
        how = f"was ended by signal {-status}" if status < 0 else f"ended with status {status}"
        return language_pb2.RunResponse(error=f"the program {how}")

    def RunPlugin(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: N802, D102
        info = request.info
        python = interpreters.of_program(_options(info), _root(info))
        source = os.path.normpath(os.path.join(info.program_directory, info.entry_point or "."))
        (stdout, its_stdout), (stderr, its_stderr) = os.pipe(), os.pipe()
        with open(os.devnull, "rb") as nothing:
            child = self._children.start(
                _AS_PACK,
                python,
                [source, *request.args],
                cwd=request.pwd or info.program_directory,
                environment=dict(entry.split("=", 1) for entry in request.env) or os.environ,
                files=(nothing.fileno(), its_stdout, its_stderr),
            )
        os.close(its_stdout)
        os.close(its_stderr)
        if not context.add_callback(child.terminate):
            child.terminate()
        chunks: queue.Queue[tuple[str, bytes]] = queue.Queue()
        for name, stream in (("stdout", stdout), ("stderr", stderr)):
            threading.Thread(target=_pump, args=(stream, name, chunks), daemon=True).start()
        open_streams = 2
        while open_streams:
            name, chunk = chunks.get()
            if chunk:
                yield (
                    language_pb2.RunPluginResponse(stdout=chunk)
                    if name == "stdout"
                    else language_pb2.RunPluginResponse(stderr=chunk)
                )
            else:
                open_streams -= 1
        yield language_pb2.RunPluginResponse(exitcode=self._children.wait(child))


def _forked(
    template: str,
    python: Path,
    command: list[str],
    cwd: str,
    environment: Mapping[str, str],
    files: tuple[int, int, int],
) -> Forked | None:
    """Return a process of the fork server, if it has the program's interpreter and modules."""
    if template == _AS_PACK:
        source, loaded = Path(command[0]), _CHECKOUT / "policies"
    else:
        source, loaded = Path(cwd, "components"), _CHECKOUT / "components"
    if not (_is_same(python.parent, Path(sys.executable).parent) and _is_same(source, loaded)):
        return None
    return client.start(
        template, command, environment, files=files, cwd=cwd, ignore_interrupts=True
    )


def _is_same(one: Path, other: Path) -> bool:
    return one.exists() and other.exists() and one.samefile(other)


def _pump(stream: int, name: str, chunks: queue.Queue[tuple[str, bytes]]) -> None:
    while chunk := os.read(stream, 65536):
        chunks.put((name, chunk))
    os.close(stream)
    chunks.put((name, b""))


def _options(info: Any) -> dict[str, Any]:
    options: dict[str, Any] = json_format.MessageToDict(info.options)
    return options


def _root(info: Any) -> Path:
    # `virtualenv` is relative to the folder of the project, policy or plugin file.
    return Path(info.root_directory or info.program_directory or ".")


def serve(engine: str) -> None:
    """Serve until the engine interrupts or exits; print the port on standard output first."""
    children = Children()
    server = grpc.server(
        ThreadPoolExecutor(max_workers=32),
        options=[
            ("grpc.max_receive_message_length", _MESSAGE_LIMIT),
            ("grpc.max_send_message_length", _MESSAGE_LIMIT),
        ],
    )
    language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(engine, children), server)
    port = server.add_insecure_port("127.0.0.1:0")
    leaving = threading.Event()

    def leave(number: int = 0, frame: FrameType | None = None) -> None:
        leaving.set()

    signal.signal(signal.SIGINT, leave)
    signal.signal(signal.SIGTERM, leave)
    server.start()
    print(port, flush=True)
    if stat.S_ISFIFO(os.fstat(0).st_mode):
        # The engine has the other end. A killed engine sends no signal, but its end closes.
        threading.Thread(target=_await_end_of_input, args=(leaving,), daemon=True).start()
    leaving.wait()
    children.end()
    sys.stdout.flush()
    # Skip interpreter shutdown: it would block joining gRPC threads.
    os._exit(0)


def _await_end_of_input(leaving: threading.Event) -> None:
    while os.read(0, 4096):
        pass
    leaving.set()


def main() -> None:
    """Read the engine's address from the command line, as every Pulumi plugin does, and serve."""
    addresses = [argument for argument in sys.argv[1:] if not argument.startswith("-")]
    if not addresses:
        print("usage: pulumi-language-python ENGINE_ADDRESS (started by pulumi)", file=sys.stderr)
        sys.exit(2)
    serve(addresses[-1])


if __name__ == "__main__":
    main()
