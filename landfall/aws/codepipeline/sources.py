"""Source actions."""

from __future__ import annotations

from landfall.aws.codepipeline.kinds import FLAG, ActionType, Demand, Key

_FORMATS = ("CODE_ZIP", "CODEBUILD_CLONE_REF")
_COMMIT = ("AuthorDate", "BranchName", "CommitId", "CommitMessage")

_CLONE_READER = Demand(
    "clone-reference-read-by-codebuild",
    "an artifact in the format CODEBUILD_CLONE_REF is read by CodeBuild actions alone",
)

SOURCES = (
    ActionType(
        category="Source",
        provider="CodeStarSourceConnection",
        page="action-reference-CodestarConnectionSource",
        keys=(
            Key("ConnectionArn", required=True),
            Key("FullRepositoryId", required=True),
            Key("BranchName", required=True),
            Key("OutputArtifactFormat", values=_FORMATS),
            Key("DetectChanges", values=FLAG),
        ),
        outputs=(1, 1),
        variables=(*_COMMIT, "ConnectionArn", "FullRepositoryName", "TagName"),
        demands=(
            Demand("connection-available", "the connection's handshake was completed"),
            _CLONE_READER,
        ),
        permissions=("codeconnections:UseConnection",),
        cross_region=False,
        unconfirmed=(
            "the table of artifact counts gives the owner ThirdParty; the page, AWS",
            "TagName is announced for pushes of tags and used by users; the page does not list it",
        ),
    ),
    ActionType(
        category="Source",
        provider="CodeCommit",
        page="action-reference-CodeCommit",
        keys=(
            Key("RepositoryName", required=True),
            Key("BranchName", required=True),
            Key("PollForSourceChanges", values=FLAG),
            Key("OutputArtifactFormat", values=_FORMATS),
        ),
        outputs=(1, 1),
        variables=(*_COMMIT, "CommitterDate", "RepositoryName"),
        demands=(Demand("branch-exists", "the repository has the branch"), _CLONE_READER),
        permissions=(
            "codecommit:CancelUploadArchive",
            "codecommit:GetBranch",
            "codecommit:GetCommit",
            "codecommit:GetUploadArchiveStatus",
            "codecommit:UploadArchive",
        ),
        cross_region=False,
    ),
    ActionType(
        category="Source",
        provider="S3",
        page="action-reference-S3",
        keys=(
            Key("S3Bucket", required=True),
            Key("S3ObjectKey", required=True),
            Key("AllowOverrideForS3ObjectKey", values=FLAG),
            Key("PollForSourceChanges", values=FLAG),
        ),
        outputs=(1, 1),
        variables=("BucketName", "ETag", "ObjectKey", "VersionId"),
        demands=(
            Demand("bucket-versioned", "versions of the bucket's objects are kept"),
            Demand("object-exists", "the bucket has the object"),
        ),
        permissions=(
            "s3:GetBucketAcl",
            "s3:GetBucketLocation",
            "s3:GetBucketVersioning",
            "s3:GetObject",
            "s3:GetObjectTagging",
            "s3:GetObjectVersion",
            "s3:GetObjectVersionTagging",
        ),
        cross_region=False,
    ),
    ActionType(
        category="Source",
        provider="ECR",
        page="action-reference-ECR",
        keys=(Key("RepositoryName", required=True), Key("ImageTag")),
        outputs=(1, 1),
        variables=("ImageDigest", "ImageTag", "ImageURI", "RegistryId", "RepositoryName"),
        demands=(
            Demand(
                "tag-exists",
                "the repository has an image with the tag, `latest` where ImageTag is left out",
            ),
        ),
        permissions=("ecr:DescribeImages",),
        cross_region=False,
    ),
    ActionType(
        category="Source",
        provider="GitHub",
        owner="ThirdParty",
        page="appendix-github-oauth",
        keys=(
            Key("Owner", required=True),
            Key("Repo", required=True),
            Key("Branch", required=True),
            Key("OAuthToken", required=True),
            Key("PollForSourceChanges", values=FLAG),
        ),
        outputs=(1, 1),
        variables=(*_COMMIT, "CommitUrl", "CommitterDate", "RepositoryName"),
        cross_region=False,
    ),
)
