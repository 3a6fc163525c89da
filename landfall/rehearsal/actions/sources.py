"""Source actions: the folder or Git checkout of whoever rehearses, or what S3 has.

https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodestarConnectionSource.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-CodeCommit.html
https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3.html
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from botocore.exceptions import ClientError

from landfall.rehearsal import checkouts
from landfall.rehearsal.artifacts import packed
from landfall.rehearsal.results import ActionError, Result
from landfall.rehearsal.triggers import Kind
from landfall.rehearsal.work import Work

_CLONE = "CODEBUILD_CLONE_REF"


def run(work: Work) -> Result:
    """Write the sources as the action's artifact."""
    if work.override is not None and work.override["revisionType"].startswith("S3_"):
        return _of_bucket(work)
    folder = work.options.source
    if folder is None:
        if work.action["actionTypeId"]["provider"] != "S3":
            raise ActionError("There are no sources: write --source DIR.", "ConfigurationError")
        return _of_bucket(work)
    return _of_folder(work, folder)


def _of_folder(work: Work, folder: Path) -> Result:
    config = work.configuration
    # A build that clones the repository has its history: here it is in the artifact.
    try:
        files = checkouts.files(folder, history=config.get("OutputArtifactFormat") == _CLONE)
    except checkouts.CheckoutError as error:
        raise ActionError(str(error), "ConfigurationError") from None
    if not files:
        raise ActionError(f"The source {folder} has no files.", "ConfigurationError")
    if bad := [name for name in files if not _is_text(name)]:
        named = bad[0].encode(errors="surrogateescape")
        raise ActionError(f"The name of file {named!r} is not UTF-8.", "ConfigurationError")
    body = packed(files)
    commit = checkouts.commit(folder) or checkouts.Commit(hashlib.sha1(body).hexdigest())  # noqa: S324
    provider = work.action["actionTypeId"]["provider"]
    variables = {
        "CommitId": commit.id,
        "CommitMessage": commit.message,
        "AuthorDate": commit.date,
    }
    if provider == "S3":
        variables = {
            "BucketName": config["S3Bucket"],
            "ObjectKey": config["S3ObjectKey"],
            "VersionId": commit.id[:32],
            "ETag": hashlib.md5(body, usedforsecurity=False).hexdigest(),
        }
    elif provider == "CodeCommit":
        variables["RepositoryName"] = config["RepositoryName"]
        variables["BranchName"] = config["BranchName"]
        variables["CommitterDate"] = commit.date
    else:
        variables["FullRepositoryName"] = config["FullRepositoryId"]
        variables["ConnectionArn"] = config["ConnectionArn"]
        variables |= _changed(work)
    name = work.output_names[0]
    changed = ", with uncommitted changes" if commit.dirty else ""
    return Result(
        summary=f"{len(files)} files of {folder}{changed}",
        variables={key: value for key, value in variables.items() if value},
        artifacts={name: work.write(name, body)},
        reference=commit.id,
    )


def _is_text(name: str) -> bool:
    """Return whether an artifact, a zip file, can hold a file of this name."""
    return not any("\udc80" <= each <= "\udcff" for each in name)


def _changed(work: Work) -> dict[str, str]:
    """Return the branch or the tag of an execution: a trigger's own, or the action's branch."""
    change = work.change
    if change is None or change.kind is Kind.SCHEDULE:
        return {"BranchName": work.configuration["BranchName"]}
    if change.kind is Kind.TAG:
        return {"TagName": change.name}
    return {"BranchName": change.branch}


def _of_bucket(work: Work) -> Result:
    bucket, key = work.configuration["S3Bucket"], work.configuration["S3ObjectKey"]
    wanted: dict[str, str] = {}
    if work.override is not None and work.override["revisionType"] == "S3_OBJECT_KEY":
        key = work.override["revisionValue"]
    elif work.override is not None:
        wanted["VersionId"] = work.override["revisionValue"]
    try:
        answer = work.client("s3").get_object(Bucket=bucket, Key=key, **wanted)
    except ClientError as error:
        said = error.response["Error"].get("Message", "")
        code = error.response["Error"]["Code"]
        kind = "PermissionError" if "AccessDenied" in code else "ConfigurationError"
        raise ActionError(f"Cannot read s3://{bucket}/{key}: {said}", kind) from None
    body, version = answer["Body"].read(), answer.get("VersionId", "null")
    name = work.output_names[0]
    return Result(
        summary=f"s3://{bucket}/{key}",
        variables={
            "BucketName": bucket,
            "ObjectKey": key,
            "VersionId": version,
            "ETag": answer["ETag"].strip('"'),
        },
        artifacts={name: work.write(name, body)},
        reference=version,
    )
