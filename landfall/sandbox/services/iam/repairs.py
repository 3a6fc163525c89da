"""IAM: managed policies are read once, not for every account; a role keeps what is not updated."""

from __future__ import annotations

import json
from functools import cache, cached_property
from typing import Any

from moto.core.responses import ActionResult, EmptyResult
from moto.iam import models
from moto.iam.responses import IamResponse


@cache
def _managed(region: str) -> list[models.AWSManagedPolicy]:
    """Return AWS's 1,500 policies, of the region's partition."""
    found: dict[str, Any] = json.loads(models.aws_managed_policies_data)
    made = []
    for name, data in found.items():
        document = data.pop("Document")
        policy = models.AWSManagedPolicy.from_data(name, "aws", region, data)
        policy.versions = [_Version(policy, document)]
        made.append(policy)
    return made


class _Version(models.PolicyVersion):  # type: ignore[misc]
    """The version of a policy of AWS, whose document is written when it is first read."""

    def __init__(self, policy: models.ManagedPolicy, document: Any) -> None:
        super().__init__(policy.arn, None, True, policy.default_version_id, policy.update_date)
        del self.document
        self._read = document

    @cached_property
    def document(self) -> str:
        """The document as text."""
        return json.dumps(self._read)


def _init_aws_policies(self: models.IAMBackend) -> list[models.ManagedPolicy]:
    """Give an account its own objects of AWS's policies, which have one id in all accounts.

    They share what nobody can change: AWS's policies take neither tags nor versions.
    """
    made: list[models.ManagedPolicy] = []
    for policy in _managed(self.region_name):
        own = object.__new__(models.AWSManagedPolicy)
        vars(own).update(vars(policy), account_id=self.account_id)
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
