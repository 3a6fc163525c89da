"""What the components register is what the blueprint says: roles, policies, documents and names."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from landfall import stack_files
from landfall.blueprint.roles import Role
from landfall.blueprint.stack import Blueprint, blueprint
from landfall.blueprint.symbols import found_in, resolved
from landfall.settings import naming
from tests.components.conftest import MANAGEMENT_ID, ORGANIZATION, Registered, account_id

ROOT = Path(__file__).parents[2]
STACKS = ["dev", "prod"]
Shipped = Callable[[str], Registered]

_TOKENS = {
    "pipeline": "aws:codepipeline/pipeline:Pipeline",
    "project": "aws:codebuild/project:Project",
    "log-group": "aws:cloudwatch/logGroup:LogGroup",
    "rule": "aws:cloudwatch/eventRule:EventRule",
    "topic": "aws:sns/topic:Topic",
}


@cache
def described(stack: str) -> Blueprint:
    """Return the blueprint of a shipped stack."""
    return blueprint(stack_files.load(stack, ROOT))


class Values(dict[str, str]):
    """What each symbol is where the mocks answer for AWS."""

    def __init__(self, hub: str) -> None:
        super().__init__({"<organization>": ORGANIZATION})
        self._hub = account_id(hub)

    def of(self, value: Any) -> Any:
        """Return a value with its symbols resolved."""
        for symbol in found_in(value):
            self[symbol] = self._value(symbol)
        return resolved(value, self)

    def _value(self, symbol: str) -> str:
        kind, _, rest = symbol.strip("<>").partition(" ")
        if kind == "organization":
            return ORGANIZATION
        if kind == "account":
            return MANAGEMENT_ID if rest == naming.MANAGEMENT else account_id(rest)
        if kind == "artifact-key":
            return f"arn:aws:kms:eu-west-1:{self._hub}:key/key-artifacts-{rest}"
        if kind == "service-key":
            account, region = rest.split()
            name = f"{account}-delivery-{region}"
            return f"arn:aws:kms:eu-west-1:{account_id(account)}:key/key-{name}"
        assert kind == "connection"
        return f"arn:aws:codeconnections:eu-west-1:{self._hub}:connection/{rest}"


def document(statements: Iterable[Any]) -> dict[str, Any]:
    """Return a policy document."""
    return {"Version": "2012-10-17", "Statement": list(statements)}


def account_named(account: str) -> str:
    """Return the name of an account as the registered providers have it."""
    return "" if account == naming.MANAGEMENT else account


def as_described(role: Role, values: Values) -> dict[str, Any]:
    """Return a role of the blueprint in the form of `registered_roles`."""
    return {
        "path": role.path,
        "description": role.description or None,
        "trust": values.of(document(role.trust)),
        "hours": role.session_hours,
        "boundary": values.of(role.boundary),
        "managed": sorted(values.of(list(role.managed))),
        "policies": {name: values.of(document(it)) for name, it in role.policies.items()},
    }


def registered_roles(registered: Registered) -> dict[tuple[str, str], dict[str, Any]]:
    """Return what is registered of each role, by account and name."""
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for each in registered.resources:
        inputs, account = dict(each.inputs), Registered.account_of(each)
        if each.typ == "aws:iam/role:Role":
            seconds = inputs.get("maxSessionDuration")
            found[account, inputs["name"]] = {
                "path": inputs["path"],
                "description": inputs.get("description") or None,
                "trust": json.loads(inputs["assumeRolePolicy"]),
                "hours": seconds and int(seconds) // 3600,
                "boundary": inputs.get("permissionsBoundary"),
                "managed": [],
                "policies": {},
            }
    for each in registered.resources:
        inputs, account = dict(each.inputs), Registered.account_of(each)
        if each.typ == "aws:iam/rolePolicy:RolePolicy":
            policies = found[account, inputs["role"]]["policies"]
            policies[inputs["name"]] = json.loads(inputs["policy"])
        if each.typ == "aws:iam/rolePolicyAttachment:RolePolicyAttachment":
            managed = found[account, inputs["role"]]["managed"]
            managed.append(inputs["policyArn"])
            managed.sort()
    return found


def names(registered: Registered, kind: str) -> Iterator[tuple[str, str]]:
    """Yield the account and name of each registered resource of a kind."""
    for each in registered.resources:
        if each.typ == _TOKENS[kind]:
            yield Registered.account_of(each), each.inputs["name"]


def hub(stack: str) -> str:
    """Return the account of a stack's pipelines."""
    found = stack_files.load(stack, ROOT).delivery_account
    assert found is not None
    return found


@pytest.mark.parametrize("stack", STACKS)
def test_roles_registered_equal_those_of_the_blueprint(shipped: Shipped, stack: str) -> None:
    values = Values(hub(stack))
    expected = {
        (account_named(each.account), each.role.name): as_described(each.role, values)
        for each in described(stack).roles
    }
    found = registered_roles(shipped(stack))
    assert sorted(found) == sorted(expected)
    for key, role in expected.items():
        assert found[key] == role, key


@pytest.mark.parametrize("stack", STACKS)
def test_managed_policies_registered_equal_those_of_the_blueprint(
    shipped: Shipped, stack: str
) -> None:
    values = Values(hub(stack))
    expected = {
        (account_named(each.account), each.policy.name): (
            each.policy.path,
            each.policy.description or None,
            values.of(document(each.policy.statements)),
        )
        for each in described(stack).policies
    }
    found = {
        (Registered.account_of(each), each.inputs["name"]): (
            each.inputs["path"],
            each.inputs.get("description") or None,
            json.loads(each.inputs["policy"]),
        )
        for each in shipped(stack).resources
        if each.typ == "aws:iam/policy:Policy"
    }
    assert found == expected


@pytest.mark.parametrize("kind", sorted(_TOKENS))
@pytest.mark.parametrize("stack", STACKS)
def test_names_registered_equal_those_of_the_blueprint(
    shipped: Shipped, stack: str, kind: str
) -> None:
    expected = Counter(
        (account_named(each.account), each.name)
        for each in described(stack).resources
        if each.kind == kind
    )
    assert Counter(names(shipped(stack), kind)) == expected
    assert expected


def test_no_symbol_of_a_blueprint_is_left_unresolved(shipped: Shipped) -> None:
    for stack in STACKS:
        for each in registered_roles(shipped(stack)).values():
            assert not list(found_in(each))
