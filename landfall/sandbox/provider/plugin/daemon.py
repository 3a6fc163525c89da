"""One process that serves all plugin processes of a sandbox, each on its own port.

A provider for each account would need a Python interpreter with gRPC and the SDK for each; here
they share one. A client is a connection on the unix socket; its servicer lives while it is open.
The daemon stops some seconds after its last client, and the Terraform processes with it.
"""

from __future__ import annotations

import fcntl
import json
import os
import selectors
import socket
import sys
import threading
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path
from typing import Any, Final

import grpc
from pulumi.runtime.proto import provider_pb2_grpc

from landfall.sandbox.provider.catalog.catalog import Catalog
from landfall.sandbox.provider.catalog.schema_cache import cache_directory
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.plugin import rendezvous
from landfall.sandbox.provider.plugin.log import Log, log_path
from landfall.sandbox.provider.plugin.servicer import Provider
from landfall.sandbox.provider.plugin.session import Client, Session
from landfall.sandbox.provider.terraform.pool import ProcessPool
from toolchain import terraform_provider

# In seconds; `up` follows its preview within a second or two, and reuses the processes.
LINGER: Final = 5.0
# In seconds; the first client is the process that started the daemon, on a possibly busy machine.
_FIRST_CLIENT: Final = 30.0


# The engine works on many resources at once, and Terraform may wait minutes for one.
_WORKERS: Final = 256
_MESSAGE_LIMIT: Final = [
    ("grpc.max_receive_message_length", -1),
    ("grpc.max_send_message_length", -1),
]


class TerraformBackend:
    """The pool and catalog of one Terraform provider binary."""

    def __init__(self, binary: Path, environment: Mapping[str, str]) -> None:
        self.pool = ProcessPool(binary, cache_directory(environment))
        self._lock = threading.Lock()
        self._catalog: Catalog | None = None

    def catalog(self, environment: Mapping[str, str]) -> Catalog:
        """The resource types and functions; reads the schema on first use."""
        with self._lock:
            if self._catalog is None:
                self._catalog = Catalog(self.pool.schema(environment))
            return self._catalog


class Backends:
    """The backends in use, by binary: usually one."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_binary: dict[Path, TerraformBackend] = {}

    def of(self, client: Client) -> TerraformBackend:
        """The backend for a client; a plan-only client gets one that never starts."""
        binary = Path() if client.plan_only else find_binary(client.environment)
        with self._lock:
            if binary not in self._by_binary:
                self._by_binary[binary] = TerraformBackend(binary, client.environment)
            return self._by_binary[binary]

    def all(self) -> list[TerraformBackend]:
        """Every backend in use."""
        with self._lock:
            return list(self._by_binary.values())


def find_binary(environment: Mapping[str, str]) -> Path:
    """`LANDFALL_TERRAFORM_PROVIDER` or the machine's newest; raises `ProviderError`."""
    named = environment.get(terraform_provider.PROGRAM_VARIABLE)
    if named:
        if not os.access(named, os.X_OK):
            raise ProviderError(
                f"{terraform_provider.PROGRAM_VARIABLE} is {named}, which is not a program"
            )
        return Path(named)
    found = terraform_provider.find(environment)
    if found is None:
        raise ProviderError(
            "no Terraform AWS provider was found on this machine; put one below"
            " ~/.terraform.d/plugins, or install the official plugin with"
            " `pulumi plugin install resource aws`"
        )
    return found


