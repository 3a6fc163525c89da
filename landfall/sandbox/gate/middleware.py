"""The WSGI gate: callers, model, limits and additions around the emulator's dispatcher."""

from __future__ import annotations

import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from functools import partial
from typing import Any

from moto.core import DEFAULT_ACCOUNT_ID
from moto.core.exceptions import ServiceException
from werkzeug.exceptions import HTTPException

from landfall.sandbox.faults.active import faults
from landfall.sandbox.faults.endpoint import answer as answer_faults
from landfall.sandbox.gate import background, registry, values
from landfall.sandbox.gate.answers import Answer, serialise
from landfall.sandbox.gate.barrier import barrier
from landfall.sandbox.gate.bodies import read_body, receive
from landfall.sandbox.gate.callers import callers
from landfall.sandbox.gate.errors import AWSError, NotInSandboxError
from landfall.sandbox.gate.incoming import Environ, Incoming, match
from landfall.sandbox.gate.log import RequestLog
from landfall.sandbox.gate.registry import PassOnError
from landfall.sandbox.gate.request import SENT, Caller, Request
from landfall.sandbox.gate.reset import reset
from landfall.sandbox.gate.turns import turns
from landfall.sandbox.gate.unmatched import answer_unmatched
from landfall.sandbox.model import check
from landfall.sandbox.rehearsals import answer as answer_rehearsals

StartResponse = Callable[..., Any]
Application = Callable[[Environ, StartResponse], Iterable[bytes]]
Judge = Callable[[Request, str], None]

ACCESS = "/_landfall/access"
FAULTS = "/_landfall/faults"
HEALTH = "/_landfall/health"
REHEARSALS = "/_landfall/rehearsals"
RESET = "/moto-api/reset"
SETTLE = "/_landfall/settle"
VALUES = "/_landfall/values"

CALLER = "landfall.request"
"""The WSGI environment key of the gate's request, for repairs that need the caller."""

_VARIABLES = {name: f"HTTP_{name.upper().replace('-', '_')}" for name in SENT}
_PAGE = [("Content-Type", "text/html")]
_log = logging.getLogger(__name__)


