"""IAM Identity Center: ARNs of permission sets in the form that AWS's own model asks for."""

from __future__ import annotations

from moto.moto_api._internal import mock_random
from moto.ssoadmin.models import PermissionSet


def _generate_id(instance_arn: str) -> str:
    """Identity Center API Reference, PermissionSetArn."""
    instance = instance_arn.replace(":instance/", ":permissionSet/")
    return f"{instance}/ps-{mock_random.get_random_hex(16)}"


PermissionSet.generate_id = staticmethod(_generate_id)
