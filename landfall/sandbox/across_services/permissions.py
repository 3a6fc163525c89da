"""Check what a role's own policies allow, where a service tests it before it uses the role.

`landfall.iam` evaluates inline and managed policies. Boundaries and service control policies are
not checked here.
"""

from __future__ import annotations

import json

from moto.iam.models import Role

from landfall.iam import documents
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import Request


def may(role: Role, action: str, resource: str) -> bool:
    """Return whether a role's own policies allow an action on one resource."""
    texts = [_text(each) for each in role.policies.values()]
    for policy in role.managed_policies.values():
        texts += [str(each.document) for each in policy.versions if each.is_default]
    identity = tuple(documents.parse(text, kind="identity") for text in texts)
    return evaluate(Request(role.arn, action, resource), Policies(identity=identity)).is_allowed


def _text(policy: object) -> str:
    return policy if isinstance(policy, str) else json.dumps(policy)
