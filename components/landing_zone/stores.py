"""The artifact stores of a stack's pipelines, by region."""

from components.artifacts import ArtifactStore
from components.landing_zone import arguments
from components.landing_zone.ground import Ground, StoreOf
from components.landing_zone.referenced import Referenced
from landfall.blueprint import symbols
from landfall.blueprint.stack import stores
from landfall.blueprint.stack.scope import Scope


def make_stores(scope: Scope, foundation: Ground) -> dict[str, StoreOf]:
    """Create the stores, or refer to those of the foundation; their symbols become known."""
    if isinstance(foundation, Referenced):
        return foundation.stores(scope, list(stores.regions(scope)))
    return {region: _store(scope, foundation, region) for region in stores.regions(scope)}


def _store(scope: Scope, foundation: Ground, region: str) -> ArtifactStore:
    values, described = foundation.values, stores.store(scope, region)
    options = foundation.in_account(scope.store_account)
    made = ArtifactStore(f"artifacts-{region}", arguments.of_store(described, values), opts=options)
    values.know(symbols.artifact_key(region), made.key_arn)
    return made
