"""What services may do: take away their statement in a trust, bucket or key policy.

Services try a destination or role when it is set. So the sandbox's limits judge the call of
`landfall up` that sets it again, without the statement. AWS's words for a destination do not name
what is missing, so `landfall sandbox access` must: action, resource and policy.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from moto.iam.models import iam_backends

from bench.permissions.documents import Policy, of_buckets, of_keys, putter
from bench.permissions.hosting import Call
from bench.permissions.judging import Row
from landfall.iam import patterns
from landfall.sandbox.access import services_of
from landfall.sandbox.gate import registry
from landfall.sandbox.gate.errors import AWSError
from landfall.sandbox.gate.request import Request
from landfall.sandbox.judging import record

_SETTING = {
    "cloudtrail:CreateTrail",
    "codebuild:CreateProject",
    "codedeploy:CreateDeploymentGroup",
    "codepipeline:CreatePipeline",
    "config:PutConfigurationAggregator",
    "config:PutDeliveryChannel",
    "logs:CreateLogGroup",
}


def rows(stack: str, calls: Sequence[Call]) -> Iterator[Row]:
    """Yield a row for each statement that lets a service do what a call of `up` sets."""
    setting = [
        (request, json.dumps(request.params, default=str))
        for request, _ in calls
        if f"{request.service}:{request.operation}" in _SETTING and _error(request) is None
    ]
    for policy in (*_of_roles(), *of_buckets(), *of_keys()):
        document = json.loads(policy.text)
        name = policy.resource.rpartition(":::")[2] if ":::" in policy.resource else policy.resource
        about = [request for request, text in setting if name in text]
        for index, statement in enumerate(document["Statement"]):
            principal = statement.get("Principal", {})
            if statement["Effect"] != "Allow" or not isinstance(principal, Mapping):
                continue
            if "Service" in principal and about:
                yield from _row(stack, policy, document, index, about)


def _row(
    stack: str, policy: Policy, document: dict[str, Any], index: int, about: Sequence[Request]
) -> Iterator[Row]:
    statements = document["Statement"]
    statement = statements[index]
    fewer = [*statements[:index], *statements[index + 1 :]]
    give_back = policy.put(json.dumps({**document, "Statement": fewer}))
    record.clear()
    try:
        error = next(filter(None, map(_error, about)), None)
    finally:
        give_back()
    if error is None:
        return
    last = policy.resource.rpartition("/")[2].rpartition(":")[2]
    holder = f"{policy.kind} {last}"
    service = str(statement["Principal"]["Service"])
    permission = f"{service}: {statement['Action']}"
    if policy.kind == "trust policy":
        # AWS's words name the role, whose trust is the policy to mend.
        args = (last in error.message, error.message)
    else:
        args = (_recorded(statement, policy), error.message, "`landfall sandbox access`")
    yield Row(stack, policy.kind, holder, permission, policy.resource, "up", *args)


def _recorded(statement: Mapping[str, Any], policy: Policy) -> bool:
    """Return whether the record names an action of a statement, the resource and its policy."""
    actions = statement["Action"]
    return any(
        patterns.matches(action, denied.action, case_sensitive=False)
        and denied.resource.startswith(policy.resource)
        and "resource-based policy" in denied.message
        for denied in services_of(record.shown())
        for action in (actions if isinstance(actions, list) else [actions])
    )


def _error(request: Request) -> AWSError | None:
    """Return the error of the limits of a call; None if they let it pass."""
    try:
        for limit in registry.limits_of(request.service, request.operation):
            limit(request)
    except AWSError as error:
        return error
    return None


def _of_roles() -> Iterator[Policy]:
    for partitions in list(iam_backends.values()):
        for backend in list(partitions.values()):
            for role in list(backend.roles.values()):
                put: Callable[[str], Callable[[], None]] = putter(
                    role, "assume_role_policy_document"
                )
                text = role.assume_role_policy_document
                if "/aws-service-role/" not in role.arn:
                    yield Policy("trust policy", role.arn, "", text, put)
