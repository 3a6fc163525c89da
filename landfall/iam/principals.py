"""The caller of a request, and how a policy's Principal element names it.

AWS: 'AWS JSON policy elements: Principal' and '... NotPrincipal'.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum, IntEnum
from functools import lru_cache
from typing import Final

from landfall.aws.arns import iam_arn
from landfall.iam.elements import Principal
from landfall.iam.truth import Truth, any_of

ANONYMOUS: Final = "anonymous"
PARTITIONS: Final = frozenset(
    {"aws", "aws-cn", "aws-us-gov", "aws-eusc", "aws-iso", "aws-iso-b", "aws-iso-e", "aws-iso-f"}
)
_SERVICE_ROLE_PATH: Final = "aws-service-role/"
_SERVICE_ROLE_PREFIX: Final = "AWSServiceRoleFor"
_ACCOUNT: Final = re.compile(r"[0-9]{12}")
# Origin access identities are users of an account of CloudFront's (CloudFront Developer Guide:
# 'Use an origin access identity').
_CLOUDFRONT: Final = "cloudfront"
# Identity providers that a trust policy names without an ARN.
_PROVIDER_NAMES: Final = frozenset(
    {
        "accounts.google.com",
        "cognito-identity.amazonaws.com",
        "graph.facebook.com",
        "www.amazon.com",
    }
)
_FEDERATED_ACTIONS: Final = frozenset({"sts:assumerolewithwebidentity", "sts:assumerolewithsaml"})


class CallerKind(Enum):
    """The kind of caller; the value is `aws:PrincipalType` where AWS sets it."""

    USER = "User"
    ROLE = "AssumedRole"
    FEDERATED_USER = "FederatedUser"
    ROOT = "Account"
    SERVICE = "Service"
    PROVIDER = "Provider"
    ANONYMOUS = "Anonymous"


class Grade(IntEnum):
    """How directly a Principal element names the caller, weakest first.

    `ACCOUNT` hands the decision to the caller's account; `ROLE` names the role, whose boundary and
    session policies still limit it; `DIRECT` names the caller, or everyone.
    """

    NONE = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


class CallerError(ValueError):
    """The text does not name a principal that can call AWS."""


@dataclass(frozen=True, slots=True)
class Caller:
    """The principal of a request.

    `arn` is as given. `name` is the user's or role's name without path. `role_arn` is known for
    roles; for a session it has no path, because the session's ARN has none, unless the context
    gave `aws:PrincipalArn`.
    """

    kind: CallerKind
    arn: str
    partition: str = ""
    account: str | None = None
    name: str = ""
    role_arn: str | None = None
    session: bool = False

    @property
    def is_service_linked_role(self) -> bool:
        """Whether it is a service-linked role, by its path.

        A session's ARN has no path; there the reserved prefix of the name decides.
        """
        if self.kind is not CallerKind.ROLE or self.role_arn is None:
            return False
        path = self.role_arn.split(":", 5)[5].removeprefix("role/")
        return path.startswith(_SERVICE_ROLE_PATH) or (
            self.session and path.startswith(_SERVICE_ROLE_PREFIX)
        )

    @property
    def has_identity_policies(self) -> bool:
        """Whether it has identity policies in its account."""
        return self.account is not None and self.kind not in (
            CallerKind.SERVICE,
            CallerKind.PROVIDER,
            CallerKind.ANONYMOUS,
        )


@lru_cache(maxsize=4096)
def read_caller(text: str, action: str, principal_arn: str | None = None) -> Caller:
    """Parse a principal: an ARN, the name of a service or of an identity provider, `anonymous`.

    `principal_arn` is the request's `aws:PrincipalArn`, from which a session's role has its path.
    Raises `CallerError`.
    """
    if text == ANONYMOUS:
        return Caller(CallerKind.ANONYMOUS, text)
    if not text.startswith("arn:"):
        return _named(text, action)
    parts = text.split(":", 5)
    if len(parts) != 6 or parts[1] not in PARTITIONS or not parts[5]:
        raise CallerError("is not an ARN of a principal")
    _, partition, service, _, account, rest = parts
    if service == "iam" and account == _CLOUDFRONT and rest.startswith("user/"):
        return Caller(CallerKind.USER, text, partition, name=rest.removeprefix("user/"))
    if not _ACCOUNT.fullmatch(account):
        raise CallerError(f"does not name an account of 12 digits: {account[:40]!r}")
    kind, _, path = rest.partition("/")
    name = path.rsplit("/", 1)[-1]
    if service == "iam" and rest == "root":
        return Caller(CallerKind.ROOT, text, partition, account)
    if service == "iam" and kind == "user" and name:
        return Caller(CallerKind.USER, text, partition, account, name)
    if service == "iam" and kind == "role" and name:
        return Caller(CallerKind.ROLE, text, partition, account, name, role_arn=text)
    if service == "iam" and kind in ("oidc-provider", "saml-provider") and path:
        return Caller(CallerKind.PROVIDER, text, partition, account, path)
    if service == "sts" and kind == "federated-user" and path:
        return Caller(CallerKind.FEDERATED_USER, text, partition, account, path)
    if service == "sts" and kind == "assumed-role" and path.count("/") == 1:
        role, session = path.split("/")
        if role and session:
            role_arn = iam_arn(partition, account, f"role/{role}")
            if principal_arn and _is_role(principal_arn, partition, account, role):
                role_arn = principal_arn
            return Caller(CallerKind.ROLE, text, partition, account, role, role_arn, session=True)
    raise CallerError(
        "is not a principal that can make requests: a user, a role or its session, a federated "
        "user, root"
    )


def _is_role(arn: str, partition: str, account: str, name: str) -> bool:
    prefix = iam_arn(partition, account, "role/")
    return arn.startswith(prefix) and arn.rsplit("/", 1)[-1] == name


def _named(text: str, action: str) -> Caller:
    if action.lower() in _FEDERATED_ACTIONS or text in _PROVIDER_NAMES - {
        "cognito-identity.amazonaws.com"
    }:
        return Caller(CallerKind.PROVIDER, text, name=text)
    if re.fullmatch(r"[a-z0-9][a-z0-9.-]*\.(amazonaws\.com(\.cn)?|amazon\.com|internal)", text):
        return Caller(CallerKind.SERVICE, text, name=text)
    raise CallerError(
        "is neither an ARN, nor a service such as lambda.amazonaws.com, nor anonymous"
    )


def grade(principals: Iterable[Principal], caller: Caller, user_id: str | None) -> Grade:
    """Return the most direct way in which a Principal element names the caller.

    `user_id` is the request's `aws:userid`, for elements that hold a unique id.
    """
    best = Grade.NONE
    for principal in principals:
        found = _grade(principal, caller, user_id)
        if found is Grade.DIRECT:
            return found
        best = max(best, found)
    return best


def _grade(principal: Principal, caller: Caller, user_id: str | None) -> Grade:
    kind, value = principal.kind, principal.value
    if kind == "*" or (kind == "AWS" and value == "*"):
        return Grade.DIRECT
    if kind == "Service":
        named = caller.kind is CallerKind.SERVICE and value in ("*", caller.name)
        return Grade.DIRECT if named else Grade.NONE
    if kind == "Federated":
        named = caller.kind is CallerKind.PROVIDER and value in ("*", caller.arn)
        return Grade.DIRECT if named else Grade.NONE
    if kind == "AWS" and value == caller.arn and caller.account is None:
        return Grade.DIRECT
    if kind != "AWS" or caller.account is None or caller.kind is CallerKind.PROVIDER:
        return Grade.NONE
    if value == caller.arn:
        return Grade.ROLE if caller.kind is CallerKind.ROLE and not caller.session else Grade.DIRECT
    if is_account(value, caller):
        return Grade.DIRECT if caller.kind is CallerKind.ROOT else Grade.ACCOUNT
    if caller.session and _is_role_of(value, caller):
        return Grade.ROLE
    if user_id and value == user_id.split(":")[0]:
        return Grade.ROLE if caller.kind is CallerKind.ROLE else Grade.DIRECT
    return Grade.NONE


def is_account(value: str, caller: Caller) -> bool:
    """Return whether the value of an AWS principal is the caller's account: its id or root ARN."""
    if caller.account is None:
        return False
    return value in (caller.account, iam_arn(caller.partition, caller.account, "root"))


