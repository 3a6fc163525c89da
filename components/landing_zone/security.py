"""The security services of a stack, from its settings: their accounts and order of creation.

The log archive and Config's recorders are in their own accounts, the rest in the audit account. AWS
delegates the services to it before they can be configured for the organization, and enables some of
them there while doing so, so the program creates its resources of these services first.
"""

from collections.abc import Iterator, Sequence

import pulumi

from components.landing_zone import arguments
from components.landing_zone.config import (
    configure_organization,
    record_accounts,
    recorder_args,
)
from components.landing_zone.detection import MANAGEMENT, Detection
from components.landing_zone.foundation import Foundation
from components.security.access_analyzer import OrganizationAnalyzers, OrganizationAnalyzersArgs
from components.security.config import record
from components.security.delegation import SecurityDelegation, SecurityDelegationArgs
from components.security.findings import Findings
from components.security.firewall_manager import FirewallManager
from components.security.guardduty import Detectors
from components.security.log_archive import LogArchive
from components.security.security_hub import SecurityHub
from components.security.trail import OrganizationTrail, OrganizationTrailArgs
from components.security.trail_alarms import TrailAlarms
from landfall.blueprint.log_archives import LogArchive as LogArchiveDescribed
from landfall.blueprint.stack import security, trail_alarms
from landfall.settings import Stack, naming
from landfall.settings.detection import Regional
from landfall.settings.security import Security as Settings


