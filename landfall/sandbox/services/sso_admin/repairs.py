"""IAM Identity Center: ids in the form that AWS's own model asks for, and policies by their path.

An organization has one instance, which a person enables in the console. Its ids are those of the
stack file that the sandbox serves.
"""

from __future__ import annotations

import json
from functools import cache

from moto.iam.aws_managed_policies import aws_managed_policies_data
from moto.moto_api._internal import mock_random
from moto.ssoadmin.exceptions import ResourceNotFoundException
from moto.ssoadmin.models import Instance, ManagedPolicy, PermissionSet, SSOAdminBackend

from landfall.aws.arns import iam_arn
from landfall.sandbox.across_services import identity_center_ids


def _generate_id(instance_arn: str) -> str:
    """Identity Center API Reference, PermissionSetArn."""
    instance = instance_arn.replace(":instance/", ":permissionSet/")
    return f"{instance}/ps-{mock_random.get_random_hex(16)}"


_make = Instance.__init__


def _instance(self: Instance, account_id: str, region: str) -> None:
    """Identity Center API Reference, InstanceArn; Identity Store API Reference, IdentityStoreId."""
    _make(self, account_id, region)
    identity_center_ids.name(self, region)


@cache
def _paths() -> dict[str, str]:
    found = json.loads(aws_managed_policies_data)
    return {name: policy.get("Path", "/") for name, policy in found.items()}


def _find_managed_policy(self: SSOAdminBackend, managed_policy_arn: str) -> ManagedPolicy:
    """Know AWS's policies with a path too, as `job-function/ViewOnlyAccess`, which moto misses."""
    name = managed_policy_arn.rpartition("/")[2]
    path = _paths().get(name)
    if path is None or managed_policy_arn != iam_arn(self.partition, "aws", f"policy{path}{name}"):
        raise ResourceNotFoundException(f"Policy does not exist with ARN: {managed_policy_arn}")
    return ManagedPolicy(managed_policy_arn, name)


PermissionSet.generate_id = staticmethod(_generate_id)
Instance.__init__ = _instance
SSOAdminBackend._find_managed_policy = _find_managed_policy
