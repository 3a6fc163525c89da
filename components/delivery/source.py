"""The source stage of a pipeline: source, read access and triggers."""

from collections.abc import Sequence
from typing import Any, NotRequired, TypedDict

import pulumi

from components.inputs import Inputs
from landfall.blueprint import artifacts, promotions
from landfall.blueprint.sources import CODECOMMIT, CONNECTION, PROMOTED, Source

ARTIFACT = artifacts.SOURCE
IMAGE_ARTIFACT = artifacts.IMAGE

_PULL_REQUEST_EVENTS = ("OPEN", "UPDATED")


class TriggerArgs(TypedDict):
    """One filter; patterns that start with `!` exclude."""

    branches: NotRequired[list[str]]
    """Pushes to these branches."""
    tags: NotRequired[list[str]]
    """Pushes of these tags."""
    pull_requests: NotRequired[list[str]]
    """Pull requests that are opened or updated into these branches."""
    paths: NotRequired[list[str]]
    """Only if one of these files changed."""


class ImageArgs(TypedDict):
    """A container image as a further source."""

    repository: str
    """The repository's name, in the pipeline's account and region."""
    tags: list[str]
    """Tags whose push starts the pipeline."""
    moving_tag: NotRequired[str]
    """The tag of the image that an execution takes which no image started."""


class SourceArgs(TypedDict):
    """A pipeline's source."""

    kind: str
    """`connection` (GitHub, GitLab, Bitbucket), `codecommit`, `s3`, or `promoted`: what another
    pipeline deployed and handed on."""
    connection_arn: NotRequired[pulumi.Input[str]]
    """connection: the CodeConnections connection."""
    repository: NotRequired[str]
    """connection: `owner/name`; codecommit: the repository's name."""
    branch: NotRequired[str]
    """connection, codecommit: the branch of an execution without a trigger. Default: `main`."""
    triggers: NotRequired[list[TriggerArgs]]
    """connection, codecommit: the triggers. Default: pushes to `branch`."""
    account_id: NotRequired[pulumi.Input[str]]
    """codecommit: the repository's account, if it is another one than the pipeline's."""
    role_arn: NotRequired[pulumi.Input[str]]
    """codecommit: the role of that account with which the pipeline takes the sources."""
    event_bus: NotRequired[pulumi.Input[str]]
    """codecommit: the event bus, by name, to which that account sends the repository's events."""
    full_clone: NotRequired[bool]
    """connection, codecommit: builds clone the repository with its history."""
    submodules: NotRequired[list[str]]
    """connection: repositories of submodules, which builds may clone."""
    bucket: NotRequired[pulumi.Input[str]]
    """s3: the bucket, versioned, with EventBridge notifications on. promoted: the artifact store's
    bucket."""
    key: NotRequired[str]
    """s3: the object, a ZIP file."""
    image: NotRequired[ImageArgs]
    """A container image whose push also starts the pipeline."""
    origin: NotRequired[str]
    """promoted: the name of the environment that hands on, as a pipeline: `orders-staging`."""
    artifacts: NotRequired[list[str]]
    """promoted: the artifacts that it hands on."""


def actions(source: SourceArgs) -> list[dict[str, Any]]:
    """Return the source actions: for the sources, and for the image if there is one."""
    if source["kind"] == PROMOTED:
        return [_promoted(source, artifact) for artifact in source["artifacts"]]
    provider, configuration = _provider(source)
    found = [_action("Source", provider, configuration, ARTIFACT)]
    if "role_arn" in source:
        found[0]["role_arn"] = source["role_arn"]
    if "image" in source:
        image = {"RepositoryName": source["image"]["repository"]}
        plain = [tag for tag in source["image"]["tags"] if "*" not in tag]
        if taken := source["image"].get("moving_tag", next(iter(plain), "")):
            image["ImageTag"] = taken
        found.append(_action("Image", "ECR", image, IMAGE_ARTIFACT))
    return found


