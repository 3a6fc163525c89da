"""An approval names the revision by the variable that its kind of source gives."""

from __future__ import annotations

import re

import pytest

from components.delivery.stages import approval_stage
from landfall.aws.codepipeline.catalogue import find
from landfall.blueprint.sources import CODECOMMIT, CONNECTION, REVISIONS, S3

PROVIDERS = {CONNECTION: "CodeStarSourceConnection", CODECOMMIT: "CodeCommit", S3: "S3"}


@pytest.mark.parametrize("kind", sorted(PROVIDERS))
def test_approval_uses_a_variable_of_its_source(kind: str) -> None:
    (action,) = approval_stage("prod", 60, None, kind)["actions"]
    (variable,) = re.findall(r"#\{SourceVariables\.(\w+)\}", action["configuration"]["CustomData"])
    source = find("Source", PROVIDERS[kind])
    assert source is not None
    assert source.variables is not None
    assert variable in source.variables


def test_each_kind_of_source_has_a_revision() -> None:
    assert set(REVISIONS) == set(PROVIDERS)
