"""Policies of the shipped stacks are no longer than IAM takes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.components.conftest import Registered

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_documents_fit(shipped: Callable[[str], Registered], stack: str) -> None:
    """https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html"""
    registered = shipped(stack)
    managed = registered.of("aws:iam/policy:Policy")
    inline = registered.of("aws:iam/rolePolicy:RolePolicy")
    assert managed
    assert inline
    for name, policy in managed.items():
        assert len("".join(policy["policy"].split())) <= 6144, name
    for name, policy in inline.items():
        assert len("".join(policy["policy"].split())) <= 10240, name
