"""The program runner waits for all outputs of a program, in few rounds."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from typing import Any

import pytest
from pulumi.runtime import stack
from pulumi.runtime.settings import SETTINGS

from toolchain import program


@pytest.fixture(autouse=True)
def _nothing_outstanding() -> Iterator[None]:
    SETTINGS.outputs.clear()
    yield
    SETTINGS.outputs.clear()


def wait(*outputs: Callable[[], Coroutine[Any, Any, None]]) -> None:
    """Wait for outputs, and for those that they add meanwhile."""

    async def rpcs(await_all_outstanding_tasks: bool = True) -> None:
        assert not await_all_outstanding_tasks

    async def run() -> None:
        for output in outputs:
            add(output)
        await program._waiting_in_rounds(rpcs)()

    asyncio.run(run())


def add(output: Callable[[], Coroutine[Any, Any, None]]) -> None:
    SETTINGS.outputs.add(asyncio.ensure_future(output()))


def test_outputs_that_come_up_meanwhile_are_waited_for() -> None:
    ended = []

    async def late() -> None:
        await asyncio.sleep(0.05)
        ended.append("late")

    async def first() -> None:
        add(late)

    wait(first)
    assert ended == ["late"]


def test_a_failure_ends_the_wait_while_others_go_on() -> None:
    async def hangs() -> None:
        await asyncio.sleep(60)

    async def fails() -> None:
        raise ValueError("no such unit")

    with pytest.raises(ValueError, match="no such unit"):
        wait(hangs, fails)


def test_a_failure_of_one_that_came_up_meanwhile_does_too() -> None:
    async def hangs() -> None:
        await asyncio.sleep(60)

    async def fails() -> None:
        raise ValueError("no such unit")

    async def adds() -> None:
        add(fails)

    with pytest.raises(ValueError, match="no such unit"):
        wait(hangs, adds)


def test_error_that_the_engine_reported_is_no_failure_of_the_program(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Some versions of the SDK have this error; a program may use one of them."""
    ended = []

    class ReportedError(Exception):
        pass

    monkeypatch.setattr(stack, "ResourceRegistrationFailed", ReportedError, raising=False)

    async def failed() -> None:
        raise ReportedError

    async def other() -> None:
        await asyncio.sleep(0.05)
        ended.append("other")

    wait(failed, other)
    assert ended == ["other"]


def test_many_outputs_take_few_rounds(monkeypatch: pytest.MonkeyPatch) -> None:
    rounds = []
    real = asyncio.wait

    def counted(outputs: Any, **options: Any) -> Any:
        rounds.append(len(outputs))
        return real(outputs, **options)

    monkeypatch.setattr(asyncio, "wait", counted)

    def sleeper(milliseconds: int) -> Callable[[], Coroutine[Any, Any, None]]:
        async def sleeps() -> None:
            await asyncio.sleep(milliseconds / 1000)

        return sleeps

    wait(*(sleeper(number) for number in range(300)))
    assert rounds[0] == 300
    assert len(rounds) <= 3


def test_debug_messages_of_the_program_alone_are_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    sent: list[str] = []
    monkeypatch.delenv("LANDFALL_SDK_DEBUG", raising=False)
    names = {"debug": program._without_the_sdks(sent.append), "__name__": "pulumi.runtime.stack"}
    exec("debug('of the SDK')", names)  # noqa: S102 - a caller in another module
    names["__name__"] = "__main__"
    exec("debug('of the program')", names)  # noqa: S102
    assert sent == ["of the program"]


def test_debug_messages_of_the_sdk_can_be_had(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LANDFALL_SDK_DEBUG", "1")
    assert program._without_the_sdks(print) is print


def test_the_sdk_waits_where_the_runner_looks() -> None:
    """`run_pulumi_func` calls it by its name in the module, where the runner puts its own."""
    assert "wait_for_rpcs" in stack.run_pulumi_func.__code__.co_names
