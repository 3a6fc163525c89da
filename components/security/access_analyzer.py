"""Access Analyzers of the organization, in the delegated administrator account.

External access is analyzed in each region. Unused access concerns IAM, which
has no regions, so one analyzer is enough.
https://docs.aws.amazon.com/IAM/latest/UserGuide/what-is-access-analyzer.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from landfall.settings import naming


class OrganizationAnalyzersArgs(TypedDict):
    """The arguments of the analyzers."""

    region: str
    """The region of the unused access analyzer."""
    regions: list[str]
    """The regions of external access analyzers."""
    unused_days: NotRequired[int]
    """Days until access counts as unused. Default: no such analyzer."""


class OrganizationAnalyzers(pulumi.ComponentResource):
    """Analyzers whose zone of trust is the organization."""

    def __init__(
        self,
        name: str,
        args: OrganizationAnalyzersArgs,
        opts: pulumi.ResourceOptions | None = None,
    ) -> None:
        super().__init__("landfall:security:OrganizationAnalyzers", name, None, opts)
        # The name of an analyzer that the program takes over stays.
        child = pulumi.ResourceOptions(parent=self, ignore_changes=["analyzerName"])
        for region in args["regions"]:
            aws.accessanalyzer.Analyzer(
                f"{name}-{region}",
                analyzer_name=naming.EXTERNAL_ACCESS,
                type="ORGANIZATION",
                region=region,
                opts=child,
            )
        if "unused_days" in args:
            aws.accessanalyzer.Analyzer(
                f"{name}-unused",
                analyzer_name=naming.UNUSED_ACCESS,
                type="ORGANIZATION_UNUSED_ACCESS",
                configuration={"unused_access": {"unused_access_age": args["unused_days"]}},
                region=args["region"],
                opts=child,
            )
        self.register_outputs({})
