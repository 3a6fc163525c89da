"""A request to AWS: principal, action, resource and context.

Keys of the context that follow from the request itself are filled in where they are not given
(AWS: 'AWS global condition context keys'); all others are absent unless given. Absent has
IAM's meaning: the service did not put the key into the request. A value that exists but is not
known yet is `UNKNOWN`.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import cached_property
from typing import Final

from landfall.iam import json_text
from landfall.iam.principals import Caller, CallerKind, read_caller
from landfall.problems import refuse


class Unknown:
    """The value of a key that may be absent, or have any value."""

    def __repr__(self) -> str:
        return "UNKNOWN"


UNKNOWN: Final = Unknown()


class NotGiven:
    """The answer of `Request.ask` for a key that it does not know."""


NOT_GIVEN: Final = NotGiven()

MOST_COMPARISONS: Final = 2_000_000

Scalar = str | bool | int | float | Unknown
ContextValue = Scalar | Sequence[Scalar] | None
# What a look-up finds: nothing, something unknown, or values of which some may be unknown.
Found = None | Unknown | tuple[str | Unknown, ...]


class Budget:
    """The number of comparisons that are left.

    Comparing a key of many values with a condition of many values costs their product. AWS limits
    both; untrusted input does not, and must be answered in bounded time.
    """

    __slots__ = ("left",)

    def __init__(self, comparisons: int = MOST_COMPARISONS) -> None:
        self.left = comparisons

    def spend(self, comparisons: int) -> None:
        """Spend comparisons; raises `ProblemsError` if too few are left."""
        self.left -= comparisons
        if self.left < 0:
            what = f"conditions would compare more than {MOST_COMPARISONS:,} pairs of values"
            fix = "ask with fewer values of context keys"
            raise refuse(what, fix, exit_status=1)


@dataclass(frozen=True)
class Request:
    """A request; `principal` is an ARN, a service's name or `anonymous`.

    `action` is one action (`s3:GetObject`), `resource` one ARN, or `*` for actions without one.
    `resource_account` is needed where the ARN does not say (S3) and it is not the caller's.
    `context` maps condition keys, in any case, to a value or a list of values. Where it is not
    `complete`, a key that it lacks is unknown instead of absent, unless `may_have` says that no
    such request has the key (in lower case). Where `resource_known` is false, the request has a
    resource that is not known: only `*` certainly matches it. `time` is when the request is made;
    without it `aws:CurrentTime` is absent. `management_account` is the
    organization's, to which its SCPs and RCPs do not apply. Requests of one input share a `budget`.
    `ask` returns the value of one key (in lower case) instead of a context, so that only those are
    computed that a policy names.
    Reading `caller` raises `landfall.iam.principals.CallerError` for a principal that is none.
    """

    principal: str
    action: str
    resource: str = "*"
    resource_account: str | None = None
    context: Mapping[str, ContextValue] = field(default_factory=dict)
    complete: bool = True
    may_have: Callable[[str], bool] | None = field(default=None, compare=False, repr=False)
    resource_known: bool = True
    time: datetime | None = None
    management_account: str | None = None
    ask: Callable[[str], ContextValue | NotGiven] | None = field(
        default=None, compare=False, repr=False
    )
    budget: Budget = field(default_factory=Budget, compare=False, repr=False)

    @cached_property
    def caller(self) -> Caller:
        """The principal, read."""
        given = self._find("aws:principalarn")
        arn = given[0] if isinstance(given, tuple) and isinstance(given[0], str) else None
        return read_caller(self.principal, self.action, arn)

    @cached_property
    def action_key(self) -> str:
        """The action as it is compared: in lower case."""
        return self.action.lower()

    @cached_property
    def resource_parts(self) -> tuple[str, ...]:
        """The six parts of the resource's ARN; empty ones for `*`."""
        parts = self.resource.split(":", 5)
        return tuple(parts) if len(parts) == 6 else ("",) * 6

    @cached_property
    def owner(self) -> str | None:
        """The resource's account: as given, or from its ARN, or the caller's."""
        return self.resource_account or self.resource_parts[4] or self.caller.account

    @cached_property
    def organization_owner(self) -> str | None:
        """The management account: as given, or as `aws:PrincipalOrgMasterAccountId` has it."""
        return self.management_account or self._text("aws:principalorgmasteraccountid")

    @cached_property
    def user_id(self) -> str | None:
        """The value of `aws:userid`, where it is known."""
        return self._text("aws:userid")

    def _text(self, key: str) -> str | None:
        found = self.look_up(key)
        return found[0] if isinstance(found, tuple) and isinstance(found[0], str) else None

    @cached_property
    def _given(self) -> dict[str, Found]:
        return {key.lower(): read_value(value) for key, value in self.context.items()}

    @cached_property
    def _derived(self) -> dict[str, Found]:
        return {key: (value,) for key, value in _derive(self).items()}

    def _find(self, key: str) -> Found | NotGiven:
        if self.ask is None:
            return self._given.get(key, NOT_GIVEN)
        asked = self._asked
        if key not in asked:
            value = self.ask(key)
            asked[key] = value if isinstance(value, NotGiven) else read_value(value)
        return asked[key]

    @cached_property
    def _asked(self) -> dict[str, Found | NotGiven]:
        return {}

    def look_up(self, key: str) -> Found:
        """Return the values of a condition key written in lower case; None where it is absent."""
        given = self._find(key)
        if not isinstance(given, NotGiven):
            return given
        if key in self._derived:
            return self._derived[key]
        if self.complete or (self.may_have is not None and not self.may_have(key)):
            return None
        return UNKNOWN


