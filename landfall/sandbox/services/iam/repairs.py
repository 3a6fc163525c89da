"""IAM: managed policies are read once, not for every account; a role keeps what is not updated."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models
from moto.iam.responses import IamResponse


@cache
def _managed() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(models.aws_managed_policies_data)
    return found


def _init_aws_policies(self: models.IAMBackend) -> list[models.ManagedPolicy]:
    """Make an account's own objects of AWS's 1,500 policies from data that is parsed once."""
    return [
        models.AWSManagedPolicy.from_data(name, self.account_id, self.region_name, data)
        for name, data in _managed().items()
    ]


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
