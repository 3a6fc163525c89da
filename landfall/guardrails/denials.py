"""Find guardrail statements that deny what the platform needs, one statement at a time.

An explicit deny of one statement wins over all others. So the answer for a statement
and a need is the same in every account, except for statements that depend on account ids.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from landfall.aws.arns import iam_arn, in_partition
from landfall.guardrails.platform.need import Need
from landfall.guardrails.statements import SCP
from landfall.iam import services
from landfall.iam.documents import Document, Statement
from landfall.iam.evaluation import Policies, is_explicitly_denied
from landfall.iam.matching import takes_action
from landfall.iam.parsing import parse
from landfall.iam.policy_checks.conditions import simplified
from landfall.iam.requests import UNKNOWN, ContextValue, Request
from landfall.settings import naming

if TYPE_CHECKING:
    from landfall.settings.stack import Stack

_VERSION = "2012-10-17"
_EVERYTHING = {"Effect": "Allow", "Action": "*", "Resource": "*"}
_MANAGEMENT, _MEMBER, _OTHER = "000000000001", "000000000002", "000000000003"
_ORGANIZATION = "o-0000000000"
_ORGANIZATION_ID = re.compile(r"(?<![a-z0-9-])o-[a-z0-9*?]*[a-z0-9]")
_ACCOUNT_ID = re.compile(r"(?<!\d)\d{12}(?!\d)")
# Fewer than 12 digits between other characters cannot match an account id.
_PART_OF_AN_ID = re.compile(r"(?:^|[*?}])\d|\d(?:[*?$]|$)|\d{12}")
# Context keys of every request in any account, without the region.
_CONTEXT: dict[str, ContextValue] = {
    "aws:AssumedRoot": None,
    # The platform calls AWS with the credentials of a role session.
    "aws:CalledVia": None,
    "aws:CalledViaFirst": None,
    "aws:CalledViaLast": None,
    "aws:MultiFactorAuthAge": None,
    "aws:MultiFactorAuthPresent": "false",
    "aws:PrincipalIsAWSService": "false",
    "aws:SecureTransport": "true",
    "aws:TokenIssueTime": [UNKNOWN],
    "aws:ViaAWSService": "false",
    "ec2:RoleDelivery": None,
}
_OF_ORGANIZATION = ("aws:PrincipalOrgID", "aws:ResourceOrgID")
_REGION = "aws:RequestedRegion"
_WITHOUT_ID = frozenset(key.lower() for key in (*_CONTEXT, *_OF_ORGANIZATION, _REGION))
_TAG = "aws:principaltag/"

# A need, without the account that it is in, and an action or a kind of actions.
_Shape = tuple[Need, str]


@dataclass(frozen=True, slots=True, eq=False)
class Denier:
    """One statement of a guardrail, as a separate document; `kind` is AWS's policy type.

    `account_ids` are those that it contains, `only_in_resources` unless other elements contain one
    too. `names_organization`: a condition contains an
    organization's id or a part of one. `tells_accounts_apart`: its result may depend on the
    account id; `only_by_ids`: only on whether it is one of `account_ids`.
    """

    guardrail: str
    kind: str
    index: int
    document: Document
    account_ids: frozenset[str]
    only_in_resources: bool
    names_organization: bool
    tells_accounts_apart: bool
    only_by_ids: bool

    @property
    def statement(self) -> Statement:
        """The statement."""
        return self.document.statements[0]


def deniers(guardrail: str, kind: str, document: Document) -> tuple[Denier, ...]:
    """Return the statements of a guardrail's document, one by one.

    Removes conditions that are always true, and statements that never apply: a date that
    has passed, a key that does not exist.
    """
    return tuple(
        Denier(
            guardrail,
            kind,
            index,
            alone,
            frozenset(_ACCOUNT_ID.findall(repr(alone.statements[0]))),
            not _ACCOUNT_ID.search(repr(replace(alone.statements[0], resources=()))),
            any(
                _ORGANIZATION_ID.search(value)
                for condition in alone.statements[0].conditions
                for value in condition.values
            ),
            any(map(_PART_OF_AN_ID.search, _texts(alone.statements[0]))),
            _is_told_by_ids(alone.statements[0]),
        )
        for index, statement in enumerate(document.statements)
        if (alone := simplified(replace(document, statements=(statement,)))).statements
    )


def _is_told_by_ids(statement: Statement) -> bool:
    """Return whether a statement compares account ids only with whole ids, for equality."""
    return not any(
        condition.operator.startswith("Numeric") for condition in statement.conditions
    ) and not any(_PART_OF_AN_ID.search(_ACCOUNT_ID.sub("id", text)) for text in _texts(statement))


def _texts(statement: Statement) -> Iterator[str]:
    """Yield the texts that are compared with values that may contain an account id."""
    yield from statement.resources
    yield from statement.not_resources
    for principal in (*(statement.principals or ()), *(statement.not_principals or ())):
        yield principal.value
    for condition in statement.conditions:
        if condition.key.lower() not in _WITHOUT_ID:
            yield from condition.values


def shape_of(need: Need) -> Need:
    """Return what a need has in common with those of other accounts, settings and actions."""
    return replace(need, account="", actions=(), setting=())


class Denials:
    """Determines whether a statement certainly denies an action; caches results."""

    def __init__(self, stack: Stack) -> None:
        self._partition = stack.partition
        self._organization = stack.organization.id
        self._members = {account.id for account in stack.accounts.values() if account.id}
        self._account_roles = stack.account_roles
        # AWS creates the account role without tags; an adopted one may have some.
        self._is_made = stack.organization.mode == "create"
        self._answers: dict[tuple[Denier, _Shape, str | None], bool] = {}
        self._concerned: dict[tuple[Denier, str], bool] = {}
        self._policies: dict[Denier, Policies] = {}
        self._requests: dict[tuple[_Shape, str, frozenset[str]], Request] = {}

    def denies(
        self, denier: Denier, need: Need, shape: Need, action: str, account_id: str | None
    ) -> bool:
        """Return whether a statement denies an action; `account_id` is None if unknown.

        `shape` is what `shape_of` returns for the need.
        """
        # A statement with account ids may contain this account's future id.
        unknown = account_id is None or (need.holder is not None and need.holder_id is None)
        if unknown and denier.account_ids and not _names_holder_alone(denier, need):
            return False
        if self._depends_on_unknown_id(denier, need):
            return False
        if not self.concerns(denier, action):
            return False
        # A permission for many resources is not denied if some of them remain.
        if need.granted and denier.statement.not_resources and _is_pattern(need.resource):
            return False
        member = account_id or _MEMBER
        told_apart = member if denier.tells_accounts_apart else None
        if denier.only_by_ids and member not in denier.account_ids:
            told_apart = None
        key = (denier, (shape, _kind_of(action, denier)), told_apart)
        if key not in self._answers:
            request = self._request_of((shape, action), member, denier.statement)
            self._answers[key] = self._denies(denier, request)
        return self._answers[key]

    def _depends_on_unknown_id(self, denier: Denier, need: Need) -> bool:
        """Return whether a statement names an id that may be this organization's.

        A stack file says neither the id of an organization that it creates, nor that of the
        management account.
        """
        if denier.names_organization and self._organization is None:
            return True
        managed = need.from_management or need.holder == naming.MANAGEMENT
        return managed and not denier.account_ids <= self._members

    def concerns(self, denier: Denier, action: str) -> bool:
        """Return whether a statement concerns an action, to skip slow evaluations."""
        key = (denier, action)
        if key not in self._concerned:
            self._concerned[key] = takes_all(denier.statement, action.lower())
        return self._concerned[key]

    def _denies(self, denier: Denier, request: Request) -> bool:
        if denier not in self._policies:
            document = denier.document
            by_scp, by_rcp = (((document,),), ()) if denier.kind == SCP else ((), ((document,),))
            self._policies[denier] = Policies(
                identity=(), service_control=by_scp, resource_control=by_rcp
            )
        return is_explicitly_denied(request, self._policies[denier])

    def _request_of(self, shape: _Shape, member: str, statement: Statement) -> Request:
        """Return a request like `request`; statements that need the same one share it."""
        need, action = shape
        tags = self._absent_tags(need, statement)
        key = (shape, member, tags)
        if key not in self._requests:
            self._requests[key] = self.request(need, action, member, statement)
        return self._requests[key]

    def request(self, need: Need, action: str, member: str, statement: Statement) -> Request:
        """Return the request of a need by an account, for one statement."""
        if need.from_management:
            principal = iam_arn(self._partition, _MANAGEMENT, "role/provisioning")
        else:
            principal = iam_arn(self._partition, member, f"role/{need.role}")
        owner = _owner(need, member)
        resource = need.resource.replace("{account}", member).replace("{holder}", owner)
        if resource != "*" and not resource.startswith("arn:"):
            resource = in_partition(self._partition, resource)
        context = {**_CONTEXT, _REGION: need.region, **dict.fromkeys(need.unknown, UNKNOWN)}
        context.update(dict.fromkeys(_OF_ORGANIZATION, self._organization or _ORGANIZATION))
        context.update(dict.fromkeys(self._absent_tags(need, statement)))
        return Request(
            principal,
            action,
            resource,
            resource_account=owner,
            context=context,
            complete=False,
            management_account=_MANAGEMENT,
        )

    def _absent_tags(self, need: Need, statement: Statement) -> frozenset[str]:
        """Return the keys of a statement about tags that the caller certainly lacks."""
        if not (self._is_made and need.role in self._account_roles):
            return frozenset()
        keys = (condition.key for condition in statement.conditions)
        return frozenset(key for key in keys if key.lower().startswith(_TAG))


def _kind_of(action: str, denier: Denier) -> str:
    """Return the kind of an action that a statement concerns: the same answer for all of a kind.

    An evaluation asks of an action whether the statement takes it, whether it needs a permission,
    and whether resource control policies apply to it.
    """
    lower = action.lower()
    if services.may_need_no_permission(lower):
        return lower
    return "" if denier.kind == SCP or services.action_is_under_rcp(lower) else "not under RCPs"


def _owner(need: Need, member: str) -> str:
    if need.holder is None:
        return member
    return _MANAGEMENT if need.holder == naming.MANAGEMENT else need.holder_id or _OTHER


def _names_holder_alone(denier: Denier, need: Need) -> bool:
    """Return whether the resource's known account is the only listed one."""
    return denier.only_in_resources and denier.account_ids == {need.holder_id}


def _is_pattern(text: str) -> bool:
    return "*" in text or "?" in text


def takes_all(statement: Statement, action: str) -> bool:
    """Return whether a statement covers a whole action or pattern of actions."""
    if not takes_action(statement, action):
        return False
    service = action.partition(":")[0]
    left = (each.lower().partition(":")[0] for each in statement.not_actions)
    return not (_is_pattern(action) and service in left and not _left_whole(statement, action))


def _left_whole(statement: Statement, action: str) -> bool:
    """Return whether no part of a pattern of actions is excluded from a statement."""
    prefix = re.split(r"[*?]", action, maxsplit=1)[0]
    heads = (re.split(r"[*?]", each.lower(), maxsplit=1)[0] for each in statement.not_actions)
    return not any(head.startswith(prefix) or prefix.startswith(head) for head in heads)


ANYTHING = parse({"Version": _VERSION, "Statement": [_EVERYTHING]}, "identity")
