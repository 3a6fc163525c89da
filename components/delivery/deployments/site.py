"""Sites: the build's artifact, unpacked into a bucket of the target account."""

from typing import Any

from components.delivery.deployments.arguments import DeploymentTargetArgs
from components.documents import statement


def deploy(args: DeploymentTargetArgs) -> list[dict[str, Any]]:
    """Return what the deploy role needs."""
    bucket = f"arn:{args.get('partition', 'aws')}:s3:::{args['deployment']['name']}"
    return [
        statement(
            "WriteSite",
            actions=["s3:DeleteObject", "s3:GetObject", "s3:PutObject"],
            resources=[f"{bucket}/*"],
        ),
        statement(
            "FindSite", actions=["s3:GetBucketLocation", "s3:ListBucket"], resources=[bucket]
        ),
    ]
