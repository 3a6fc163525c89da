"""AWS Config: the recorder of one account, and the aggregator of all accounts.

Records with AWS's service-linked role, which can only do that; Security Hub's control
Config.1 requires it. Conformance packs contain the rules, so there are no separate rules.
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.roles import make_role
from landfall.blueprint.security import CONFIG, aggregator_role


class ConfigRecorderArgs(TypedDict):
    """The arguments of one account's recorder."""

    home_region: str
    """The region that records resources of global services such as IAM."""
    regions: list[str]
    """The regions to record in."""
    bucket_name: pulumi.Input[str]
    """The delivery bucket."""
    key_arn: pulumi.Input[str]
    """The encryption key."""
    frequency: NotRequired[str]
    """`CONTINUOUS` or `DAILY`."""
    except_types: NotRequired[list[str]]
    """Resource types not to record."""


def record(
    name: str, args: ConfigRecorderArgs, opts: pulumi.ResourceOptions | None = None
) -> list[aws.cfg.RecorderStatus]:
    """Create AWS Config's recorders in one account; return them by region.

    Their parent is the service-linked role. Not a component, because that would add a resource for
    every account of the organization.
    """
    role = aws.iam.ServiceLinkedRole(name, aws_service_name=CONFIG, opts=opts)
    return [_record(f"{name}-{region}", args, region, role) for region in args["regions"]]


def _record(
    name: str, args: ConfigRecorderArgs, region: str, role: aws.iam.ServiceLinkedRole
) -> aws.cfg.RecorderStatus:
    recorder = aws.cfg.Recorder(
        name,
        name="landfall",
        role_arn=role.arn,
        recording_group=_group(args, region),
        recording_mode={"recording_frequency": args.get("frequency", "CONTINUOUS")},
        region=region,
        opts=pulumi.ResourceOptions(parent=role, ignore_changes=["name"]),
    )
    channel = aws.cfg.DeliveryChannel(
        name,
        name="landfall",
        s3_bucket_name=args["bucket_name"],
        s3_kms_key_arn=args["key_arn"],
        snapshot_delivery_properties={"delivery_frequency": "TwentyFour_Hours"},
        region=region,
        opts=pulumi.ResourceOptions(parent=role, depends_on=[recorder], ignore_changes=["name"]),
    )
    return aws.cfg.RecorderStatus(
        name,
        name=recorder.name,
        is_enabled=True,
        region=region,
        opts=pulumi.ResourceOptions(parent=role, depends_on=[channel]),
    )


def _group(args: ConfigRecorderArgs, region: str) -> dict[str, Any]:
    """Return the recorded types; global resources in one region only, to avoid duplicates.

    https://docs.aws.amazon.com/config/latest/developerguide/select-resources.html
    """
    excluded = list(args.get("except_types", []))
    home = region == args["home_region"]
    if not excluded:
        return {"all_supported": True, "include_global_resource_types": home}
    if not home:
        excluded += ["AWS::IAM::Group", "AWS::IAM::Policy", "AWS::IAM::Role", "AWS::IAM::User"]
    return {
        "all_supported": False,
        "include_global_resource_types": False,
        "exclusion_by_resource_types": [{"resource_types": sorted(excluded)}],
        "recording_strategies": [{"use_only": "EXCLUSION_BY_RESOURCE_TYPES"}],
    }


class ConformancePackArgs(TypedDict):
    """One conformance pack of the organization."""

    template: str
    """The template, YAML or JSON."""
    regions: list[str]
    """Its regions."""
    excluded_accounts: NotRequired[list[pulumi.Input[str]]]
    """Accounts that do not get it. Default: those of the organization's arguments."""


class ConfigOrganizationArgs(TypedDict):
    """The arguments of AWS Config's delegated administrator account."""

    account_id: pulumi.Input[str]
    """This account."""
    region: str
    """The region of the aggregator."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    packs: NotRequired[dict[str, ConformancePackArgs]]
    """Conformance packs, by name."""
    excluded_accounts: NotRequired[list[pulumi.Input[str]]]
    """Accounts without a recorder of this program, which get no packs."""


class ConfigOrganization(pulumi.ComponentResource):
    """The organization's aggregator, and conformance packs in every account."""

    def __init__(
        self, name: str, args: ConfigOrganizationArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:ConfigOrganization", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        partition = args.get("partition", "aws")
        inputs = Inputs()
        role = aggregator_role(partition, inputs.text(args["account_id"]))
        made = make_role(name, role, inputs, child)
        aws.cfg.ConfigurationAggregator(
            name,
            name="landfall",
            organization_aggregation_source={"all_regions": True, "role_arn": made.role.arn},
            region=args["region"],
            opts=pulumi.ResourceOptions(
                parent=self, depends_on=made.granted, ignore_changes=["name"]
            ),
        )
        for pack, settings in args.get("packs", {}).items():
            for region in settings["regions"]:
                aws.cfg.OrganizationConformancePack(
                    f"{name}-{pack}-{region}",
                    name=f"landfall-{pack}",
                    template_body=settings["template"],
                    excluded_accounts=settings.get(
                        "excluded_accounts", args.get("excluded_accounts")
                    ),
                    region=region,
                    opts=child,
                )
        self.register_outputs({})
