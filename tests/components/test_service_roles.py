"""Roles for services with instance profiles, and customer managed policies."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.blueprint.stack import blueprint
from landfall.settings.source import Locations
from landfall.validation import parse
from landfall.validation.kinds import Kind
from tests.components.conftest import ACCOUNTS, Registered
from tests.settings.stacks import problems

Runner = Callable[[Callable[[], Any]], Registered]
METADATA = "<EntityDescriptor>" + "x" * 1000 + "</EntityDescriptor>"
CONFIG: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {"units": {"Apps": {}, "Tools": {}}},
    "landfall:baseline": {"enabled": False},
    "landfall:accounts": {
        "orders": {"email": "orders@example.com", "unit": "Apps"},
        "audit": {"email": "audit@example.com", "unit": "Tools"},
        "delivery": {"email": "delivery@example.com"},
    },
    "landfall:access": {
        "policies": {
            "logging": {"statements": [{"actions": "logs:PutLogEvents"}], "units": "Tools"},
            "reading": {"statements": [{"actions": "s3:GetObject"}]},
        },
        "samlProviders": {"corporate": {"metadata": METADATA}},
        "roles": {
            "people": {"accounts": "orders", "saml": "corporate", "policies": "reading"},
            "instances": {
                "units": "Apps",
                "services": ["ec2", "scheduler"],
                "instanceProfile": True,
                "managedPolicies": ["AmazonSSMManagedInstanceCore"],
                "policies": ["logging", "reading"],
            },
        },
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    settings = parse(CONFIG, stack="test", locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(settings))


def test_services_may_assume_the_role_for_resources_of_its_account(
    registered: Registered,
) -> None:
    document = registered.document("aws:iam/role:Role", "orders-instances", "assumeRolePolicy")
    ec2, scheduler = document["Statement"]
    assert ec2["Principal"] == {"Service": ["ec2.amazonaws.com"]}
    own = {"aws:SourceAccount": ACCOUNTS["orders"]}
    # EC2 sends no source, EventBridge Scheduler does.
    assert ec2["Condition"] == {"StringEqualsIfExists": own}
    assert scheduler["Condition"] == {"StringEquals": own}


def test_role_has_an_instance_profile_of_its_name(registered: Registered) -> None:
    profiles = registered.of("aws:iam/instanceProfile:InstanceProfile")
    assert {name: (each["name"], each["path"]) for name, each in profiles.items()} == {
        "orders-instances": ("instances", "/landfall/")
    }


def test_policies_are_in_their_accounts_and_in_those_of_their_roles(
    registered: Registered,
) -> None:
    assert {*registered.of("aws:iam/policy:Policy")} == {
        "audit-policy-logging",
        "orders-policy-logging",
        "orders-policy-reading",
    }
    attached = registered.of("aws:iam/rolePolicyAttachment:RolePolicyAttachment")
    assert {name for name in attached if "-policy-" in name} == {
        "orders-people-policy-reading",
        "orders-instances-policy-logging",
        "orders-instances-policy-reading",
    }


def test_users_of_a_saml_provider_may_assume_the_role_in_the_console(
    registered: Registered,
) -> None:
    provider = registered.of("aws:iam/samlProvider:SamlProvider")["orders-corporate"]
    assert (provider["name"], provider["samlMetadataDocument"]) == ("corporate", METADATA)
    document = registered.document("aws:iam/role:Role", "orders-people", "assumeRolePolicy")
    (statement,) = document["Statement"]
    assert statement["Action"] == ["sts:AssumeRoleWithSAML"]
    assert statement["Principal"]["Federated"].endswith(":saml-provider/corporate")
    audience = {"SAML:aud": "https://signin.aws.amazon.com/saml"}
    assert statement["Condition"] == {"StringEquals": audience}


def test_blueprint_has_the_policies_of_the_role() -> None:
    settings = parse(CONFIG, stack="test", locations=Locations("Pulumi.test.yaml"))
    (role,) = [each.role for each in blueprint(settings).roles if each.role.name == "instances"]
    assert {arn.rpartition("/")[2] for arn in role.managed} == {
        "AmazonSSMManagedInstanceCore",
        "logging",
        "reading",
    }


def told(role: dict[str, Any], **access: Any) -> list[tuple[str, str]]:
    config = json.loads(json.dumps(CONFIG))
    config["landfall:access"]["roles"]["instances"].update(role)
    config["landfall:access"].update(access)
    return [
        (each.id, each.path.partition("access.")[2])
        for each in problems(json.dumps({"config": config}))
    ]


@pytest.mark.parametrize(
    ("role", "kind", "path"),
    [
        ({"services": ["lambda"]}, Kind.MISSING_SETTING, "instanceProfile"),
        ({"policies": ["loging", "reading"]}, Kind.UNKNOWN_REFERENCE, "policies[0]"),
        ({"services": ["ec2", "*"]}, Kind.MALFORMED_VALUE, "services[1]"),
        ({"saml": "corporat"}, Kind.UNKNOWN_REFERENCE, "saml[0]"),
        ({"requireMfa": True}, Kind.CONFLICTING_SETTINGS, "requireMfa"),
    ],
)
def test_role_of_a_service_that_cannot_be_is_refused(
    role: dict[str, Any], kind: Kind, path: str
) -> None:
    assert (kind, f"roles.instances.{path}") in told(role)


def test_policy_that_no_account_gets_is_refused() -> None:
    own = {"statements": [{"actions": "s3:GetObject"}]}
    policies = {**CONFIG["landfall:access"]["policies"], "unused": own}
    assert told({}, policies=policies) == [(Kind.MISSING_SETTING, "policies.unused")]


def test_policy_with_the_name_of_a_boundary_is_refused() -> None:
    boundaries = {"Reading": {"statements": [{"actions": "s3:GetObject"}]}}
    assert told({}, boundaries=boundaries) == [(Kind.NAME_TAKEN, "policies.reading")]


def test_role_with_the_name_of_the_backup_role_is_refused() -> None:
    config = json.loads(json.dumps(CONFIG))
    config["landfall:baseline"] = {}
    config["landfall:organization"]["units"]["Apps"]["guardrails"] = ["daily-backups"]
    roles = config["landfall:access"]["roles"]
    roles["backup"] = roles.pop("instances")
    (problem,) = problems(json.dumps({"config": config}))
    assert (problem.id, problem.path) == (Kind.NAME_TAKEN, "landfall:access.roles.backup")
