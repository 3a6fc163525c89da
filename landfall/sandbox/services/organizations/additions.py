"""Organizations: account creation and closing that take time, units, the resource policy."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from moto.iam.models import iam_backends
from moto.organizations.models import OrganizationsBackend
from moto.organizations.utils import make_random_create_account_status_id

from landfall.aws.arns import managed_policy_arn
from landfall.sandbox.accounts import member_account_id
from landfall.sandbox.across_services import activation
from landfall.sandbox.across_services.documents import parse
from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.faults.active import faults
from landfall.sandbox.gate.background import later
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.pages import paged
from landfall.sandbox.gate.registry import PassOnError, addition
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store
from landfall.sandbox.gate.tags import Tags
from landfall.sandbox.services.organizations.limits import (
    ConstraintViolationError,
    TooManyRequestsError,
    managed,
)
from landfall.sandbox.services.organizations.limits_delegation import resource_policies
from landfall.sandbox.services.organizations.repairs import next_account_id

SECONDS = 0.3
"""How long an account is in creation or in closure; minutes on AWS."""

_DEFAULT_ROLE = "OrganizationAccountAccessRole"


@dataclass(slots=True)
class _Creation:
    """One CreateAccount request."""

    id: str
    params: Mapping[str, Any]
    requested: datetime = field(default_factory=lambda: datetime.now(UTC))
    state: str = "IN_PROGRESS"
    completed: datetime | None = None
    account: str = ""
    reason: str = ""
    repeated: bool = False

    @property
    def about(self) -> tuple[str, str]:
        """Return what tells one request from another."""
        return self.params["Email"].lower(), self.params["AccountName"]

    def described(self) -> dict[str, Any]:
        """Return the CreateAccountStatus of the API."""
        found: dict[str, Any] = {
            "Id": self.id,
            "AccountName": self.params["AccountName"],
            "State": self.state,
            "RequestedTimestamp": self.requested,
        }
        if self.completed:
            found["CompletedTimestamp"] = self.completed
        if self.account:
            found["AccountId"] = self.account
        if self.reason:
            found["FailureReason"] = self.reason
        return found


_creations: Store[_Creation] = Store(everywhere=True)
_closures: Store[float] = Store(everywhere=True)
resource_policy_tags = Tags()


class CreateAccountStatusNotFoundError(AWSError):
    """No such request: API Reference, DescribeCreateAccountStatus."""

    code = "CreateAccountStatusNotFoundException"
    message = (
        "We can't find an create account request with the CreateAccountRequestId that you "
        "specified."
    )


class AccountNotFoundError(AWSError):
    """No such account: API Reference, CloseAccount."""

    code = "AccountNotFoundException"
    message = "We can't find an AWS account with the AccountId that you specified."


class AccountAlreadyClosedError(AWSError):
    """Closed before: API Reference, CloseAccount."""

    code = "AccountAlreadyClosedException"
    message = "You attempted to close an account that is already closed."


class ResourcePolicyNotFoundError(AWSError):
    """There is none: API Reference, DescribeResourcePolicy."""

    code = "ResourcePolicyNotFoundException"
    message = "We can't find a resource policy request with the parameter that you specified."


class TargetNotFoundError(AWSError):
    """No such resource: API Reference, TagResource."""

    code = "TargetNotFoundException"
    message = "We can't find a root, OU, account, or policy with the TargetId that you specified."


class MalformedPolicyDocumentError(AWSError):
    """No JSON: API Reference, PutResourcePolicy."""

    code = "MalformedPolicyDocumentException"
    message = "The provided policy document doesn't meet the requirements."


@addition("organizations", "CreateAccount")
def create_account(request: Request) -> Mapping[str, Any]:
    """Begin to make an account: API Reference, CreateAccount; User Guide, 'Quotas'.

    A taken e-mail address fails later, in the request's status, as on AWS; so does a request like
    one that is not done yet.
    """
    backend = managed(request)
    with _creations.lock:
        creations = _creations.of(request)
        running = [each for each in creations.values() if each.state == "IN_PROGRESS"]
        if len(running) >= quota("organizations.creations_at_once"):
            raise TooManyRequestsError("CREATE_ACCOUNT")
        if len(backend.accounts) + len(running) >= quota("organizations.accounts"):
            raise ConstraintViolationError(
                "ACCOUNT_NUMBER_LIMIT_EXCEEDED",
                "You have exceeded the allowed number of AWS accounts.",
            )
        creation = _Creation(make_random_create_account_status_id(), dict(request.params))
        creation.repeated = any(each.about == creation.about for each in running)
        creations[creation.id] = creation
        described = creation.described()
    seconds = quota("organizations.creation_seconds") or SECONDS
    later("account creation", seconds, lambda: _finish(backend, creations, creation))
    return {"CreateAccountStatus": described}


def _finish(
    backend: OrganizationsBackend, creations: Mapping[str, _Creation], creation: _Creation
) -> None:
    with _creations.lock:
        if backend.org is None:
            return  # The organization was deleted meanwhile.
        email = creation.params["Email"].lower()
        if creation.repeated:
            creation.state, creation.reason = "FAILED", "CONCURRENT_ACCOUNT_MODIFICATION"
        elif any(account.email.lower() == email for account in backend.accounts):
            creation.state, creation.reason = "FAILED", "EMAIL_ALREADY_EXISTS"
        elif reason := faults.account_failure(email):
            creation.state, creation.reason = "FAILED", reason
        else:
            # Ids of an organization that was deleted are never given again.
            taken = {each.account for each in creations.values()}
            creation.account = _make(backend, creation, taken)
            creation.state = "SUCCEEDED"
        creation.completed = datetime.now(UTC)


def _make(backend: OrganizationsBackend, creation: _Creation, taken: set[str]) -> str:
    """Make the account, and its role an administrator: User Guide, 'Access member accounts'."""
    wanted = member_account_id(backend.account_id, creation.params["AccountName"], taken)
    with next_account_id(wanted):
        made = backend.create_account(**creation.params)["CreateAccountStatus"]
    account: str = made["AccountId"]
    role = creation.params.get("RoleName", _DEFAULT_ROLE)
    policy = managed_policy_arn(backend.partition, "AdministratorAccess")
    iam_backends[account][backend.partition].attach_role_policy(policy, role)
    activation.begin(account)
    return account


@addition("organizations", "DescribeCreateAccountStatus")
def describe_create_account_status(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeCreateAccountStatus."""
    creation = _creations.of(request).get(request.params["CreateAccountRequestId"])
    if creation is None:
        raise CreateAccountStatusNotFoundError
    return {"CreateAccountStatus": creation.described()}


