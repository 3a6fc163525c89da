"""Compute, network, packages, images and permissions of builds and tests, against mocks."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.blueprint.roles import Role
from landfall.blueprint.stack import blueprint
from landfall.iam.actions import has_resource_level
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.registered import registered_roles
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

HUB = "222222222222"
PROJECTS = "aws:codebuild/project:Project"
NETWORK = {
    "vpc": "vpc-0123456789abcdef0",
    "subnets": ["subnet-0123456789abcdef0", "subnet-0123456789abcdef1"],
    "securityGroups": "sg-0123456789abcdef0",
}
REGISTRY = f"arn:aws:secretsmanager:eu-west-1:{HUB}:secret:registry-AbCdEf"
KEY = "11111111-2222-3333-4444-555555555555"
FLEET = f"arn:aws:codebuild:eu-west-1:{HUB}:fleet/fast:0a1b2c3d"
PACKAGES = {"domain": "example", "repository": "internal", "tools": ["npm", "pip"]}
TABLE = f"arn:aws:dynamodb:eu-west-1:{HUB}:table/releases"
APPLICATIONS: dict[str, dict[str, Any]] = {
    "functions": {
        "build": {
            "image": "aws/codebuild/amazonlinux-x86_64-lambda-standard:nodejs22",
            "computeType": "BUILD_LAMBDA_4GB",
        },
    },
    "network": {
        "build": {"network": NETWORK, "queuedMinutes": 30},
        "tests": {"unit": {"network": NETWORK}},
    },
    "reserved": {"build": {"fleet": FLEET}},
    "models": {"build": {"gpu": True, "computeType": "BUILD_GENERAL1_LARGE"}},
    "private": {
        "build": {
            "image": "registry.example.com/builder:1",
            "registryCredentials": {"secret": REGISTRY, "key": KEY},
        },
        "tests": {"unit": {"image": f"{HUB}.dkr.ecr.eu-west-1.amazonaws.com/tools/unit:1"}},
    },
    "packages": {
        "strategy": "github-flow",
        "build": {
            "commands": ["npm ci", "npm run build"],
            "artifacts": "dist/**/*",
            "runtimes": {"nodejs": "22"},
            "codeartifact": {**PACKAGES, "publish": True},
        },
        "tests": {
            "unit": {
                "codeartifact": PACKAGES,
                "runtimes": {"nodejs": "22"},
                "coverage": {"files": "coverage/lcov.info", "format": "lcov"},
            },
            "retry": True,
        },
    },
    "images": {
        "build": {
            "privileged": True,
            "push": {"ecr": "images", "container": "web", "failOn": "high", "sbom": True},
            "permissions": {"actions": "dynamodb:PutItem", "resources": TABLE},
        },
        "strategy": "github-flow",
    },
}


def _settings() -> Any:
    config = copy.deepcopy(CONFIG)
    config["landfall:organization"].pop("regions")
    config["landfall:delivery"] = {
        "connections": {"github": {"provider": "GitHub"}},
        "applications": {
            name: {
                "source": {"connection": "github", "repository": f"example/{name}"},
                "deploy": {"s3": f"example-{name}"},
                "environments": {"prod": {"account": "orders"}},
                **given,
            }
            for name, given in APPLICATIONS.items()
        },
    }
    return parse(config, locations=Locations("Pulumi.test.yaml"))


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    settings = _settings()
    return run(lambda: LandingZone(settings))


def _project(registered: Registered, name: str) -> dict[str, Any]:
    return registered.of(PROJECTS)[name]


def _spec(registered: Registered, name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_project(registered, name)["source"]["buildspec"])
    return found


def _granted(registered: Registered, role: str) -> dict[str, dict[str, Any]]:
    """Return the statements of a role's own policy by their Sid."""
    found = _statements(registered, role)
    return {each["Sid"]: each for each in found if "Sid" in each}


def _statements(registered: Registered, role: str) -> list[dict[str, Any]]:
    document = registered.document("aws:iam/rolePolicy:RolePolicy", role, "policy")
    statements: list[dict[str, Any]] = document["Statement"]
    return statements


def test_build_on_lambda_compute_has_no_timeouts_and_no_cache(registered: Registered) -> None:
    project = _project(registered, "functions-prod")
    assert project["environment"]["type"] == "LINUX_LAMBDA_CONTAINER"
    assert project["environment"]["computeType"] == "BUILD_LAMBDA_4GB"
    assert not {"buildTimeout", "queuedTimeout", "cache", "vpcConfig"} & set(project)


@pytest.mark.parametrize("name", ["network-prod", "network-tests-unit"])
def test_project_in_a_vpc_has_its_network_and_no_local_cache(
    registered: Registered, name: str
) -> None:
    project = _project(registered, name)
    assert project["vpcConfig"] == {
        "vpcId": NETWORK["vpc"],
        "subnets": NETWORK["subnets"],
        "securityGroupIds": [NETWORK["securityGroups"]],
    }
    assert "cache" not in project


