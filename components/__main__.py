"""Serves the components as a Pulumi package, so that programs in other languages can use them."""

from pulumi.provider.experimental import component_provider_host

from components.access import CrossAccountRole
from components.account import Account
from components.artifacts import ArtifactStore
from components.baseline import Baseline
from components.delivery.pipeline import Pipeline
from components.delivery.target import DeploymentTarget
from components.organization import Organization
from components.oversight import Oversight

if __name__ == "__main__":
    component_provider_host(
        name="landfall",
        version="0.1.0",
        components=[
            Account,
            ArtifactStore,
            Baseline,
            CrossAccountRole,
            DeploymentTarget,
            Organization,
            Oversight,
            Pipeline,
        ],
    )
