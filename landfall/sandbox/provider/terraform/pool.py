"""Terraform processes, shared: one for each distinct configuration that is in use.

A process takes 0.3 s to start and 255 to 300 MB. The first call that needs it starts it, in
its own thread, so different configurations start in parallel. An unused process
is kept for some seconds, for the `up` after a preview.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.catalog.schema_cache import SchemaCache
from landfall.sandbox.provider.errors import ProviderError
from landfall.sandbox.provider.terraform.configuration import Configuration
from landfall.sandbox.provider.terraform.process import SchemaLoader, TerraformProcess

StartProcess = Callable[[Path, Mapping[str, str]], TerraformProcess]


class _Entry:
    """The process of one configuration and its users."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.process: TerraformProcess | None = None
        self.users: set[str] = set()
        self.idle_since = time.monotonic()


class ProcessPool:
    """All Terraform processes of this daemon for one provider binary."""

    def __init__(self, binary: Path, cache: Path, start: StartProcess = TerraformProcess) -> None:
        self.binary = binary
        self._start = start
        files = SchemaCache(cache, binary)
        self._loader = SchemaLoader(files.read, files.write)
        self._lock = threading.Lock()
        self._entries: dict[str, _Entry] = {}
        self._interrupted: set[str] = set()
        self._spare_lock = threading.Lock()
        self._spare: tuple[dict[str, str], TerraformProcess] | None = None

    def schema(self, environment: Mapping[str, str]) -> ProviderSchema:
        """The provider's schema; starts a process only where it is not cached."""
        return self._loader.load(lambda: self.any_process(environment))

    def process(
        self, user: str, configuration: Configuration, *, changing: bool = False
    ) -> TerraformProcess:
        """Return the running, configured process of this configuration.

        Raise `ProviderError` if the call is about to change AWS (`changing`) and `user` was
        interrupted: such a call would run to its end, and its engine waits for it. Other calls
        may belong to a change that AWS has already carried out.
        """
        with self._lock:
            self._check_interrupted(user, changing)
            entry = self._entries.setdefault(configuration.key, _Entry())
            entry.users.add(user)
        with entry.lock:
            if entry.process is None or not entry.process.alive:
                process = self._take_spare(configuration.environment)
                try:
                    process.configure(
                        self.schema(configuration.environment).provider(), configuration.values
                    )
                except BaseException:
                    process.kill()
                    raise
                entry.process = process
            found = entry.process
        with self._lock:
            self._check_interrupted(user, changing)
        return found

    def any_process(self, environment: Mapping[str, str]) -> TerraformProcess:
        """A process for calls that need no configuration: the schema, and validation."""
        with self._lock:
            running = [entry.process for entry in self._entries.values() if entry.users]
        for process in running:
            if process is not None and process.alive:
                return process
        with self._spare_lock:
            if self._spare is None or not self._spare[1].alive:
                self._spare = (dict(environment), self._start(self.binary, environment))
            return self._spare[1]

    def release(self, user: str) -> None:
        """Note that `user` is gone; its processes end when they have been idle for a while."""
        with self._lock:
            self._interrupted.discard(user)
            for entry in self._entries.values():
                if user in entry.users:
                    entry.users.remove(user)
                    entry.idle_since = time.monotonic()

    def interrupt(self, user: str) -> None:
        """Refuse further changes for `user`; calls that run go on until `cancel`."""
        with self._lock:
            self._interrupted.add(user)

    def cancel(self, user: str) -> None:
        """Interrupt what runs for `user`; a process that was told to stop serves nobody after."""
        with self._lock:
            keys = [key for key, entry in self._entries.items() if user in entry.users]
            entries = [self._entries.pop(key) for key in keys]
        for entry in entries:
            with entry.lock:  # Wait while the process starts.
                process = entry.process
            if process is not None and process.alive:
                process.stop()
                threading.Timer(5.0, process.kill).start()

    def reap(self, idle: float) -> float | None:
        """End the processes that have had no user for `idle` seconds.

        Returns the time (`time.monotonic`) when the next one is due, None if all have users.
        """
        now = time.monotonic()
        with self._lock:
            due = {
                key: entry.idle_since + idle
                for key, entry in self._entries.items()
                if not entry.users
            }
            old = [self._entries.pop(key) for key, time_ in due.items() if time_ <= now]
        for entry in old:
            if entry.process is not None:
                entry.process.kill()
        return min((time_ for time_ in due.values() if time_ > now), default=None)

    def close(self) -> None:
        """End all processes."""
        with self._lock:
            entries = list(self._entries.values())
            self._entries.clear()
        for entry in entries:
            if entry.process is not None:
                entry.process.kill()
        with self._spare_lock:
            if self._spare is not None:
                self._spare[1].kill()
                self._spare = None

    def _check_interrupted(self, user: str, changing: bool) -> None:
        if changing and user in self._interrupted:
            raise ProviderError("the run was interrupted before this call began")

    def _take_spare(self, environment: Mapping[str, str]) -> TerraformProcess:
        with self._spare_lock:
            if self._spare is not None and self._spare[0] == environment:
                spare, self._spare = self._spare[1], None
                if spare.alive:
                    return spare
        return self._start(self.binary, environment)