def read_value(value: ContextValue) -> Found:
    """Return a context value as its texts; an empty list is an absent key."""
    if value is None or isinstance(value, Unknown):
        return value
    items = value if isinstance(value, list | tuple) else (value,)
    texts: list[str | Unknown] = []
    for item in items:
        text = item if isinstance(item, Unknown) else json_text.scalar(item)
        if text is None:
            raise TypeError(f"a context value is a string, number or boolean, not {type(item)}")
        texts.append(text)
    return tuple(texts) or None


def _derive(request: Request) -> dict[str, str]:
    caller = request.caller
    keys: dict[str, str] = {"aws:viaawsservice": "false"}
    if request.time is not None:
        keys["aws:currenttime"] = request.time.isoformat()
        keys["aws:epochtime"] = str(int(request.time.timestamp()))
    if request.owner:
        keys["aws:resourceaccount"] = request.owner
    if request.resource_parts[3]:
        keys["aws:requestedregion"] = request.resource_parts[3]
    if caller.kind is CallerKind.ANONYMOUS:
        keys.update(_of_anonymous())
    elif caller.kind is CallerKind.SERVICE:
        keys["aws:principalisawsservice"] = "true"
        keys["aws:principalservicename"] = caller.name
        keys["aws:principalservicenameslist"] = caller.name
    elif caller.kind is not CallerKind.PROVIDER:
        keys["aws:principalisawsservice"] = "false"
        keys["aws:principalarn"] = caller.role_arn or caller.arn
        if caller.account:
            keys["aws:principalaccount"] = caller.account
        keys["aws:principaltype"] = caller.kind.value
        if caller.kind is CallerKind.USER:
            keys["aws:username"] = caller.name
        elif caller.kind is CallerKind.ROOT:
            keys["aws:userid"] = caller.account or ""
        elif caller.kind is CallerKind.FEDERATED_USER:
            keys["aws:userid"] = f"{caller.account}:{caller.name}"
    return keys


def _of_anonymous() -> dict[str, str]:
    return {
        "aws:userid": "anonymous",
        "aws:principalaccount": "anonymous",
        "aws:principaltype": CallerKind.ANONYMOUS.value,
    }
