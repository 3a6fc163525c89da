"""Requests that match no operation of a service model.

The emulator may support them, such as addresses that are not an API. For all others,
AWS has a separate error, which no SDK retries.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from typing import Any
from xml.sax.saxutils import escape

from botocore.model import OperationNotFoundError

from landfall.sandbox.gate.answers import Answer
from landfall.sandbox.gate.bodies import Environ
from landfall.sandbox.gate.incoming import action_of, models_signing_as, scope_of

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]


def answer_unmatched(
    emulator: Application, environ: Environ, start_response: StartResponse
) -> Iterable[bytes]:
    """Forward to the emulator; an unsupported signed request is an unknown operation."""
    service = scope_of(environ).name
    if not service:
        return emulator(environ, start_response)
    kept: list[Any] = []

    def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
        kept[:] = [status, headers]

    try:
        body = emulator(environ, keep)
    except (NotImplementedError, OperationNotFoundError):
        return _send(_unknown(service, environ), start_response)
    status, headers = kept
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    if status[:3] in ("404", "405", "501") and kind.startswith("text/html"):
        return _send(_unknown(service, environ), start_response)
    start_response(status, headers)
    return body


def _unknown(service: str, environ: Environ) -> Answer:
    """Return the error in the request's apparent protocol: 'Common Errors'."""
    target, action = environ.get("HTTP_X_AMZ_TARGET"), action_of(environ)
    asked = target or action or f"{environ['REQUEST_METHOD']} {environ['PATH_INFO']}"
    message = f"{asked} is not an operation of {service} that the sandbox knows."
    if action and not target:
        return _xml(400, "InvalidAction", message)
    code = "UnknownOperationException"
    if not target and any(model.protocol == "rest-xml" for model in models_signing_as(service)):
        return _xml(404, code, message)
    kind = "application/x-amz-json-1.1" if target else "application/json"
    return _answer(404, code, kind, json.dumps({"__type": code, "message": message}))


def _xml(status: int, code: str, message: str) -> Answer:
    error = f"<Type>Sender</Type><Code>{code}</Code><Message>{escape(message)}</Message>"
    text = f"<ErrorResponse><Error>{error}</Error></ErrorResponse>"
    return _answer(status, code, "text/xml", text)


def _answer(status: int, code: str, kind: str, text: str) -> Answer:
    body = text.encode()
    headers = (
        ("Content-Type", kind),
        ("Content-Length", str(len(body))),
        ("x-amzn-ErrorType", code),
    )
    return Answer(status, headers, body, code)


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    start_response(f"{answer.status} {answer.error}", list(answer.headers))
    return (answer.body,)
