"""Runs one Pulumi program for the language host, in the interpreter of the program's own venv.

The host starts this file by its path, since the program's venv need not hold this project, and
sends the engine's request as JSON on standard input: a config may be longer than an argument or an
environment variable is allowed to be. Exit status 0 means that the program ended well,
`REPORTED` that its failure has been shown already, anything else that it died.
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

_ROUND = 1.0  # seconds until outputs that came up meanwhile are looked at too

REPORTED = 32  # what the official host's runner uses; landfall's tests read it too


def main() -> int:
    """Read the request, run the program, report its failure; return the exit status."""
    # The folder of this file is on the path only because the file was started by its name.
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
    # Every failed output is one more future that nobody awaits: the program's own failure is
    # reported below, once.
    logging.getLogger("asyncio").setLevel(logging.CRITICAL)
    try:
        _run(program, request["parallel"])
    except pulumi.RunError as error:
        pulumi.log.error(str(error))
    except grpc.RpcError as error:
        if error.code() == grpc.StatusCode.UNAVAILABLE:
            return REPORTED  # the engine is gone, or going: it knows why
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
    # What a program makes it keeps until its end: to look for garbage often finds none.
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
    """Return a `pulumi.log.debug` that sends the program's own messages alone.

    The SDK has several for each resource, and each is a call of the engine, which shows them with
    `--debug` only: a sixth of what a preview takes. `LANDFALL_SDK_DEBUG=1` lets them through.
    """
    if os.environ.get("LANDFALL_SDK_DEBUG"):
        return debug

    def of_the_program(*args: Any, **kwargs: Any) -> None:
        caller = sys._getframe(1).f_globals.get("__name__", "")
        if not caller.startswith("pulumi."):
            debug(*args, **kwargs)

    return of_the_program


def _waiting_in_rounds(wait_for_rpcs: Callable[..., Awaitable[None]]) -> Callable[..., Any]:
    """Return a `wait_for_rpcs` that looks at the outstanding outputs once a second at most.

    The SDK's own looks at all of them again whenever one completes, which takes work that grows
    with the square of the resources: a third of a preview's at 270 of them.
    """
    from pulumi.runtime import settings, stack

    # Resources that the engine has already reported; older SDKs do not know them.
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
    """Return the traceback from the program on: what leads into it is no news to its author."""
    entries = traceback.extract_tb(error.__traceback__)
    entered = [at for at, frame in enumerate(entries) if frame.filename == "<frozen runpy>"]
    lines = ["Program failed with an unhandled exception:\n"]
    lines += ["Traceback (most recent call last):\n"]
    lines += traceback.format_list(entries[entered[-1] + 1 if entered else 0 :])
    lines += traceback.format_exception_only(error)
    return "".join(lines)


if __name__ == "__main__":
    sys.exit(main())