@addition("organizations", "ListCreateAccountStatus")
def list_create_account_status(request: Request) -> Mapping[str, Any]:
    """API Reference, ListCreateAccountStatus."""
    states = request.params.get("States")
    found = [
        creation.described()
        for creation in _creations.of(request).values()
        if not states or creation.state in states
    ]
    return paged("CreateAccountStatuses", found, request.params, size="MaxResults")


@addition("organizations", "CloseAccount")
def close_account(request: Request) -> None:
    """Begin to close an account: API Reference, CloseAccount; User Guide, 'Quotas', and 'Monitor
    the state of your AWS accounts'.
    """
    backend = managed(request)
    wanted = request.params["AccountId"]
    account = next((each for each in backend.accounts if each.id == wanted), None)
    if account is None:
        raise AccountNotFoundError
    if account.id == backend.account_id:
        raise ConstraintViolationError(
            "CANNOT_CLOSE_MANAGEMENT_ACCOUNT", "You can't close the management account."
        )
    if account.status != "ACTIVE":
        raise AccountAlreadyClosedError
    with _closures.lock:
        closures = _closures.of(request)
        closing = [each for each in backend.accounts if each.status == "PENDING_CLOSURE"]
        if len(closing) >= quota("organizations.closures_at_once"):
            raise ConstraintViolationError(
                "CLOSE_ACCOUNT_REQUESTS_LIMIT_EXCEEDED",
                "You have exceeded the allowed number of concurrent CloseAccount requests.",
            )
        since = time.time() - timedelta(days=30).total_seconds()
        recent = [moment for moment in closures.values() if moment > since]
        if len(recent) >= _allowed_closures(len(backend.accounts)):
            raise ConstraintViolationError(
                "CLOSE_ACCOUNT_QUOTA_EXCEEDED",
                "You have exceeded the close account quota for the past 30 days.",
            )
        closures[account.id] = time.time()
        account.status = account.state = "PENDING_CLOSURE"

    def close() -> None:
        # `Status` never had a value for it; `State` calls only what AWS itself suspended so.
        account.status, account.state = "SUSPENDED", "CLOSED"

    later("account closure", quota("organizations.closure_seconds") or SECONDS, close)


