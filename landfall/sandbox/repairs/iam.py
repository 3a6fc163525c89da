"""IAM: AWS's managed policies are read once, not for every account."""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from moto.iam import models


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
