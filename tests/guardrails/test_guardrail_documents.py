"""The policies of the shipped stacks follow AWS's grammar."""

from __future__ import annotations

from pathlib import Path

import pytest

from landfall import stack_files
from landfall.guardrails.of_stack import policies
from landfall.guardrails.statements import SCP
from landfall.iam.documents import Effect
from landfall.iam.parsing import parse

PROJECT = Path(__file__).parents[2]


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_every_policy_is_a_document_of_its_kind_that_denies(name: str) -> None:
    found = list(policies(stack_files.load(name, PROJECT)))
    assert len({policy.name for _, policy in found}) == len(found) > 0
    for _, policy in found:
        document = parse(policy.content, "scp" if policy.type == SCP else "rcp")
        assert {statement.effect for statement in document.statements} == {Effect.DENY}
