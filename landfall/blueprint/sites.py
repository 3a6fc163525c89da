"""What the deploy role of a site needs: its bucket, the bucket's key, and its distribution."""

from __future__ import annotations

from landfall.aws.arns import arn_of, bucket_arn
from landfall.blueprint.deployments import DeploymentArgs
from landfall.blueprint.places import Place
from landfall.blueprint.statements import Statement, statement


def deploy(deployment: DeploymentArgs, place: Place) -> list[Statement]:
    """Return what the deploy role needs beside its artifacts and alarms.

    https://docs.aws.amazon.com/codepipeline/latest/userguide/action-reference-S3Deploy.html
    """
    bucket = bucket_arn(place.partition, deployment["name"])
    statements = [
        statement(
            "WriteSite",
            actions=["s3:PutObject", "s3:PutObjectAcl", "s3:PutObjectVersionAcl"],
            resources=[f"{bucket}/*"],
        ),
        statement(
            "FindSite",
            actions=["s3:GetBucketAcl", "s3:GetBucketLocation", "s3:GetBucketVersioning"],
            resources=[bucket],
        ),
    ]
    if key := deployment.get("bucket_key"):
        arn = key if key.startswith("arn:") else place.arn("kms", f"key/{key}")
        # S3 decrypts the parts of a large upload when it joins them.
        actions = ["kms:Decrypt", "kms:GenerateDataKey"]
        statements.append(statement("EncryptSite", actions=actions, resources=[arn]))
    if distribution := deployment.get("distribution"):
        # CloudFront is global: its ARNs have no region.
        arn = arn_of(
            place.partition, "cloudfront", f"distribution/{distribution}", account=place.account_id
        )
        actions = ["cloudfront:CreateInvalidation", "cloudfront:GetInvalidation"]
        statements.append(statement("Invalidate", actions=actions, resources=[arn]))
    return statements
