"""Nothing that is deployed, or that a rollback could need, expires."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from landfall.blueprint.artifact_stores import ArtifactStore, store_bucket, store_logs
from landfall.blueprint.places import Place
from landfall.settings import naming
from tests.components.conftest import Registered

STORE = ArtifactStore(Place("aws", "eu-west-1", "222222222222"), "o-a1b2c3d4e5", "store")
RULES = "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration"


def test_lifecycle_of_a_store_expires_caches_and_reports_alone() -> None:
    assert store_bucket(STORE, "key").lifecycle.prefixes == ("cache/", "reports/")
    assert store_logs(STORE).lifecycle.prefixes == ()


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_artifact_of_a_pipeline_never_expires(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    registered = shipped(stack)
    pipelines = registered.of("aws:codepipeline/pipeline:Pipeline").values()
    prefixes = {f"{naming.artifact_prefix(each['name'])}/" for each in pipelines}
    stores = {name: each for name, each in registered.of(RULES).items() if "artifacts" in name}
    checked = 0
    for name, inputs in stores.items():
        if name.endswith("-logs"):
            continue
        expiring = [each["filter"]["prefix"] for each in inputs["rules"] if "expiration" in each]
        assert bool(expiring) is not name.endswith("-packages")
        assert not [one for one in prefixes for each in expiring if one.startswith(each)]
        checked += 1
    assert checked


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_image_of_a_repository_never_expires(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    assert shipped(stack).of("aws:ecr/lifecyclePolicy:LifecyclePolicy") == {}
