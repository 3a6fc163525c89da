"""Places (account and region), and ARNs in them."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.aws.arns import arn_of, iam_arn


@dataclass(frozen=True, slots=True)
class Place:
    """A region of an account; logs are kept there for `log_days`."""

    partition: str
    region: str
    account_id: str
    log_days: int = 365

    def arn(self, service: str, resource: str) -> str:
        """Return the ARN of a regional resource of this account."""
        return arn_of(
            self.partition, service, resource, region=self.region, account=self.account_id
        )

    def iam_arn(self, resource: str) -> str:
        """Return the ARN of a resource of IAM in this account, as `role/landfall/reader`."""
        return iam_arn(self.partition, self.account_id, resource)

    @property
    def dns(self) -> str:
        """The domain of the partition's service endpoints."""
        return "amazonaws.com.cn" if self.partition == "aws-cn" else "amazonaws.com"


@dataclass(frozen=True, slots=True)
class Store:
    """An artifact store: its bucket and its key, by ARN."""

    bucket_arn: str
    key_arn: str
