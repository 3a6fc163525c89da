"""CodePipeline: the structure of a pipeline, its role, modes, triggers and counts."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from moto.codepipeline.models import codepipeline_backends

from landfall.sandbox.across_services.quotas import quota
from landfall.sandbox.across_services.trust import find_role, service, trusts
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.registry import limit
from landfall.sandbox.gate.request import Request

Structure = Mapping[str, Any]

_CONNECTION = "CodeStarSourceConnection"
_LISTS = ("onSuccess", "onFailure", "beforeEntry")


class InvalidStructureError(AWSError):
    """The structure is refused: CodePipeline API Reference, CreatePipeline."""

    code = "InvalidStructureException"


class InvalidStageDeclarationError(AWSError):
    """A stage is refused: CodePipeline API Reference, CreatePipeline."""

    code = "InvalidStageDeclarationException"


class InvalidActionDeclarationError(AWSError):
    """An action is refused: CodePipeline API Reference, CreatePipeline."""

    code = "InvalidActionDeclarationException"


class LimitExceededError(AWSError):
    """A quota is exceeded: CodePipeline User Guide, 'Quotas in AWS CodePipeline'."""

    code = "LimitExceededException"


@limit("codepipeline", "CreatePipeline")
def pipelines_are_a_quota(request: Request) -> None:
    """CodePipeline User Guide, 'Quotas in AWS CodePipeline': pipelines of a region."""
    held = codepipeline_backends[request.account][request.region].pipelines
    if len(held) >= quota("codepipeline.pipelines"):
        raise LimitExceededError("The number of pipelines has exceeded the limit of the account.")


@limit("codepipeline", "CreatePipeline", "UpdatePipeline")
def structures(request: Request) -> None:
    """CodePipeline User Guide, 'Pipeline structure reference' and 'Quotas'."""
    pipeline: Structure = request.params["pipeline"]
    _require_role(request, pipeline["roleArn"], pipeline["name"])
    _require_stages(pipeline)
    _require_stores(request, pipeline)
    _require_artifacts(pipeline)
    _require_conditions(pipeline)
    _require_triggers(pipeline)


def _require_role(request: Request, arn: str, name: str) -> None:
    """Structure reference, roleArn: CodePipeline must be able to assume it."""
    role = find_role(arn)
    source = request.arn("codepipeline", name)
    pipeline = service("codepipeline.amazonaws.com", request.account, source)
    if (
        role is None
        or role.account_id != request.account
        or not trusts(json.loads(role.assume_role_policy_document), pipeline)
    ):
        raise InvalidStructureError(
            f"CodePipeline is not authorized to perform AssumeRole on role {arn}"
        )


def _require_stages(pipeline: Structure) -> None:
    """Structure reference: two stages or more, sources in the first alone, names once."""
    stages = pipeline["stages"]
    if len(stages) < 2:
        raise InvalidStructureError(
            f"Pipeline has only {len(stages)} stage(s). "
            "There should be a minimum of 2 stages in a pipeline"
        )
    if len(stages) > quota("codepipeline.stages"):
        raise LimitExceededError("The pipeline has more stages than the limit.")
    names = [stage["name"] for stage in stages]
    if len(set(names)) != len(names):
        raise InvalidStructureError("Stage names must be unique within a pipeline")
    for number, stage in enumerate(stages):
        actions = [action["name"] for action in stage["actions"]]
        if not actions or len(set(actions)) != len(actions):
            raise InvalidStageDeclarationError(
                f"Stage {stage['name']} must have actions with unique names"
            )
        if len(actions) > quota("codepipeline.actions_per_stage"):
            raise LimitExceededError(f"Stage {stage['name']} has more actions than the limit.")
        for action in stage["actions"]:
            is_source = action["actionTypeId"]["category"] == "Source"
            if is_source and number > 0:
                raise InvalidStructureError(
                    f"Pipeline has an action of type Source in stage {stage['name']}. "
                    "Only the first stage may contain Source actions"
                )
            if not is_source and number == 0:
                raise InvalidStructureError(
                    "Pipeline should start with a stage that only contains source actions"
                )


def _require_stores(request: Request, pipeline: Structure) -> None:
    """Structure reference, artifactStores: one for each region of an action."""
    one, several = pipeline.get("artifactStore"), pipeline.get("artifactStores")
    if (one is None) == (several is None):
        raise InvalidStructureError(
            "Exactly one of artifactStore and artifactStores must be specified"
        )
    held = {request.region} if several is None else set(several)
    for _, action in _actions(pipeline):
        region = action.get("region", request.region)
        if region not in held:
            raise InvalidStructureError(
                f"No artifact store is defined for region {region} of action {action['name']}"
            )


def _actions(pipeline: Structure) -> Iterator[tuple[Structure, Structure]]:
    for stage in pipeline["stages"]:
        for action in stage["actions"]:
            yield stage, action


def _require_artifacts(pipeline: Structure) -> None:
    """Structure reference: an output's name is unique, an input is an output made before."""
    made: set[str] = set()
    for stage in pipeline["stages"]:
        order = sorted(stage["actions"], key=lambda action: action.get("runOrder", 1))
        for action in order:
            _require_primary(action)
            for artifact in action.get("inputArtifacts", []):
                if artifact["name"] not in made:
                    raise InvalidActionDeclarationError(
                        f"Input Artifact Bundle {artifact['name']} in action {action['name']} "
                        "is not declared as Output Artifact Bundle in any of the preceding actions"
                    )
            for artifact in action.get("outputArtifacts", []):
                if artifact["name"] in made:
                    raise InvalidActionDeclarationError(
                        "UniqueOutputArtifactNamesRule: output artifact "
                        f"{artifact['name']} is declared more than once"
                    )
                made.add(artifact["name"])


