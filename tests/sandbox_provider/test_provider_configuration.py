"""The provider's configuration: arguments that reach Terraform, and refused ones."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall import versions
from landfall.sandbox.provider.catalog.schema import ProviderSchema
from landfall.sandbox.provider.errors import InputsError, ProviderError
from landfall.sandbox.provider.plugin.rendezvous import runtime_directory, told
from landfall.sandbox.provider.terraform.configuration import (
    check_arguments,
    configure,
    is_loopback,
    process_environment,
)
from landfall.sandbox.provider.values.properties import UNKNOWN, UNKNOWN_STRING

ENVIRONMENT = {"AWS_ENDPOINT_URL": "http://127.0.0.1:5000", "PATH": "/bin", "HOME": "/home/x"}


def test_arguments_reach_terraform_under_its_names(schema: ProviderSchema) -> None:
    configuration = configure(
        {
            "region": "eu-west-1",
            "assumeRoles": json.dumps([{"roleArn": "arn:x", "sessionName": "s", "duration": "1h"}]),
            "allowedAccountIds": '["123456789012"]',
            "defaultTags": '{"tags": {"some-key": "v"}}',
            "endpoints": '[{"s3": "http://127.0.0.1:5000", "sts": "http://localhost:1"}]',
            "maxRetries": "7",
            "skipRegionValidation": "false",
            "version": versions.PULUMI_AWS,
        },
        schema.provider(),
        ENVIRONMENT,
    )
    values = configuration.values
    assert values["assume_role"] == [{"role_arn": "arn:x", "session_name": "s", "duration": "1h"}]
    assert values["allowed_account_ids"] == ["123456789012"]
    assert values["default_tags"] == [{"tags": {"some-key": "v"}}]
    assert values["endpoints"] == [{"s3": "http://127.0.0.1:5000", "sts": "http://localhost:1"}]
    assert (values["max_retries"], values["skip_region_validation"]) == (7, False)
    assert configuration.known
    assert configuration.region == "eu-west-1"


def test_defaults_of_the_sandbox(schema: ProviderSchema) -> None:
    block = schema.provider()
    values = configure({"region": "eu-west-1"}, block, ENVIRONMENT).values
    assert values["max_retries"] == 8
    assert values["s3_use_path_style"] is True
    assert values["skip_requesting_account_id"] is None
    by_environment = configure({}, block, {**ENVIRONMENT, "AWS_REGION": "eu-north-1"})
    assert by_environment.region == "eu-north-1"
    with pytest.raises(InputsError, match="no region is configured"):
        configure({}, block, ENVIRONMENT)


@pytest.mark.parametrize("unknown", [[{"roleArn": UNKNOWN}], f'[{{"roleArn":"{UNKNOWN_STRING}"}}]'])
def test_unknown_arguments_leave_the_configuration_unknown(
    schema: ProviderSchema, unknown: Any
) -> None:
    arguments = {"region": "eu-west-1", "assumeRoles": unknown}
    assert not configure(arguments, schema.provider(), ENVIRONMENT).known


def test_argument_that_terraform_lacks_or_that_leads_elsewhere_is_refused(
    schema: ProviderSchema,
) -> None:
    faults = check_arguments(
        {
            "region": "eu-west-1",
            "surprise": "x",
            "assumeRoles": '[{"role_arn": "arn:x"}]',
            "endpoints": '[{"iam": "https://iam.amazonaws.com"}]',
            "httpProxy": "http://proxy.example.com",
        },
        schema.provider(),
    )
    assert {fault.path for fault in faults} == {
        "surprise",
        "assumeRoles[0].role_arn",
        "endpoints.iam",
        "httpProxy",
    }
    with pytest.raises(InputsError, match="surprise"):
        configure({"surprise": "x"}, schema.provider(), ENVIRONMENT)


def test_equal_configurations_share_a_key(schema: ProviderSchema) -> None:
    block = schema.provider()
    one = configure({"region": "eu-west-1"}, block, ENVIRONMENT)
    same = configure({"region": "eu-west-1"}, block, dict(ENVIRONMENT))
    assert one.key == same.key
    assert one.key != one.in_region("us-east-1").key
    assert one.plan_key != one.in_region("us-east-1").plan_key
    other_account = configure(
        {"region": "eu-west-1", "assumeRoles": '[{"roleArn":"arn:x"}]'}, block, ENVIRONMENT
    )
    assert other_account.key != one.key
    assert other_account.plan_key == one.plan_key
    credentials = configure(
        {"region": "eu-west-1"}, block, {**ENVIRONMENT, "AWS_ACCESS_KEY_ID": "other"}
    )
    assert credentials.key != one.key
    new_server = configure(
        {"region": "eu-west-1"}, block, {**ENVIRONMENT, "LANDFALL_SERVER": "7 1700000000"}
    )
    assert new_server.key != one.key


@pytest.mark.parametrize(
    ("url", "here"),
    [
        ("http://127.0.0.1:5000", True),
        ("http://[::1]:5000", True),
        ("http://localhost:5000", True),
        ("http://s3.localhost:5000", True),
        ("http://127.8.0.1", True),
        ("https://sts.amazonaws.com", False),
        ("http://localhost.example.com", False),
        ("http://127.0.0.1.example.com", False),
        ("http://localhost@example.com", False),
        ("http://10.0.0.1", False),
        ("not a url", False),
        ("", False),
    ],
)
def test_loopback(url: str, here: bool) -> None:
    assert is_loopback(url) is here


def test_environment_of_terraform_leads_only_to_the_sandbox() -> None:
    environment = process_environment(
        {
            **ENVIRONMENT,
            "AWS_ACCESS_KEY_ID": "a",
            "AWS_CA_BUNDLE": "/ca.pem",
            "AWS_ENDPOINT_URL_IAM": "https://iam.amazonaws.com",
            "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
            "HTTPS_PROXY": "http://proxy.example.com",
            "PULUMI_CONFIG_PASSPHRASE": "secret",
            "TF_LOG": "TRACE",
        }
    )
    assert environment == {
        "PATH": "/bin",
        "HOME": "/home/x",
        "AWS_ACCESS_KEY_ID": "a",
        "AWS_ENDPOINT_URL": "http://127.0.0.1:5000",
        "AWS_ENDPOINT_URL_S3_CONTROL": "http://s3-control.amazonaws.com",
        "HTTP_PROXY": "http://127.0.0.1:5000",
        "HTTPS_PROXY": "http://127.0.0.1:5000",
        "NO_PROXY": "127.0.0.1,localhost",
        "AWS_EC2_METADATA_DISABLED": "true",
    }
    for wrong in ("", "https://aws.amazon.com"):
        with pytest.raises(ProviderError, match="pulumi plugin install resource aws"):
            process_environment({**ENVIRONMENT, "AWS_ENDPOINT_URL": wrong})


def test_daemon_gets_no_pulumi_configuration() -> None:
    environment = {
        **ENVIRONMENT,
        "PULUMI_HOME": "/p",
        "PULUMI_CONFIG": '{"landfall:token": "secret"}',
        "PULUMI_CONFIG_PASSPHRASE": "secret",
        "GITHUB_TOKEN": "secret",
    }
    assert set(told(environment)) == {*ENVIRONMENT, "PULUMI_HOME"}


def test_the_runtime_directory_is_short_and_of_one_pulumi_home() -> None:
    one = runtime_directory({"PULUMI_HOME": "/p" * 200})
    other = runtime_directory({"PULUMI_HOME": "/q" * 200})
    assert one != other
    assert len(one) < 90
    assert len(runtime_directory({"XDG_RUNTIME_DIR": "/long" * 40})) < 90