class Security:
    """The security services of one stack; `archive` and `topic_arn` are None if disabled.

    `audit` and `archive` are the accounts with these purposes.
    """

    def __init__(
        self, stack: Stack, settings: Settings, foundation: Foundation, audit: str, archive: str
    ) -> None:
        self._stack, self._settings, self._foundation = stack, settings, foundation
        self._audit, self._archive = audit, archive
        self._audit_id = foundation.accounts[audit].account_id
        self._in_audit = foundation.in_account(audit)
        self._others = [region for region in stack.regions if region != stack.region]
        self.archive: LogArchive | None = None
        recorders: list[pulumi.Resource] = []
        if (described := security.log_archive(stack)) is not None:
            self.archive = self._log_archive(described)
            recorders = self._deliver(self.archive)
            recorders += record_accounts(stack, settings, foundation, self.archive)
        detectors = self._detectors()
        hub = self._hub()
        first: list[pulumi.Resource] = [each for each in (detectors, hub) if each is not None]
        detection = Detection(stack, settings, foundation, audit)
        first += detection.first()
        if settings.management_account:
            first += self._in_management()
        self._delegation = self._delegate(first)
        if detectors is not None:
            detection.guard_duty(detectors, self._after(self._delegation))
        if hub is not None:
            detection.security_hub(self._after(self._delegation))
        detection.members(self._after, [self._delegation])
        if settings.firewall_manager:
            self._firewall_manager()
        if settings.access_analyzer.enabled:
            self._analyzers()
        if settings.config.enabled and foundation.part.closing:
            options = self._after(self._delegation, *recorders)
            configure_organization(stack, settings, foundation, audit, options)
        self.topic_arn = self._findings()

    def _after(self, *resources: pulumi.Resource) -> pulumi.ResourceOptions:
        """Return the resource options for the audit account, with dependencies."""
        waits = pulumi.ResourceOptions(depends_on=list(resources))
        return pulumi.ResourceOptions.merge(self._in_audit, waits)

    def _log_archive(self, described: LogArchiveDescribed) -> LogArchive:
        args = arguments.of_archive(described, self._foundation.values)
        return LogArchive("logs", args, opts=self._foundation.in_account(self._archive))

    def _deliver(self, archive: LogArchive) -> list[pulumi.Resource]:
        """Create what the management account delivers; return its recorders."""
        if self._settings.trail.enabled:
            self._trail(archive)
        if not self._settings.config.enabled:
            return []
        args = recorder_args(self._stack, self._settings.config, archive)
        here = pulumi.ResourceOptions(depends_on=[*self._foundation.enabled])
        return [*record(f"{MANAGEMENT}-config", args, opts=here)]

    def _trail(self, archive: LogArchive) -> None:
        settings, organization = self._settings.trail, self._foundation.organization
        args: OrganizationTrailArgs = {
            "trail_name": naming.TRAIL,
            "account_id": organization.management_account_id,
            "region": self._stack.region,
            "partition": self._stack.partition,
            "organization_id": organization.organization_id,
            "bucket_name": archive.bucket_name,
            "key_arn": archive.key_arn,
            "insights": list(settings.insights),
            "data_event_types": list(settings.data_events),
        }
        if settings.log_group_days is not None:
            args["log_group_days"] = settings.log_group_days
        trail = OrganizationTrail("trail", args)
        alarms = trail_alarms.of_stack(self._stack)
        if alarms is not None and trail.log_group_name is not None:
            TrailAlarms(
                "trail-alarms",
                {
                    "account_id": organization.management_account_id,
                    "region": self._stack.region,
                    "partition": self._stack.partition,
                    "log_group_name": trail.log_group_name,
                    "alarms": {
                        kind: {"pattern": alarm.pattern, "threshold": alarm.threshold}
                        for kind, alarm in trail_alarms.alarms(alarms).items()
                    },
                    "emails": list(alarms.notify),
                },
            )

    def _detectors(self) -> Detectors | None:
        settings = self._settings.guard_duty
        if not settings.enabled:
            return None
        publish = settings.publish.upper().replace("-", "_")
        return Detectors(
            "detectors",
            {"regions": list(self._stack.regions_of(settings)), "publish": publish},
            opts=self._in_audit,
        )

    def _hub(self) -> SecurityHub | None:
        if not self._settings.security_hub.enabled:
            return None
        return SecurityHub("security-hub", {"region": self._stack.region}, opts=self._in_audit)

    def _in_management(self) -> Iterator[pulumi.Resource]:
        """Create the management account's own detectors and hubs.

        Before the delegation: the administrator then finds their service-linked roles.
        """
        settings, stack = self._settings, self._stack
        name = f"{MANAGEMENT}-detectors"
        foundation = self._foundation
        options = pulumi.ResourceOptions(depends_on=[foundation.organization, *foundation.enabled])
        if settings.guard_duty.enabled:
            publish = settings.guard_duty.publish.upper().replace("-", "_")
            regions = list(stack.regions_of(settings.guard_duty))
            yield Detectors(
                name, {"regions": regions, "publish": publish, "administered": True}, opts=options
            )
        hub = settings.security_hub
        for region in stack.regions_of(hub) if hub.enabled else ():
            name = f"{MANAGEMENT}-security-hub-{region}"
            yield SecurityHub(name, {"region": region, "administered": True}, opts=options)

    def _delegate(self, first: Sequence[pulumi.Resource]) -> SecurityDelegation:
        settings, stack = self._settings, self._stack
        given = stack.organization.delegated_administrators
        guard_duty = settings.guard_duty if settings.guard_duty.enabled else None
        args: SecurityDelegationArgs = {
            "account_id": self._audit_id,
            "region": stack.region,
            "cloudtrail": settings.trail.enabled,
            "security_hub": settings.security_hub.enabled,
            "guardduty_regions": self._regions(guard_duty),
            "macie_regions": self._regions(settings.macie),
            "inspector_regions": self._regions(settings.inspector),
            "detective_regions": self._regions(settings.detective),
            "services": [each for each in settings.delegated if each not in given],
        }
        return SecurityDelegation(
            "delegation",
            args,
            opts=pulumi.ResourceOptions(
                depends_on=[*first, self._foundation.organization, *self._foundation.enabled]
            ),
        )

    def _firewall_manager(self) -> None:
        options = self._foundation.in_global_region()
        FirewallManager("firewall-manager", {"account_id": self._audit_id}, opts=options)

    def _regions(self, service: Regional | None) -> list[str]:
        return [] if service is None else list(self._stack.regions_of(service))

    def _analyzers(self) -> None:
        args: OrganizationAnalyzersArgs = {
            "region": self._stack.region,
            "regions": self._regions(self._settings.access_analyzer),
        }
        if self._settings.access_analyzer.unused_days is not None:
            args["unused_days"] = self._settings.access_analyzer.unused_days
        OrganizationAnalyzers("analyzers", args, opts=self._after(self._delegation))

    def _findings(self) -> pulumi.Output[str] | None:
        """Create the topics of findings; return the ARN of the first one, if there is one."""
        settings, arn = self._settings, None
        for channel in settings.channels:
            forwards = channel == security.forwarding(settings)
            made = Findings(
                "findings" if channel.name is None else f"findings-{channel.name}",
                {
                    "account_id": self._audit_id,
                    "region": self._stack.region,
                    "partition": self._stack.partition,
                    "other_regions": self._others if forwards else [],
                    "topic_name": naming.findings(channel.name),
                    "kinds": list(channel.kinds),
                    "severity": channel.severity,
                    "highest": channel.highest,
                    "emails": list(channel.notify),
                },
                opts=self._in_audit,
            )
            if channel.name is None:
                arn = made.topic_arn
        return arn
