"""Policy documents for tests."""

from __future__ import annotations

import json
from typing import Any

ACCOUNT = "111122223333"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/0f7a0c9e"
BUCKET = "arn:aws:s3:::example"
OURS = {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5"}}
_HOST = "token.actions.githubusercontent.com"


def document(*statements: dict[str, Any]) -> str:
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action: Any, resource: Any = "*", **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Action": action, "Resource": resource, **more}


def trust(principal: Any, condition: dict[str, Any] | None = None) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole", "Principal": principal}
    return document(statement | ({"Condition": condition} if condition else {}))


def web_identity(subject: str | None, audience: str | None = "sts.amazonaws.com") -> str:
    condition: dict[str, Any] = {}
    if audience:
        condition["StringEquals"] = {f"{_HOST}:aud": audience}
    if subject:
        condition["StringLike"] = {f"{_HOST}:sub": subject}
    return document(
        {
            "Effect": "Allow",
            "Action": "sts:AssumeRoleWithWebIdentity",
            "Principal": {"Federated": f"arn:aws:iam::{ACCOUNT}:oidc-provider/{_HOST}"},
            "Condition": condition,
        }
    )


TLS = {
    "Effect": "Deny",
    "Principal": "*",
    "Action": "s3:*",
    "Resource": [BUCKET, f"{BUCKET}/*"],
    "Condition": {"Bool": {"aws:SecureTransport": "false"}},
}
ADMINISTRATION = {
    "Effect": "Allow",
    "Principal": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "Action": "kms:*",
    "Resource": "*",
}
