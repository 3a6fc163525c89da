"""The security services of the organization, in the audit and log archive accounts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Literal

from pydantic import Field, StringConstraints

from landfall.settings.base import Count, Distinct, Flag, ListOf, Settings
from landfall.settings.config_rules import Config
from landfall.settings.cross_account_access import Principal
from landfall.settings.detection import Detective, GuardDuty, Inspector, Macie
from landfall.settings.observability import Email
from landfall.settings.trail import Trail

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
Kind = Literal["security-hub", "guardduty", "non-compliance", "root-use", "trail-changes"]
KINDS: tuple[Kind, ...] = (
    "security-hub",
    "guardduty",
    "non-compliance",
    "root-use",
    "trail-changes",
)
"""The kinds of findings to notify of, in order of creation."""

# https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html
# and with the prefixes of former ids: landfall.aws.security_controls
_CONTROL = r"^(cis-1\.4/)?[A-Za-z0-9]+(\.[A-Za-z0-9]+)*\.[0-9]+$"
Control = Annotated[str, StringConstraints(pattern=_CONTROL)]


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


class SecurityHubDifference(Settings):
    """What Security Hub has differently in a unit or account, through a policy of its own."""

    enabled: Flag = True
    """Whether it is enabled there."""
    standards: ListOf[Standard] = ("fsbp",)
    """Security standards there, instead of the others."""
    disabled_controls: ListOf[Control] = ()
    """Controls to disable there, instead of the others."""


class SecurityHub(Settings):
    """Security Hub in every account and region, configured centrally."""

    enabled: Flag = True
    """Whether it is enabled."""
    regions: Distinct = ()
    """Its regions, the home region among them. Default: the organization's regions."""
    standards: ListOf[Standard] = ("fsbp",)
    """Security standards."""
    disabled_controls: ListOf[Control] = ()
    """Controls to disable, as in `IAM.6`, or by a former id, as in `CIS.1.14` and `PCI.IAM.4`."""
    units: dict[str, SecurityHubDifference] = Field(default_factory=dict)
    """Differences by unit, for all accounts below it."""
    accounts: dict[str, SecurityHubDifference] = Field(default_factory=dict)
    """Differences by account."""


class AccessAnalyzer(Settings):
    """Access Analyzers of the organization."""

    enabled: Flag = True
    """Whether to create an external access analyzer in each region."""
    regions: Distinct = ()
    """Its regions. Default: the organization's regions."""
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
    macie: Macie | None = None
    """Macie. Default: none."""
    inspector: Inspector | None = None
    """Inspector. Default: none."""
    detective: Detective | None = None
    """Detective. Default: none."""
    firewall_manager: Flag = False
    """Make the audit account the default administrator of AWS Firewall Manager."""
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
            "macie.amazonaws.com": self.macie is not None,
            "inspector2.amazonaws.com": self.inspector is not None,
            "detective.amazonaws.com": self.detective is not None,
            "fms.amazonaws.com": self.firewall_manager,
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
