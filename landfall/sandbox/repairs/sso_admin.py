"""IAM Identity Center: ARNs and ids in the form that AWS's own model asks for.

An organization has one instance, which a person enables in the console. Its ids follow from the
account's here, so that a stack file can name them beforehand.
"""

from __future__ import annotations

from moto.moto_api._internal import mock_random
from moto.ssoadmin.models import Instance, PermissionSet
from moto.utilities.utils import get_partition


def _generate_id(instance_arn: str) -> str:
    """Identity Center API Reference, PermissionSetArn."""
    instance = instance_arn.replace(":instance/", ":permissionSet/")
    return f"{instance}/ps-{mock_random.get_random_hex(16)}"


_make = Instance.__init__


def _instance(self: Instance, account_id: str, region: str) -> None:
    """Identity Center API Reference, InstanceArn; Identity Store API Reference, IdentityStoreId."""
    _make(self, account_id, region)
    number = int(account_id) if account_id.isdigit() else 0
    self.instance_arn = f"arn:{get_partition(region)}:sso:::instance/ssoins-{number:016x}"
    self.identity_store_id = f"d-{number:010x}"


PermissionSet.generate_id = staticmethod(_generate_id)
Instance.__init__ = _instance
