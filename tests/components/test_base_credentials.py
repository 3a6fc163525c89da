"""Providers of accounts keep the stack's base credentials when they assume the account's role.

https://github.com/pulumi/pulumi-aws/issues/1307
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import pulumi
import pytest

from components.providers import account_provider
from tests.components.conftest import Registered

Runner = Callable[[Callable[[], Any]], Registered]
OWN = {
    "roleArn": "arn:aws:iam::111122223333:role/OrganizationAccountAccessRole",
    "sessionName": "landfall",
}
FIRST = {"roleArn": "arn:aws:iam::999999999999:role/first", "externalId": "x"}


@pytest.fixture
def provider(run: Runner) -> Iterator[Callable[[dict[str, str]], dict[str, Any]]]:
    def with_config(config: dict[str, str]) -> dict[str, Any]:
        def program() -> None:
            pulumi.runtime.set_all_config({f"aws:{key}": value for key, value in config.items()})
            account_provider(
                "orders",
                account_id="111122223333",
                role_name="OrganizationAccountAccessRole",
                partition="aws",
                tags={},
                opts=pulumi.ResourceOptions(),
            )

        return run(program).of("pulumi:providers:aws")["orders"]

    yield with_config
    pulumi.runtime.set_all_config({})


def roles(inputs: dict[str, Any]) -> Any:
    written = inputs["assumeRoles"]
    return json.loads(written) if isinstance(written, str) else written


def test_provider_without_base_credentials_assumes_one_role(
    provider: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    inputs = provider({"region": "eu-west-1"})
    assert roles(inputs) == [OWN]
    assert not {"profile", "accessKey", "secretKey", "token"} & set(inputs)


def test_provider_keeps_profile_and_keys(
    provider: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    inputs = provider({"profile": "landing-zone", "accessKey": "AKIA", "secretKey": "s3cret"})
    assert inputs["profile"] == "landing-zone"
    # They stay secrets in the state.
    assert [inputs[key]["value"] for key in ("accessKey", "secretKey")] == ["AKIA", "s3cret"]
    assert roles(inputs) == [OWN]


def test_provider_assumes_the_roles_of_the_stack_first(
    provider: Callable[[dict[str, str]], dict[str, Any]],
) -> None:
    inputs = provider({"assumeRoles": json.dumps([FIRST])})
    assert roles(inputs) == [FIRST, OWN]
