"""The security services of the organization, which the audit and log archive accounts keep."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, Settings
from landfall.settings.cross_account_access import Principal
from landfall.settings.observability import Email

Standard = Literal[
    "fsbp",
    "cis-1.2",
    "cis-1.4",
    "cis-3.0",
    "cis-5.0",
    "nist-800-53",
    "nist-800-171",
    "pci-dss-3.2",
    "pci-dss-4.0",
    "resource-tagging",
]
Feature = Literal[
    "s3-data-events",
    "eks-audit-logs",
    "ebs-malware-protection",
    "rds-login-events",
    "lambda-network-logs",
    "runtime-monitoring",
]
Kind = Literal["security-hub", "guardduty", "non-compliance", "root-use", "trail-changes"]
KINDS: tuple[Kind, ...] = (
    "security-hub",
    "guardduty",
    "non-compliance",
    "root-use",
    "trail-changes",
)
"""What people can be told of, in the order in which it is made."""

# https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html
PackName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][-a-zA-Z0-9]*$", max_length=100)]
# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
_CONTROL = r"^[A-Za-z0-9]+\.[0-9]+$"
_TYPE = r"^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$"


class Lock(Settings):
    """Object lock: for so long nobody deletes or replaces what is delivered."""

    mode: Literal["governance", "compliance"]
    """`governance` lets those with `s3:BypassGovernanceRetention` delete; `compliance` nobody, the
    root user included."""
    days: Count = Field(ge=1, le=36500)
    """For how long."""


class LogArchive(Settings):
    """The bucket and the key of the organization's logs, in the log archive account."""

    archive_days: Count | None = Field(default=90, ge=1, le=36500)
    """Days after which logs move to S3 Glacier Instant Retrieval; `null`: never."""
    expire_days: Count = Field(default=1096, ge=1, le=36500)
    """Days after which they are deleted."""
    lock: Lock | None = None
    """Keep them from being deleted sooner."""
    readers: tuple[Principal, ...] = ()
    """Roles that may read them."""
    force_destroy: Flag = False
    """Delete the logs with their bucket when the stack is destroyed; otherwise it is protected."""


class Trail(Settings):
    """The trail of CloudTrail that records every account and region."""

    enabled: Flag = True
    """Whether there is one."""
    insights: tuple[Literal["api-call-rate", "api-error-rate"], ...] = ()
    """What CloudTrail Insights looks for."""
    data_events: tuple[Annotated[str, StringConstraints(pattern=_TYPE)], ...] = ()
    """Resource types whose data events are recorded too, as in `AWS::S3::Object`. They cost."""
    log_group_days: Count | None = Field(default=None, ge=1, le=3653)
    """Send events to a log group of the management account too, and keep them there so long."""


class OwnPack(Settings):
    """A conformance pack of the team's own."""

    rules: dict[str, dict[str, str | int | bool]] = Field(min_length=1)
    """AWS's managed rules by identifier, as in `S3_BUCKET_VERSIONING_ENABLED`, with parameters."""
    regions: Literal["all", "home"] = "all"
    """`home` for rules of global services, as IAM: they would say the same in each region."""


class Config(Settings):
    """AWS Config in every account."""

    enabled: Flag = True
    """Whether it records."""
    regions: Distinct = ()
    """The regions it records in; those of the organization where left out."""
    frequency: Literal["continuous", "daily"] = "continuous"
    """How often it records a resource that changes."""
    except_types: tuple[Annotated[str, StringConstraints(pattern=_TYPE)], ...] = ()
    """Resource types that it does not record, as in `AWS::EC2::NetworkInterface`."""
    packs: Distinct = ("encryption", "least-privilege")
    """Conformance packs of Landfall for the whole organization."""
    own_packs: dict[PackName, OwnPack] = Field(default_factory=dict)
    """Further ones, by name."""


class SecurityHub(Settings):
    """Security Hub in every account and region, configured centrally."""

    enabled: Flag = True
    """Whether it is on."""
    standards: tuple[Standard, ...] = ("fsbp",)
    """Security standards."""
    disabled_controls: tuple[Annotated[str, StringConstraints(pattern=_CONTROL)], ...] = ()
    """Controls that do not fit this organization, as in `IAM.6`."""


class GuardDuty(Settings):
    """GuardDuty in every account and region."""

    enabled: Flag = True
    """Whether it is on."""
    features: tuple[Feature, ...] = ("s3-data-events",)
    """Protection plans beside what GuardDuty always looks at."""
    publish: Literal["fifteen-minutes", "one-hour", "six-hours"] = "fifteen-minutes"
    """How often findings that go on are told again."""


class AccessAnalyzer(Settings):
    """Access Analyzers of the organization."""

    enabled: Flag = True
    """Whether there is one in each region, for access from outside the organization."""
    unused_days: Count | None = Field(default=None, ge=1, le=365)
    """Find access that was not used for so many days. It costs for each role and user."""


class Findings(Settings):
    """Who is told of findings, by an encrypted topic in the audit account."""

    notify: tuple[Email, ...] = ()
    """E-mail addresses; each confirms its subscription once."""
    severity: Literal["low", "medium", "high", "critical"] = "high"
    """The least severity of findings that are told."""
    kinds: tuple[Kind, ...] | None = None
    """What is told; all that the services that are on find, where left out."""


class Security(Settings):
    """The security services: each is on unless it is `enabled: false`."""

    log_archive: LogArchive = LogArchive()
    """Where logs are kept."""
    trail: Trail = Trail()
    """CloudTrail."""
    config: Config = Config()
    """AWS Config."""
    security_hub: SecurityHub = SecurityHub()
    """Security Hub."""
    guard_duty: GuardDuty = GuardDuty()
    """GuardDuty."""
    access_analyzer: AccessAnalyzer = AccessAnalyzer()
    """Access Analyzer."""
    findings: Findings = Findings()
    """What people are told."""

    @property
    def archives(self) -> bool:
        """Whether anything is delivered to the log archive."""
        return self.trail.enabled or self.config.enabled

    def sources(self, kind: Kind) -> tuple[str, ...]:
        """Return the services, by their keys here, without which there is nothing of a kind."""
        needed = {
            "security-hub": ("securityHub",),
            "non-compliance": ("securityHub", "config"),
        }.get(kind, ("guardDuty",))
        on = {
            "securityHub": self.security_hub.enabled,
            "config": self.config.enabled,
            "guardDuty": self.guard_duty.enabled,
        }
        return tuple(service for service in needed if not on[service])

    @property
    def told(self) -> tuple[Kind, ...]:
        """The kinds of findings that people are told of."""
        chosen = KINDS if self.findings.kinds is None else self.findings.kinds
        return tuple(kind for kind in KINDS if kind in chosen and not self.sources(kind))

    @property
    def own_registration(self) -> tuple[str, ...]:
        """The services whose own API registers the audit account, by principal."""
        services = {
            "cloudtrail.amazonaws.com": self.trail.enabled,
            "guardduty.amazonaws.com": self.guard_duty.enabled,
            "securityhub.amazonaws.com": self.security_hub.enabled,
        }
        return tuple(service for service, on in services.items() if on)

    @property
    def delegated(self) -> tuple[str, ...]:
        """The services that AWS Organizations itself delegates to the audit account."""
        services = {
            "access-analyzer.amazonaws.com": self.access_analyzer.enabled,
            "config-multiaccountsetup.amazonaws.com": self.config.enabled,
            "config.amazonaws.com": self.config.enabled,
        }
        return tuple(service for service, on in services.items() if on)
