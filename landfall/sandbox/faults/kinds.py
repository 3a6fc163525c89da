"""What a fault may be, and how one is written."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from difflib import get_close_matches
from enum import StrEnum
from fnmatch import fnmatchcase
from functools import lru_cache
from typing import Any, Final

from botocore.session import Session

from landfall.problems import Problem, ProblemsError
from landfall.sandbox.faults import aws_errors


class Kind(StrEnum):
    """The kinds of faults."""

    THROTTLE = "throttle"
    CONCURRENT = "concurrent-modification"
    STALE = "stale"
    ACCOUNT = "account-creation"
    LATENCY = "latency"
    HALF_WAY = "half-way"
    REGION = "region-down"
    EXPIRED = "expired-session"


ABOUT: Final[Mapping[Kind, str]] = {
    Kind.THROTTLE: "answers with AWS's throttling error, and does nothing",
    Kind.CONCURRENT: "answers that another request changes the same thing, and does nothing",
    Kind.STALE: "does not find new resources for READS reads of each",
    Kind.ACCOUNT: "lets the creation of an account fail with REASON",
    Kind.LATENCY: "answers MILLISECONDS ms later",
    Kind.HALF_WAY: "does what was asked, and answers with an internal error",
    Kind.REGION: "answers that the services of REGION are unavailable",
    Kind.EXPIRED: "ends the session that makes the request",
}

_ONCE: Final = frozenset({Kind.HALF_WAY, Kind.EXPIRED, Kind.ACCOUNT})
_ROLE: Final = re.compile(r"[\w+=,.@-]{1,64}")
_SECOND: Final = 60_000


@dataclass(frozen=True, slots=True)
class Fault:
    """A fault, and the requests that it meets.

    `operations` are patterns such as `iam:Get*`, with botocore's names; empty means all. Of the
    requests that match, `after` are spared, then each is met with the probability `rate`, at most
    `times` times (0: without end). `seed` makes the choice the same in each run. With `per_second`,
    only those are met that exceed a token bucket of this rate and of `burst` tokens; each service,
    account and region has a bucket of its own.
    """

    kind: Kind
    operations: tuple[str, ...] = ()
    region: str = ""
    role: str = ""
    rate: float = 1.0
    seed: int = 0
    after: int = 0
    times: int = 0
    milliseconds: int = 0
    reads: int = 0
    reason: str = ""
    per_second: float = 0.0
    burst: int = 0

    def matches(self, service: str, operation: str, region: str, role: str) -> bool:
        """Return whether a request is one that the fault may meet."""
        return (
            (not self.operations or _is_any(self.operations, f"{service}:{operation}"))
            and self.region in ("", region)
            and self.role in ("", role)
        )

    @property
    def effect(self) -> str:
        """What the sandbox does, as in `answers 500 ms later`."""
        text = ABOUT[self.kind]
        for name in ("reads", "reason", "milliseconds", "region"):
            text = text.replace(name.upper(), str(getattr(self, name)))
        return text

    def as_json(self) -> dict[str, Any]:
        """Return the fields that are set."""
        found = {name: value for name, value in asdict(self).items() if value}
        return found | {"kind": self.kind.value}

    def __str__(self) -> str:
        """Render as the options of `landfall sandbox faults add`."""
        parts = [self.kind.value, *(f"--operation '{each}'" for each in self.operations)]
        parts += [
            f"--{name} {getattr(self, name)}"
            for name in (
                "region",
                "role",
                "seed",
                "after",
                "times",
                "milliseconds",
                "reads",
                "burst",
            )
            if getattr(self, name)
        ]
        parts += [f"--per-second {self.per_second:g}"] if self.per_second else []
        parts += [f"--rate {self.rate:g}"] if self.rate < 1 else []
        parts += [f"--reason {self.reason}"] if self.reason else []
        return " ".join(parts)


def read(value: Mapping[str, Any]) -> Fault:
    """Return a fault from its fields. Raises `ProblemsError` with every mistake."""
    problems: list[Problem] = []
    known = {each.name for each in fields(Fault)}
    problems += (
        Problem(f"a fault has no {name!r}", f"its fields are {', '.join(sorted(known))}")
        for name in value
        if name not in known
    )
    kind = _kind(str(value.get("kind", "")), problems)
    operations = value.get("operations", ())
    if kind is None or isinstance(operations, str) or not isinstance(operations, Iterable):
        raise ProblemsError(
            problems or [Problem("operations are no list", "write a list of texts")]
        )
    try:
        given: dict[str, Any] = {**_numbers(value), **_texts(value)}
        fault = Fault(kind, tuple(map(str, operations)), **given)
    except (TypeError, ValueError) as error:
        raise ProblemsError([*problems, Problem(str(error), "write a number")]) from None
    problems += _mistakes(fault)
    if problems:
        raise ProblemsError(problems)
    return fault if fault.times or kind not in _ONCE else Fault(**{**_own(fault), "times": 1})


def _own(fault: Fault) -> dict[str, Any]:
    return {each.name: getattr(fault, each.name) for each in fields(fault)}


def _numbers(value: Mapping[str, Any]) -> dict[str, Any]:
    names = ("seed", "after", "times", "milliseconds", "reads", "burst")
    return {
        "rate": float(value.get("rate", 1.0)),
        "per_second": float(value.get("per_second") or 0.0),
        **{name: int(value.get(name) or 0) for name in names},
    }


def _texts(value: Mapping[str, Any]) -> dict[str, str]:
    return {name: str(value.get(name) or "") for name in ("region", "role", "reason")}


def _kind(text: str, problems: list[Problem]) -> Kind | None:
    names = [each.value for each in Kind]
    if text in names:
        return Kind(text)
    near = _near(text, names)
    fix = f"did you mean {near[0]}?" if near else f"the faults are {', '.join(names)}"
    problems.append(Problem(f"there is no fault {text!r}", fix))
    return None


def _near(text: str, names: Iterable[str]) -> list[str]:
    """Return the name that is most like a text, in any case; none if all differ much."""
    spelled = {name.lower(): name for name in names}
    return [spelled[each] for each in get_close_matches(text.lower(), spelled, n=1)]


def _mistakes(fault: Fault) -> Iterator[Problem]:
    for pattern in fault.operations:
        yield from _of_operation(pattern)
    yield from _of_errors(fault)
    if not 0 < fault.rate <= 1:
        yield Problem(f"the rate is {fault.rate:g}", "write a share above 0, at most 1, as 0.2")
    for name in ("after", "times", "milliseconds", "reads", "per_second", "burst"):
        if getattr(fault, name) < 0:
            yield Problem(f"{name} is negative", "write a number from 0")
    if not math.isfinite(fault.per_second):
        yield Problem(f"per_second is {fault.per_second:g}", "write a number of requests, as 10")
    if fault.region and fault.region not in regions():
        near = _near(fault.region, regions())
        fix = f"did you mean {near[0]}?" if near else "write a region as eu-west-1"
        yield Problem(f"AWS has no region {fault.region!r}", fix)
    if fault.role and not _ROLE.fullmatch(fault.role):
        yield Problem(f"{fault.role!r} is not a role's name", "write the name without path or ARN")
    yield from _of_kind(fault)


def _of_kind(fault: Fault) -> Iterator[Problem]:
    kind = fault.kind
    if kind is Kind.LATENCY and not 0 < fault.milliseconds <= _SECOND:
        yield Problem(f"{kind} needs milliseconds", f"write a number from 1 to {_SECOND}")
    if kind is Kind.STALE and not fault.reads:
        yield Problem(f"{kind} needs reads", "write how many requests find nothing, as 3")
    if kind is Kind.REGION and not fault.region:
        yield Problem(f"{kind} needs a region", "write one as eu-west-1")
    if kind in (Kind.STALE, Kind.HALF_WAY, Kind.CONCURRENT) and not fault.operations:
        yield Problem(f"{kind} needs operations", "write at least one, as iam:GetRole")
    if kind is Kind.ACCOUNT and fault.reason not in aws_errors.account_reasons():
        reasons = ", ".join(aws_errors.account_reasons())
        yield Problem(f"AWS has no reason {fault.reason!r} for a failed account", f"use {reasons}")
    if kind is Kind.ACCOUNT:
        yield from (
            Problem(f"{kind} has no {name}", "remove it: every CreateAccount may fail")
            for name in ("operations", "region", "role")
            if getattr(fault, name)
        )
    if fault.per_second and not fault.burst:
        yield Problem("per_second needs burst", "write how many requests may come at once, as 20")
    if fault.burst and not fault.per_second:
        yield Problem("burst needs per_second", "write how many requests a second may come, as 10")
    own = {
        "milliseconds": Kind.LATENCY,
        "reads": Kind.STALE,
        "reason": Kind.ACCOUNT,
        "per_second": Kind.THROTTLE,
    }
    for name, only in own.items():
        if getattr(fault, name) and kind is not only:
            yield Problem(f"{kind} has no {name}", f"remove it: {only} has one")


def _of_operation(pattern: str) -> Iterator[Problem]:
    service, colon, name = pattern.partition(":")
    if not colon:
        yield Problem(f"{pattern!r} is not an operation", "write SERVICE:OPERATION, as iam:GetRole")
    elif service != "*" and service not in services():
        near = _near(service, services())
        fix = f"did you mean {near[0]}?" if near else "use the service's name in the AWS SDK"
        yield Problem(f"AWS has no service {service!r}", fix)
    elif service != "*" and not any(fnmatchcase(each, name) for each in operations(service)):
        near = _near(name, operations(service))
        fix = f"did you mean {service}:{near[0]}?" if near else "see the service's API reference"
        yield Problem(f"{service} has no operation {name!r}", fix)


def _of_errors(fault: Fault) -> Iterator[Problem]:
    """Yield operations for which AWS has no error of the fault's kind."""
    find = {
        Kind.CONCURRENT: aws_errors.concurrent_code,
        Kind.STALE: aws_errors.not_found_code,
    }.get(fault.kind)
    if find is None:
        return
    for pattern in fault.operations:
        service, _, name = pattern.partition(":")
        if service not in services():
            continue
        chosen = [each for each in operations(service) if fnmatchcase(each, name)]
        if chosen and not any(find(service, each) for each in chosen):
            yield Problem(
                f"AWS has no error of that kind for {pattern}", f"{fault.kind} cannot meet it"
            )


def _is_any(wanted: Iterable[str], name: str) -> bool:
    return any(fnmatchcase(name, each) for each in wanted)


@lru_cache(maxsize=1)
def services() -> tuple[str, ...]:
    """Return botocore's names of AWS's services."""
    return tuple(Session().get_available_services())


@lru_cache(maxsize=1)
def regions() -> tuple[str, ...]:
    """Return AWS's regions, of all partitions."""
    session = Session()
    return tuple(
        region
        for partition in session.get_available_partitions()
        for region in session.get_available_regions("sts", partition)
    )


@lru_cache(maxsize=64)
def operations(service: str) -> tuple[str, ...]:
    """Return the operations of a service."""
    return tuple(Session().get_service_model(service).operation_names)
