"""The pack's verdict on the shipped stacks: a preview does not know most of their documents yet."""

import json
from collections.abc import Callable, Iterator

import pytest

from policies.pack import load
from policies.rules import RESOURCE_RULES
from policies.values import Resource
from tests.components import test_sessions
from tests.components.conftest import Registered
from tests.components.test_sessions import Runner
from tests.policies.analyzer import urn

_BY_OPTIONS = "LF-ORG-001"  # reads whether a resource is protected, which is no input


def _violations(registered: Registered) -> Iterator[str]:
    for each in registered.resources:
        resource = Resource(each.typ, urn(each.typ, each.name), dict(each.inputs))
        for rule, judge in RESOURCE_RULES.get(each.typ, ()):
            if rule.level == "mandatory" and rule.id != _BY_OPTIONS:
                yield from (f"{rule.id} {each.name}: {one.property}" for one in judge(resource))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_resources_of_a_shipped_stack_break_no_mandatory_rule(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    load()
    assert list(_violations(shipped(stack))) == []


def test_resources_of_session_manager_break_no_mandatory_rule(run: Runner) -> None:
    load()
    assert list(_violations(test_sessions.made(run, test_sessions.config(encrypt=True)))) == []


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_actions_of_customer_managed_policies_name_their_service(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    """IAM User Guide, 'IAM JSON policy elements: Action': IAM refuses a wildcard there."""
    policies = shipped(stack).of("aws:iam/policy:Policy")
    assert policies
    for name, inputs in policies.items():
        for statement in json.loads(inputs["policy"])["Statement"]:
            found = [statement.get("Action", []), statement.get("NotAction", [])]
            for actions in (each if isinstance(each, list) else [each] for each in found):
                services = {action.partition(":")[0] for action in actions if action != "*"}
                assert not [each for each in services if "*" in each], name
