"""The provisioning pipelines: one previews pull requests, one applies, one checks for drift.

All are in the delivery account. Only the source action uses the connection to the repository; a
build gets the sources as an artifact, so that code of a pull request never has a token of the host.
"""

import json
from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.inputs import Inputs
from components.provisioning import builds, events
from components.provisioning.builds import Build
from components.roles import make_role
from components.rules import Start, Started, start_pipeline
from landfall.blueprint.places import Place, Store
from landfall.blueprint.provisioning import builds as described
from landfall.blueprint.provisioning.builds import PLAN, REPORT, RESULTS, SOURCE
from landfall.blueprint.provisioning.machines import Machine
from landfall.settings import naming

_DIGEST, _SUMMARY = "PLAN_SHA256", "PLAN_SUMMARY"


class ProvisioningPipelinesArgs(TypedDict):
    """The arguments of the pipelines."""

    stack: str
    """The Pulumi stack."""
    account_id: pulumi.Input[str]
    """Their account."""
    region: str
    """Their region."""
    partition: NotRequired[str]
    """`aws`, `aws-us-gov` or `aws-cn`."""
    connection_arn: pulumi.Input[str]
    """The connection to the repository's host."""
    repository: str
    """The repository, `owner/name`."""
    branch: str
    """The branch to apply."""
    image: str
    """CodeBuild's image."""
    compute_type: NotRequired[str]
    """CodeBuild's compute type. Default: `BUILD_GENERAL1_MEDIUM`."""
    timeout_minutes: NotRequired[int]
    """The time limit of a build. Default: 120."""
    bucket_name: pulumi.Input[str]
    """The artifact store's bucket."""
    bucket_arn: pulumi.Input[str]
    """The artifact store's bucket, by ARN."""
    key_arn: pulumi.Input[str]
    """The artifact store's key."""
    read_role_arn: pulumi.Input[str]
    """The read role of the management account."""
    read_role_name: str
    """The read role of member accounts, with its path."""
    apply_role_arn: pulumi.Input[str]
    """The apply role of the management account."""
    backend: pulumi.Input[str]
    """Pulumi's backend, as for `pulumi login`."""
    schedule: str
    """When to check for drift: an EventBridge schedule expression."""
    approval_minutes: NotRequired[int]
    """How long a plan waits for approval. Default: no approval."""
    topic_name: str
    """The name of the topic for failures, drift and approvals."""
    topic_key_arn: pulumi.Input[str]
    """The key that encrypts the topic."""
    emails: list[str]
    """E-mail addresses that subscribe to the topic."""
    log_days: NotRequired[int]
    """Days to keep logs. Default: 365."""
    slices_project: NotRequired[str]
    """The project of `ProvisioningSlices`, to run after the foundation is applied."""


