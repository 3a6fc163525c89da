"""The security services of the organization, in the audit and log archive accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings
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
"""The kinds of findings to notify of, in order of creation."""

# https://docs.aws.amazon.com/config/latest/APIReference/API_PutOrganizationConformancePack.html
PackName = Annotated[str, StringConstraints(pattern=r"^[a-zA-Z][-a-zA-Z0-9]*$", max_length=100)]
# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
_CONTROL = r"^[A-Za-z0-9]+\.[0-9]+$"
_TYPE = r"^AWS::[A-Za-z0-9]+::[A-Za-z0-9]+$"


class Lock(Settings):
    """Object Lock: for this time, nobody can delete or replace delivered logs."""

    mode: Literal["governance", "compliance"]
    """`governance` allows deletion with `s3:BypassGovernanceRetention`; `compliance` allows it to
    nobody, including the root user."""
    days: Count = Field(ge=1, le=36500)
    """The retention in days."""


class LogArchive(Settings):
    """The bucket and key of the organization's logs, in the log archive account."""

    archive_days: Count | None = Field(default=90, ge=1, le=36500)
    """Days until logs move to S3 Glacier Instant Retrieval; `null` for never."""
    expire_days: Count = Field(default=1096, ge=1, le=36500)
    """Days until logs are deleted."""
    lock: Lock | None = None
    """Protect logs from earlier deletion."""
    readers: ListOf[Principal] = ()
    """Roles that may read the logs."""
    force_destroy: Flag = False
    """Delete the logs with their bucket when the stack is destroyed; otherwise it is protected."""


class Trail(Settings):
    """The CloudTrail trail of all accounts and regions."""

    enabled: Flag = True
    """Whether to create the trail."""
    insights: ListOf[Literal["api-call-rate", "api-error-rate"]] = ()
    """The kinds of CloudTrail Insights."""
    data_events: ListOf[Annotated[str, StringConstraints(pattern=_TYPE)]] = ()
    """Resource types whose data events are recorded too, as in `AWS::S3::Object`; AWS charges."""
    log_group_days: Count | None = Field(default=None, ge=1, le=3653)
    """Also send events to a log group of the management account, and keep them for these days."""


class OwnPack(Settings):
    """A custom conformance pack."""

    rules: dict[str, dict[str, str | int | bool]] = Field(min_length=1)
    """AWS's managed rules by identifier, as in `S3_BUCKET_VERSIONING_ENABLED`, with parameters."""
    regions: Literal["all", "home"] = "all"
    """`home` for rules of global services such as IAM, whose result is the same in each region."""


class Config(Settings):
    """AWS Config in every account."""

    enabled: Flag = True
    """Whether to record."""
    regions: Distinct = ()
    """The regions to record in. Default: the organization's regions."""
    frequency: Literal["continuous", "daily"] = "continuous"
    """How often to record a changing resource."""
    except_types: ListOf[Annotated[str, StringConstraints(pattern=_TYPE)]] = ()
    """Resource types not to record, as in `AWS::EC2::NetworkInterface`."""
    packs: Distinct = ("encryption", "least-privilege")
    """Landfall's conformance packs for the whole organization."""
    own_packs: dict[PackName, OwnPack] = Field(default_factory=dict)
    """Custom conformance packs by name."""


class SecurityHub(Settings):
    """Security Hub in every account and region, configured centrally."""

    enabled: Flag = True
    """Whether it is enabled."""
    standards: ListOf[Standard] = ("fsbp",)
    """Security standards."""
    disabled_controls: ListOf[Annotated[str, StringConstraints(pattern=_CONTROL)]] = ()
    """Controls to disable, as in `IAM.6`."""


class GuardDuty(Settings):
    """GuardDuty in every account and region."""

    enabled: Flag = True
    """Whether it is enabled."""
    features: ListOf[Feature] = ("s3-data-events",)
    """Protection plans in addition to GuardDuty's foundational data sources."""
    publish: Literal["fifteen-minutes", "one-hour", "six-hours"] = "fifteen-minutes"
    """How often to publish recurring findings."""


