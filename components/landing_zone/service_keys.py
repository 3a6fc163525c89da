"""The keys for topics, secrets and traces: one for each account and region that needs one."""

import pulumi

from components.delivery.service_key import ServiceKey
from components.landing_zone import arguments
from components.landing_zone.ground import Ground
from components.landing_zone.referenced import Referenced
from landfall.blueprint import symbols
from landfall.blueprint.stack import service_keys
from landfall.blueprint.stack.scope import Scope


def make_service_keys(scope: Scope, foundation: Ground) -> dict[str, pulumi.Output[str]]:
    """Make the keys of this part, and let their symbols stand for their ARNs.

    Returns the ARNs of those that pipelines use, by `ACCOUNT/REGION`. In a stack that is cut, the
    foundation makes these.
    """
    values, found = foundation.values, {}
    for (account, region), described in service_keys.described(scope).items():
        symbol, shared = (
            symbols.service_key(account, region),
            service_keys.is_shared(scope, account, described),
        )
        if foundation.part.foundation if shared else foundation.holds(account):
            args = arguments.of_service_key(described, values)
            args["protected"] = not scope.stack.artifacts.force_destroy
            name = f"{account}-delivery-{region}"
            key = ServiceKey(name, args, opts=foundation.in_account(account))
            values.know(symbol, key.key_arn)
            if shared:
                found[f"{account}/{region}"] = key.key_arn
        elif shared and isinstance(foundation, Referenced):
            values.know(symbol, foundation.service_key(account, region))
    return found