def _allowed_closures(accounts: int) -> int:
    share = accounts * quota("organizations.closures_percent") // 100
    return min(max(quota("organizations.closures"), share), quota("organizations.closures_most"))


@addition("organizations", "UpdateOrganizationalUnit")
def update_organizational_unit(request: Request) -> Mapping[str, Any]:
    """Rename a unit, whatever units elsewhere are called: API Reference."""
    backend, params = managed(request), request.params
    unit = backend.get_organizational_unit_by_id(params["OrganizationalUnitId"])
    unit.name = params.get("Name", unit.name)
    described: Mapping[str, Any] = unit.describe()
    return described


@addition("organizations", "DeleteOrganizationalUnit")
def delete_organizational_unit(request: Request) -> None:
    """Delete a unit and its attachments, which the emulator keeps: API Reference."""
    backend = managed(request)
    unit = backend.get_organizational_unit_by_id(request.params["OrganizationalUnitId"])
    for policy in unit.attached_policies:
        policy.attachments.remove(unit)
    backend.ou.remove(unit)


@addition("organizations", "PutResourcePolicy")
def put_resource_policy(request: Request) -> Mapping[str, Any]:
    """API Reference, PutResourcePolicy."""
    backend = managed(request)
    if backend.org is None or parse(request.params["Content"]) is None:
        raise MalformedPolicyDocumentError
    summary = {
        "Id": "rp-" + backend.org.id.removeprefix("o-")[:8],
        "Arn": request.arn(
            "organizations",
            f"resourcepolicy/{backend.org.id}/rp-{backend.org.id.removeprefix('o-')[:8]}",
            region="",
        ),
    }
    policy = {"ResourcePolicySummary": summary, "Content": request.params["Content"]}
    resource_policies.of(request)["policy"] = policy
    resource_policy_tags.add(request, summary["Id"], request.params.get("Tags"))
    return {"ResourcePolicy": policy}


@addition("organizations", "DescribeResourcePolicy")
def describe_resource_policy(request: Request) -> Mapping[str, Any]:
    """API Reference, DescribeResourcePolicy."""
    kept = resource_policies.at(managed(request).account_id)
    if "policy" not in kept:
        raise ResourcePolicyNotFoundError
    return {"ResourcePolicy": kept["policy"]}


@addition("organizations", "DeleteResourcePolicy")
def delete_resource_policy(request: Request) -> None:
    """API Reference, DeleteResourcePolicy."""
    if resource_policies.of(request).pop("policy", None) is None:
        raise ResourcePolicyNotFoundError


def _resource_policy_id(request: Request) -> str:
    """Return the id in a tagging request; the emulator tags everything else."""
    resource: str = request.params["ResourceId"]
    if not resource.startswith("rp-"):
        raise PassOnError
    if "policy" not in resource_policies.of(request):
        raise TargetNotFoundError
    return resource


@addition("organizations", "TagResource")
def tag_resource(request: Request) -> None:
    """API Reference, TagResource."""
    resource_policy_tags.add(request, _resource_policy_id(request), request.params["Tags"])


@addition("organizations", "UntagResource")
def untag_resource(request: Request) -> None:
    """API Reference, UntagResource."""
    resource_policy_tags.remove(request, _resource_policy_id(request), request.params["TagKeys"])


@addition("organizations", "ListTagsForResource")
def list_tags_for_resource(request: Request) -> Mapping[str, Any]:
    """API Reference, ListTagsForResource."""
    return {"Tags": resource_policy_tags.of(request, _resource_policy_id(request))}
