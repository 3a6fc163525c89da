"""Runs one Pulumi program for the language host, with the interpreter of the program's own venv.

The host starts this file by its path, because the program's venv may lack this project. It sends
the engine's request as JSON on standard input, because a config may exceed the limits of arguments
and environment variables. Exit status 0 means success, `REPORTED` a failure that has been shown
already, anything else a crash.
"""

from __future__ import annotations

import asyncio
import gc
import json
import logging
import os
import runpy
import sys
import traceback
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from pathlib import Path
from typing import Any

_ROUND = 1.0  # seconds until outputs that were created meanwhile are checked too

REPORTED = 32  # the value of the official host's runner; landfall's tests read it too


def main() -> int:
    """Read the request, run the program, report its failure; return the exit status."""
    # Starting this file by its path has put its folder on the import path.
    here = os.path.dirname(os.path.abspath(__file__))
    sys.path[:] = [entry for entry in sys.path if os.path.abspath(entry or ".") != here]
    request: dict[str, Any] = json.load(sys.stdin)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.close(nothing)
    try:
        import grpc
        import pulumi
        import pulumi.runtime
    except ImportError as error:
        print(
            f"{error}: the program's interpreter {sys.executable} lacks the Pulumi SDK;"
            " install it there with `pip install pulumi`.",
            file=sys.stderr,
        )
        return 1
    program = Path(request["program"])
    os.chdir(request["pwd"])
    sys.argv = [str(program), *request["args"]]
    folder = program if program.is_dir() else program.parent
    sys.path.insert(0, str(folder))
    pulumi.runtime.configure(
        pulumi.runtime.Settings(
            project=request["project"],
            stack=request["stack"],
            organization=request["organization"],
            monitor=request["monitor"],
            engine=request["engine"],
            parallel=request["parallel"],
            dry_run=request["dryRun"],
            root_directory=request["root"],
        )
    )
    pulumi.runtime.set_all_config(request["config"], request["secretKeys"])
    # Every failed output is one more future that is never awaited. The program's own failure
    # is reported once, below.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        _run(program, request["parallel"])
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return REPORTED  # the engine has ended or is ending, and reports why
        pulumi.log.error(f"Call to the engine failed: {error.details()}")
    except SystemExit as error:
        return _status_of(error)
    except Exception as error:
        pulumi.log.error(_describe(error))
    else:
        return 0
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
    return REPORTED


def _run(program: Path, parallel: int) -> None:
    import pulumi
    from pulumi.runtime import run_in_stack, stack

    stack.wait_for_rpcs = _waiting_in_rounds(stack.wait_for_rpcs)
    pulumi.log.debug = _without_the_sdks(pulumi.log.debug)
    # A program keeps its objects until it ends, so frequent GC runs find no garbage.
    gc.set_threshold(100_000, 50, 100)

    def body() -> None:
        runpy.run_path(str(program), run_name="__main__")

    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max_workers=max(parallel, 1) * 4))
    try:
        loop.run_until_complete(run_in_stack(body))
    finally:
        for task in asyncio.all_tasks(loop):
            task.cancel()
            with suppress(BaseException):
                loop.run_until_complete(task)
        loop.close()


def _without_the_sdks(debug: Callable[..., None]) -> Callable[..., None]:
    """Return a `pulumi.log.debug` that sends only the program's own messages.

    The SDK sends several for each resource. Each is a call to the engine, which shows them only
    with `--debug`. They take a sixth of a preview's time. `LANDFALL_SDK_DEBUG=1` enables them.
    """
    if os.environ.get("LANDFALL_SDK_DEBUG"):
        return debug

    def of_the_program(*args: Any, **kwargs: Any) -> None:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if not caller.startswith("pulumi."):
            debug(*args, **kwargs)

    return of_the_program


def _waiting_in_rounds(wait_for_rpcs: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
    """Return a `wait_for_rpcs` that checks the outstanding outputs at most once a second.

    The SDK's own function checks all of them whenever one completes, which is quadratic in the
    number of resources: a third of a preview's time at 270 resources.
    """
    from pulumi.runtime import settings, stack

    # Of resources that the engine has already reported; not every version of the SDK has it.
    told: type[Exception] | tuple[()] = getattr(stack, "ResourceRegistrationFailed", ())

    def taken() -> list[asyncio.Task[Any]]:
        with settings.SETTINGS.lock:
            outputs = list(settings.SETTINGS.outputs)
            settings.SETTINGS.outputs.clear()
        return outputs

    async def wait(await_all_outstanding_tasks: bool = True) -> None:
        await wait_for_rpcs(await_all_outstanding_tasks=False)
        while await_all_outstanding_tasks and (outputs := taken()):
            done, left = await asyncio.wait(
                outputs, timeout=_ROUND, return_when=asyncio.FIRST_EXCEPTION
            )
            with settings.SETTINGS.lock:
                settings.SETTINGS.outputs.update(left)
            for task in done:
                try:
                    await task
                except told:
                    continue
            await wait_for_rpcs(await_all_outstanding_tasks=False)

    return wait


def _status_of(error: SystemExit) -> int:
    if error.code is None:
        return 0
    if isinstance(error.code, int):
        return error.code
    print(error.code, file=sys.stderr)
    return 1


def _describe(error: Exception) -> str:
    """Return the traceback from the program on, without the frames of this file."""
    entries = traceback.extract_tb(error.__traceback__)
    entered = [at for at, frame in enumerate(entries) if frame.filename == "<frozen runpy>"]
    lines = ["Program failed with an unhandled exception:\n"]
    lines += ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(entries[entered[-1] + 1 if entered else 0 :])
    lines += traceback.format_exception_only(error)
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
