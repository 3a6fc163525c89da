"""Amazon Detective: the behavior graph of the organization, in the delegated administrator account.

The organization does not add accounts by itself: each covered account is a member here, so that
settings can leave accounts out. A member of the organization needs no invitation.
https://docs.aws.amazon.com/detective/latest/userguide/accounts-orgs-members.html
"""

from typing import TypedDict

import pulumi
import pulumi_aws as aws

from components.security.macie import MemberAccountArgs


class DetectiveGraphsArgs(TypedDict):
    """The arguments of the graphs."""

    regions: list[str]
    """The regions."""


class DetectiveGraphs(pulumi.ComponentResource):
    """The graphs of the future delegated administrator."""

    graph_arns: pulumi.Output[dict[str, str]]

    def __init__(
        self, name: str, args: DetectiveGraphsArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:DetectiveGraphs", name, None, opts)
        self.made = {
            region: aws.detective.Graph(
                f"{name}-{region}", region=region, opts=pulumi.ResourceOptions(parent=self)
            )
            for region in args["regions"]
        }
        made = {region: graph.graph_arn for region, graph in self.made.items()}
        self.graph_arns = pulumi.Output.all(**made)
        self.register_outputs({"graph_arns": self.graph_arns})


class DetectiveMembersArgs(TypedDict):
    """The arguments of the graphs' members."""

    graph_arns: dict[str, pulumi.Input[str]]
    """The administrator's graphs, by region."""
    members: dict[str, MemberAccountArgs]
    """The accounts, by name."""


class DetectiveMembers(pulumi.ComponentResource):
    """Accounts whose events are in the organization's graphs."""

    def __init__(
        self, name: str, args: DetectiveMembersArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:security:DetectiveMembers", name, None, opts)
        for member, account in args["members"].items():
            for region, graph in args["graph_arns"].items():
                aws.detective.Member(
                    f"{name}-{member}-{region}",
                    account_id=account["account_id"],
                    email_address=account["email"],
                    graph_arn=graph,
                    disable_email_notification=True,
                    region=region,
                    opts=pulumi.ResourceOptions(parent=self),
                )
        self.register_outputs({})
