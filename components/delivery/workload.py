"""A policy with the permissions of a deployed application, which its team attaches to its roles.

The roles belong to the application. Created only if there is something to grant.
"""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from components.roles import make_policy
from landfall.blueprint.applications import workload_policy


class WorkloadPolicyArgs(TypedDict):
    """The arguments of the policy."""

    policy_name: str
    """Its name, unique in its account."""
    description: str
    """The policy's description."""
    tracing: NotRequired[bool]
    """Allow writing traces."""
    statements: NotRequired[list[Any]]
    """Further statements as IAM JSON: read access to secrets and artifacts."""


class WorkloadPolicy(pulumi.ComponentResource):
    """A managed policy for the roles of one application in one account."""

    policy_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: WorkloadPolicyArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:delivery:WorkloadPolicy", name, None, opts)
        inputs = Inputs()
        described = workload_policy(
            args["policy_name"],
            args["description"],
            inputs.plain(args.get("statements", [])),
            tracing=args.get("tracing", False),
        )
        policy = make_policy(name, described, inputs, pulumi.ResourceOptions(parent=self))
        self.policy_arn = policy.arn
        self.register_outputs({"policy_arn": self.policy_arn})
