"""Policies of the shipped stacks fit the size limits of AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.components.conftest import Registered

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_identity_policies_fit_the_size_limits(
    shipped: Callable[[str], Registered], stack: str
) -> None:
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


@pytest.mark.parametrize("stack", ["dev", "prod"])
@pytest.mark.parametrize(
    ("type_", "member", "most"),
    [
        # https://docs.aws.amazon.com/AmazonS3/latest/userguide/BucketRestrictions.html
        ("aws:s3/bucketPolicy:BucketPolicy", "policy", 20 * 1024),
        # https://docs.aws.amazon.com/kms/latest/developerguide/resource-limits.html
        ("aws:kms/key:Key", "policy", 32 * 1024),
        # The default; 4,096 and 8,192 by a request of the quota.
        ("aws:iam/role:Role", "assumeRolePolicy", 2_048),
    ],
)
def test_resource_and_trust_policies_fit_the_size_limits(
    shipped: Callable[[str], Registered], stack: str, type_: str, member: str, most: int
) -> None:
    found = shipped(stack).of(type_)
    assert found
    for name, inputs in found.items():
        text = inputs[member]
        size = len("".join(text.split())) if member == "assumeRolePolicy" else len(text.encode())
        assert size <= most, name
