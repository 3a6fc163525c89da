"""The roles of CodePipeline's pipelines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from landfall.blueprint import artifacts, builds, promotions, sources
from landfall.blueprint.places import Place, Store
from landfall.blueprint.promotions import Promotion
from landfall.blueprint.roles import Role, codepipeline_role
from landfall.blueprint.sources import Source
from landfall.blueprint.statements import Statement, statement


@dataclass(frozen=True, slots=True)
class Pipeline:
    """A delivery pipeline, or a pull request pipeline.

    `projects` and `batches` are the ARNs of its single-build and batch projects.
    `deploy_role_arns` is None without deployments. `topic_arns` are those of its approvals.
    `remote_stores` are the stores of other regions.
    """

    name: str
    role_name: str
    source: Source
    projects: tuple[str, ...]
    batches: tuple[str, ...] = ()
    deploy_role_arns: tuple[str, ...] | None = None
    topic_arns: tuple[str, ...] = ()
    remote_stores: Mapping[str, Store] = field(default_factory=dict)
    promotions: tuple[Promotion, ...] = ()


def pipeline_role(place: Place, pipeline: Pipeline, store: Store) -> Role:
    """Return the role of a pipeline."""
    statements = [
        *sources.permissions(pipeline.source, place),
        *builds.run_projects(pipeline.projects, pipeline.batches),
    ]
    if pipeline.deploy_role_arns is not None:
        statements += _orchestrate(pipeline.deploy_role_arns, pipeline.topic_arns)
    statements += promotions.permissions(pipeline.promotions, place, store)
    statements += artifacts.use_artifacts(pipeline.name, store)
    for region, other in sorted(pipeline.remote_stores.items()):
        suffix = region.title().replace("-", "")
        statements += [
            {**each, "Sid": f"{each['Sid']}{suffix}"}
            for each in artifacts.use_artifacts(pipeline.name, other)
        ]
    role = codepipeline_role(
        pipeline.role_name, f"The pipeline role of pipeline {pipeline.name}", place, pipeline.name
    )
    return replace(role, policies={"pipeline": statements})


def _orchestrate(deploy_role_arns: Sequence[str], topic_arns: Sequence[str]) -> list[Statement]:
    """Return the pipeline role's statements for deploy and approval actions."""
    statements = [
        statement("Deploy", actions=["sts:AssumeRole"], resources=list(deploy_role_arns)),
    ]
    if topic_arns:
        statements.append(
            statement("AskForApproval", actions=["sns:Publish"], resources=list(topic_arns))
        )
    return statements
