"""GuardDuty of the organization, in the delegated administrator account.

AWS enables GuardDuty in every member account, so members have no resources here. The management
account has detectors of its own: AWS enables GuardDuty there only once it has GuardDuty's role.
https://docs.aws.amazon.com/guardduty/latest/ug/guardduty_organizations.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws


class DetectorsArgs(TypedDict):
    """The arguments of an account's detectors."""

    regions: list[str]
    """The regions."""
    publish: NotRequired[str]
    """How often to publish recurring findings: `FIFTEEN_MINUTES`, `ONE_HOUR`, `SIX_HOURS`."""
    administered: NotRequired[bool]
    """Another account administers them, and then decides how often they publish."""


class Detectors(pulumi.ComponentResource):
    """The detectors of the future delegated administrator, or of the management account."""

    detector_ids: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: DetectorsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:Detectors", name, None, opts)
        left = ["findingPublishingFrequency"] if args.get("administered") else None
        self.made = {
            region: aws.guardduty.Detector(
                f"{name}-{region}",
                enable=True,
                finding_publishing_frequency=args.get("publish", "FIFTEEN_MINUTES"),
                region=region,
                opts=pulumi.ResourceOptions(parent=self, ignore_changes=left),
            )
            for region in args["regions"]
        }
        self.detector_ids = pulumi.Output.all(**{key: it.id for key, it in self.made.items()})
        self.register_outputs({"detector_ids": self.detector_ids})


class FeaturedAccountArgs(TypedDict):
    """An account with protection plans of its own."""

    account_id: pulumi.Input[str]
    """Its id."""
    features: list[str]
    """Its protection plans."""
    administrator: NotRequired[bool]
    """It is the administrator, which is no member of itself."""


class GuardDutyOrganizationArgs(TypedDict):
    """The arguments of the organization's configuration."""

    detectors: dict[str, pulumi.Input[str]]
    """The administrator's detectors, by region."""
    features: NotRequired[list[str]]
    """Protection plans of every account, as in `S3_DATA_EVENTS`."""
    varying_features: NotRequired[list[str]]
    """Protection plans of some accounts only."""
    accounts: NotRequired[dict[str, FeaturedAccountArgs]]
    """Every account by name, with what it has of the varying plans."""


class GuardDutyOrganization(pulumi.ComponentResource):
    """GuardDuty in every account, including future ones."""

    def __init__(
        self,
        name: str,
        args: GuardDutyOrganizationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("landfall:security:GuardDutyOrganization", name, None, opts)
        for region, detector in args["detectors"].items():
            configuration = aws.guardduty.OrganizationConfiguration(
                f"{name}-{region}",
                detector_id=detector,
                auto_enable_organization_members="ALL",
                region=region,
                opts=pulumi.ResourceOptions(parent=self),
            )
            varying = args.get("varying_features", [])
            for feature in [*args.get("features", []), *varying]:
                setting = aws.guardduty.OrganizationConfigurationFeature(
                    f"{name}-{region}-{feature}",
                    detector_id=detector,
                    name=feature,
                    auto_enable="NONE" if feature in varying else "ALL",
                    region=region,
                    opts=pulumi.ResourceOptions(parent=self, depends_on=[configuration]),
                )
                if feature in varying:
                    self._accounts(name, args, feature, (region, detector), setting)
        self.register_outputs({})

    def _accounts(
        self,
        name: str,
        args: GuardDutyOrganizationArgs,
        feature: str,
        where: tuple[str, pulumi.Input[str]],
        after: pulumi.Resource,
    ) -> None:
        """Enable a protection plan in its accounts, and disable it in the others."""
        region, detector = where
        options = pulumi.ResourceOptions(parent=self, depends_on=[after])
        for account, settings in args.get("accounts", {}).items():
            status = "ENABLED" if feature in settings["features"] else "DISABLED"
            own = f"{name}-{account}-{region}-{feature}"
            if settings.get("administrator", False):
                aws.guardduty.DetectorFeature(
                    own,
                    detector_id=detector,
                    name=feature,
                    status=status,
                    region=region,
                    opts=options,
                )
            else:
                aws.guardduty.MemberDetectorFeature(
                    own,
                    detector_id=detector,
                    account_id=settings["account_id"],
                    name=feature,
                    status=status,
                    region=region,
                    opts=options,
                )
