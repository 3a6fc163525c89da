"""What pipelines of another part of the stack need in the accounts of a slice."""

from components.landing_zone.deployments import Targets
from components.landing_zone.ground import Ground
from components.landing_zone.testing import read_role
from components.landing_zone.workloads import Workloads
from landfall.blueprint.stack.scope import Scope, environments
from landfall.blueprint.stack.targets import read_roles
from landfall.settings.waves import destinations


def deliver_to_members(scope: Scope, foundation: Ground) -> None:
    """Create deployment targets, workloads and the roles of tests in the accounts of this part."""
    if not foundation.part.accounts:
        return
    targets = Targets(scope, foundation)
    Workloads(scope, foundation)
    for name, application, environment in environments(scope.stack):
        targets.of_environment(name, application, environment)
        first = destinations(application.environments[environment], scope.stack)[0][0]
        if foundation.holds(first.account):
            for role in read_roles(scope, name, application, environment).values():
                read_role(scope, foundation, first.account, role)