def _promoted(source: SourceArgs, artifact: str) -> dict[str, Any]:
    """Return the action that takes a promoted artifact, whose key comes with each promotion.

    It gives no variables: those of its name would be those of a source or a build.
    """
    configuration = {
        "S3Bucket": source["bucket"],
        "S3ObjectKey": promotions.key(source["origin"], promotions.NONE, artifact),
        "AllowOverrideForS3ObjectKey": "true",
        "PollForSourceChanges": "false",
    }
    found = _action(artifact, "S3", configuration, artifact)
    del found["namespace"]
    return found


def _action(
    name: str, provider: str, configuration: dict[str, Any], artifact: str
) -> dict[str, Any]:
    return {
        "name": name,
        "category": "Source",
        "owner": "AWS",
        "provider": provider,
        "version": "1",
        "namespace": f"{name}Variables",
        "output_artifacts": [artifact],
        "configuration": configuration,
    }


def _provider(source: SourceArgs) -> tuple[str, dict[str, Any]]:
    clone = {"OutputArtifactFormat": "CODEBUILD_CLONE_REF"} if source.get("full_clone") else {}
    if source["kind"] == CONNECTION:
        return "CodeStarSourceConnection", {
            "ConnectionArn": source["connection_arn"],
            "FullRepositoryId": source["repository"],
            "BranchName": source.get("branch", "main"),
            # The trigger's branches apply; change detection would start it twice.
            "DetectChanges": "false",
            **clone,
        }
    if source["kind"] == CODECOMMIT:
        return "CodeCommit", {
            "RepositoryName": source["repository"],
            "BranchName": source.get("branch", "main"),
            "PollForSourceChanges": "false",
            **clone,
        }
    return "S3", {
        "S3Bucket": source["bucket"],
        "S3ObjectKey": source["key"],
        "PollForSourceChanges": "false",
    }


def triggers_of(source: SourceArgs) -> list[TriggerArgs]:
    """Return the filters that start the pipeline."""
    if "triggers" in source:
        return source["triggers"]
    return [{"branches": [source.get("branch", "main")]}]


def triggers(source: SourceArgs) -> list[dict[str, Any]] | None:
    """Return the pipeline's triggers; EventBridge starts the other kinds."""
    if source["kind"] != CONNECTION:
        return None
    pushes, pull_requests = [], []
    for each in triggers_of(source):
        paths = {"file_paths": _sides(each["paths"])} if each.get("paths") else {}
        if each.get("pull_requests"):
            branches = _sides(each["pull_requests"])
            events = list(_PULL_REQUEST_EVENTS)
            pull_requests.append({"branches": branches, "events": events, **paths})
        elif each.get("tags"):
            pushes.append({"tags": _sides(each["tags"])})
        else:
            pushes.append({"branches": _sides(each["branches"]), **paths})
    if not pushes and not pull_requests:
        return None
    git: dict[str, Any] = {"source_action_name": "Source"}
    if pushes:
        git["pushes"] = pushes
    if pull_requests:
        git["pull_requests"] = pull_requests
    return [{"provider_type": "CodeStarSourceConnection", "git_configuration": git}]


def _sides(patterns: Sequence[str]) -> dict[str, list[str]]:
    includes = [pattern for pattern in patterns if not pattern.startswith("!")]
    excludes = [pattern[1:] for pattern in patterns if pattern.startswith("!")]
    sides = {"includes": includes, "excludes": excludes}
    return {side: found for side, found in sides.items() if found}


def described(source: SourceArgs, inputs: Inputs) -> Source:
    """Return the source as a blueprint value."""
    return Source(
        source["kind"],
        connection_arn=inputs.text(source["connection_arn"]) if "connection_arn" in source else "",
        repository=source.get("repository", ""),
        role_arn=inputs.text(source["role_arn"]) if "role_arn" in source else "",
        full_clone=source.get("full_clone", False),
        submodules=tuple(source.get("submodules", [])),
        bucket=inputs.text(source["bucket"]) if "bucket" in source else "",
        key=_key(source),
        image=source["image"]["repository"] if "image" in source else "",
        artifacts=tuple(source.get("artifacts", [])),
    )


def _key(source: SourceArgs) -> str:
    if source["kind"] == PROMOTED:
        return f"{promotions.folder(source['origin'])}/*"
    return source.get("key", "")