def _require_primary(action: Structure) -> None:
    """User Guide, 'AWS CodeBuild action reference': which of several inputs has the buildspec."""
    inputs = [artifact["name"] for artifact in action.get("inputArtifacts", [])]
    primary = action.get("configuration", {}).get("PrimarySource")
    builds = action["actionTypeId"]["provider"] == "CodeBuild"
    if builds and len(inputs) > 1 and primary not in inputs:
        raise InvalidActionDeclarationError(
            f"Action {action['name']} has several input artifacts; "
            "its configuration PrimarySource must name one of them"
        )


def _require_conditions(pipeline: Structure) -> None:
    """User Guide, 'Configure stage rollback', 'Stage conditions' and 'Pipeline types'."""
    mode = pipeline.get("executionMode", "SUPERSEDED")
    second = pipeline.get("pipelineType", "V1") == "V2"
    if not second and mode != "SUPERSEDED":
        raise InvalidStructureError(f"Execution mode {mode} is only supported for V2 pipelines")
    if not second and (pipeline.get("triggers") or pipeline.get("variables")):
        raise InvalidStructureError(
            "Triggers and variables at pipeline level are only supported for V2 pipelines"
        )
    for number, stage in enumerate(pipeline["stages"]):
        present = [name for name in _LISTS if stage.get(name)]
        if present and not second:
            raise InvalidStructureError("Stage conditions are only supported for V2 pipelines")
        for name in present:
            _require_condition(stage, name)
        if stage.get("onFailure", {}).get("result") == "ROLLBACK":
            if mode == "PARALLEL":
                raise InvalidStructureError(
                    "Stage rollback is not supported for pipelines in execution mode PARALLEL"
                )
            if number == 0:
                raise InvalidStageDeclarationError(
                    "Rollback can't be configured for the source stage"
                )


def _require_condition(stage: Structure, name: str) -> None:
    conditions = stage[name].get("conditions", [])
    if len(conditions) > quota("codepipeline.conditions_per_list"):
        raise LimitExceededError(f"Stage {stage['name']} has too many {name} conditions.")
    for condition in conditions:
        if len(condition.get("rules", [])) > quota("codepipeline.rules_per_condition"):
            raise LimitExceededError(f"A condition of stage {stage['name']} has too many rules.")


def _require_triggers(pipeline: Structure) -> None:
    """User Guide, 'Quotas': triggers, filters, patterns; each trigger names a source action."""
    triggers = pipeline.get("triggers", [])
    if len(triggers) > quota("codepipeline.triggers"):
        raise LimitExceededError("The pipeline has more triggers than the limit.")
    sources = {
        action["name"]: action["actionTypeId"]["provider"]
        for action in pipeline["stages"][0]["actions"]
    }
    for trigger in triggers:
        git = trigger["gitConfiguration"]
        if git["sourceActionName"] in sources and sources[git["sourceActionName"]] != _CONNECTION:
            raise InvalidStructureError(
                f"The trigger's source action {git['sourceActionName']} has provider "
                f"{sources[git['sourceActionName']]}; triggers are supported for connections"
            )
        if git["sourceActionName"] not in sources:
            raise InvalidStructureError(
                f"The trigger's source action {git['sourceActionName']} is not in the pipeline"
            )
        for kind in ("push", "pullRequest"):
            filters = git.get(kind, [])
            if len(filters) > quota("codepipeline.filters_per_trigger"):
                raise LimitExceededError(f"A trigger has too many {kind} filters.")
            for each in filters:
                # User Guide, 'Add trigger with code push or pull request event types'.
                if each.get("tags") and (each.get("branches") or each.get("filePaths")):
                    raise InvalidStructureError(
                        "A push filter has either tags, or branches and file paths"
                    )
                _require_patterns(each)


def _require_patterns(found: Structure) -> None:
    for part in ("branches", "filePaths", "tags"):
        for side in ("includes", "excludes"):
            patterns = found.get(part, {}).get(side, [])
            if len(patterns) > quota("codepipeline.patterns_per_filter"):
                raise LimitExceededError(f"A trigger's filter has too many {part} patterns.")
