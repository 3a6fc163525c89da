"""The schema of the component package can be inferred, as `pulumi package get-schema` does."""

from __future__ import annotations

import pytest
from pulumi.provider.experimental.analyzer import Analyzer

from components.__main__ import COMPONENTS


@pytest.mark.parametrize("component", COMPONENTS, ids=lambda component: component.__name__)
def test_a_component_describes_its_inputs(component: type) -> None:
    analyzed = Analyzer("landfall").analyze([component])
    assert analyzed["component_definitions"][component.__name__].inputs
