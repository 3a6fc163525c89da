"""How a build pushes images to its application's repository."""

from __future__ import annotations

from landfall.blueprint.computing import PULL, log_in_to_registry
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement

_PUSH = (
    "ecr:CompleteLayerUpload",
    "ecr:InitiateLayerUpload",
    "ecr:PutImage",
    "ecr:UploadLayerPart",
)
_SCAN = ("ecr:DescribeImageScanFindings", "ecr:DescribeImages")


def push(place: Place, repository: str) -> list[Statement]:
    """Return the statements for pushing to one repository, and reading what its scan found.

    https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-push-iam.html
    """
    arn = place.arn("ecr", f"repository/{repository}")
    return [
        log_in_to_registry("LogInToPush"),
        statement("PushImage", actions=sorted({*PULL, *_PUSH}), resources=[arn]),
        statement("ReadScan", actions=_SCAN, resources=[arn]),
    ]


def address(place: Place, repository: str) -> str:
    """Return the address of a repository, as Docker takes it."""
    return f"{place.account_id}.dkr.ecr.{place.region}.{place.dns}/{repository}"
