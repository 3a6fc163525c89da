"""Calls of AWS that go on where permission lacks, so that all that lacks is told at once."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError, NoCredentialsError

from landfall import access_hint
from landfall.problems import Problem, ProblemsError, refuse

# Organizations throttles lists at some ten calls a second, and most of them share one bucket: more
# threads only meet more refusals. Adaptive retries hold the rate where AWS wants it.
# https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
THREADS = 8
CONFIG = Config(
    retries={"mode": "adaptive", "max_attempts": 10},
    max_pool_connections=2 * THREADS,
    connect_timeout=10,
    read_timeout=60,
)

QUICK = Config(retries={"mode": "standard", "max_attempts": 2}, connect_timeout=5, read_timeout=20)

_DENIED = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})

Report = Callable[[str, int, int], None]
"""Told of progress: what is read, how many are done, of how many."""

T = TypeVar("T")
R = TypeVar("R")


def is_denied(error: ClientError) -> bool:
    """Tell whether AWS refused a call for lack of permission."""
    return error.response["Error"]["Code"] in _DENIED


def unreachable(error: BotoCoreError | ClientError) -> ProblemsError:
    """Return the error of a call that failed for another reason than permission."""
    if isinstance(error, NoCredentialsError):
        return access_hint.no_credentials()
    fix = "check the credentials, their region and the network, and run it again"
    return refuse(f"AWS could not be read: {error}", fix)


class Calls:
    """Calls that only read. What AWS denies is remembered, and answered as if there were nothing.

    Safe to use from several threads.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried: set[str] = set()
        self._denied: dict[str, Counter[str]] = {}

    def pages(self, client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
        """Return what all pages of a list hold under `key`; empty where it is denied."""

        def read() -> list[Any]:
            pages = client.get_paginator(operation).paginate(**arguments)
            return [item for page in pages for item in page.get(key, [])]

        return self._read(client, operation, read) or []

    def one(self, client: Any, operation: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of one call; empty where it is denied."""
        return self._read(client, operation, lambda: getattr(client, operation)(**arguments)) or {}

    def probe(self, client: Any, operation: str, **arguments: Any) -> None:
        """Learn whether an operation that was not tried is denied; any other answer means no.

        AWS judges permission before it looks whether what is asked for exists.
        """
        if _action(client, operation) in self._tried:
            return
        try:
            getattr(client, operation)(**arguments)
        except ClientError as error:
            if is_denied(error):
                self._deny(client, operation, error)
        except BotoCoreError as error:
            raise unreachable(error) from None

    def _read(self, client: Any, operation: str, read: Callable[[], T]) -> T | None:
        self._tried.add(_action(client, operation))
        try:
            return read()
        except ClientError as error:
            if not is_denied(error):
                raise
            self._deny(client, operation, error)
            return None
        except BotoCoreError as error:
            raise unreachable(error) from None

    def _deny(self, client: Any, operation: str, error: ClientError) -> None:
        message = error.response["Error"].get("Message", "")
        with self._lock:
            self._denied.setdefault(_action(client, operation), Counter())[message] += 1

    @property
    def denied(self) -> bool:
        """Whether any call was denied."""
        return bool(self._denied)

    def refuse_denied(self) -> None:
        """Raise a `ProblemsError` with every action that was denied; none was, nothing happens."""
        problems = []
        for action, messages in sorted(self._denied.items()):
            message, _ = messages.most_common(1)[0]
            times = f" ({messages.total()} times)" if messages.total() > 1 else ""
            said = f": {message}" if message else ""
            problems.append(Problem(f"AWS denies {action}{times}{said}", f"allow {action}"))
        if problems:
            raise ProblemsError(problems, exit_status=2)


def _action(client: Any, operation: str) -> str:
    """Return the IAM action of a method; of the services read here they have the same names."""
    model = client.meta.service_model
    return f"{model.signing_name}:{client.meta.method_to_api_mapping[operation]}"


def side_by_side(
    work: Callable[[T], R], items: Iterable[T], report: Report | None = None, what: str = ""
) -> list[R]:
    """Return `work` of each item, in their order, done by `THREADS` threads."""
    waiting = list(items)
    results: list[R] = []
    with ThreadPoolExecutor(THREADS) as pool:
        for result in _counted(pool.map(work, waiting), len(waiting), report, what):
            results.append(result)
    return results


def _counted(results: Iterator[R], total: int, report: Report | None, what: str) -> Iterator[R]:
    for done, result in enumerate(results, 1):
        if report:
            report(what, done, total)
        yield result
