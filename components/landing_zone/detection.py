"""The services that search accounts, of a stack's audit account, from its settings.

GuardDuty, Macie, Inspector and Detective of the organization, and Security Hub's configuration.
"""

from collections.abc import Callable, Iterator, Sequence

import pulumi

from components.landing_zone.foundation import Foundation
from components.security.detective import DetectiveGraphs, DetectiveMembers
from components.security.guardduty import (
    Detectors,
    FeaturedAccountArgs,
    GuardDutyOrganization,
    GuardDutyOrganizationArgs,
)
from components.security.inspector import Inspector, ScannedAccountArgs
from components.security.macie import Macie, MacieMembers, MemberAccountArgs
from components.security.security_hub import DifferingHubArgs, SecurityHubOrganization
from landfall.aws.security_controls import consolidated
from landfall.blueprint.stack import detection
from landfall.settings import Stack, differences, naming
from landfall.settings.detection import Covering, Regional
from landfall.settings.security import Security as Settings
from landfall.settings.security import SecurityHub

MANAGEMENT = "management"
"""What the logical names of the management account's resources start with."""

After = Callable[..., pulumi.ResourceOptions]


class Detection:
    """The services of one stack; `audit` is their account.

    What AWS enables in it while it delegates a service is created first: `first`.
    """

    def __init__(
        self, stack: Stack, settings: Settings, foundation: Foundation, audit: str
    ) -> None:
        self._stack, self._settings, self._foundation = stack, settings, foundation
        self._audit, self._in_audit = audit, foundation.in_account(audit)
        self._graphs: DetectiveGraphs | None = None

    def first(self) -> Iterator[pulumi.Resource]:
        """Create Macie's sessions and Detective's graphs."""
        macie, detective = self._settings.macie, self._settings.detective
        if macie is not None:
            regions, publish = self._regions(macie), macie.publish.upper().replace("-", "_")
            yield Macie("macie", {"regions": regions, "publish": publish}, opts=self._in_audit)
            if detection.manages(self._settings, macie):
                foundation = self._foundation
                yield Macie(
                    f"{MANAGEMENT}-macie",
                    {"regions": regions, "publish": publish, "administered": True},
                    opts=pulumi.ResourceOptions(
                        depends_on=[foundation.organization, *foundation.enabled]
                    ),
                )
        if detective is not None:
            args = self._regions(detective)
            self._graphs = DetectiveGraphs("detective", {"regions": args}, opts=self._in_audit)
            yield self._graphs

    def members(self, after: After, delegation: Sequence[pulumi.Resource]) -> None:
        """Create what the administrator configures, once the services are delegated."""
        settings, options = self._settings, after(*delegation)
        if settings.macie is not None:
            members = self._members(settings.macie)
            regions = self._regions(settings.macie)
            MacieMembers("macie-members", {"regions": regions, "members": members}, opts=options)
        if settings.inspector is not None:
            Inspector(
                "inspector",
                {"regions": self._regions(settings.inspector), "accounts": dict(self._scanned())},
                opts=options,
            )
        if settings.detective is not None and self._graphs is not None:
            graphs: dict[str, pulumi.Input[str]] = {
                region: graph.graph_arn for region, graph in self._graphs.made.items()
            }
            members = self._members(settings.detective)
            DetectiveMembers(
                "detective-members", {"graph_arns": graphs, "members": members}, opts=options
            )

    def guard_duty(self, detectors: Detectors, opts: pulumi.ResourceOptions) -> None:
        """Create GuardDuty's configuration of the organization."""
        ids: dict[str, pulumi.Input[str]] = {
            region: detector.id for region, detector in detectors.made.items()
        }
        stack, settings = self._stack, self._settings
        args: GuardDutyOrganizationArgs = {
            "detectors": ids,
            "features": [_constant(each) for each in detection.common_features(stack, settings)],
        }
        if varying := detection.varying_features(stack, settings):
            args["varying_features"] = [_constant(each) for each in varying]
            args["accounts"] = dict(self._featured())
        GuardDutyOrganization("guardduty", args, opts=opts)

    def security_hub(self, opts: pulumi.ResourceOptions) -> None:
        """Create Security Hub's configuration of the organization."""
        settings, stack = self._settings.security_hub, self._stack
        others = [each for each in stack.regions_of(settings) if each != stack.region]
        SecurityHubOrganization(
            "security-hub-organization",
            {
                "region": stack.region,
                "linked_regions": others,
                "partition": stack.partition,
                "target_id": self._foundation.organization.root_id,
                "standards": list(settings.standards),
                "disabled_controls": _controls(settings),
                "differing": dict(self._differing(settings)),
            },
            opts=opts,
        )

    def _differing(self, settings: SecurityHub) -> Iterator[tuple[str, DifferingHubArgs]]:
        stack, organization = self._stack, self._foundation.organization
        for unit in settings.units:
            own = differences.of_unit(stack, settings, unit)
            yield unit, _hub(organization.units[unit], own)
        for account in settings.accounts:
            own = differences.of_account(stack, settings, account)
            yield account, _hub(self._foundation.accounts[account].account_id, own)

    def _regions(self, service: Regional) -> list[str]:
        return list(self._stack.regions_of(service))

    def _members(self, service: Covering) -> dict[str, MemberAccountArgs]:
        foundation = self._foundation
        found: dict[str, MemberAccountArgs] = {
            name: {
                "account_id": foundation.accounts[name].account_id,
                "email": self._stack.accounts[name].email,
            }
            for name in detection.members(self._stack, service, self._audit)
        }
        if detection.manages(self._settings, service):
            organization = foundation.organization
            found[MANAGEMENT] = {
                "account_id": organization.management_account_id,
                "email": organization.management_email,
            }
        return found

    def _scanned(self) -> Iterator[tuple[str, ScannedAccountArgs]]:
        service = self._settings.inspector
        found = {} if service is None else detection.scans(self._stack, self._settings, service)
        for name, scans in found.items():
            yield (
                _logical(name),
                {
                    "account_id": self._account_id(name),
                    "scans": sorted(_constant(each) for each in scans),
                    "administrator": name == self._audit,
                },
            )

    def _featured(self) -> Iterator[tuple[str, FeaturedAccountArgs]]:
        for name, features in detection.features(self._stack, self._settings).items():
            yield (
                _logical(name),
                {
                    "account_id": self._account_id(name),
                    "features": [_constant(each) for each in features],
                    "administrator": name == self._audit,
                },
            )

    def _account_id(self, name: str) -> pulumi.Input[str]:
        if name == naming.MANAGEMENT:
            return self._foundation.organization.management_account_id
        return self._foundation.accounts[name].account_id


def _logical(account: str) -> str:
    return MANAGEMENT if account == naming.MANAGEMENT else account


def _constant(name: str) -> str:
    return name.upper().replace("-", "_")


def _controls(settings: SecurityHub) -> list[str]:
    named = (new for each in settings.disabled_controls for new in consolidated(each))
    return list(dict.fromkeys(named))


def _hub(target_id: pulumi.Input[str], own: SecurityHub) -> DifferingHubArgs:
    return {
        "target_id": target_id,
        "enabled": own.enabled,
        "standards": list(own.standards),
        "disabled_controls": _controls(own),
    }
