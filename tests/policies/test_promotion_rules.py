"""An action that copies an artifact to the pipeline's store is no deployment to production."""

from __future__ import annotations

import copy
from typing import Any

from tests.policies.analyzer import Analyzer, Given
from tests.policies.good_resources import GOOD

PIPELINE = "aws:codepipeline/pipeline:Pipeline"


def _told(bucket: str, extract: str) -> set[str]:
    props: dict[str, Any] = copy.deepcopy(GOOD[PIPELINE])
    keep = {
        "name": "Keep",
        "category": "Deploy",
        "owner": "AWS",
        "provider": "S3",
        "version": "1",
        "configuration": {"BucketName": bucket, "Extract": extract, "ObjectKey": "x.zip"},
    }
    props["stages"].insert(1, {"name": "Promote", "actions": [keep]})
    return {each.rule for each in Analyzer({}).resource(Given(PIPELINE, props))}


def test_copy_of_an_artifact_in_its_store_is_no_deployment() -> None:
    assert _told("a", "false") == set()


def test_copy_to_another_bucket_is_a_deployment() -> None:
    assert _told("site", "false") == {"LF-CP-004", "LF-CP-005"}
    assert _told("a", "true") == {"LF-CP-004", "LF-CP-005"}