class ProvisioningPipelines(pulumi.ComponentResource):
    """The provisioning pipelines of one stack, with builds, roles and notifications."""

    topic_arn: pulumi.Output[str]
    pipeline_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ProvisioningPipelinesArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        super().__init__("landfall:provisioning:ProvisioningPipelines", name, None, opts)
        self._name, self._args = name, args
        inputs = self._inputs = Inputs()
        self._place = Place(
            args.get("partition", "aws"),
            args["region"],
            inputs.text(args["account_id"]),
            args.get("log_days", 365),
        )
        self._store = Store(inputs.text(args["bucket_arn"]), inputs.text(args["key_arn"]))
        self._read_role_arn = inputs.text(args["read_role_arn"])
        self._preview()
        self.pipeline_arn = self._provision().arn
        self._drift()
        topic = events.make_topic(
            self,
            name,
            inputs,
            self._place,
            {
                "topic_name": args["topic_name"],
                "key_arn": args["topic_key_arn"],
                "emails": args["emails"],
                "provision": self._pipeline_name("provision"),
                "drift": self._pipeline_name("drift"),
                "approval": "approval_minutes" in args,
            },
        )
        self.topic_arn = topic.arn
        self.register_outputs({"topic_arn": self.topic_arn, "pipeline_arn": self.pipeline_arn})

    @property
    def _child(self) -> pulumi.ResourceOptions:
        return pulumi.ResourceOptions(parent=self)

    def _pipeline_name(self, part: str) -> str:
        return naming.provisioning(self._args["stack"], part)

    def _build(self, build: Build) -> aws.codebuild.Project:
        args = self._args
        machine = Machine(
            args["image"],
            args.get("compute_type", "BUILD_GENERAL1_MEDIUM"),
            args.get("timeout_minutes", 120),
        )
        return builds.make(self, self._name, self._inputs, self._place, self._store, machine, build)

    def _variables(self, role_arn: pulumi.Input[str], role: str = "") -> dict[str, Any]:
        variables: dict[str, Any] = {
            "PULUMI_BACKEND_URL": self._args["backend"],
            "ROLE_ARN": role_arn,
            "STACK": self._args["stack"],
        }
        return {**variables, "ROLE": role} if role else variables

    def _preview(self) -> None:
        """Create the pipeline that checks pull requests; its build has no permissions in AWS."""
        args, pipeline = self._args, self._pipeline_name("preview")
        check = self._build(
            Build(
                described.preview_check(args["stack"]),
                'make policy-check STACKS="$STACK"',
                folder="build",
                variables={"STACK": args["stack"]},
            )
        )
        trigger = {"branches": {"includes": [args["branch"]]}, "events": ["OPEN", "UPDATED"]}
        self._pipeline(
            pipeline,
            [{"name": "Check", "actions": [_action("Check", check.name, [SOURCE], REPORT)]}],
            [check],
            # Pull requests do not wait for each other.
            mode="PARALLEL",
            trigger={"pull_requests": [trigger]},
        )

    def _provision(self) -> aws.codepipeline.Pipeline:
        args, pipeline = self._args, self._pipeline_name("provision")
        plan = self._build(
            Build(
                described.plan(args["stack"], self._read_role_arn),
                'make plan STACK="$STACK" ROLE="$ROLE"',
                folder="build/plan",
                exports=(_DIGEST, _SUMMARY),
                after=(
                    f"export {_DIGEST}=\"$(sha256sum build/plan/plan.json | cut -d' ' -f1)\"",
                    f'export {_SUMMARY}="$(sed -n 3p build/plan/plan.md)"',
                ),
                variables=self._variables(args["read_role_arn"], args["read_role_name"]),
            )
        )
        apply = self._build(
            Build(
                described.apply(args["stack"], self._inputs.text(args["apply_role_arn"])),
                f'make apply STACK="$STACK" PLAN="$CODEBUILD_SRC_DIR_{PLAN}/plan.json"'
                f' SHA256="${_DIGEST}"',
                variables=self._variables(args["apply_role_arn"]),
            )
        )
        stages = [
            {
                "name": "Plan",
                "actions": [
                    {**_action("Plan", plan.name, [SOURCE], PLAN), "namespace": "PlanVariables"}
                ],
            }
        ]
        if "approval_minutes" in args:
            stages.append(self._approval(args["approval_minutes"]))
        # CodePipeline stores the variable: write access to artifacts cannot change it.
        approved = [
            {"name": _DIGEST, "value": f"#{{PlanVariables.{_DIGEST}}}", "type": "PLAINTEXT"}
        ]
        action = _action("Apply", apply.name, [SOURCE, PLAN])
        action["configuration"] |= {
            "PrimarySource": SOURCE,
            "EnvironmentVariables": json.dumps(approved),
        }
        stages.append({"name": "Apply", "actions": [action]})
        batches = []
        if "slices_project" in args:
            stages.append(_slices(args["slices_project"]))
            batches.append(self._place.arn("codebuild", f"project/{args['slices_project']}"))
        return self._pipeline(
            pipeline,
            stages,
            [plan, apply],
            mode="QUEUED",
            trigger={"pushes": [{"branches": {"includes": [args["branch"]]}}]},
            batches=batches,
        )

    def _approval(self, minutes: int) -> dict[str, Any]:
        action = {
            "name": "Approve",
            "category": "Approval",
            "owner": "AWS",
            "provider": "Manual",
            "version": "1",
            "configuration": {
                "CustomData": f"Stack {self._args['stack']}, commit #{{SourceVariables.CommitId}}: "
                f"#{{PlanVariables.{_SUMMARY}}} The plan is in the log of the stage Plan, its "
                f"SHA-256 is #{{PlanVariables.{_DIGEST}}}."
            },
            "timeout_in_minutes": minutes,
        }
        return {"name": "Approval", "actions": [action]}

    def _drift(self) -> None:
        args, pipeline = self._args, self._pipeline_name("drift")
        look = self._build(
            Build(
                described.drift_check(args["stack"], self._read_role_arn),
                'make drift STACK="$STACK" ROLE="$ROLE"',
                variables=self._variables(args["read_role_arn"], args["read_role_name"]),
            )
        )
        made = self._pipeline(
            pipeline,
            [{"name": "Look", "actions": [_action("Look", look.name, [SOURCE])]}],
            [look],
            mode="QUEUED",
        )
        description = f"Starts pipeline {pipeline}"
        start_pipeline(
            self,
            f"{self._name}-{pipeline}",
            self._inputs,
            self._place,
            Started(pipeline, made.arn, f"{pipeline}-trigger", description),
            [Start("schedule", description, schedule=args["schedule"])],
        )

    def _pipeline(
        self,
        pipeline: str,
        stages: Sequence[dict[str, Any]],
        projects: Sequence[aws.codebuild.Project],
        *,
        mode: str,
        trigger: dict[str, Any] | None = None,
        batches: Sequence[str] = (),
    ) -> aws.codepipeline.Pipeline:
        args, name = self._args, f"{self._name}-{pipeline}"
        role = described.pipeline_role(
            self._place,
            pipeline,
            self._store,
            self._inputs.text(args["connection_arn"]),
            [self._inputs.text(project.arn) for project in projects],
            batches,
        )
        made = make_role(name, role, self._inputs, self._child)
        triggers = trigger and [
            {
                "provider_type": "CodeStarSourceConnection",
                "git_configuration": {"source_action_name": SOURCE, **trigger},
            }
        ]
        return aws.codepipeline.Pipeline(
            name,
            name=pipeline,
            pipeline_type="V2",
            execution_mode=mode,
            role_arn=made.role.arn,
            artifact_stores=[
                {
                    "type": "S3",
                    "location": args["bucket_name"],
                    "encryption_key": {"type": "KMS", "id": args["key_arn"]},
                }
            ],
            stages=[self._source(), *stages],
            triggers=triggers,
            region=args["region"],
            opts=pulumi.ResourceOptions(parent=self, depends_on=made.granted),
        )

    def _source(self) -> dict[str, Any]:
        args = self._args
        action = {
            "name": SOURCE,
            "category": "Source",
            "owner": "AWS",
            "provider": "CodeStarSourceConnection",
            "version": "1",
            "namespace": "SourceVariables",
            "output_artifacts": [SOURCE],
            "configuration": {
                "ConnectionArn": args["connection_arn"],
                "FullRepositoryId": args["repository"],
                "BranchName": args["branch"],
                "DetectChanges": "false",
            },
        }
        return {"name": SOURCE, "actions": [action]}


def _slices(project: str) -> dict[str, Any]:
    action = _action("Slices", project, [SOURCE], RESULTS)
    action["configuration"] |= {"BatchEnabled": "true", "CombineArtifacts": "true"}
    return {"name": "Slices", "actions": [action]}


def _action(
    name: str, project: pulumi.Input[str], reads: Sequence[str], writes: str = ""
) -> dict[str, Any]:
    action: dict[str, Any] = {
        "name": name,
        "category": "Build",
        "owner": "AWS",
        "provider": "CodeBuild",
        "version": "1",
        "input_artifacts": list(reads),
        "configuration": {"ProjectName": project},
    }
    return {**action, "output_artifacts": [writes]} if writes else action