@pytest.mark.parametrize("role", ["network-prod-build", "network-tests"])
def test_role_of_a_build_in_a_vpc_uses_interfaces_in_its_subnets_alone(
    registered: Registered, role: str
) -> None:
    granted = _granted(registered, role)
    prefix = f"arn:aws:ec2:eu-west-1:{HUB}"
    subnets = [f"{prefix}:subnet/{each}" for each in NETWORK["subnets"]]
    assert granted["CreateNetworkInterface"]["Resource"] == [
        f"{prefix}:network-interface/*",
        *subnets,
        f"{prefix}:security-group/{NETWORK['securityGroups']}",
    ]
    lend = granted["LendNetworkInterfaceToCodeBuild"]
    assert lend["Action"] == ["ec2:CreateNetworkInterfacePermission"]
    assert lend["Condition"] == {
        "StringEquals": {"ec2:AuthorizedService": "codebuild.amazonaws.com"},
        "ArnEquals": {"ec2:Subnet": subnets},
    }
    assert granted["DeleteNetworkInterface"]["Condition"]["ArnEquals"]["ec2:Subnet"] == subnets
    # Only actions without resource level may have every resource.
    assert not any(map(has_resource_level, granted["FindNetwork"]["Action"]))


def test_build_waits_in_the_queue_as_long_as_its_setting(registered: Registered) -> None:
    assert _project(registered, "network-prod")["queuedTimeout"] == 30
    assert "queuedTimeout" not in _project(registered, "reserved-prod")


def test_build_on_reserved_capacity_and_with_a_gpu(registered: Registered) -> None:
    assert _project(registered, "reserved-prod")["environment"]["fleet"] == {"fleetArn": FLEET}
    models = _project(registered, "models-prod")
    assert models["environment"]["type"] == "LINUX_GPU_CONTAINER"
    assert "cache" not in models


def test_private_image_is_pulled_with_the_service_role(registered: Registered) -> None:
    environment = _project(registered, "private-prod")["environment"]
    assert environment["imagePullCredentialsType"] == "SERVICE_ROLE"
    assert environment["registryCredential"] == {
        "credential": REGISTRY,
        "credentialProvider": "SECRETS_MANAGER",
    }
    granted = _granted(registered, "private-prod-build")
    assert granted["ReadRegistryLogin"]["Resource"] == [REGISTRY]
    decrypt = granted["DecryptRegistryLogin"]
    assert decrypt["Resource"] == [f"arn:aws:kms:eu-west-1:{HUB}:key/{KEY}"]
    assert decrypt["Condition"]["StringEquals"]["kms:ViaService"].startswith("secretsmanager.")
    unit = _project(registered, "private-tests-unit")["environment"]
    assert unit["imagePullCredentialsType"] == "SERVICE_ROLE"
    pull = _granted(registered, "private-tests")["PullBuildImage"]
    assert pull["Resource"] == [f"arn:aws:ecr:eu-west-1:{HUB}:repository/tools/unit"]


def test_build_with_commands_has_a_generated_buildspec(registered: Registered) -> None:
    spec = _spec(registered, "packages-prod")
    assert spec["phases"]["install"] == {"runtime-versions": {"nodejs": "22"}}
    login, pip, token, export, *rest = spec["phases"]["build"]["commands"]
    assert login.startswith("aws codeartifact login --tool npm ")
    assert pip.startswith("aws codeartifact login --tool pip ")
    assert token.startswith("CODEARTIFACT_AUTH_TOKEN=$(aws codeartifact get-authorization-token ")
    assert export == "export CODEARTIFACT_AUTH_TOKEN"
    assert rest == ["npm ci", "npm run build"]
    assert spec["artifacts"] == {"files": ["dist/**/*"]}
    names = {
        each["name"]: each["value"]
        for each in _project(registered, "packages-prod")["environment"]["environmentVariables"]
    }
    assert names["CODEARTIFACT_OWNER"] == HUB


@pytest.mark.parametrize(
    ("role", "publishes"), [("packages-prod-build", True), ("packages-tests", False)]
)
def test_packages_are_read_from_one_repository_and_published_by_builds(
    registered: Registered, role: str, publishes: bool
) -> None:
    granted = _granted(registered, role)
    prefix = f"arn:aws:codeartifact:eu-west-1:{HUB}"
    assert granted["LogInToPackages"]["Resource"] == [f"{prefix}:domain/example"]
    assert granted["ReadPackages"]["Resource"] == [f"{prefix}:repository/example/internal"]
    assert granted["GetTokenForPackages"]["Condition"] == {
        "StringEquals": {"sts:AWSServiceName": "codeartifact.amazonaws.com"}
    }
    assert ("PublishPackages" in granted) == publishes


