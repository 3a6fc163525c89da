"""Security Hub of the organization, in the delegated administrator account.

Configured centrally: one policy configures every account and region, and others the units and
accounts that differ. So members have no resources here, and future accounts need none. The
management account has hubs of its own: AWS does not enable Security Hub there.
https://docs.aws.amazon.com/securityhub/latest/userguide/central-configuration-intro.html
"""

from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

# Name to the part after `standards/`; the oldest is a rule set without a region.
# https://docs.aws.amazon.com/securityhub/latest/userguide/standards-reference.html
from landfall.aws.arns import arn_of

_STANDARDS = {
    "fsbp": "aws-foundational-security-best-practices/v/1.0.0",
    "cis-1.4": "cis-aws-foundations-benchmark/v/1.4.0",
    "cis-3.0": "cis-aws-foundations-benchmark/v/3.0.0",
    "cis-5.0": "cis-aws-foundations-benchmark/v/5.0.0",
    "nist-800-53": "nist-800-53/v/5.0.0",
    "nist-800-171": "nist-800-171/v/2.0.0",
    "pci-dss-3.2": "pci-dss/v/3.2.1",
    "pci-dss-4.0": "pci-dss/v/4.0.1",
    "resource-tagging": "aws-resource-tagging-standard/v/1.0.0",
}


def standard_arn(name: str, partition: str, region: str) -> str:
    """Return the ARN of a security standard in a region; raises `KeyError` for an unknown name."""
    if name == "cis-1.2":
        return arn_of(partition, "securityhub", "ruleset/cis-aws-foundations-benchmark/v/1.2.0")
    return arn_of(partition, "securityhub", f"standards/{_STANDARDS[name]}", region=region)


class SecurityHubArgs(TypedDict):
    """The arguments of Security Hub in one account."""

    region: str
    """The region; for the administrator the aggregation region of findings."""
    administered: NotRequired[bool]
    """Another account administers it, and then decides which controls are on."""


class SecurityHub(pulumi.ComponentResource):
    """Security Hub in its future delegated administrator account, or in the management account."""

    def __init__(
        self, name: str, args: SecurityHubArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:SecurityHub", name, None, opts)
        left = ["autoEnableControls", "controlFindingGenerator"]
        aws.securityhub.Account(
            name,
            enable_default_standards=False,
            auto_enable_controls=True,
            control_finding_generator="SECURITY_CONTROL",
            region=args["region"],
            opts=pulumi.ResourceOptions(
                parent=self, ignore_changes=left if args.get("administered") else None
            ),
        )
        self.register_outputs({})


class DifferingHubArgs(TypedDict):
    """The policy of one unit or account."""

    target_id: pulumi.Input[str]
    """The unit or the account."""
    enabled: NotRequired[bool]
    """Whether Security Hub is enabled there. Default: true."""
    standards: list[str]
    """Security standards."""
    disabled_controls: NotRequired[list[str]]
    """Controls to disable."""


class SecurityHubOrganizationArgs(TypedDict):
    """The arguments of the organization's configuration."""

    region: str
    """The aggregation region of findings."""
    linked_regions: list[str]
    """The other regions of the policy."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    target_id: pulumi.Input[str]
    """The policy's target: the root (`r-…`), a unit or an account."""
    standards: list[str]
    """Security standards: `fsbp`, `cis-5.0`, …"""
    disabled_controls: NotRequired[list[str]]
    """Controls to disable, as in `IAM.6`."""
    differing: NotRequired[dict[str, DifferingHubArgs]]
    """Units and accounts with a policy of their own, by path or name."""


class SecurityHubOrganization(pulumi.ComponentResource):
    """Security Hub in every account and region, with one policy."""

    def __init__(
        self,
        name: str,
        args: SecurityHubOrganizationArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("landfall:security:SecurityHubOrganization", name, None, opts)
        region, linked = args["region"], args["linked_regions"]
        linking: dict[str, Any] = {"linking_mode": "NO_REGIONS"}
        if linked:
            linking = {"linking_mode": "SPECIFIED_REGIONS", "specified_regions": sorted(linked)}
        aggregator = aws.securityhub.FindingAggregator(
            name, **linking, region=region, opts=pulumi.ResourceOptions(parent=self)
        )
        central = aws.securityhub.OrganizationConfiguration(
            name,
            auto_enable=False,
            auto_enable_standards="NONE",
            organization_configuration={"configuration_type": "CENTRAL"},
            region=region,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[aggregator]),
        )
        self._policy(name, "landfall", args, central, args["target_id"])
        for target, differing in args.get("differing", {}).items():
            own = f"landfall-{target.replace('/', '-')}"
            self._policy(f"{name}-{target}", own, args, central, differing["target_id"], differing)
        self.register_outputs({})

    def _policy(
        self,
        name: str,
        policy_name: str,
        args: SecurityHubOrganizationArgs,
        central: pulumi.Resource,
        target_id: pulumi.Input[str],
        differing: DifferingHubArgs | None = None,
    ) -> None:
        """Create a configuration policy, and associate it with its target."""
        settings: DifferingHubArgs | SecurityHubOrganizationArgs = differing or args
        region, partition = args["region"], args.get("partition", "aws")
        configuration: dict[str, Any] = {"service_enabled": False}
        if differing is None or differing.get("enabled", True):
            configuration = {
                "service_enabled": True,
                "enabled_standard_arns": [
                    standard_arn(standard, partition, region) for standard in settings["standards"]
                ],
                "security_controls_configuration": {
                    "disabled_control_identifiers": sorted(settings.get("disabled_controls", []))
                },
            }
        where = "every account of the organization" if differing is None else policy_name
        policy = aws.securityhub.ConfigurationPolicy(
            name,
            name=policy_name,
            description=f"Security Hub in {where}",
            configuration_policy=configuration,
            region=region,
            opts=pulumi.ResourceOptions(parent=self, depends_on=[central]),
        )
        aws.securityhub.ConfigurationPolicyAssociation(
            name,
            policy_id=policy.id,
            target_id=target_id,
            region=region,
            opts=pulumi.ResourceOptions(parent=self),
        )