class Gate:
    """A WSGI application that passes to the emulator only what AWS accepts."""

    def __init__(
        self,
        emulator: Application,
        log: RequestLog,
        judge: Judge | None = None,
        access: Callable[[], Mapping[str, object]] = dict,
    ) -> None:
        """Judge every call by its permissions with `judge`; None allows everything.

        `access` returns what the roles have used.
        """
        self._emulator = emulator
        self._log = log
        self._judge = judge
        self._access = access
        self._requests = 0
        self._counting = threading.Lock()

    def __call__(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        """Answer one request."""
        path = environ.get("PATH_INFO", "")
        if path == HEALTH:
            return _send(self._health(), start_response)
        # Before the barrier: a slow client must not delay a reset.
        receive(environ)
        if path.rstrip("/") == RESET and environ["REQUEST_METHOD"] == "POST":
            return _send(reset(), start_response)
        if path == SETTLE and environ["REQUEST_METHOD"] == "POST":
            return _send(_json(settled=background.settle()), start_response)
        if path == FAULTS:
            return _send(_json(**answer_faults(read_body(environ))), start_response)
        if path == VALUES and environ["REQUEST_METHOD"] == "POST":
            return _send(values.take(read_body(environ)), start_response)
        with barrier.shared(partial(_describe, environ)):
            if path == REHEARSALS and environ["REQUEST_METHOD"] == "POST":
                return _send(_json(**answer_rehearsals(read_body(environ))), start_response)
            if path == ACCESS:
                return _send(_json(**self._access()), start_response)
            return self._serve(environ, start_response)

    def _serve(self, environ: Environ, start_response: StartResponse) -> Iterable[bytes]:
        started = time.perf_counter()
        with self._counting:
            self._requests += 1
        incoming = match(environ)
        if incoming is None:
            return _whole(answer_unmatched(self._emulator, environ, start_response))
        with ExitStack() as turn:
            caller, answer = self._judged(incoming, environ, turn)
            judged = time.perf_counter()
            if answer is not None:
                self._log.write(incoming, caller, answer.status, answer.error, started, judged)
                return _send(answer, start_response)
            return self._forward(incoming, caller, environ, start_response, started, judged)

    def _judged(
        self, incoming: Incoming, environ: Environ, turn: ExitStack
    ) -> tuple[Caller, Answer | None]:
        """Return the caller and what the gate answers; None if the emulator must answer.

        From here on, the call has its service's turn, which ends with `turn`.
        """
        caller = Caller(DEFAULT_ACCOUNT_ID, "")
        try:
            caller = callers.of(incoming.scope, incoming.protocol, incoming.model.service_name)
            faults.before(incoming, caller)
            turn.enter_context(turns.of(incoming.model.service_name, incoming.operation.name))
            answer = self._answer(incoming, caller, environ)
            if answer is not None:
                fault = faults.after(incoming, caller, answer.status, (answer.body,))
                answer = answer if fault is None else serialise(incoming, fault)
        except AWSError as error:
            answer = serialise(incoming, error)
        except (ServiceException, HTTPException) as error:
            answer = serialise(incoming, _of_emulator(error))
        except Exception:
            _log.exception("%s:%s", incoming.model.service_name, incoming.operation.name)
            fault = AWSError("The sandbox has an internal error; see its log.", status=500)
            answer = serialise(incoming, fault)
        return caller, answer

    def _answer(self, incoming: Incoming, caller: Caller, environ: Environ) -> Answer | None:
        """Return an error or an addition's answer; None if the emulator must answer."""
        service, operation = incoming.model.service_name, incoming.operation.name
        registry.load(service)
        environ["HTTP_X_MOTO_ACCOUNT_ID"] = caller.account
        request = Request(
            caller=caller,
            region=incoming.scope.region,
            service=service,
            operation=operation,
            params=check(incoming),
            access_key=incoming.scope.access_key,
            host=environ.get("HTTP_HOST", ""),
            headers={name: sent for name in SENT if (sent := environ.get(_VARIABLES[name]))},
            is_presigned="HTTP_AUTHORIZATION" not in environ,
        )
        environ[CALLER] = request
        if self._judge is not None:
            self._judge(request, incoming.protocol)
        for refuses in registry.limits_of(service, operation):
            refuses(request)
        answers = registry.addition_of(service, operation)
        if answers is None:
            return None
        try:
            return serialise(incoming, answers(request) or {})
        except PassOnError:
            return None

    def _forward(
        self,
        incoming: Incoming,
        caller: Caller,
        environ: Environ,
        start_response: StartResponse,
        started: float,
        judged: float,
    ) -> Iterable[bytes]:
        """Forward to the emulator; convert its HTML error pages to errors of the service."""
        kept: list[Any] = []

        def keep(status: str, headers: list[tuple[str, str]], exc_info: Any = None) -> None:
            kept[:] = [status, headers]

        body: Iterable[bytes] = ()
        try:
            body = _whole(self._emulator(environ, keep))
            status, headers = int(kept[0][:3]), kept[1]
            if (fault := faults.after(incoming, caller, status, body)) is not None:
                answer = serialise(incoming, fault)
                self._log.write(incoming, caller, answer.status, answer.error, started, judged)
                return _send(answer, start_response)
        except NotImplementedError:
            status, headers = 501, _PAGE
        except Exception:
            _log.exception("%s:%s", incoming.model.service_name, incoming.operation.name)
            status, headers = 500, _PAGE
        if status >= 400 and _is_page(headers, incoming):
            if status >= 500:
                _log.error("%s: %s", incoming.operation.name, b"".join(body).decode()[-2000:])
            answer = serialise(incoming, _fault(status, incoming))
            self._log.write(incoming, caller, answer.status, answer.error, started, judged)
            return _send(answer, start_response)
        self._log.write(incoming, caller, status, "", started, judged)
        start_response(kept[0], headers)
        return body

    def _health(self) -> Answer:
        return _json(pid=os.getpid(), account=DEFAULT_ACCOUNT_ID, requests=self._requests)


def _whole(body: Iterable[bytes]) -> Iterable[bytes]:
    """Read a whole body now, because a reset may come before it is sent."""
    try:
        return (b"".join(body),)
    finally:
        if (close := getattr(body, "close", None)) is not None:
            close()


def _describe(environ: Environ) -> str:
    target = environ.get("HTTP_X_AMZ_TARGET") or environ.get("PATH_INFO", "")
    return f"{environ['REQUEST_METHOD']} {target}"


def _of_emulator(error: ServiceException | HTTPException) -> AWSError:
    """Convert an error of the emulator's code inside a limit or addition."""
    code = getattr(error, "error_type", None) or getattr(error, "code", None)
    message = getattr(error, "message", None) or str(error)
    return AWSError(str(message), code=str(code))


def _is_page(headers: list[tuple[str, str]], incoming: Incoming) -> bool:
    """Return whether an answer is an HTML error page of the emulator, not an AWS error."""
    kind = next((value for name, value in headers if name.lower() == "content-type"), "")
    return kind.startswith("text/html") and incoming.wire.method != "HEAD"


def _fault(status: int, incoming: Incoming) -> AWSError:
    service, operation = incoming.model.service_name, incoming.operation.name
    if status in (404, 405, 501):
        return NotInSandboxError(service, operation)
    if status == 403:
        return AWSError("Access Denied", code="AccessDenied", status=403)
    return AWSError(
        f"The emulator failed in {service}:{operation}; see the sandbox's log.", status=500
    )


def _json(**members: object) -> Answer:
    body = json.dumps(members).encode()
    headers = (("Content-Type", "application/json"), ("Content-Length", str(len(body))))
    return Answer(200, headers, body)


def _send(answer: Answer, start_response: StartResponse) -> Iterable[bytes]:
    start_response(f"{answer.status} {answer.error or 'OK'}", list(answer.headers))
    return (answer.body,)
