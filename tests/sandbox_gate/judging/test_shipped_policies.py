"""The condition keys of the shipped stacks' own policies: none leaves a call undecided."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.aws.request_keys import MEMBERS
from landfall.blueprint.stack import blueprint
from landfall.guardrails import of_stack
from landfall.sandbox.judging import unknown_keys

ROOT = Path(__file__).parents[3]

COMPUTED = {
    "iam:passedtoservice",
    "iam:permissionsboundary",
    "kms:calleraccount",
    "kms:grantisforawsresource",
    "kms:resourcealiases",
    "kms:viaservice",
    "ec2:encrypted",
    "ec2:metadatahttptokens",
    "ecs:createaction",
    "organizations:policytype",
    "s3:resourceaccount",
}
FILLED = ("kms:encryptioncontext:", "aws:principaltag/")

LEFT = {
    # For chained sessions it is unknown.
    "aws:multifactorauthpresent",
    # Only for actions that no API operation has: a push by Git, a service's use of a connection.
    "codecommit:references",
    "codeconnections:fullrepositoryid",
    "codeconnections:providerpermissionsrequired",
    "codestar-connections:fullrepositoryid",
    "codestar-connections:providerpermissionsrequired",
    # A property of an existing share, which the sandbox does not look up.
    "ram:allowsexternalprincipals",
}


def _statements(value: object) -> Iterator[Mapping[str, Any]]:
    """Yield the statements anywhere in a blueprint's values."""
    if isinstance(value, Mapping):
        if "Effect" in value:
            yield value
        else:
            for each in value.values():
                yield from _statements(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _statements(each)
    elif hasattr(value, "__dataclass_fields__"):
        for name in value.__dataclass_fields__:
            yield from _statements(getattr(value, name))


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_key_of_a_shipped_policy_is_decided(name: str) -> None:
    stack = stack_files.load(name, ROOT)
    guardrails = [json.loads(policy.content) for _, policy in of_stack.policies(stack)]
    used = {
        key.lower()
        for statement in [*_statements(blueprint(stack)), *_statements(guardrails)]
        for tests in statement.get("Condition", {}).values()
        for key in tests
    }
    assert len(used) > 10
    members = {key for table in MEMBERS.values() for key in table}
    undecided = {
        key
        for key in used
        if key not in members | COMPUTED | LEFT
        and not key.startswith(FILLED)
        and (key in unknown_keys.GLOBAL or not key.startswith("aws:"))
        and key not in unknown_keys.ABSENT
        and key.partition(":")[0] not in unknown_keys.OF_CREDENTIALS
        and "." not in key.partition(":")[0]
    }
    assert undecided == set()
