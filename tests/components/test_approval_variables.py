"""An approval names the revision by the variable that its kind of source gives."""

from __future__ import annotations

import re

import pytest

from landfall.aws.codepipeline.catalogue import find
from landfall.blueprint.promotions import DECLARED
from landfall.blueprint.sources import CODECOMMIT, CONNECTION, PROMOTED, REVISIONS, S3, revision

PROVIDERS = {CONNECTION: "CodeStarSourceConnection", CODECOMMIT: "CodeCommit", S3: "S3"}


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_approval_uses_a_variable_of_its_source(kind: str) -> None:
    (variable,) = re.findall(r"#\{SourceVariables\.(\w+)\}", revision(kind))
    source = find("Source", PROVIDERS[kind])
    assert source is not None
    assert source.variables is not None
    assert variable in source.variables


def test_approval_of_a_promotion_uses_a_variable_that_its_pipeline_declares() -> None:
    assert revision(PROMOTED) in [f"#{{variables.{each}}}" for each in DECLARED]


def test_each_kind_of_source_has_a_revision() -> None:
    assert set(REVISIONS) == set(PROVIDERS)