class Daemon:
    """Accepts clients on a unix socket until there have been none for `linger` seconds."""

    def __init__(self, directory: str, linger: float = LINGER) -> None:
        self._directory = directory
        self._linger = linger
        self._workers = ThreadPoolExecutor(_WORKERS, thread_name_prefix="call")
        self._backends = Backends()
        self._numbers = count(1)
        self._lock = threading.Lock()
        self._clients = 0
        self._end_at = time.monotonic() + max(linger, _FIRST_CLIENT)  # where no client is there
        self._listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        # A byte here wakes the loop when a client leaves, to compute the next deadline.
        self._wake, self._waker = socket.socketpair()

    def listen(self) -> None:
        """Bind the socket. The caller's starter holds the lock, so no other daemon does."""
        path = rendezvous.socket_path(self._directory)
        Path(path).unlink(missing_ok=True)
        self._listener.bind(path)
        self._listener.listen(128)

    def serve(self) -> None:
        """Serve until idle, then take the socket away and end everything."""
        with selectors.DefaultSelector() as selector:
            selector.register(self._listener, selectors.EVENT_READ)
            selector.register(self._wake, selectors.EVENT_READ)
            while not self._end_if_idle():
                for key, _ in selector.select(self._seconds_until_due()):
                    if key.fileobj is self._listener:
                        self._accept()
                    else:
                        self._wake.recv(4096)
        for backend in self._backends.all():
            backend.pool.close()

    def _accept(self) -> None:
        connection, _ = self._listener.accept()
        with self._lock:
            self._clients += 1
        threading.Thread(target=self._serve_client, args=(connection,), daemon=True).start()

    def _seconds_until_due(self) -> float | None:
        """End the Terraform processes that are due; return when to look again, None for never."""
        due = [backend.pool.reap(self._linger) for backend in self._backends.all()]
        with self._lock:
            if not self._clients:
                due.append(self._end_at)
        times = [each for each in due if each is not None]
        return max(0.0, min(times) - time.monotonic()) if times else None

    def _end_if_idle(self) -> bool:
        """Close the socket under the starter's lock, unless a client is just coming."""
        with self._lock:
            if self._clients or time.monotonic() < self._end_at:
                return False
        # If the directory was removed, no client can find this daemon.
        if Path(self._directory).is_dir():
            with open(rendezvous.lock_path(self._directory), "w", encoding="utf-8") as lock:
                fcntl.flock(lock, fcntl.LOCK_EX)
                Path(rendezvous.socket_path(self._directory)).unlink(missing_ok=True)
                self._listener.close()
        return True

    def _serve_client(self, connection: socket.socket) -> None:
        with connection:
            try:
                self._serve_request(connection)
            except (OSError, ValueError):
                # The client left before it was served, or sent no request.
                pass
            finally:
                with self._lock:
                    self._clients -= 1
                    self._end_at = time.monotonic() + self._linger
                self._waker.send(b"1")

    def _serve_request(self, connection: socket.socket) -> None:
        request = json.loads(connection.makefile("rb").readline())
        client = Client(
            f"client-{next(self._numbers)}",
            request["environment"],
            Path(request["directory"]),
            request["planOnly"],
            request["assume"],
        )
        try:
            backend = self._backends.of(client)
        except ProviderError as error:
            _reply(connection, {"error": str(error)})
            return
        log = Log(log_path(client.environment))
        server = grpc.server(self._workers, options=_MESSAGE_LIMIT)
        provider_pb2_grpc.add_ResourceProviderServicer_to_server(
            Provider(Session(client, backend), log), server
        )
        port = server.add_insecure_port("127.0.0.1:0")
        server.start()
        log.write(f"{client.identity} serves on port {port}")
        try:
            _reply(connection, {"port": port})
            while connection.recv(4096):
                pass
        finally:
            server.stop(None)
            backend.pool.release(client.identity)
            log.write(f"{client.identity} is gone")


def _reply(connection: socket.socket, answer: dict[str, Any]) -> None:
    connection.sendall(json.dumps(answer).encode() + b"\n")


def linger(environment: Mapping[str, str]) -> float:
    """`LANDFALL_PROVIDER_LINGER` in seconds, or `LINGER`; raises `ValueError`."""
    return float(environment.get(rendezvous.LINGER_VARIABLE) or LINGER)


def main(arguments: list[str]) -> int:
    """`python -m landfall.sandbox.provider.plugin.daemon DIRECTORY READY_FD`."""
    directory, ready = arguments
    daemon = Daemon(directory, linger(os.environ))
    daemon.listen()
    os.write(int(ready), b"1")
    os.close(int(ready))
    daemon.serve()
    return 0


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Threads that wait for Terraform must not keep the process alive.
    os._exit(status)
