"""The roles of the provisioning pipelines and their builds."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from landfall.blueprint import artifacts, builds, sources
from landfall.blueprint.places import Place, Store
from landfall.blueprint.roles import Role, codebuild_role, codepipeline_role
from landfall.blueprint.sources import Source
from landfall.blueprint.statements import Statement, statement
from landfall.settings import naming

SOURCE, PLAN, REPORT, RESULTS = "Source", "Plan", "Report", "Results"


@dataclass(frozen=True, slots=True)
class ProvisioningBuild:
    """One build: `reads` and `writes` are artifacts, `role_arn` is the role it assumes, if any.

    `is_batch`: it is a batch of builds, with a role that starts them.
    """

    pipeline: str
    part: str
    description: str
    reads: Sequence[str]
    writes: str = ""
    role_arn: str | None = None
    is_batch: bool = False

    @property
    def name(self) -> str:
        """The name of the project and of its role."""
        return f"{self.pipeline}-{self.part}"

    @property
    def batch_role_name(self) -> str:
        """The name of the role that starts its builds, if it is a batch."""
        return f"{self.name}-batch"

    @property
    def log_group(self) -> str:
        """The log group."""
        return builds.build_log_group(self.name)


def preview_check(stack: str) -> ProvisioningBuild:
    """Return the build that checks a pull request; it has no permissions in AWS."""
    return ProvisioningBuild(
        naming.provisioning(stack, "preview"),
        "check",
        f"Judges what a pull request makes of stack {stack}",
        reads=[SOURCE],
        writes=REPORT,
    )


def plan(stack: str, read_role_arn: str) -> ProvisioningBuild:
    """Return the build that plans."""
    return ProvisioningBuild(
        naming.provisioning(stack, "provision"),
        "plan",
        f"Plans stack {stack}, and may only read",
        reads=[SOURCE],
        writes=PLAN,
        role_arn=read_role_arn,
    )


def apply(stack: str, apply_role_arn: str) -> ProvisioningBuild:
    """Return the build that applies a plan."""
    return ProvisioningBuild(
        naming.provisioning(stack, "provision"),
        "apply",
        f"Applies the plan of stack {stack}",
        reads=[SOURCE, PLAN],
        role_arn=apply_role_arn,
    )


def slices(stack: str, apply_role_arn: str) -> ProvisioningBuild:
    """Return the batch that applies the slices and the closing stack of a stack that is cut."""
    return ProvisioningBuild(
        naming.provisioning(stack, "provision"),
        "slices",
        f"Applies the slices of stack {stack}",
        reads=[SOURCE],
        writes=RESULTS,
        role_arn=apply_role_arn,
        is_batch=True,
    )


def drift_check(stack: str, read_role_arn: str) -> ProvisioningBuild:
    """Return the build that checks for drift."""
    return ProvisioningBuild(
        naming.provisioning(stack, "drift"),
        "check",
        f"Looks for drift of stack {stack}, and may only read",
        reads=[SOURCE],
        role_arn=read_role_arn,
    )


def of_stack(
    stack: str, read_role_arn: str, apply_role_arn: str, *, batch: bool
) -> list[ProvisioningBuild]:
    """Return all builds of the provisioning pipelines; with `batch`, also that of the slices."""
    return [
        preview_check(stack),
        plan(stack, read_role_arn),
        apply(stack, apply_role_arn),
        *([slices(stack, apply_role_arn)] if batch else []),
        drift_check(stack, read_role_arn),
    ]


def batch_role(place: Place, build: ProvisioningBuild) -> Role:
    """Return the role that starts the builds of a batch."""
    return builds.batch_role(build.batch_role_name, place, [build.name])


def build_role(place: Place, build: ProvisioningBuild, store: Store) -> Role:
    """Return the role of a build: it reads and writes its artifacts, and assumes one role."""
    statements = [
        builds.write_logs(place, build.log_group),
        statement(
            "ReadArtifacts",
            actions=artifacts.OBJECT_READ,
            resources=_objects(build, store, build.reads),
        ),
        artifacts.find_bucket(store),
        statement("UseKey", actions=artifacts.KEY_USE, resources=[store.key_arn]),
    ]
    if build.writes:
        statements.append(
            statement(
                "WriteArtifact",
                actions=["s3:PutObject"],
                resources=_objects(build, store, [build.writes]),
            )
        )
    if build.role_arn is not None:
        statements.append(
            statement("ActInOrganization", actions=["sts:AssumeRole"], resources=[build.role_arn])
        )
    role = codebuild_role(build.name, build.description, place, [build.name])
    return replace(role, policies={"build": statements})


def _objects(build: ProvisioningBuild, store: Store, names: Sequence[str]) -> list[str]:
    prefix = naming.artifact_prefix(build.pipeline)
    return [f"{store.bucket_arn}/{prefix}/{each[:10]}/*" for each in names]


def pipeline_role(
    place: Place,
    pipeline: str,
    store: Store,
    connection_arn: str,
    projects: Sequence[str],
    batches: Sequence[str] = (),
) -> Role:
    """Return the role of a provisioning pipeline; `projects` and `batches` are ARNs of projects."""
    run: list[Statement] = builds.run_projects(projects, batches)
    source = Source(sources.CONNECTION, connection_arn=connection_arn)
    statements = [
        *sources.permissions(source, place),
        *run,
        *artifacts.use_artifacts(pipeline, store),
    ]
    role = codepipeline_role(
        f"{pipeline}-pipeline", f"The role of pipeline {pipeline}", place, pipeline
    )
    return replace(role, policies={"pipeline": statements})
