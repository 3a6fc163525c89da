"""The services that search accounts for threats, vulnerabilities and sensitive data.

The audit account administers each of them. Those that are settings of their own cover nothing
before they are in the stack file, because AWS charges for them.
"""

from __future__ import annotations

from typing import Literal, Protocol

from pydantic import Field

from landfall.settings.base import Distinct, Flag, ListOf, Settings

Feature = Literal[
    "s3-data-events",
    "eks-audit-logs",
    "ebs-malware-protection",
    "rds-login-events",
    "lambda-network-logs",
    "runtime-monitoring",
]
Scan = Literal["ec2", "ecr", "lambda", "lambda-code"]


class Regional(Protocol):
    """A service with regions of its own."""

    @property
    def regions(self) -> tuple[str, ...]:
        """Its regions; empty for the organization's."""


class GuardDutyDifference(Settings):
    """What GuardDuty has differently in a unit or account."""

    features: ListOf[Feature] = ()
    """Protection plans there, instead of the others."""


class GuardDuty(Settings):
    """GuardDuty in every account and region."""

    enabled: Flag = True
    """Whether it is enabled."""
    regions: Distinct = ()
    """Its regions. Default: the organization's regions."""
    features: ListOf[Feature] = ("s3-data-events",)
    """Protection plans in addition to GuardDuty's foundational data sources."""
    publish: Literal["fifteen-minutes", "one-hour", "six-hours"] = "fifteen-minutes"
    """How often to publish recurring findings."""
    units: dict[str, GuardDutyDifference] = Field(default_factory=dict)
    """Differences by unit, for all accounts below it."""
    accounts: dict[str, GuardDutyDifference] = Field(default_factory=dict)
    """Differences by account."""


class Coverage(Settings):
    """Whether a service covers a unit or account."""

    enabled: Flag = True
    """Whether it covers the accounts."""


class Covering(Settings):
    """A service that covers accounts, which the audit account administers."""

    enabled: Flag = True
    """Whether it covers the accounts without a difference."""
    regions: Distinct = ()
    """Its regions. Default: the organization's regions."""
    units: dict[str, Coverage] = Field(default_factory=dict)
    """Differences by unit, for all accounts below it."""
    accounts: dict[str, Coverage] = Field(default_factory=dict)
    """Differences by account."""


class Macie(Covering):
    """Amazon Macie: finds sensitive data in S3 buckets."""

    publish: Literal["fifteen-minutes", "one-hour", "six-hours"] = "fifteen-minutes"
    """How often to publish recurring policy findings."""


class Detective(Covering):
    """Amazon Detective: links the events of accounts to investigate findings."""


class InspectorDifference(Settings):
    """What Amazon Inspector scans differently in a unit or account."""

    scans: ListOf[Scan] = ()
    """The kinds of scans there, instead of the others; `[]` for none."""


class Inspector(Settings):
    """Amazon Inspector: finds vulnerabilities of instances, images and functions."""

    regions: Distinct = ()
    """Its regions. Default: the organization's regions."""
    scans: ListOf[Scan] = ("ec2", "ecr", "lambda")
    """The kinds of scans; `lambda-code` needs `lambda`."""
    units: dict[str, InspectorDifference] = Field(default_factory=dict)
    """Differences by unit, for all accounts below it."""
    accounts: dict[str, InspectorDifference] = Field(default_factory=dict)
    """Differences by account."""
