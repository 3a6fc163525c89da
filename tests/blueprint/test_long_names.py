"""Roles of a pipeline whose name is longer than CodePipeline's prefix refer to each other."""

from __future__ import annotations

import json
import re

import pytest

from landfall.blueprint.stack import blueprint
from landfall.settings import naming
from tests.settings.stacks import changed, stack

_OWN = re.compile(r"role/landfall/([A-Za-z0-9_+=,.@-]+)")


@pytest.mark.parametrize(
    "deploy",
    [
        "{lambda: orders}",
        "{cloudformation: orders, packages: true, permissions: [{actions: 's3:CreateBucket'}]}",
        "{stackSet: orders, targets: [{accounts: orders-dev}],"
        " permissions: [{actions: 's3:CreateBucket'}]}",
    ],
)
def test_role_that_a_long_named_pipeline_refers_to_exists(deploy: str) -> None:
    name = "orders-of-all-customers"
    text = changed(
        ("      orders:\n", f"      {name}:\n"),
        ("{lambda: orders}", deploy),
    )
    found = blueprint(stack(text))
    names = {each.role.name for each in found.roles}
    assert naming.pipeline_role(name, "prod", "deploy") in names
    written = [each.role.trust for each in found.roles]
    written += [each.role.statements for each in found.roles]
    written += [key.key.statements for key in found.keys]
    written += [bucket.bucket.statements for bucket in found.buckets]
    referred = {match for each in written for match in _OWN.findall(json.dumps(each, default=str))}
    assert any(name in each for each in referred)
    assert {each for each in referred if name in each} <= names
