"""Requests checked against AWS's service models, and requests that must pass."""

from __future__ import annotations

import json
from typing import Any

import pytest
from botocore.session import get_session

from landfall.sandbox.model.patterns import compiled, rewritten
from tests.sandbox_gate.conftest import Sandbox, error_of

_USED = (
    *("accessanalyzer", "account", "budgets", "cloudtrail", "cloudwatch", "codebuild"),
    *("codecommit", "codeconnections", "codedeploy", "codepipeline", "config", "events", "iam"),
    *("kms", "lambda", "logs", "organizations", "s3", "s3control", "secretsmanager", "sns"),
    *("sqs", "ssm", "sso-admin", "sts", "xray"),
)
_NOT_REWRITTEN = {
    ("budgets", "BudgetName"),  # a flag in the middle of the pattern
    ("config", "QueryArn"),  # a range from a class
    ("logs", "ResourceType"),
    ("ssm", "CloudConnectorIamRoleArn"),
}


@pytest.mark.parametrize(
    ("service", "call", "params", "code", "constraint"),
    [
        ("organizations", "create_organizational_unit", {"Name": "x"}, "InvalidInputException",
         "Value at 'parentId' failed to satisfy constraint: Member must not be null"),
        ("organizations", "create_organizational_unit", {"Name": "x", "ParentId": "nothing"},
         "InvalidInputException", "regular expression pattern"),
        ("organizations", "create_policy",
         {"Name": "x", "Type": "NO_POLICY", "Content": "{}", "Description": ""},
         "InvalidInputException", "enum value set"),
        ("codepipeline", "get_pipeline", {"name": "has spaces"}, "ValidationException",
         "regular expression pattern"),
        ("iam", "create_role", {"RoleName": "r" * 65, "AssumeRolePolicyDocument": "{}"},
         "ValidationError", "length less than or equal to 64"),
        ("iam", "create_role", {"RoleName": "r"}, "ValidationError", "must not be null"),
        ("sts", "assume_role",
         {"RoleArn": "arn:aws:iam::111122223333:role/r", "RoleSessionName": "s"},
         "ValidationError", "length greater than or equal to 2"),
        ("kms", "create_key", {"KeySpec": "DES"}, "ValidationException", "enum value set"),
        ("codebuild", "create_project", {"name": "x"}, "InvalidInputException", "must not be null"),
        ("codepipeline", "list_pipelines", {"maxResults": 0}, "ValidationException",
         "value greater than or equal to 1"),
        ("lambda", "create_function", {"FunctionName": "x"}, "InvalidParameterValueException",
         "must not be null"),
    ],
)  # fmt: skip
def test_request_that_violates_the_model_is_refused(
    sandbox: Sandbox, service: str, call: str, params: dict[str, Any], code: str, constraint: str
) -> None:
    client = sandbox.client(service, validate=False)
    found, message = error_of(getattr(client, call), **params)
    assert found == code
    assert constraint in message


def test_all_violations_of_a_request_are_reported_together(sandbox: Sandbox) -> None:
    client = sandbox.client("iam", validate=False)
    _, message = error_of(client.create_role, RoleName="a b", Path="no-slash")
    assert message.startswith("3 validation errors detected")


def test_organizations_gives_a_reason(sandbox: Sandbox) -> None:
    client = sandbox.client("organizations", validate=False)
    with pytest.raises(client.exceptions.InvalidInputException) as caught:
        client.describe_account(AccountId="12")
    assert caught.value.response["Reason"] == "INVALID_PATTERN"


def test_invalid_json_body_is_refused(sandbox: Sandbox) -> None:
    client = sandbox.new_client("codepipeline")

    def spoil(request: Any, **_: Any) -> None:
        request.data = b"{no json"

    client.meta.events.register("before-sign.codepipeline.*", spoil)
    assert error_of(client.list_pipelines)[0] == "SerializationException"


def test_open_lists_stay_open(sandbox: Sandbox) -> None:
    ec2 = sandbox.client("ec2", validate=False)
    params = {"ImageId": "ami-12345678", "InstanceType": "z99.huge", "MinCount": 1, "MaxCount": 1}
    code, _ = error_of(ec2.run_instances, DryRun=True, **params)
    assert code == "DryRunOperation"


def test_documents_with_white_space_pass(sandbox: Sandbox) -> None:
    iam = sandbox.client("iam")
    statement = {"Effect": "Allow", "Action": "s3:*", "Resource": "*"}
    text = json.dumps({"Version": "2012-10-17", "Statement": [statement]}, indent=2) + "\n"
    assert iam.create_policy(PolicyName="indented", PolicyDocument=text)["Policy"]["Arn"]


def test_patterns_that_python_cannot_compile_are_listed() -> None:
    loader = get_session().get_component("data_loader")
    unknown = set()
    for service in _USED:
        shapes = loader.load_service_model(service, "service-2")["shapes"]
        for name, shape in shapes.items():
            pattern = shape.get("pattern")
            if pattern and compiled(pattern) is None and not _says_nothing(pattern):
                unknown.add((service, name))
    assert unknown == _NOT_REWRITTEN


def _says_nothing(pattern: str) -> bool:
    return pattern.strip("^$") in ("", ".*", ".+", r"[\s\S]*", r"[\s\S]+", "(?s).*")


@pytest.mark.parametrize(
    ("pattern", "good", "bad"),
    [
        (r"[\p{Print}]+", "ab c", "a\tb"),
        (r"\p{Alpha}+", "abc", "a1"),
        (r"[\w+=,.@-]{1,64}", "a+b", "a b"),
        (r"^r-[0-9a-z]{4,32}$", "r-abcd", "r-A"),
        (r"[\u0020-\uD7FF\uE000-\uFFFD\uD800\uDC00-\uDBFF\uDFFF\t]*", "a😀", "\x01"),
    ],
)
def test_rewriting(pattern: str, good: str, bad: str) -> None:
    known = compiled(pattern)
    assert known is not None, rewritten(pattern)
    assert known.fullmatch(good)
    assert not known.fullmatch(bad)
