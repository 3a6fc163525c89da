"""IAM: managed policies are read once, not for every account; a role keeps what is not updated."""

from __future__ import annotations

import copy
import json
from functools import cache
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models
from moto.iam.responses import IamResponse


@cache
def _managed(region: str) -> list[models.AWSManagedPolicy]:
    """Return AWS's 1,500 policies, of the region's partition."""
    found: dict[str, Any] = json.loads(models.aws_managed_policies_data)
    return [
        models.AWSManagedPolicy.from_data(name, "aws", region, data) for name, data in found.items()
    ]


def _init_aws_policies(self: models.IAMBackend) -> list[models.ManagedPolicy]:
    """Give an account its own objects of AWS's policies, which have one id in all accounts.

    They share what nobody can change: AWS's policies take neither tags nor versions.
    """
    made: list[models.ManagedPolicy] = []
    for policy in _managed(self.region_name):
        own = copy.copy(policy)
        own.account_id = self.account_id
        made.append(own)
    return made


models.IAMBackend._init_aws_policies = _init_aws_policies


def _update_role(self: IamResponse) -> ActionResult:
    """IAM API Reference, UpdateRole: both members are optional, and one left out stays as it is."""
    role = self.backend.get_role(self._get_param("RoleName"))
    self.backend.update_role(
        role.name,
        self._get_param("Description", role.description),
        self._get_param("MaxSessionDuration", role.max_session_duration),
    )
    return EmptyResult()


IamResponse.update_role = _update_role

# AWS Config Developer Guide, 'Using Service-Linked Roles for AWS Config': AWSServiceRoleForConfig.
models.SERVICE_NAME_CONVERSION["config"] = "Config"
