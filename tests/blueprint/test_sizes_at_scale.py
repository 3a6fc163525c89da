"""Policies of a stack with 200 pipelines fit AWS's size limits."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from functools import cache

import pytest

from landfall.aws.quotas import QUOTAS
from landfall.blueprint import symbols
from landfall.blueprint.stack import Blueprint, blueprint
from landfall.blueprint.statements import Statement
from landfall.settings.source import read_yaml
from landfall.validation import parse

PIPELINES = 200
DEPLOYMENTS = {
    "lambda": "{lambda: app}",
    "ec2": "{ec2: app, instanceRoles: [application-NUMBER], autoScalingGroups: [app]}",
}
KEY = "arn:aws:kms:eu-west-1:111122223333:key/0123abcd-0123-4567-89ab-0123456789ab"
CONNECTION = "arn:aws:codeconnections:eu-west-1:111122223333:connection/0123abcd-0123-4567-89ab"
VALUES = {"organization": "o-a1b2c3d4e5", "connection": CONNECTION}
# Characters of each kind of policy.
LIMITS = {
    "trust": QUOTAS["trustPolicySize"].value,
    "inline": QUOTAS["rolePoliciesSize"].value,
    "managed": QUOTAS["managedPolicySize"].value,
    "key": QUOTAS["keyPolicySize"].value,
    "bucket": QUOTAS["bucketPolicySize"].value,
    "topic": QUOTAS["topicPolicySize"].value,
}


def text(deploy: str) -> str:
    """Return a stack file with an application, in its own account, for each pipeline."""
    numbers = [f"{number:03}" for number in range(PIPELINES)]
    accounts = "".join(
        f"    a{each}: {{email: aws+{each}@example.com, unit: Workloads}}\n" for each in numbers
    )
    applications = "".join(
        f"      application-{each}:\n"
        f"        source: {{connection: github, repository: example/{each}}}\n"
        "        tests: standard\n"
        "        observability: {notify: [team@example.com]}\n"
        f"        deploy: {deploy.replace('NUMBER', each)}\n"
        f"        environments: {{production: {{account: a{each}}}}}\n"
        for each in numbers
    )
    return (
        "config:\n  aws:region: eu-west-1\n"
        "  landfall:quotas: {accounts: 1000}\n"
        "  landfall:organization: {regions: [eu-west-1], units: {Workloads: {}}}\n"
        "  landfall:accounts:\n"
        "    delivery: {email: aws+delivery@example.com, purpose: delivery}\n"
        f"{accounts}"
        "  landfall:delivery:\n"
        "    connections: {github: {provider: GitHub}}\n"
        f"    applications:\n{applications}"
    )


@cache
def described(kind: str) -> Blueprint:
    value, locations = read_yaml(text(DEPLOYMENTS[kind]), "Pulumi.scale.yaml")
    return blueprint(parse(value["config"], stack="scale", locations=locations))


def size(statements: Sequence[Statement]) -> int:
    """Return the characters of a policy, with every account's id."""
    values: dict[str, str] = {}
    for symbol in symbols.found_in(list(statements)):
        kind = symbol.strip("<>").split()[0]
        found = VALUES.get(kind, KEY)
        values.setdefault(symbol, f"{len(values):012}" if kind == "account" else found)
    resolved = symbols.resolved(list(statements), values)
    document = {"Version": "2012-10-17", "Statement": resolved}
    return len(json.dumps(document, separators=(",", ":")))


def policies(found: Blueprint) -> Iterator[tuple[str, str, int]]:
    """Yield the kind, the owner and the size of each policy."""
    for role in found.roles:
        yield "trust", role.role.name, size(role.role.trust)
        yield "inline", role.role.name, sum(map(size, role.role.policies.values()))
    for policy in found.policies:
        yield "managed", policy.policy.name, size(policy.policy.statements)
    for key in found.keys:
        yield "key", key.key.description, size(key.key.statements)
    for bucket in found.buckets:
        yield "bucket", bucket.bucket.name, size(bucket.bucket.statements)
    for topic in found.topics:
        yield "topic", topic.topic.name, size(topic.topic.statements)


@pytest.mark.parametrize("kind", sorted(DEPLOYMENTS))
def test_policies_of_200_pipelines_fit_the_size_limits(kind: str) -> None:
    found = described(kind)
    pipelines = [each for each in found.resources if each.kind == "pipeline"]
    assert len([each for each in pipelines if "validation" not in each.name]) == PIPELINES
    measured = list(policies(found))
    too_large = [each for each in measured if each[2] > LIMITS[each[0]]]
    assert too_large == []
    assert {kind for kind, _, _ in measured} >= {"trust", "inline", "key", "bucket", "topic"}


def test_store_of_200_pipelines_admits_roles_of_exact_accounts_by_path() -> None:
    store = next(
        each.bucket for each in described("ec2").buckets if not each.bucket.name.endswith("-logs")
    )
    by_sid = {each["Sid"]: each for each in store.statements}
    values = {symbols.account(f"a{number:03}"): f"{number:012}" for number in range(PIPELINES)}
    readers = symbols.resolved(by_sid["Readers"], values)
    assert len(readers["Principal"]["AWS"]) == PIPELINES
    patterns = readers["Condition"]["ArnLike"]["aws:PrincipalArn"]
    assert "arn:aws:iam::*:role/landfall/*" in patterns
    assert "arn:aws:iam::*:role/application-007" in patterns
    assert "arn:aws:iam::*:role/*" not in patterns
    assert readers["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": symbols.ORGANIZATION}
    writers = symbols.resolved(by_sid["Writers"], {symbols.account("delivery"): "2" * 12})
    assert writers["Principal"]["AWS"] == [f"arn:aws:iam::{'2' * 12}:root"]
