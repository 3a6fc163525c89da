"""What a deployed application needs of its own: a policy that its team attaches to its roles.

The roles themselves belong to the application. Made only where there is something to grant.
"""

from typing import Any, NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from components.roles import make_policy
from landfall.blueprint.applications import workload_policy


class WorkloadPolicyArgs(TypedDict):
    """What makes the policy."""

    policy_name: str
    """Its name, unique in its account."""
    description: str
    """Whose roles it is for."""
    tracing: NotRequired[bool]
    """Allow to write traces."""
    statements: NotRequired[list[Any]]
    """Further statements, in IAM's JSON form: of secrets and artifacts that are read."""


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