def test_build_of_pull_requests_may_not_publish_packages(registered: Registered) -> None:
    tested = {role.name: role for role in _described_roles()}["packages-tests"]
    assert not any(each.get("Sid") == "PublishPackages" for each in tested.statements)
    assert registered.of(PROJECTS)["packages-tests-build"]


def test_coverage_has_a_report_group_of_its_own(registered: Registered) -> None:
    groups = registered.of("aws:codebuild/reportGroup:ReportGroup")
    kinds = {group["name"]: group["type"] for group in groups.values()}
    assert kinds["packages-tests-coverage"] == "CODE_COVERAGE"
    assert "images-tests-coverage" not in kinds
    reports = _spec(registered, "packages-tests-unit")["reports"]
    (coverage,) = (each for each in reports.values() if each["file-format"] == "LCOV")
    assert coverage == {"files": ["coverage/lcov.info"], "file-format": "LCOV"}
    write = _granted(registered, "packages-tests")["WriteCoverage"]
    assert write["Resource"] == [
        f"arn:aws:codebuild:eu-west-1:{HUB}:report-group/packages-tests-coverage"
    ]


def test_default_tests_select_a_go_that_their_tools_need(registered: Registered) -> None:
    spec = _spec(registered, "packages-tests-unit")
    assert spec["phases"]["install"]["runtime-versions"] == {"golang": "1.26", "nodejs": "22"}
    assert "install" not in _spec(registered, "private-tests-unit")["phases"]


def test_failed_tests_run_once_more_if_the_settings_ask_for_it(registered: Registered) -> None:
    stages = registered.of("aws:codepipeline/pipeline:Pipeline")["packages-prod"]["stages"]
    (test,) = (stage for stage in stages if stage["name"] == "Test")
    assert test["onFailure"] == {
        "result": "RETRY",
        "retryConfiguration": {"retryMode": "FAILED_ACTIONS"},
    }


def test_build_pushes_to_its_own_repository_alone(registered: Registered) -> None:
    repository = registered.of("aws:ecr/repository:Repository")["images-built-images"]
    assert repository["name"] == "images"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    arn = f"arn:aws:ecr:eu-west-1:{HUB}:repository/images"
    granted = _granted(registered, "images-prod-build")
    assert granted["PushImage"]["Resource"] == [arn]
    assert "ecr:PutImage" in granted["PushImage"]["Action"]
    assert granted["ReadScan"]["Resource"] == [arn]
    assert granted["LogInToPush"]["Action"] == ["ecr:GetAuthorizationToken"]


def test_pushed_image_is_handed_on_as_variables(registered: Registered) -> None:
    spec = _spec(registered, "images-prod")
    assert spec["env"]["exported-variables"] == ["IMAGE_DIGEST", "IMAGE_TAG", "IMAGE_URI"]
    commands = spec["phases"]["build"]["commands"]
    assert any("FAIL_ON='CRITICAL HIGH'" in line for line in commands)
    assert any(line.startswith("cat > /tmp/syft.lock") for line in commands)
    variables = _project(registered, "images-prod")["environment"]["environmentVariables"]
    assert {"name": "IMAGE_REPOSITORY", "type": "PLAINTEXT",
            "value": f"{HUB}.dkr.ecr.eu-west-1.amazonaws.com/images"} in variables  # fmt: skip


def test_pull_request_builds_the_image_and_cannot_push_it(registered: Registered) -> None:
    project = _project(registered, "images-tests-build")
    names = {each["name"] for each in project["environment"].get("environmentVariables", [])}
    assert "IMAGE_REPOSITORY" not in names
    assert "PushImage" not in _granted(registered, "images-tests")


def test_permissions_of_a_build_are_those_of_its_settings(registered: Registered) -> None:
    document = registered.document("aws:iam/rolePolicy:RolePolicy", "images-prod-build", "policy")
    own = {"Effect": "Allow", "Action": ["dynamodb:PutItem"], "Resource": [TABLE]}
    assert document["Statement"][-1] == own
    assert own not in _statements(registered, "network-prod-build")


def _described_roles() -> list[Role]:
    found = blueprint(_settings()).roles
    return [each.role for each in found if each.account == "delivery"]


def test_roles_registered_are_those_of_the_blueprint(registered: Registered) -> None:
    names = {role.name: role for role in _described_roles()}
    found = {name: role for (_, name), role in registered_roles(registered).items()}
    for name in ("network-prod-build", "network-tests", "images-prod-build", "packages-tests"):
        sids = {
            key: [statement.get("Sid") for statement in statements]
            for key, statements in names[name].policies.items()
        }
        assert sids == {
            key: [statement.get("Sid") for statement in document["Statement"]]
            for key, document in found[name]["policies"].items()
        }
