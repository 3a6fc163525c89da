"""A CodeCommit repository of another account than the pipelines', against mocks."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.blueprint.stack import blueprint
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]

ROLES, RULES = "aws:iam/role:Role", "aws:cloudwatch/eventRule:EventRule"
TARGETS = "aws:cloudwatch/eventTarget:EventTarget"
PIPELINES = "aws:codepipeline/pipeline:Pipeline"
AUDIT, HUB = "111111111111", "222222222222"
REPOSITORY = f"arn:aws:codecommit:eu-west-1:{AUDIT}:books"
BUS = "landfall-source-events"
BOOKS: dict[str, Any] = {
    "source": {"codecommit": "books", "account": "audit"},
    "strategy": "github-flow",
    "pullRequests": "main",
    "review": {"approvers": ["landfall/reviewer"]},
    "observability": {"notify": ["books@example.com"]},
    "deploy": {"lambda": "books"},
    "environments": {"prod": {"account": "orders"}},
}
PAGES = {
    **{name: value for name, value in BOOKS.items() if name != "review"},
    "deploy": {"lambda": "pages"},
}
OWN = {**BOOKS, "source": {"codecommit": "own"}, "deploy": {"lambda": "own"}}


def _settings() -> Any:
    config = json.loads(json.dumps(CONFIG))
    config["landfall:delivery"] = {"applications": {"books": BOOKS, "pages": PAGES, "own": OWN}}
    return parse(config, locations=Locations("Pulumi.test.yaml"))


@pytest.fixture(scope="module")
def settings() -> Any:
    """Return a stack with two applications of a repository elsewhere, and one of its own."""
    return _settings()


@pytest.fixture(scope="module")
def found(run: Runner, settings: Any) -> Registered:
    """Return what that stack registers."""
    return run(lambda: LandingZone(settings))


def _statements(found: Registered, token: str, name: str, key: str) -> dict[str, Any]:
    return {each["Sid"]: each for each in found.document(token, name, key)["Statement"]}


def _placed(found: Registered, token: str) -> set[tuple[str, str]]:
    return {
        (Registered.account_of(each), each.name) for each in found.resources if each.typ == token
    }


def test_repository_is_in_its_account_once_with_its_review(found: Registered) -> None:
    assert _placed(found, "aws:codecommit/repository:Repository") == {
        ("audit", "audit-books"),
        ("delivery", "own"),
    }
    reviews = _placed(found, "aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate")
    assert reviews == {("audit", "books-review"), ("delivery", "own-review")}
    rule = found.of("aws:codecommit/approvalRuleTemplate:ApprovalRuleTemplate")["books-review"]
    assert ":assumed-role/reviewer/*" in rule["content"]
    assert AUDIT in rule["content"]


def test_pipeline_takes_the_sources_as_a_role_of_the_repositorys_account(
    found: Registered,
) -> None:
    for pipeline in ("books-prod", "books-validation", "pages-prod"):
        action = found.of(PIPELINES)[pipeline]["stages"][0]["actions"][0]
        assert action["roleArn"].endswith(f":role/landfall/{pipeline}-source")
        assert "OutputArtifactFormat" not in action["configuration"]
        own = _statements(found, "aws:iam/rolePolicy:RolePolicy", f"{pipeline}-pipeline", "policy")
        assert own["ReadAsTheRepositorysRole"]["Resource"] == [action["roleArn"]]
        assert "ReadRepository" not in own
        (trust,) = found.document(ROLES, f"{pipeline}-source", "assumeRolePolicy")["Statement"]
        assert trust["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
            f"arn:aws:iam::{HUB}:role/landfall/{pipeline}-pipeline"
        ]
    assert "roleArn" not in found.of(PIPELINES)["own-prod"]["stages"][0]["actions"][0]


def test_that_role_reads_the_repository_and_writes_only_the_pipelines_sources(
    found: Registered,
) -> None:
    granted = _statements(found, "aws:iam/rolePolicy:RolePolicy", "books-prod-source", "policy")
    assert granted["ReadRepository"]["Resource"] == [REPOSITORY]
    bucket = f"arn:aws:s3:::landfall-artifacts-{HUB}-eu-west-1"
    assert granted["WriteSources"]["Resource"] == [f"{bucket}/books-prod/Source/*"]
    role = f"arn:aws:iam::{AUDIT}:role/landfall/books-prod-source"
    policy = _statements(found, "aws:s3/bucketPolicy:BucketPolicy", "artifacts-eu-west-1", "policy")
    assert role in policy["Senders"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert policy["Senders"]["Action"] == ["s3:PutObject"]
    assert policy["HandOver"]["Action"] == ["s3:PutObjectAcl"]
    owner = policy["HandOver"]["Condition"]["StringEquals"]["s3:x-amz-acl"]
    assert owner == "bucket-owner-full-control"
    assert role in policy["Listing"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    key = _statements(found, "aws:kms/key:Key", "artifacts-eu-west-1", "policy")
    assert role in key["Writers"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]


def test_repository_has_a_key_of_its_account_that_those_roles_may_use(found: Registered) -> None:
    repository = found.of("aws:codecommit/repository:Repository")["audit-books"]
    granted = _statements(found, "aws:iam/rolePolicy:RolePolicy", "books-prod-source", "policy")
    assert granted["UseRepositoryKey"]["Resource"] == [repository["kmsKeyId"]]
    key = _statements(found, "aws:kms/key:Key", "audit-delivery-eu-west-1", "policy")
    assert key["ThroughRepositories"]["Condition"]["StringEquals"] == {
        "kms:CallerAccount": AUDIT,
        "kms:ViaService": ["codecommit.eu-west-1.amazonaws.com"],
    }


def test_events_reach_the_pipelines_through_a_bus_that_one_role_may_use(found: Registered) -> None:
    rule = found.of(RULES)["audit-source-events-books"]
    assert json.loads(rule["eventPattern"]) == {
        "source": ["aws.codecommit"],
        "resources": [REPOSITORY],
    }
    bus = found.of("aws:cloudwatch/eventBus:EventBus")["source-events"]
    assert bus["name"] == BUS
    sent_as = found.of(TARGETS)["audit-source-events-books"]["roleArn"]
    assert sent_as.endswith(f":role/landfall/{BUS}")
    (statement,) = found.document(
        "aws:cloudwatch/eventBusPolicy:EventBusPolicy", "source-events", "policy"
    )["Statement"]
    assert statement["Action"] == ["events:PutEvents"]
    assert statement["Resource"] == [f"arn:aws:events:eu-west-1:{HUB}:event-bus/{BUS}"]
    assert statement["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{AUDIT}:role/landfall/{BUS}"
    ]
    (trust,) = found.document(ROLES, "audit-source-events", "assumeRolePolicy")["Statement"]
    assert trust["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:eu-west-1:{AUDIT}:rule/books-events"
    ]


def test_rules_of_that_bus_start_the_pipelines(found: Registered) -> None:
    for pipeline in ("books-prod", "books-validation"):
        rule = found.of(RULES)[f"{pipeline}-start"]
        assert rule["eventBusName"] == BUS
        assert json.loads(rule["eventPattern"])["resources"] == [REPOSITORY]
        assert found.of(TARGETS)[f"{pipeline}-start"]["eventBusName"] == BUS
        (trust,) = found.document(ROLES, f"{pipeline}-trigger", "assumeRolePolicy")["Statement"]
        assert trust["Condition"]["ArnEquals"]["aws:SourceArn"] == [
            f"arn:aws:events:eu-west-1:{HUB}:rule/{BUS}/{pipeline}-start"
        ]
    assert "eventBusName" not in found.of(RULES)["own-prod-start"]


def test_blueprint_has_the_roles_that_are_registered(found: Registered, settings: Any) -> None:
    described = {(each.account, each.role.name) for each in blueprint(settings).roles}
    roles = {
        (Registered.account_of(each), each.inputs["name"])
        for each in found.resources
        if each.typ == ROLES
    }
    assert roles == described


def test_pull_requests_are_notified_only_where_the_topic_is(found: Registered) -> None:
    rules = found.of("aws:codestarnotifications/notificationRule:NotificationRule")
    assert len(rules) == 1
    assert all("own" in name for name in rules)