class AccessAnalyzer(Settings):
    """Access Analyzers of the organization."""

    enabled: Flag = True
    """Whether to create an external access analyzer in each region."""
    unused_days: Count | None = Field(default=None, ge=1, le=365)
    """Find access that was unused for this many days. AWS charges for each role and user."""


Severity = Literal["low", "medium", "high", "critical"]
SEVERITIES: tuple[Severity, ...] = ("low", "medium", "high", "critical")
# A part of the names of a topic and of its rules.
ReceiverName = Annotated[str, StringConstraints(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$", max_length=30)]


class Receivers(Settings):
    """Further receivers of findings, through a topic of their own."""

    notify: ListOf[Email] = Field(min_length=1)
    """E-mail addresses to notify; each confirms its subscription once."""
    severity: Severity = "high"
    """The lowest severity to notify of."""
    highest: Severity = "critical"
    """The highest severity to notify of."""
    kinds: ListOf[Kind] | None = None
    """The kinds of findings. Default: all kinds of the enabled services."""


class Findings(Settings):
    """Notifications of findings, through an encrypted topic in the audit account."""

    notify: ListOf[Email] = ()
    """E-mail addresses to notify; each confirms its subscription once."""
    severity: Severity = "high"
    """The lowest severity to notify of."""
    kinds: ListOf[Kind] | None = None
    """The kinds of findings. Default: all kinds of the enabled services."""
    receivers: dict[ReceiverName, Receivers] = Field(default_factory=dict)
    """Further receivers by name, as of other severities."""


@dataclass(frozen=True, slots=True)
class Channel:
    """The receivers of some kinds and severities of findings, with a topic of their own."""

    name: str | None
    kinds: tuple[Kind, ...]
    severity: Severity
    highest: Severity
    notify: tuple[str, ...]


class Security(Settings):
    """The security services; each is enabled unless it has `enabled: false`."""

    log_archive: LogArchive = LogArchive()
    """The log archive."""
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
    """Notifications of findings."""
    management_account: Flag = True
    """Enable GuardDuty and Security Hub in the management account, where AWS does not. `false` if
    something else has enabled them there."""

    @property
    def archives(self) -> bool:
        """Whether any service delivers to the log archive."""
        return self.trail.enabled or self.config.enabled

    def sources(self, kind: Kind) -> tuple[str, ...]:
        """Return the keys of the services that produce a kind of findings."""
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
        """The kinds of findings to notify of."""
        return self.kinds_of(self.findings.kinds)

    @property
    def channels(self) -> tuple[Channel, ...]:
        """Who is notified of which findings; the channel without a name comes first."""
        own = self.findings
        found = [Channel(None, self.told, own.severity, "critical", own.notify)]
        found += [
            Channel(name, self.kinds_of(each.kinds), each.severity, each.highest, each.notify)
            for name, each in own.receivers.items()
        ]
        return tuple(each for each in found if each.kinds and each.notify)

    def kinds_of(self, chosen: tuple[Kind, ...] | None) -> tuple[Kind, ...]:
        """Return the chosen kinds that the enabled services produce; None chooses all."""
        wanted = KINDS if chosen is None else chosen
        return tuple(kind for kind in KINDS if kind in wanted and not self.sources(kind))

    @property
    def own_registration(self) -> tuple[str, ...]:
        """The service principals that register the audit account through their own API."""
        services = {
            "cloudtrail.amazonaws.com": self.trail.enabled,
            "guardduty.amazonaws.com": self.guard_duty.enabled,
            "securityhub.amazonaws.com": self.security_hub.enabled,
        }
        return tuple(service for service, on in services.items() if on)

    @property
    def delegated(self) -> tuple[str, ...]:
        """The service principals that AWS Organizations delegates to the audit account."""
        services = {
            "access-analyzer.amazonaws.com": self.access_analyzer.enabled,
            "config-multiaccountsetup.amazonaws.com": self.config.enabled,
            "config.amazonaws.com": self.config.enabled,
        }
        return tuple(service for service, on in services.items() if on)
