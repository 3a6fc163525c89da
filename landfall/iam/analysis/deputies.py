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
        "events",
        "firehose",
        "glue",
        "iot",
        "pipes",
        "sagemaker",
        "scheduler",
        "ssm",
        "states",
        "transfer",
        "vpc-flow-logs",
    }
)
# Those that write to a resource without a role.
_WITHOUT_ROLE: Final = frozenset({"delivery.logs", "logging.s3", "s3", "sns"})


def states_source(service: str, *, has_role: bool = True) -> bool:
    """Tell whether a service principal states the source of its requests, with or without a role.

    Without one it is named by the policy of the resource that it uses. `*` is every service.
    """
    name = service.lower().removesuffix(".cn").removesuffix(".amazonaws.com")
    return name == "*" or name in _STATES_SOURCE or (not has_role and name in _WITHOUT_ROLE)
