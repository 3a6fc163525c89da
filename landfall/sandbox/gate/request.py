"""A request to AWS."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final

from moto.utilities.utils import get_partition

from landfall.aws.arns import arn_of

SENT: Final = ("referer", "user-agent", "x-amz-content-sha256")
"""Headers whose values are condition keys."""


@dataclass(frozen=True, slots=True)
class Caller:
    """A caller: an IAM user or a role session.

    `principal` is the ARN that AWS shows for the caller (`...:user/NAME` or
    `arn:...:sts::ACCOUNT:assumed-role/ROLE/SESSION`), empty for an unsigned request; `role` is the
    ARN of the assumed role, or None. `session_policies` are the documents that limit a session,
    `session_policy_arns` the managed policies that do, `session_tags` its pairs of key and value.
    `issued` is when its credentials were, None for long-term ones; `provider` the issuer of a web
    identity. `function` is the ARN of the Lambda function whose code calls.
    """

    account: str
    principal: str
    principal_id: str = ""
    role: str | None = None
    session_policies: tuple[str, ...] = ()
    session_policy_arns: tuple[str, ...] = ()
    session_tags: tuple[tuple[str, str], ...] = ()
    source_identity: str = ""
    issued: datetime | None = None
    provider: str = ""
    function: str = ""

    @property
    def principal_arn(self) -> str:
        """Return the value of the condition key `aws:PrincipalArn`: the role, not its session."""
        return self.role or self.principal


@dataclass(frozen=True, slots=True)
class Request:
    """One call of an AWS API.

    `service` is botocore's name of the service (`organizations`, `s3control`), `operation` the
    API's name (`CreateAccount`); `params` holds the members of the operation's input that were
    sent, by their names in the service model. `params` is empty for the body of a streaming blob.
    `headers` are those in `SENT`, `is_presigned` says that the signature is in the URL.
    """

    caller: Caller
    region: str
    service: str
    operation: str
    params: Mapping[str, Any] = field(repr=False)
    access_key: str = field(default="", repr=False)
    host: str = ""
    headers: Mapping[str, str] = field(default_factory=dict, repr=False)
    is_presigned: bool = False

    @property
    def account(self) -> str:
        """Return the id of the request's account."""
        return self.caller.account

    @property
    def partition(self) -> str:
        """Return the region's partition: `aws`, `aws-cn` or `aws-us-gov`."""
        return str(get_partition(self.region))

    def arn(self, service: str, resource: str, *, region: str | None = None) -> str:
        """Return an ARN in the caller's account; `region=""` for services without a region."""
        where = self.region if region is None else region
        return arn_of(self.partition, service, resource, region=where, account=self.account)