def _is_role_of(value: str, caller: Caller) -> bool:
    if value == caller.role_arn:
        return True
    # The role's path is not in its session's ARN, but its name is unique in the account.
    path_unknown = caller.role_arn is not None and caller.role_arn.count("/") == 1
    return path_unknown and _is_role(value, caller.partition, caller.account or "", caller.name)


def names_canonical_user(principals: Iterable[Principal], caller: Caller) -> Truth:
    """Return whether a CanonicalUser may be the caller's account: the request does not say."""
    if caller.account is None or caller.kind in (CallerKind.PROVIDER, CallerKind.SERVICE):
        return False
    return any_of(None for principal in principals if principal.kind == "CanonicalUser")


def is_exempt(principals: tuple[Principal, ...], caller: Caller, user_id: str | None) -> bool:
    """Return whether a NotPrincipal element of a Deny exempts the caller.

    AWS requires that account, role and session are all named, because a service may check each of
    them; a caller that is only partly named counts as denied.
    """
    if any(one.kind == "*" or (one.kind == "AWS" and one.value == "*") for one in principals):
        return True
    if caller.account is None or caller.kind is CallerKind.PROVIDER:
        return grade(principals, caller, user_id) is Grade.DIRECT
    values = {one.value for one in principals if one.kind == "AWS"}
    if not any(is_account(value, caller) for value in values):
        return False
    if caller.kind is CallerKind.ROOT:
        return True
    if caller.session and not any(_is_role_of(value, caller) for value in values):
        return False
    return caller.arn in values
