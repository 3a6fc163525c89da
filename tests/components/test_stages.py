"""Sources, tests and reviews against mocks: stages, run orders, triggers, projects, documents."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.blueprint.stack import blueprint
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_deployments import KINDS, LISTENER
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

PIPELINES = "aws:codepipeline/pipeline:Pipeline"
PROJECTS = "aws:codebuild/project:Project"
GITHUB = {"connection": "github", "repository": "example/orders"}


OWN = {
    "provider": "GitLabSelfManaged",
    "endpoint": "https://git.example.com",
    "network": {
        "vpc": "vpc-0123456789abcdef0",
        "subnets": "subnet-1",
        "securityGroups": "sg-1",
    },
}


def _settings(
    application: dict[str, Any],
    region: str = "eu-west-1",
    *,
    quotas: dict[str, int] | None = None,
    **others: dict[str, Any],
) -> Any:
    """Return the settings of a stack with `orders`, and with other applications by their source."""
    config = copy.deepcopy(CONFIG)
    config["aws:region"] = region
    if quotas is not None:
        config["landfall:quotas"] = quotas
    config["landfall:organization"].pop("regions")
    config["landfall:delivery"] = {
        "connections": {"github": {"provider": "GitHub"}, "own": OWN},
        "applications": {
            "orders": {
                "source": GITHUB,
                "deploy": {"lambda": "orders"},
                "environments": {"prod": {"account": "orders"}},
                **application,
            },
            **{name: _other(name, source) for name, source in others.items()},
        },
    }
    return parse(config, locations=Locations("Pulumi.test.yaml"))


def _other(name: str, source: dict[str, Any]) -> dict[str, Any]:
    environments = {"prod": {"account": "orders"}}
    return {"source": source, "deploy": {"lambda": name}, "environments": environments}


@pytest.fixture
def made(run: Runner) -> Callable[..., Registered]:
    """Return what a stack with one application, orders, registers."""

    def make(region: str = "eu-west-1", **application: Any) -> Registered:
        settings = _settings(application, region)
        return run(lambda: LandingZone(settings))

    return make


def _stages(registered: Registered, pipeline: str) -> dict[str, list[dict[str, Any]]]:
    stages = registered.of(PIPELINES)[pipeline]["stages"]
    return {stage["name"]: stage["actions"] for stage in stages}


def _git(registered: Registered, pipeline: str) -> dict[str, Any]:
    (trigger,) = registered.of(PIPELINES)[pipeline]["triggers"]
    git: dict[str, Any] = trigger["gitConfiguration"]
    return git


def _granted(registered: Registered, policy: str) -> dict[str, list[str]]:
    document = registered.document("aws:iam/rolePolicy:RolePolicy", policy, "policy")
    found: dict[str, list[str]] = {}
    for statement in document["Statement"]:
        for action in statement["Action"]:
            found[action] = [*found.get(action, []), *statement["Resource"]]
    return found


@pytest.mark.parametrize(
    ("quota", "orders"),
    [
        (None, [1, 2, 3, 4, 5, 6]),
        ({"concurrentBuilds": 1}, [1, 2, 3, 4, 5, 6]),
        ({"concurrentBuilds": 4}, [1, 1, 1, 1, 2, 2]),
        ({"concurrentBuilds": 60}, [1] * 6),
    ],
)
def test_standard_tests_run_within_the_quota_before_the_build(
    run: Runner, quota: dict[str, int] | None, orders: list[int]
) -> None:
    settings = _settings({"tests": "standard"}, quotas=quota)
    registered = run(lambda: LandingZone(settings))
    stages = _stages(registered, "orders-prod")
    assert list(stages) == ["Source", "Test", "Build", "Deploy"]
    names = ["Unit", "Lint", "StaticAnalysis", "Dependencies", "Secrets", "Infrastructure"]
    assert [action["name"] for action in stages["Test"]] == names
    assert [action["runOrder"] for action in stages["Test"]] == orders
    assert {action["category"] for action in stages["Test"]} == {"Test"}
    projects = registered.of(PROJECTS)
    for action in stages["Test"]:
        project = projects[action["configuration"]["ProjectName"]]
        spec = json.loads(project["source"]["buildspec"])
        group = "arn:aws:codebuild:eu-west-1:222222222222:report-group/orders-tests"
        assert spec["reports"][group]["file-format"] == "JUNITXML"
        assert "cache" not in project
        assert project["encryptionKey"].startswith("arn:aws:kms:")


def test_standard_test_kind_can_be_removed_or_changed(
    made: Callable[..., Registered],
) -> None:
    registered = made(tests={"standard": True, "iac": False, "unit": {"commands": ["make unit"]}})
    names = [action["name"] for action in _stages(registered, "orders-prod")["Test"]]
    assert "Infrastructure" not in names
    spec = json.loads(registered.of(PROJECTS)["orders-tests-unit"]["source"]["buildspec"])
    assert spec["phases"]["build"]["commands"] == ["make unit"]


def test_reports_are_kept_encrypted_in_the_artifact_store(
    made: Callable[..., Registered],
) -> None:
    registered = made(tests=["unit"])
    (group,) = registered.of("aws:codebuild/reportGroup:ReportGroup").values()
    destination = group["exportConfig"]["s3Destination"]
    assert destination["encryptionKey"].startswith("arn:aws:kms:")
    assert destination["bucket"] == "landfall-artifacts-222222222222-eu-west-1"
    assert _granted(registered, "orders-tests")["s3:PutObject"] == [
        "arn:aws:s3:::landfall-artifacts-222222222222-eu-west-1/reports/orders-tests/*"
    ]


def test_source_tests_read_only_sources(
    made: Callable[..., Registered],
) -> None:
    secrets = {"token": {"variable": "REGISTRY_TOKEN"}}
    registered = made(tests="standard", secrets=secrets, strategy="github-flow")
    granted = _granted(registered, "orders-tests")
    bucket = "arn:aws:s3:::landfall-artifacts-222222222222-eu-west-1"
    assert granted["s3:GetObject"] == [
        f"{bucket}/orders-prod/Source/*",
        f"{bucket}/orders-validation/Source/*",
    ]
    assert {action.split(":")[0] for action in granted} == {"codebuild", "kms", "logs", "s3"}
    for name, project in registered.of(PROJECTS).items():
        types = {each["type"] for each in project["environment"]["environmentVariables"]}
        assert ("SECRETS_MANAGER" in types) == (name == "orders-prod")


def test_a_split_test_is_a_batch_with_a_role_that_starts_its_builds(
    made: Callable[..., Registered],
) -> None:
    registered = made(tests={"unit": {"matrix": {"PYTHON": ["3.12", "3.13"]}, "shards": 3}})
    project = registered.of(PROJECTS)["orders-tests-unit"]
    matrix = json.loads(project["source"]["buildspec"])["batch"]["build-matrix"]["dynamic"]
    assert matrix["env"]["variables"] == {"PYTHON": ["3.12", "3.13"], "SHARD": ["1", "2", "3"]}
    assert project["buildBatchConfig"]["serviceRole"].endswith("/orders-tests-batch")
    (action,) = _stages(registered, "orders-prod")["Test"]
    assert action["configuration"]["BatchEnabled"] == "true"
    arn = "arn:aws:codebuild:eu-west-1:222222222222:project/orders-tests-unit"
    batch = _granted(registered, "orders-tests-batch")
    assert set(batch) == {
        "codebuild:RetryBuild",
        "codebuild:StartBuild",
        "codebuild:StopBuild",
    }
    assert list(batch.values()) == [[arn], [arn], [arn]]
    assert "codebuild:StartBuild" not in _granted(registered, "orders-tests")
    assert _granted(registered, "orders-prod-pipeline")["codebuild:StartBuildBatch"] == [arn]


def test_deployed_tests_follow_the_deployment_in_its_stage(
    made: Callable[..., Registered],
) -> None:
    reads = [{"actions": "lambda:InvokeFunction", "resources": "arn:aws:lambda:*:*:function:o"}]
    registered = made(
        deploy=KINDS["template"],
        tests={"integration": {"reads": reads}, "e2e": {"environments": ["prod"]}},
    )
    actions = _stages(registered, "orders-prod")["Deploy"]
    assert [(action["name"], action["runOrder"]) for action in actions] == [
        ("Prepare", 1),
        ("Execute", 2),
        ("Integration", 3),
        ("EndToEnd", 4),
    ]
    role = "arn:aws:iam::222222222222:role/landfall/orders-prod-integration-reads"
    assert _granted(registered, "orders-prod-integration")["sts:AssumeRole"] == [role]
    assert "sts:AssumeRole" not in _granted(registered, "orders-prod-e2e")
    assert _granted(registered, "orders-prod-integration-reads") == {
        "lambda:InvokeFunction": ["arn:aws:lambda:*:*:function:o"]
    }
    trust = registered.document(
        "aws:iam/role:Role", "orders-prod-integration-reads", "assumeRolePolicy"
    )
    assert trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::222222222222:role/landfall/orders-prod-integration"
    ]


def test_pull_requests_are_built_without_secrets_artifacts_or_a_role_in_a_target(
    made: Callable[..., Registered],
) -> None:
    registered = made(strategy="github-flow", tests=["unit"])
    stages = _stages(registered, "orders-validation")
    assert [action["name"] for action in stages["Test"]] == ["Review", "Unit", "Build"]
    assert list(stages) == ["Source", "Test"]
    assert registered.of(PIPELINES)["orders-validation"]["executionMode"] == "PARALLEL"
    (filter_,) = _git(registered, "orders-validation")["pullRequests"]
    assert filter_ == {"branches": {"includes": ["main"]}, "events": ["OPEN", "UPDATED"]}
    granted = _granted(registered, "orders-validation-pipeline")
    assert not {action for action in granted if action.startswith(("sts:", "iam:"))}


def test_filters_become_triggers_with_both_sides(made: Callable[..., Registered]) -> None:
    registered = made(
        source={**GITHUB, "paths": ["src/**", "!**/*.md"]},
        strategy="explicit",
        environments={
            "prod": {
                "account": "orders",
                "triggers": [{"branches": ["main", "!wip-*"]}, {"tags": "v*"}],
            }
        },
    )
    assert _git(registered, "orders-prod")["pushes"] == [
        {
            "branches": {"includes": ["main"], "excludes": ["wip-*"]},
            "filePaths": {"includes": ["src/**"], "excludes": ["**/*.md"]},
        },
        {"tags": {"includes": ["v*"]}},
    ]


def test_review_reads_the_history_only_through_the_connection(
    made: Callable[..., Registered],
) -> None:
    registered = made(review={"since": "0123abc"}, tests=["unit"])
    (source,) = _stages(registered, "orders-prod")["Source"]
    assert source["configuration"]["OutputArtifactFormat"] == "CODEBUILD_CLONE_REF"
    (review, _) = _stages(registered, "orders-prod")["Test"]
    variables = json.loads(review["configuration"]["EnvironmentVariables"])
    assert variables[0]["value"] == "#{SourceVariables.BranchName}"
    project = registered.of(PROJECTS)["orders-tests-review"]
    environment = {
        each["name"]: each["value"] for each in project["environment"]["environmentVariables"]
    }
    assert environment["KEYS"] == "https://github.com/web-flow.gpg"
    assert (environment["PROTECTED"], environment["SINCE"]) == ("main", "0123abc")
    for policy in ("orders-tests", "orders-prod-build"):
        document = registered.document("aws:iam/rolePolicy:RolePolicy", policy, "policy")
        clones = [s for s in document["Statement"] if s["Sid"].startswith("CloneThrough")]
        assert {s["Action"][0].split(":")[0] for s in clones} == {
            "codeconnections",
            "codestar-connections",
        }
        for statement in clones:
            service = statement["Action"][0].split(":")[0]
            assert statement["Condition"]["StringEqualsIfExists"] == {
                f"{service}:FullRepositoryId": "example/orders",
                f"{service}:ProviderPermissionsRequired": "read_only",
            }


@pytest.mark.parametrize(
    ("region", "partition"),
    [("eu-west-1", "aws"), ("us-gov-west-1", "aws-us-gov"), ("cn-north-1", "aws-cn")],
)
def test_codecommit_requires_approvals_and_denies_direct_pushes(
    made: Callable[..., Registered], region: str, partition: str
) -> None:
    registered = made(
        region,
        source={"codecommit": "orders"},
        strategy="github-flow",
        review={"approvals": 2, "approvers": ["landfall/reviewer"]},
    )
    rule = registered.document(
        "aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate", "orders-review", "content"
    )
    assert rule["DestinationReferences"] == ["refs/heads/main"]
    assert rule["Statements"] == [
        {
            "Type": "Approvers",
            "NumberOfApprovalsNeeded": 2,
            "ApprovalPoolMembers": [f"arn:{partition}:sts::222222222222:assumed-role/reviewer/*"],
        }
    ]
    (association,) = registered.of("ApprovalRuleTemplateAssociation").values()
    assert association["repositoryName"] == "orders"
    policy = registered.document("aws:iam/policy:Policy", "orders-review", "policy")
    push, _ = policy["Statement"]
    assert push["Resource"] == [f"arn:{partition}:codecommit:{region}:222222222222:orders"]
    assert push["Condition"] == {
        "StringEqualsIfExists": {"codecommit:References": ["refs/heads/main"]},
        "Null": {"codecommit:References": "false"},
    }


def test_applications_that_share_a_repository_make_it_once(run: Runner) -> None:
    settings = _settings({"source": {"codecommit": "mono"}}, invoices={"codecommit": "mono"})
    registered = run(lambda: LandingZone(settings))
    assert list(registered.of("aws:codecommit/repository:Repository")) == ["mono"]
    for pipeline in ("orders-prod", "invoices-prod"):
        (source,) = _stages(registered, pipeline)["Source"]
        assert source["configuration"]["RepositoryName"] == "mono"
    named = [each for each in blueprint(settings).resources if each.kind == "repository"]
    assert [each.name for each in named] == ["mono"]


def test_codecommit_pull_requests_start_their_pipeline_with_their_commit(
    made: Callable[..., Registered],
) -> None:
    registered = made(source={"codecommit": "orders"}, strategy="github-flow")
    rules = registered.of("aws:cloudwatch/eventRule:EventRule")
    detail = json.loads(rules["orders-validation-start"]["eventPattern"])["detail"]
    assert detail["destinationReference"] == ["refs/heads/main"]
    target = registered.of("aws:cloudwatch/eventTarget:EventTarget")["orders-validation-start"]
    sent = target["inputTransformer"]
    assert sent["inputPaths"] == {"revision": "$.detail.sourceCommit"}
    (revision,) = json.loads(sent["inputTemplate"])["sourceRevisions"]
    assert (revision["actionName"], revision["revisionType"]) == ("Source", "COMMIT_ID")


def test_moving_tag_is_exempt_from_immutability_and_taken_by_other_starts(
    made: Callable[..., Registered],
) -> None:
    registered = made(
        deploy=KINDS["service"],
        image={"ecr": "orders", "tags": "v*", "movingTag": "current"},
        environments={"prod": {"account": "orders", "listeners": [LISTENER]}},
    )
    (repository,) = registered.of("aws:ecr/repository:Repository").values()
    assert repository["imageTagMutability"] == "IMMUTABLE_WITH_EXCLUSION"
    assert repository["imageTagMutabilityExclusionFilters"] == [
        {"filter": "current", "filterType": "WILDCARD"}
    ]
    stages = registered.of("aws:codepipeline/pipeline:Pipeline")["orders-prod"]["stages"]
    image = next(each for each in stages[0]["actions"] if each["name"] == "Image")
    assert image["configuration"] == {"RepositoryName": "orders", "ImageTag": "current"}
    rule = registered.of("aws:cloudwatch/eventRule:EventRule")["orders-prod-image"]
    assert json.loads(rule["eventPattern"])["detail"]["image-tag"] == [{"wildcard": "v*"}]


def test_an_image_is_pulled_by_exact_roles_and_its_push_starts_the_pipeline(
    made: Callable[..., Registered],
) -> None:
    registered = made(
        deploy=KINDS["service"],
        image={"ecr": "orders", "tags": "v*"},
        environments={"prod": {"account": "orders", "listeners": [LISTENER]}},
    )
    (repository,) = registered.of("aws:ecr/repository:Repository").values()
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"] == {"scanOnPush": True}
    (encryption,) = repository["encryptionConfigurations"]
    assert encryption["encryptionType"] == "KMS"
    policy = registered.document(
        "aws:ecr/repositoryPolicy:RepositoryPolicy", "orders-images", "policy"
    )
    (statement,) = policy["Statement"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::333333333333:role/service/shop-task"
    ]
    stages = _stages(registered, "orders-prod")
    assert [action["provider"] for action in stages["Source"]] == [
        "CodeStarSourceConnection",
        "ECR",
    ]
    (build,) = stages["Build"]
    assert build["inputArtifacts"] == ["Source", "Image"]
    assert build["configuration"]["PrimarySource"] == "Source"
    (deploy,) = stages["Deploy"]
    assert deploy["configuration"]["Image1ArtifactName"] == "Image"
    assert deploy["inputArtifacts"] == ["Build", "Image"]
    rule = registered.of("aws:cloudwatch/eventRule:EventRule")["orders-prod-image"]
    detail = json.loads(rule["eventPattern"])["detail"]
    assert detail["image-tag"] == [{"wildcard": "v*"}]
    granted = _granted(registered, "orders-prod-pipeline")
    assert granted["ecr:DescribeImages"] == ["arn:aws:ecr:eu-west-1:222222222222:repository/orders"]


def test_build_with_cache_and_batch_does_not_share_them(
    made: Callable[..., Registered],
) -> None:
    registered = made(build={"cache": "s3", "batch": True}, strategy="github-flow")
    project = registered.of(PROJECTS)["orders-prod"]
    bucket = "landfall-artifacts-222222222222-eu-west-1"
    assert project["cache"] == {"type": "S3", "location": f"{bucket}/cache/orders-prod"}
    assert (
        f"arn:aws:s3:::{bucket}/cache/orders-prod/*"
        in _granted(registered, "orders-prod-build")["s3:PutObject"]
    )
    assert "cache" not in registered.of(PROJECTS)["orders-tests-build"]
    (build,) = _stages(registered, "orders-prod")["Build"]
    assert build["configuration"] == {
        "ProjectName": "orders-prod",
        "BatchEnabled": "true",
        "CombineArtifacts": "true",
    }


def test_custom_host_is_reached_through_its_vpc(
    made: Callable[..., Registered],
) -> None:
    registered = made(source={"connection": "own", "repository": "example/orders"})
    (host,) = registered.of("aws:codeconnections/host:Host").values()
    assert (host["providerType"], host["providerEndpoint"]) == (OWN["provider"], OWN["endpoint"])
    assert host["vpcConfiguration"]["vpcId"] == "vpc-0123456789abcdef0"
    connection = registered.of("aws:codeconnections/connection:Connection")["own"]
    assert connection["hostArn"].endswith(":host/own")
    assert "providerType" not in connection
    (source,) = _stages(registered, "orders-prod")["Source"]
    assert source["configuration"]["ConnectionArn"].endswith(":connection/own")
