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
from components.landing_zone.foundation import Foundation
from components.security.access_analyzer import OrganizationAnalyzers, OrganizationAnalyzersArgs
from components.security.config import record
from components.security.delegation import SecurityDelegation
from components.security.findings import Findings
from components.security.guardduty import Detectors, GuardDutyOrganization
from components.security.log_archive import LogArchive
from components.security.security_hub import SecurityHub, SecurityHubOrganization
from components.security.trail import OrganizationTrail, OrganizationTrailArgs
from landfall.blueprint.log_archives import LogArchive as LogArchiveDescribed
from landfall.blueprint.stack import security
from landfall.settings import Stack, naming
from landfall.settings.security import Security as Settings

_MANAGEMENT = "management"


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
        if settings.management_account:
            first += self._in_management()
        self._delegation = self._delegate(first)
        if detectors is not None:
            self._guard_duty(detectors)
        if hub is not None:
            self._security_hub()
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
        args = recorder_args(self._stack, self._settings, archive)
        here = pulumi.ResourceOptions(depends_on=[*self._foundation.enabled])
        return [*record(f"{_MANAGEMENT}-config", args, opts=here)]

    def _trail(self, archive: LogArchive) -> OrganizationTrail:
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
        return OrganizationTrail("trail", args)

    def _detectors(self) -> Detectors | None:
        settings = self._settings.guard_duty
        if not settings.enabled:
            return None
        publish = settings.publish.upper().replace("-", "_")
        return Detectors(
            "detectors",
            {"regions": list(self._stack.regions), "publish": publish},
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
        settings, regions = self._settings, list(self._stack.regions)
        name = f"{_MANAGEMENT}-detectors"
        foundation = self._foundation
        options = pulumi.ResourceOptions(depends_on=[foundation.organization, *foundation.enabled])
        if settings.guard_duty.enabled:
            publish = settings.guard_duty.publish.upper().replace("-", "_")
            yield Detectors(
                name, {"regions": regions, "publish": publish, "administered": True}, opts=options
            )
        for region in regions if settings.security_hub.enabled else ():
            name = f"{_MANAGEMENT}-security-hub-{region}"
            yield SecurityHub(name, {"region": region, "administered": True}, opts=options)

    def _delegate(self, first: Sequence[pulumi.Resource]) -> SecurityDelegation:
        settings, organization = self._settings, self._stack.organization
        return SecurityDelegation(
            "delegation",
            {
                "account_id": self._audit_id,
                "region": self._stack.region,
                "cloudtrail": settings.trail.enabled,
                "security_hub": settings.security_hub.enabled,
                "guardduty_regions": (
                    list(self._stack.regions) if settings.guard_duty.enabled else []
                ),
                "services": [
                    service
                    for service in settings.delegated
                    if service not in organization.delegated_administrators
                ],
            },
            opts=pulumi.ResourceOptions(
                depends_on=[*first, self._foundation.organization, *self._foundation.enabled]
            ),
        )

    def _guard_duty(self, detectors: Detectors) -> None:
        settings = self._settings.guard_duty
        ids: dict[str, pulumi.Input[str]] = {
            region: detector.id for region, detector in detectors.made.items()
        }
        GuardDutyOrganization(
            "guardduty",
            {
                "detectors": ids,
                "features": [each.upper().replace("-", "_") for each in settings.features],
            },
            opts=self._after(self._delegation),
        )

    def _security_hub(self) -> None:
        settings = self._settings.security_hub
        SecurityHubOrganization(
            "security-hub-organization",
            {
                "region": self._stack.region,
                "linked_regions": self._others,
                "partition": self._stack.partition,
                "target_id": self._foundation.organization.root_id,
                "standards": list(settings.standards),
                "disabled_controls": list(settings.disabled_controls),
            },
            opts=self._after(self._delegation),
        )

    def _analyzers(self) -> None:
        args: OrganizationAnalyzersArgs = {
            "region": self._stack.region,
            "regions": list(self._stack.regions),
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
