"""Somebody outside: which conditions they can meet, and which certainly stop them.

A stranger is described by the values it can have under the keys it cannot choose, as patterns; any
other key it is taken to choose freely (AWS: 'AWS global condition context keys'). What is not
certain counts as met for an Allow, and as avoided for a Deny.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from landfall.iam import comparisons, patterns
from landfall.iam.analysis.conditions import Meaning, meaning
from landfall.iam.analysis.covers import cover, cover_of_actions
from landfall.iam.analysis.subject import Placed
from landfall.iam.documents import Condition, Effect, Principal, Statement
from landfall.iam.operators import NEGATED

ACCOUNT: Final = "999999999999"
ORGANIZATION: Final = "o-0f9c41d7a2"
NAME: Final = "0f9c41d7a2e3"
_VARIABLE: Final = re.compile(r"\$\{[^}]*\}")
# Shorter prefixes are most of the internet.
_SHORTEST_PREFIX: Final = {4: 8, 6: 32}
_COLONS: Final = 5
_IN_A_NETWORK: Final = frozenset({"aws:sourceip", "aws:vpcsourceip"})


@dataclass(frozen=True, slots=True)
class Stranger:
    """Somebody outside. `keys` gives for a key in lower case its possible values, none if absent.

    `prefixes` are beginnings of keys that the requests do not have. `who` names it in a message.
    """

    who: str
    keys: Mapping[str, tuple[str, ...]]
    prefixes: tuple[str, ...] = ()

    def values(self, key: str) -> tuple[str, ...] | None:
        """Return the values of a key in lower case, none where it is absent; None where free."""
        if key.startswith(self.prefixes):
            return ()
        return self.keys.get(key)


_THEIR_OWN: Final[Mapping[str, tuple[str, ...]]] = {
    "aws:sourcevpc": (f"vpc-{NAME}",),
    "aws:sourcevpce": (f"vpce-{NAME}",),
    "aws:sourcevpcarn": (f"arn:aws:ec2:*:{ACCOUNT}:vpc/vpc-{NAME}",),
    "aws:vpceaccount": (ACCOUNT,),
    "aws:vpceorgid": (ORGANIZATION,),
    "aws:vpceorgpaths": (f"{ORGANIZATION}/*",),
    "s3:dataaccesspointaccount": (ACCOUNT,),
    "s3:dataaccesspointarn": (f"arn:aws:s3:*:{ACCOUNT}:accesspoint/*",),
    "lambda:functionurlauthtype": ("AWS_IAM", "NONE"),
}
_NO_SOURCE: Final = dict.fromkeys(
    (
        "aws:sourceaccount",
        "aws:sourcearn",
        "aws:sourceorgid",
        "aws:sourceorgpaths",
        "aws:sourceowner",
        "aws:principalservicename",
        "aws:principalservicenameslist",
    ),
    (),
)
_NO_PRINCIPAL: Final = dict.fromkeys(
    (
        "aws:principalarn",
        "aws:principalorgid",
        "aws:principalorgpaths",
        "aws:principalorgmasteraccountid",
        "aws:multifactorauthpresent",
        "aws:multifactorauthage",
        "aws:sourceidentity",
        "aws:username",
        "aws:federatedprovider",
        "kms:calleraccount",
        "kms:viaservice",
    ),
    (),
)

ANONYMOUS: Final = Stranger(
    "everybody on the internet",
    {
        **_THEIR_OWN,
        **_NO_SOURCE,
        **_NO_PRINCIPAL,
        "aws:principalaccount": ("anonymous",),
        "aws:principaltype": ("Anonymous",),
        "aws:principalisawsservice": ("false",),
        "aws:userid": ("anonymous",),
    },
    ("aws:principaltag/",),
)
FOREIGN: Final = Stranger(
    "every account of AWS",
    {
        **_THEIR_OWN,
        **_NO_SOURCE,
        "aws:principalarn": (
            f"arn:aws*:iam::{ACCOUNT}:*",
            f"arn:aws*:sts::{ACCOUNT}:federated-user/*",
        ),
        "aws:principalaccount": (ACCOUNT,),
        "aws:principalorgid": (ORGANIZATION,),
        "aws:principalorgpaths": (f"{ORGANIZATION}/*",),
        "aws:principalorgmasteraccountid": (ACCOUNT,),
        "aws:principaltype": ("AssumedRole", "User", "Account", "FederatedUser"),
        "aws:principalisawsservice": ("false",),
        "aws:userid": (f"AROA{NAME.upper()}:*", f"AIDA{NAME.upper()}", ACCOUNT),
        "kms:calleraccount": (ACCOUNT,),
    },
)
# An account need not be in an organization, and then its requests name none.
STANDALONE: Final = Stranger(
    "every account of AWS that is in no organization",
    {
        **FOREIGN.keys,
        "aws:principalorgid": (),
        "aws:principalorgpaths": (),
        "aws:principalorgmasteraccountid": (),
        "aws:vpceorgid": (),
        "aws:vpceorgpaths": (),
    },
)
FOREIGNERS: Final = (FOREIGN, STANDALONE)
DEPUTY: Final = Stranger(
    "AWS services on anybody's behalf",
    {
        **_NO_PRINCIPAL,
        **dict.fromkeys(_THEIR_OWN, ()),
        "aws:principalisawsservice": ("true",),
        "aws:sourceaccount": (ACCOUNT,),
        "aws:sourceowner": (ACCOUNT,),
        "aws:sourceorgid": (ORGANIZATION,),
        "aws:sourceorgpaths": (f"{ORGANIZATION}/*",),
        "aws:sourcearn": (f"arn:aws*:*:*:{ACCOUNT}:*", f"arn:aws*:s3:::{NAME}*"),
        "aws:sourceip": (),
    },
    ("aws:principaltag/",),
)
EVERYBODY: Final = (ANONYMOUS, *FOREIGNERS, DEPUTY)


def passes(stranger: Stranger, conditions: Iterable[Condition]) -> bool:
    """Tell whether a stranger may meet all of some conditions."""
    return all(_may_meet(stranger, one) for one in conditions)


def together(strangers: Sequence[Stranger]) -> str:
    """Name strangers in a message, without those who are among the others."""
    if ANONYMOUS in strangers:
        return ANONYMOUS.who
    among = {STANDALONE.who} if FOREIGN in strangers else set()
    return " and ".join(one.who for one in strangers if one.who not in among)


class Closing:
    """The Denies of a policy that name everybody; which of them stop a stranger is asked once."""

    def __init__(self, statements: Iterable[Placed]) -> None:
        self._denies = [
            one.statement
            for one in statements
            if one.statement.effect is Effect.DENY and is_everybody(one.statement.principals)
        ]
        self._stopping: dict[str, list[Statement]] = {}

    @property
    def size(self) -> int:
        """How much there is to compare an Allow with."""
        return 1 + sum(len(one.actions) + len(one.resources) for one in self._denies)

    def stops(self, stranger: Stranger, allow: Statement) -> bool:
        """Tell whether a Deny certainly stops a stranger from using an Allow."""
        found = self._stopping.get(stranger.who)
        if found is None:
            found = self._stopping[stranger.who] = [
                deny
                for deny in self._denies
                if all(_certainly_meets(stranger, one) for one in deny.conditions)
            ]
        return any(_holds_all(deny, allow) for deny in found)


def is_everybody(principals: tuple[Principal, ...] | None) -> bool:
    """Tell whether a Principal element names everybody."""
    return any(one.kind in ("*", "AWS") and one.value == "*" for one in principals or ())


def _may_meet(stranger: Stranger, condition: Condition) -> bool:
    fixed = meaning(condition, signed=False).meaning
    if fixed is not Meaning.SOMETIMES:
        return fixed is Meaning.ALWAYS
    key = condition.key.lower()
    if key in _IN_A_NETWORK and stranger.values(key) is None:
        return _from_anywhere(condition)
    values = stranger.values(key)
    if values is None:
        return True
    if not values:
        return _without_key(condition)
    if condition.operator == "Null":
        return False in _wanted(condition)
    if condition.operator in NEGATED:
        return not all(
            any(_takes(one, value, all_=True) for one in _wide(condition)) for value in values
        )
    return any(_takes(one, value, all_=False) for one in _wide(condition) for value in values)


def _certainly_meets(stranger: Stranger, condition: Condition) -> bool:
    fixed = meaning(condition, signed=False).meaning
    if fixed is not Meaning.SOMETIMES:
        return fixed is Meaning.ALWAYS
    key = condition.key.lower()
    values = stranger.values(key)
    if key in _IN_A_NETWORK and values is None:
        return condition.operator == "NotIpAddress" and all(map(_is_narrow, condition.values))
    if values is None:
        return False
    if not values:
        return _without_key(condition)
    if condition.operator == "Null":
        return _wanted(condition) == {False}
    texts = [one for one in condition.values if "${" not in one]
    if condition.operator in NEGATED:
        return not any(
            _takes(one, value, all_=False) for one in _wide(condition) for value in values
        )
    return all(any(_takes(one, value, all_=True) for one in texts) for value in values)


def _without_key(condition: Condition) -> bool:
    if condition.operator == "Null":
        return True in _wanted(condition)
    if condition.qualifier:
        return condition.if_exists or condition.qualifier == "ForAllValues"
    return condition.if_exists or condition.operator in NEGATED


def _wanted(condition: Condition) -> set[bool | None]:
    return {comparisons.boolean(value) for value in condition.values}


def _wide(condition: Condition) -> list[str]:
    """Return the values as patterns, a variable as whatever it may stand for."""
    return [_VARIABLE.sub("*", value) for value in condition.values]


def _takes(wanted: str, value: str, *, all_: bool) -> bool:
    if value.startswith("arn:") and wanted.count(":") >= _COLONS:
        # A name in an ARN has no colons, so that the account stays in its place.
        return (patterns.covers_arn if all_ else patterns.intersects_arn)(wanted, value)
    if all_:
        return patterns.covers(wanted, value, case_sensitive=False)
    return patterns.intersects(wanted, value, case_sensitive=False)


def _from_anywhere(condition: Condition) -> bool:
    """Tell whether most of the internet meets a condition on the address."""
    if condition.operator != "IpAddress" or (
        condition.if_exists and condition.key.lower() != "aws:sourceip"
    ):
        return True
    return not all(map(_is_narrow, condition.values))


def _is_narrow(value: str) -> bool:
    network = comparisons.network(value)
    return network is not None and network.prefixlen >= _SHORTEST_PREFIX[network.version]


def _holds_all(deny: Statement, allow: Statement) -> bool:
    """Tell whether a Deny is about all that an Allow is about."""
    if deny.not_actions or deny.not_resources:
        return False
    actions, resources = cover_of_actions(deny.actions), cover(deny.resources or ("*",))
    return all(actions.takes(one.lower()) for one in allow.actions or ("*",)) and (
        resources.takes_all(allow.resources or ("*",))
    )
