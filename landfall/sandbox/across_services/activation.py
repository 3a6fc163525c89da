"""New accounts: first nobody can assume their role, then EC2 and CloudFormation refuse every call.

Organizations User Guide, 'Create a member account': it can take minutes until an account is active.
EC2 API Reference, 'Error codes', OptInRequired; CloudFormation API Reference, 'Common Errors'.
https://github.com/hashicorp/terraform-provider-aws/issues/15654
https://github.com/awslabs/aws-deployment-framework/issues/283
"""

from __future__ import annotations

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.gate.background import later
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.gate.state import Store

_inactive: Store[bool] = Store(everywhere=True)
_unsubscribed: Store[bool] = Store(everywhere=True)


class OptInRequiredError(AWSError):
    """EC2 of a new account: EC2 API Reference, 'Error codes'."""

    code = "OptInRequired"
    status = 401
    message = (
        "You are not subscribed to this service. Please go to http://aws.amazon.com to subscribe."
    )


class SubscriptionRequiredError(AWSError):
    """A service of a new account: CloudFormation API Reference, 'Common Errors'."""

    code = "SubscriptionRequiredException"
    status = 403
    message = "The AWS Access Key Id needs a subscription for the service"


def begin(account: str) -> None:
    """Activate a new account and then its services, after the seconds of the quotas."""
    services = quota("organizations.subscription_seconds")
    if services:
        _unsubscribed.at(account)["is"] = True

    def activate() -> None:
        _inactive.at(account).clear()
        if services:
            later("account subscription", services, _unsubscribed.at(account).clear)

    seconds = quota("organizations.activation_seconds")
    if seconds:
        _inactive.at(account)["is"] = True
        later("account activation", seconds, activate)
    else:
        activate()


def is_done(account: str) -> bool:
    """Return whether the roles of the account can be assumed."""
    return not _inactive.at(account)


def require_subscription(request: Request, error: type[AWSError]) -> None:
    """Raise the error if services of the caller's account are not active yet."""
    if _unsubscribed.at(request.account):
        raise error
