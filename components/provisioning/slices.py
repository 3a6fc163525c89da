"""The batch that applies the slices of a stack that is cut, after its foundation.

The foundation creates it, so that the graph of the batch is up to date when the pipeline has
applied the foundation. The pipeline that starts it belongs to the closing stack.
https://docs.aws.amazon.com/codebuild/latest/userguide/batch-build.html
"""

from typing import NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from components.provisioning import builds
from components.provisioning.builds import Build
from landfall.blueprint.places import Place, Store
from landfall.blueprint.provisioning import builds as described
from landfall.blueprint.provisioning.machines import Machine
from landfall.fleet.machines import codebuild, jobs
from landfall.fleet.machines.codebuild import Task


class SliceJobArgs(TypedDict):
    """One build of the batch."""

    identifier: str
    """Its name: letters, digits and underscores."""
    only: str
    """The options of `landfall fleet up` that choose its parts."""
    depends_on: list[str]
    """The builds that must succeed first."""


class ProvisioningSlicesArgs(TypedDict):
    """The arguments of the batch."""

    stack: str
    """The stack that is cut."""
    account_id: pulumi.Input[str]
    """Its account."""
    region: str
    """Its region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    image: str
    """CodeBuild's image."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type. Default: `BUILD_GENERAL1_MEDIUM`."""
    timeout_minutes: NotRequired[int]
    """The time limit of a build. Default: 120."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    apply_role_arn: pulumi.Input[str]
    """The apply role of the management account."""
    backend: pulumi.Input[str]
    """Pulumi's backend, as for `pulumi login`."""
    jobs: list[SliceJobArgs]
    """The builds, at most 100."""
    log_days: NotRequired[int]
    """Days to keep logs. Default: 365."""


class ProvisioningSlices(pulumi.ComponentResource):
    """The batch project of one stack, with its two roles and its logs."""

    project_name: pulumi.Output[str]

    def __init__(
        self, name: str, args: ProvisioningSlicesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:provisioning:ProvisioningSlices", name, None, opts)
        inputs = Inputs()
        stack, role_arn = args["stack"], args["apply_role_arn"]
        build = Build(
            described.slices(stack, inputs.text(role_arn)),
            codebuild.command(stack),
            folder=jobs.FOLDER,
            variables={"PULUMI_BACKEND_URL": args["backend"], "ROLE_ARN": role_arn},
            batch=codebuild.batch(
                Task(job["identifier"], job["only"], job["depends_on"]) for job in args["jobs"]
            ),
            files="*.json",
        )
        place = Place(
            args.get("partition", "aws"),
            args["region"],
            inputs.text(args["account_id"]),
            args.get("log_days", 365),
        )
        store = Store(inputs.text(args["bucket_arn"]), inputs.text(args["key_arn"]))
        machine = Machine(
            args["image"],
            args.get("compute_type", "BUILD_GENERAL1_MEDIUM"),
            args.get("timeout_minutes", 120),
        )
        made = builds.make(self, name, inputs, place, store, machine, build)
        self.project_name = made.name
        self.register_outputs({"project_name": self.project_name})
