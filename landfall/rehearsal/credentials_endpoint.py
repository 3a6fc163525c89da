"""Credentials of builds, over HTTP as in CodeBuild's containers: none are in their environment.

https://docs.aws.amazon.com/sdkref/latest/guide/feature-container-credentials.html
"""

from __future__ import annotations

import json
import secrets
import threading
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from landfall.rehearsal.sandbox import Session


class CredentialsEndpoint:
    """A server on this machine that gives each build the credentials of its role."""

    def __init__(self) -> None:
        held: dict[str, Session] = {}

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                session = held.get(self.headers.get("Authorization", ""))
                body = b"{}" if session is None else json.dumps(_shown(session)).encode()
                self.send_response(200 if session else 403)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: Any) -> None:
                """Write nothing."""

        self._held = held
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def variables(self, session: Session) -> Mapping[str, str]:
        """Return the environment variables with which a process finds a session's credentials."""
        token = secrets.token_urlsafe(24)
        self._held[token] = session
        port = self._server.server_address[1]
        return {
            "AWS_CONTAINER_CREDENTIALS_FULL_URI": f"http://127.0.0.1:{port}/",
            "AWS_CONTAINER_AUTHORIZATION_TOKEN": token,
        }

    def close(self) -> None:
        """End the server."""
        self._server.shutdown()
        self._server.server_close()


def _shown(session: Session) -> dict[str, str | None]:
    end = datetime.now(UTC) + timedelta(hours=1)
    return {
        "AccessKeyId": session.key,
        "SecretAccessKey": session.secret,
        "Token": session.token,
        "Expiration": end.strftime("%Y-%m-%dT%H:%M:%SZ"),
    }
