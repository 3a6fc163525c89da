"""The sandbox server: one process that answers like AWS for one management account.

`python -m landfall.sandbox.server (--port N|--listening) --account ID [--log FILE]
[--no-enforce-iam] [--twin FILE]` listens on 127.0.0.1 only. With `--listening`, standard input is
the socket that listens. With `--twin`, the server contains what the snapshot FILE contains.
`GET /_landfall/health` answers `{"pid": ..., "account": ..., "requests": ...}` as soon as requests
are served; services load in the background after that. `POST /_landfall/settle` completes pending
actions, such as the creation of an account, and answers `{"settled": how many}`.
"""

from __future__ import annotations

import argparse
import gc
import logging
import os
import re
import signal
import sys
import warnings
from functools import partial
from pathlib import Path
from typing import Any, NoReturn

from landfall import service_models
from landfall.problems import ProblemsError
from landfall.sandbox.across_services import quotas

HOST = "127.0.0.1"
_STANDARD_INPUT = 0


def parse(argv: list[str] | None = None) -> argparse.Namespace:
    """Parse the command line; exit with status 2 if it is invalid."""
    parser = argparse.ArgumentParser(
        prog="python -m landfall.sandbox.server", description="A local AWS for one stack."
    )
    where = parser.add_mutually_exclusive_group(required=True)
    where.add_argument("--port", type=int, help="port on 127.0.0.1; 0 takes any")
    where.add_argument(
        "--listening", action="store_true", help="standard input is the socket that listens"
    )
    parser.add_argument(
        "--account", type=_account, required=True, help="12-digit id of the management account"
    )
    parser.add_argument(
        "--no-enforce-iam",
        dest="enforce_iam",
        action="store_false",
        help="allow every call, whatever policies say",
    )
    parser.add_argument(
        "--twin", type=Path, default=None, help="a file that `landfall snapshot` wrote"
    )
    parser.add_argument("--log", type=Path, default=None, help="file for one line a request")
    parser.add_argument(
        "--quota",
        action="append",
        default=[],
        metavar="NAME=VALUE",
        help="set a quota of landfall/sandbox/across_services/quotas.py, "
        "as organizations.accounts=10",
    )
    options = parser.parse_args(argv)
    try:
        quotas.override([*quotas.in_environment(), *options.quota])
    except ValueError as error:
        parser.error(str(error))
    return options


def _account(text: str) -> str:
    if not re.fullmatch(r"\d{12}", text):
        raise argparse.ArgumentTypeError(f"{text!r} is no account id: 12 digits")
    return text


def prepare(account: str, port: int) -> None:
    """Set what the emulator reads at import: the management account, managed policies, models.

    Must run before any other import of the emulator. `MOTO_ACCOUNT_ID` does not work: it puts every
    request, including those of member accounts, into that account.
    """
    os.environ.pop("MOTO_ACCOUNT_ID", None)
    os.environ["MOTO_IAM_LOAD_MANAGED_POLICIES"] = "true"
    os.environ["MOTO_PORT"] = str(port)
    import moto.core
    import moto.core.models

    from landfall.sandbox import emulator_data, emulator_requests

    moto.core.models.DEFAULT_ACCOUNT_ID = account
    moto.core.DEFAULT_ACCOUNT_ID = account
    service_models.share()
    emulator_data.defer()
    emulator_requests.lighten()


def load(account: str) -> None:
    """Load the emulator, and the services of a stack, without a thread: for processes to fork."""
    prepare(account, 0)

    from landfall.sandbox.gate import dispatcher, middleware, rpc_v2, warm
    from landfall.sandbox.judging import acting, judge, record

    for module in (acting, dispatcher, judge, middleware, record, rpc_v2):
        assert module.__name__  # noqa: S101 - they are imported to be in memory
    for package, service in warm.SERVICES:
        warm.load(package, service)


def serve(
    port: int | None,
    account: str,
    log: Path | None = None,
    *,
    enforce_iam: bool = True,
    twin: Path | None = None,
) -> NoReturn:
    """Serve until SIGTERM or SIGINT. Once a process: the emulator's state is global.

    Without a port, standard input is the socket that listens, as inetd gives it to a server.
    With `enforce_iam`, a call that AWS would deny is denied. With `twin`, the sandbox begins with
    the contents of that snapshot.
    """
    prepare(account, port or 0)

    from landfall.sandbox.gate import registry
    from landfall.sandbox.gate.dispatcher import Dispatcher
    from landfall.sandbox.gate.log import RequestLog
    from landfall.sandbox.gate.middleware import Gate
    from landfall.sandbox.gate.rpc_v2 import RpcV2
    from landfall.sandbox.gate.warm import warm
    from landfall.sandbox.judging import record
    from landfall.sandbox.judging.acting import Enforcement
    from landfall.sandbox.judging.judge import judge

    def stop(signum: int, frame: Any) -> NoReturn:
        # Nothing is buffered, and deleting the emulator's objects would take a second.
        os._exit(0)

    signal.signal(signal.SIGTERM, stop)
    signal.signal(signal.SIGINT, stop)
    if log is not None:
        from landfall.sandbox import machine_folders

        machine_folders.keep_in(log.parent)
    # Every request needs the IAM of its caller's account, and the first one comes at once.
    registry.load("iam")
    if twin is not None:
        _fill(twin)
    dispatcher = Dispatcher()
    Enforcement.is_on = enforce_iam
    judging = judge if enforce_iam else None
    gate = RpcV2(Gate(dispatcher, RequestLog(log), judging, record.shown))
    try:
        server = listening(port, gate)
    except SystemExit:
        # The port is in use, which werkzeug has printed; its status 1 would mean invalid input.
        raise SystemExit(2) from None
    # Code of functions calls the sandbox, also if it was started with any free port.
    os.environ["MOTO_PORT"] = str(server.port)
    sys.stdout.write(f"http://{HOST}:{server.port}\n")
    sys.stdout.flush()
    warm(dispatcher)
    server.serve_forever()
    raise SystemExit(0)


def _fill(twin: Path) -> None:
    """Load a snapshot, now and after each reset; exit with status 2 if that fails."""
    from landfall.sandbox.gate.reset import begin_with
    from landfall.sandbox.twin import loading

    try:
        begin_with(partial(loading.load_file, twin))
    except ProblemsError as error:
        sys.stderr.write(f"{error}\n")
        raise SystemExit(2) from None


def listening(port: int | None, gate: Any) -> Any:
    """Return a server of a gate that listens on a port, or standard input; it serves when told."""
    from werkzeug.serving import make_server

    from landfall.sandbox.gate.connections import Connection

    server = make_server(
        HOST,
        port or 0,
        gate,
        threaded=True,
        request_handler=Connection,  # type: ignore[arg-type]
        fd=_STANDARD_INPUT if port is None else None,
    )
    if port is None:
        # The server has a copy that processes of its own, such as functions' code, do not inherit.
        with open(os.devnull, "rb") as nothing:
            os.dup2(nothing.fileno(), _STANDARD_INPUT)
    return server


def main(argv: list[str] | None = None) -> NoReturn:
    """Run the server from the command line."""
    options = parse(argv)
    # The modules and what they keep of AWS stay, so frequent GC runs find little garbage.
    gc.set_threshold(100_000, 50, 100)
    warnings.filterwarnings("ignore", message=".*does not match an error shape.*")
    logging.basicConfig(level=logging.WARNING, format="%(asctime)s %(name)s %(message)s")
    serve(
        options.port,
        options.account,
        options.log,
        enforce_iam=options.enforce_iam,
        twin=options.twin,
    )


if __name__ == "__main__":
    main()
