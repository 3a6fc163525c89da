"""A repository of container images: encrypted, scanned, with immutable tags.

https://docs.aws.amazon.com/AmazonECR/latest/userguide/image-tag-mutability.html
"""

from typing import NotRequired, TypedDict

import pulumi
import pulumi_aws as aws

from components.documents import accounts_of, document, exactly, statement

_PULL = (
    "ecr:BatchCheckLayerAvailability",
    "ecr:BatchGetImage",
    "ecr:GetDownloadUrlForLayer",
)


class ImageRepositoryArgs(TypedDict):
    """The arguments of a repository."""

    repository_name: str
    """The repository's name."""
    region: str
    """Its region."""
    key_arn: pulumi.Input[str]
    """The key that encrypts images."""
    organization_id: pulumi.Input[str]
    """The organization of the roles that may use it."""
    puller_role_arns: NotRequired[list[pulumi.Input[str]]]
    """Roles of any account of the organization that may pull images."""
    moving_tags: NotRequired[list[str]]
    """Tags that may be moved to another image; all others are immutable."""
    force_destroy: NotRequired[bool]
    """Delete the repository with its images; otherwise it is protected."""


class ImageRepository(pulumi.ComponentResource):
    """An ECR repository with pull access."""

    repository_arn: pulumi.Output[str]

    def __init__(
        self, name: str, args: ImageRepositoryArgs, opts: pulumi.ResourceOptions | None = None
    ) -> None:
        protection = pulumi.ResourceOptions(protect=not args.get("force_destroy", False))
        # The caller's options take precedence.
        opts = pulumi.ResourceOptions.merge(protection, opts)
        super().__init__("landfall:delivery:ImageRepository", name, None, opts)
        child = pulumi.ResourceOptions(parent=self)
        moving = [{"filter": tag, "filter_type": "WILDCARD"} for tag in args.get("moving_tags", [])]
        repository = aws.ecr.Repository(
            name,
            name=args["repository_name"],
            image_tag_mutability="IMMUTABLE_WITH_EXCLUSION" if moving else "IMMUTABLE",
            image_tag_mutability_exclusion_filters=moving or None,
            image_scanning_configuration={"scan_on_push": True},
            encryption_configurations=[{"encryption_type": "KMS", "kms_key": args["key_arn"]}],
            force_delete=args.get("force_destroy", False),
            region=args["region"],
            opts=child,
        )
        if pullers := args.get("puller_role_arns"):
            aws.ecr.RepositoryPolicy(
                name,
                repository=repository.name,
                policy=document(
                    [
                        statement(
                            "ExactRolesPull",
                            actions=_PULL,
                            principals={"AWS": accounts_of(pullers)},
                            conditions=exactly(pullers, args["organization_id"]),
                        )
                    ]
                ),
                region=args["region"],
                opts=child,
            )
        self.repository_arn = repository.arn
        self.register_outputs({"repository_arn": self.repository_arn})
