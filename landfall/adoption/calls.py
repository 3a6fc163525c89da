"""AWS calls that continue after a denied permission, to report all missing permissions at once."""

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

# Organizations throttles list calls at about ten a second, and most share one token bucket: more
# threads only cause more throttling. Adaptive retries keep the rate below the limit.
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
"""Called with progress: what is read, how many are done, and the total."""

T = TypeVar("T")
R = TypeVar("R")


def is_denied(error: ClientError) -> bool:
    """Return whether AWS denied a call for lack of permission."""
    return error.response["Error"]["Code"] in _DENIED


def unreachable(error: BotoCoreError | ClientError) -> ProblemsError:
    """Return the error for a call that failed for a reason other than permission."""
    if isinstance(error, NoCredentialsError):
        return access_hint.no_credentials()
    fix = "check the credentials, the region and the network, then run the command again"
    return refuse(f"cannot read AWS: {error}", fix)


class Calls:
    """Read-only calls. Record denied actions and return an empty result for them.

    Thread-safe.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._tried: set[str] = set()
        self._denied: dict[str, Counter[str]] = {}

    def pages(self, client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
        """Return the items under `key` from all pages; empty if denied."""

        def read() -> list[Any]:
            pages = client.get_paginator(operation).paginate(**arguments)
            return [item for page in pages for item in page.get(key, [])]

        return self._read(client, operation, read) or []

    def one(self, client: Any, operation: str, **arguments: Any) -> dict[str, Any]:
        """Return the answer of one call; empty if denied."""
        return self._read(client, operation, lambda: getattr(client, operation)(**arguments)) or {}

    def probe(self, client: Any, operation: str, **arguments: Any) -> None:
        """Record whether an operation not yet tried is denied; any other answer means it is not.

        AWS checks permission before it checks whether the resource exists.
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
        """Raise a `ProblemsError` with every denied action, if there is any."""
        problems = []
        for action, messages in sorted(self._denied.items()):
            message, _ = messages.most_common(1)[0]
            times = f" ({messages.total()} times)" if messages.total() > 1 else ""
            said = f": {message}" if message else ""
            problems.append(Problem(f"AWS denies {action}{times}{said}", f"allow {action}"))
        if problems:
            raise ProblemsError(problems, exit_status=2)


def _action(client: Any, operation: str) -> str:
    """Return the IAM action of a method. For the services read here, both have the same name."""
    model = client.meta.service_model
    return f"{model.signing_name}:{client.meta.method_to_api_mapping[operation]}"


def side_by_side(
    work: Callable[[T], R], items: Iterable[T], report: Report | None = None, what: str = ""
) -> list[R]:
    """Return `work(item)` for each item, in order, computed by `THREADS` threads."""
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
