"""The keys for topics, secrets and traces: one for each account and region that needs one."""

from components.delivery.service_key import ServiceKey
from components.landing_zone import arguments
from components.landing_zone.foundation import Foundation
from landfall.blueprint import symbols
from landfall.blueprint.stack import service_keys
from landfall.blueprint.stack.scope import Scope


def make_service_keys(scope: Scope, foundation: Foundation) -> None:
    """Make the keys, and let their symbols stand for their ARNs."""
    values = foundation.values
    for (account, region), described in service_keys.described(scope).items():
        args = arguments.of_service_key(described, values)
        args["protected"] = not scope.stack.artifacts.force_destroy
        name = f"{account}-delivery-{region}"
        key = ServiceKey(name, args, opts=foundation.in_account(account))
        values.know(symbols.service_key(account, region), key.key_arn)
