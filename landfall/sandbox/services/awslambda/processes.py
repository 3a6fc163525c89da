"""One invocation of a function of Python: its deployed code in a process of its own.

The process has a scratch folder, no variable of the user's environment but PATH, and ends, with its
children, at the function's timeout: Lambda Developer Guide, 'Configure Lambda function timeout'.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
import zipfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from moto.awslambda.models import LambdaFunction

_BOOTSTRAP = Path(__file__).parents[2] / "lambda_bootstrap.py"


@dataclass(frozen=True, slots=True)
class Invocation:
    """What an invocation gave: the payload of its answer, whether it failed, and its log."""

    payload: bytes
    failed: bool
    log: str


def run(
    function: LambdaFunction, event: bytes, identity: str, environment: Mapping[str, str]
) -> Invocation:
    """Run a function's handler with an event; `identity` is the id of the request."""
    with tempfile.TemporaryDirectory(prefix="landfall-lambda-") as folder:
        code, result = Path(folder, "task"), Path(folder, "result.json")
        home = Path(folder, "tmp")
        home.mkdir()
        try:
            with zipfile.ZipFile(io.BytesIO(function.code_bytes)) as archive:
                archive.extractall(code)
        except zipfile.BadZipFile:
            return _failed("Runtime.InvalidCode", "The deployment package is not a zip file.", "")
        full = {
            **environment,
            "HOME": str(home),
            "TMPDIR": str(home),
            "PATH": os.environ.get("PATH", os.defpath),
            "LAMBDA_TASK_ROOT": str(code),
            "LANG": "C.UTF-8",
            "PYTHONDONTWRITEBYTECODE": "1",
            "LANDFALL_REQUEST_ID": identity,
            "LANDFALL_RESULT": str(result),
            "LANDFALL_DEADLINE": str(time.time() + float(function.timeout)),
        }
        return _ended(function, event, full, code, result)


def _ended(
    function: LambdaFunction,
    event: bytes,
    environment: Mapping[str, str],
    code: Path,
    result: Path,
) -> Invocation:
    process = subprocess.Popen(
        [sys.executable, str(_BOOTSTRAP)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        cwd=code,
        env=dict(environment),
        start_new_session=True,
    )
    try:
        said, _ = process.communicate(event, timeout=float(function.timeout))
    except subprocess.TimeoutExpired:
        _end(process)
        said, _ = process.communicate()
        seconds = f"{float(function.timeout):.2f}"
        text = f"{environment['LANDFALL_REQUEST_ID']} Task timed out after {seconds} seconds"
        return _failed("Sandbox.Timedout", text, said.decode(errors="replace"))
    finally:
        _end(process)
    log = said.decode(errors="replace")
    if process.returncode or not result.is_file():
        text = f"RequestId: {environment['LANDFALL_REQUEST_ID']} Error: Runtime exited"
        return _failed("Runtime.ExitError", f"{text} with status {process.returncode}", log)
    answer: dict[str, Any] = json.loads(result.read_text(encoding="utf-8"))
    payload = json.dumps(answer["payload"]).encode()
    return Invocation(payload, bool(answer["failed"]), log)


def _failed(kind: str, message: str, log: str) -> Invocation:
    payload = json.dumps({"errorType": kind, "errorMessage": message}).encode()
    return Invocation(payload, True, f"{log}\n{message}" if log else message)


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a process with its children."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
