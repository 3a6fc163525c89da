"""The emulator's dispatcher, which finds a request's service by host name."""

from __future__ import annotations

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app


class Dispatcher(DomainDispatcherApplication):  # type: ignore[misc]
    """Caches the service of each host, which the emulator searches in 190 patterns each time.

    An unknown host raises NotImplementedError; the emulator would fail on None.
    """

    def __init__(self) -> None:
        super().__init__(create_backend_app)
        self._backends: dict[str, str] = {}

    def get_backend_for_host(self, host: str | None) -> str | None:
        """Return the emulator's service name for a host; None without a host."""
        if host is None:
            return None
        known = self._backends.get(host)
        if known is None:
            known = self._backends[host] = self._find(host)
        return known

    def _find(self, host: str) -> str:
        from moto.backends import list_of_moto_modules

        if host == "moto_api" or host in list_of_moto_modules():
            return host
        for backend, pattern in self.backend_url_patterns:
            if pattern.match(f"http://{host}"):
                return str(backend)
        raise NotImplementedError(f"no service at {host}")
