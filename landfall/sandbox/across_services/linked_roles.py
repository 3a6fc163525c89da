"""Service-linked roles that a service creates itself when it is enabled.

IAM User Guide, 'Create a service-linked role'.
"""

from __future__ import annotations

import json

from moto.iam.models import iam_backends


def create_once(account: str, partition: str, service: str, name: str) -> None:
    """Create the role of a service principal in an account, unless it exists."""
    iam = iam_backends[account][partition]
    if any(role.name == name for role in iam.roles.values()):
        return
    principal = {"Effect": "Allow", "Principal": {"Service": service}, "Action": "sts:AssumeRole"}
    iam.create_role(
        name,
        json.dumps({"Version": "2012-10-17", "Statement": [principal]}),
        f"/aws-service-role/{service}/",
        permissions_boundary="",
        description="",
        tags=[],
        max_session_duration="3600",
        linked_service=service,
    )
