"""Services that say for which resource they act: where a policy can ask for it, it should.

Without it anybody's resource of that service can make it act on this one (IAM User Guide: 'The
confused deputy problem').
"""

from __future__ import annotations

from typing import Final

# Those whose own pages on the confused deputy say so.
_STATES_SOURCE: Final = frozenset(
    {
        "access-analyzer",
        "appflow",
        "bedrock",
        "chatbot",
        "cloudtrail",
        "codebuild",
        "codepipeline",
        "config",
        "databrew",
        "datasync",
        "delivery.logs",
        "events",
        "firehose",
        "glue",
        "iot",
        "logging.s3",
        "pipes",
        "s3",
        "sagemaker",
        "scheduler",
        "sns",
        "ssm",
        "states",
        "transfer",
        "vpc-flow-logs",
    }
)


def states_source(service: str) -> bool:
    """Tell whether a service principal states the source of its requests."""
    name = service.lower().removesuffix(".cn").removesuffix(".amazonaws.com")
    return name in _STATES_SOURCE
