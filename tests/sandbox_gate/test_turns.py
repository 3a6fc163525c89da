"""Calls of one service do not meet in the emulator."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import EnvironBuilder

from landfall.sandbox.gate.callers import Callers
from landfall.sandbox.gate.log import RequestLog
from landfall.sandbox.gate.middleware import Gate
from landfall.sandbox.gate.request import Caller
from landfall.sandbox.gate.turns import Turns

REGION = "eu-west-1"


class Meetings:
    """Counts how many bodies ran at the same time, at most."""

    def __init__(self) -> None:
        self.most = 0
        self._now = 0
        self._lock = threading.Lock()

    def __call__(self) -> None:
        with self._lock:
            self._now += 1
            self.most = max(self.most, self._now)
        time.sleep(0.05)  # long enough for the others to come
        with self._lock:
            self._now -= 1


@pytest.mark.parametrize(
    ("calls", "most"),
    [
        ([("iam", "CreateRole"), ("iam", "GetRole"), ("iam", "DeleteRole")], 1),
        ([("iam", "CreateRole"), ("sns", "CreateTopic"), ("kms", "CreateKey")], 3),
        ([("lambda", "Invoke")] * 3, 3),
        ([("s3", "PutObject")] * 3, 3),
    ],
)
def test_calls_of_one_service_run_one_after_another(
    calls: list[tuple[str, str]], most: int
) -> None:
    turns, meetings = Turns(patience=60), Meetings()

    def run(call: tuple[str, str]) -> None:
        with turns.of(*call):
            meetings()

    with ThreadPoolExecutor(len(calls)) as pool:
        list(pool.map(run, calls))
    assert meetings.most == most


def test_call_of_code_that_a_call_runs_goes_on_without_a_turn() -> None:
    turns = Turns(patience=0.05)
    nested = threading.Thread(target=lambda: turns.of("sns", "Subscribe").__enter__())
    with turns.of("sns", "CreateTopic"), turns.of("sns", "Subscribe"):
        nested.start()
        nested.join(10)
    assert not nested.is_alive()


def test_gate_takes_turns_until_the_emulator_has_answered(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Callers, "of", lambda *_: Caller("111122223333", ""))
    meetings = Meetings()

    def emulator(environ: Any, start_response: Any) -> list[bytes]:
        meetings()
        start_response("200 OK", [("Content-Type", "application/x-amz-json-1.1")])
        return [b"{}"]

    gate = Gate(emulator, RequestLog(tmp_path / "log"))
    with ThreadPoolExecutor(3) as pool:
        statuses = list(pool.map(lambda name: _create_repository(gate, name), ("a", "b", "c")))
    assert statuses == ["200 OK"] * 3
    assert meetings.most == 1


def _create_repository(gate: Gate, name: str) -> str:
    scope = f"AKIAIOSFODNN7EXAMPLE/20261128/{REGION}/ecr/aws4_request"
    signed = f"AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0"
    builder = EnvironBuilder(
        method="POST",
        json={"repositoryName": f"repository-{name}"},
        headers={
            "X-Amz-Target": "AmazonEC2ContainerRegistry_V20150921.CreateRepository",
            "Content-Type": "application/x-amz-json-1.1",
            "Authorization": signed,
        },
    )
    statuses: list[str] = []
    gate(builder.get_environ(), lambda status, headers: statuses.append(status))
    return statuses[0]
