"""Sources of a pipeline, and the permissions to read them."""

from __future__ import annotations

from dataclasses import dataclass

from landfall.aws.arns import bucket_arn
from landfall.blueprint import promotions
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

CONNECTION = "connection"
CODECOMMIT = "codecommit"
S3 = "s3"
PROMOTED = "promoted"

REVISIONS = {CONNECTION: "CommitId", CODECOMMIT: "CommitId", S3: "VersionId"}
"""The variable of each kind's source action that names the revision."""


def revision(kind: str) -> str:
    """Return the reference to the revision of a source.

    A promotion tells it in a variable of the pipeline: its source is an object of the store.
    """
    if kind == PROMOTED:
        return f"#{{variables.{promotions.REVISION}}}"
    return f"#{{SourceVariables.{REVISIONS[kind]}}}"


@dataclass(frozen=True, slots=True)
class Source:
    """A pipeline's source.

    `kind` is `connection` (with `connection_arn` and `repository`), `codecommit` (with
    `repository`), `s3` (with `bucket` and `key`) or `promoted` (with `bucket`, and the objects of
    `key`, one for each of `artifacts`). A `codecommit` repository of another account is read as
    `role_arn`, a role there. `image` is a repository of container images beside the sources. With
    `full_clone` builds clone the repository with its history, and with it the `submodules`,
    repositories of the same connection.
    """

    kind: str
    connection_arn: str = ""
    repository: str = ""
    role_arn: str = ""
    full_clone: bool = False
    submodules: tuple[str, ...] = ()
    bucket: str = ""
    key: str = ""
    image: str = ""
    artifacts: tuple[str, ...] = ()


def permissions(source: Source, place: Place) -> list[Statement]:
    """Return the pipeline role's statements for reading the sources and the image."""
    image = []
    if source.image:
        arn = place.arn("ecr", f"repository/{source.image}")
        image = [statement("FindImage", actions=["ecr:DescribeImages"], resources=[arn])]
    return [*_read(source, place), *image]


def clone(source: Source, place: Place) -> list[Statement]:
    """Return the build role's statements for cloning the repository, for full clones.

    The conditions apply to requests through the connection; they exclude other repositories of the
    connection, and pushes.
    https://docs.aws.amazon.com/dtconsole/latest/userguide/security_iam_id-based-policy-examples-connections.html
    """
    if not source.full_clone:
        return []
    repositories = [source.repository, *source.submodules]
    if source.kind == CODECOMMIT:
        arn = place.arn("codecommit", source.repository)
        return [statement("Clone", actions=["codecommit:GitPull"], resources=[arn])]
    return [
        statement(
            f"CloneThrough{service.title().replace('-', '')}",
            actions=[f"{service}:UseConnection"],
            resources=[source.connection_arn],
            conditions={
                "StringEqualsIfExists": {
                    f"{service}:FullRepositoryId": repositories
                    if source.submodules
                    else source.repository,
                    f"{service}:ProviderPermissionsRequired": "read_only",
                }
            },
        )
        for service in ("codeconnections", "codestar-connections")
    ]


def read_repository(name: str, place: Place) -> Statement:
    """Return the statement for taking the sources of a CodeCommit repository."""
    return statement(
        "ReadRepository",
        actions=[
            "codecommit:CancelUploadArchive",
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetRepository",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:UploadArchive",
        ],
        resources=[place.arn("codecommit", name)],
    )


def _read(source: Source, place: Place) -> list[Statement]:
    if source.kind == CONNECTION:
        return [
            statement(
                "UseConnection",
                # CodePipeline still uses the service's former name too.
                actions=["codeconnections:UseConnection", "codestar-connections:UseConnection"],
                resources=[source.connection_arn],
            )
        ]
    if source.role_arn:
        return [
            statement(
                "ReadAsTheRepositorysRole", actions=["sts:AssumeRole"], resources=[source.role_arn]
            )
        ]
    if source.kind == CODECOMMIT:
        return [read_repository(source.repository, place)]
    bucket = bucket_arn(place.partition, source.bucket)
    return [
        statement(
            "ReadSource",
            actions=[
                "s3:GetObject",
                "s3:GetObjectTagging",
                "s3:GetObjectVersion",
                "s3:GetObjectVersionTagging",
            ],
            resources=[f"{bucket}/{source.key}"],
        ),
        statement(
            "FindSource",
            actions=["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[bucket],
        ),
    ]
