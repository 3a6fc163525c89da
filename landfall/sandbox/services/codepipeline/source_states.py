"""Whether a source exists, which the first execution of a pipeline finds out.

The demands of the source actions: `landfall.aws.codepipeline.sources`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from moto.codecommit.models import codecommit_backends
from moto.ecr.models import ecr_backends
from moto.s3.models import s3_backends

from landfall.sandbox.across_services.connections import is_pending
from landfall.sandbox.gate.request import Request


def missing(request: Request, action: Mapping[str, Any]) -> str | None:
    """Return why a source action fails; None if its source exists.

    A connection that the sandbox does not know is complete: another stack or a user made it.
    """
    configuration = action.get("configuration", {})
    provider = action["actionTypeId"]["provider"]
    if provider == "CodeStarSourceConnection" and is_pending(configuration["ConnectionArn"]):
        return "The connection's handshake is not completed."
    if provider == "CodeCommit":
        # Nothing can push to a repository of the sandbox, so none has a branch.
        # An action with a role looks in the role's account.
        account = action.get("roleArn", f"::::{request.account}").split(":")[4]
        held = codecommit_backends[account][request.region].repositories
        name = configuration["RepositoryName"]
        return f"The repository {name} lacks the branch." if name in held else "No such repository."
    if provider == "S3" and not _object_exists(configuration["S3Bucket"], configuration):
        return "The bucket lacks the object."
    if provider == "ECR" and not _image_exists(request, configuration):
        return "The repository lacks an image with the tag."
    return None


def _object_exists(bucket: str, configuration: Mapping[str, str]) -> bool:
    owner = s3_backends.bucket_accounts.get(bucket)
    if owner is None:
        return False
    partition, account = owner
    return configuration["S3ObjectKey"] in s3_backends[account][partition].buckets[bucket].keys


def _image_exists(request: Request, configuration: Mapping[str, str]) -> bool:
    held = ecr_backends[request.account][request.region].repositories
    repository = held.get(configuration["RepositoryName"])
    tag = configuration.get("ImageTag", "latest")
    return repository is not None and any(tag in image.image_tags for image in repository.images)
