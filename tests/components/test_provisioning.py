"""Delivery of the stack itself: permissions and triggers, against mocks."""

from __future__ import annotations

import copy
import json
from collections.abc import Callable
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import ORGANIZATION, Registered
from tests.components.test_landing_zone import CONFIG

Runner = Callable[[Callable[[], Any]], Registered]
HUB, MANAGEMENT = "222222222222", "999999999999"
OWN = "landfall/provision-test"


@pytest.fixture(params=["aws", "aws-us-gov", "aws-cn"])
def partition(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def landing_zone(run: Runner, **settings: Any) -> Registered:
    config = copy.deepcopy(CONFIG)
    config["landfall:provisioning"] = {
        "source": {"connection": "github", "repository": "example/landing-zone"},
        "approval": {"notify": "lead@example.com", "timeoutMinutes": 60},
        "notify": ["platform@example.com"],
        "jobs": {
            "provider": "unused",
            "read": ["repo:example/landing-zone:environment:plan"],
            "apply": ["repo:example/landing-zone:environment:prod"],
        },
        **settings,
    }
    parsed = parse(config, stack="test", locations=Locations("Pulumi.test.yaml"))
    return run(lambda: LandingZone(parsed))


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    return landing_zone(run)


def statements(registered: Registered, token: str, name: str, key: str) -> dict[str, Any]:
    found = registered.document(token, name, key)["Statement"]
    return {statement["Sid"]: statement for statement in found}


def policy(registered: Registered, name: str) -> dict[str, Any]:
    return statements(registered, "aws:iam/rolePolicy:RolePolicy", name, "policy")


def trust(registered: Registered, name: str) -> dict[str, Any]:
    return statements(registered, "aws:iam/role:Role", name, "assumeRolePolicy")


def actions(found: dict[str, Any]) -> set[str]:
    return {action for each in found.values() for action in each["Action"]}


def test_build_of_a_pull_request_has_no_aws_permissions(registered: Registered) -> None:
    held = policy(registered, "provisioning-preview-test-check")
    assert set(held) == {"WriteLogs", "ReadArtifacts", "FindBucket", "UseKey", "WriteArtifact"}
    (sources,) = held["ReadArtifacts"]["Resource"]
    assert sources.endswith("/preview-test/Source/*")
    assert not [a for a in actions(held) if a.startswith(("sts:", "codeconnections:", "iam:"))]
    project = registered.of("aws:codebuild/project:Project")["provisioning-preview-test-check"]
    variables = project["environment"]["environmentVariables"]
    assert [variable["name"] for variable in variables] == ["STACK"]


def test_build_cannot_overwrite_its_input_artifacts(registered: Registered) -> None:
    for name, reads, writes in (
        ("preview-test-check", {"Source"}, {"Report"}),
        ("provision-test-plan", {"Source"}, {"Plan"}),
        ("provision-test-apply", {"Source", "Plan"}, set()),
        ("drift-test-check", {"Source"}, set()),
    ):
        held = policy(registered, f"provisioning-{name}")
        read = {each.split("/")[-2] for each in held["ReadArtifacts"]["Resource"]}
        written = {
            each.split("/")[-2] for each in held.get("WriteArtifact", {}).get("Resource", [])
        }
        assert (read, written) == (reads, writes)
        assert not read & written
        prefixes = {each.split("/")[1] for each in held["ReadArtifacts"]["Resource"]}
        assert prefixes == {name.rpartition("-")[0]}


def test_build_acts_as_one_role_that_trusts_only_it(registered: Registered) -> None:
    for build, part in (("provision-test-plan", "read"), ("drift-test-check", "read")):
        held = policy(registered, f"provisioning-{build}")["ActInOrganization"]["Resource"]
        assert [arn.rpartition("/")[2] for arn in held] == [f"provision-test-{part}"]
    (exact,) = [
        each
        for sid, each in trust(registered, "provisioning-apply").items()
        if sid == "ExactRolesOfTheOrganization"
    ]
    assert exact["Condition"] == {
        "ArnEquals": {
            "aws:PrincipalArn": [f"arn:aws:iam::{HUB}:role/landfall/provision-test-apply"]
        },
        "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
    }
    readers = trust(registered, "provisioning-read")["ExactRolesOfTheOrganization"]
    assert readers["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        f"arn:aws:iam::{HUB}:role/landfall/provision-test-plan",
        f"arn:aws:iam::{HUB}:role/landfall/drift-test-check",
    ]


def test_role_for_ci_jobs_trusts_only_the_exact_subject(registered: Registered) -> None:
    host = "token.actions.githubusercontent.com"
    for part, environment in (("read", "plan"), ("apply", "prod")):
        token = trust(registered, f"provisioning-{part}")["Tokens1"]
        assert token["Condition"] == {
            "StringEquals": {
                f"{host}:aud": "sts.amazonaws.com",
                f"{host}:sub": [f"repo:example/landing-zone:environment:{environment}"],
            }
        }


def test_read_role_has_no_write_permissions(registered: Registered) -> None:
    held = policy(registered, "provisioning-read")
    verbs = {action.split(":")[1] for action in actions(held)}
    allowed = ("Get", "BatchGet", "List", "Describe", "View", "Decrypt", "AssumeRole")
    assert not [verb for verb in verbs if not verb.startswith(allowed)]
    assert held["ActInAccounts"]["Resource"] == ["arn:aws:iam::*:role/landfall/provision-test-read"]
    assert held["ActInAccounts"]["Condition"] == {
        "StringEquals": {"aws:ResourceOrgID": ORGANIZATION}
    }
    for account in ("audit", "delivery", "orders"):
        name = f"{account}-provision-test-read"
        trusted = trust(registered, name)["ExactRolesOfTheOrganization"]["Condition"]
        (arn,) = trusted["ArnEquals"]["aws:PrincipalArn"]
        assert arn.endswith(":role/landfall/provision-test-read")
        assert set(policy(registered, name)) == {"ReadBeside"}


def test_apply_role_cannot_change_itself_or_delete_the_organization(
    registered: Registered,
) -> None:
    held = policy(registered, "provisioning-apply")
    for part in ("organization", "security", "accounts", "operations"):
        own = f"provisioning-apply-{part}"
        for sid, each in statements(registered, "aws:iam/policy:Policy", own, "policy").items():
            held[sid if sid not in held else f"{sid}-{part}"] = each
    boundary = statements(registered, "aws:iam/policy:Policy", "provisioning-boundary", "policy")
    role = registered.of("aws:iam/role:Role")["provisioning-apply"]
    assert role["permissionsBoundary"].endswith(":policy/landfall/provision-test-apply-boundary")
    assert {sid for sid in boundary if sid not in held} == {"OwnRolesStay", "LeftToPeople"}
    assert "iam:PutRolePolicy" in boundary["OwnRolesStay"]["Action"]
    own = boundary["OwnRolesStay"]["Resource"]
    assert f"arn:aws:iam::{MANAGEMENT}:role/landfall/provision-test-apply" in own
    changing = {
        a for a in actions(held) if a.startswith("iam:") and ":Get" not in a and ":List" not in a
    }
    # None of them grants permissions.
    assert changing == {
        "iam:CreateAccountAlias",
        "iam:CreateServiceLinkedRole",
        "iam:DeleteAccountAlias",
        "iam:DeleteAccountPasswordPolicy",
        "iam:DeleteServiceLinkedRole",
        "iam:DisableOrganizationsRootCredentialsManagement",
        "iam:DisableOrganizationsRootSessions",
        "iam:EnableOrganizationsRootCredentialsManagement",
        "iam:EnableOrganizationsRootSessions",
        "iam:PassRole",
        "iam:UpdateAccountPasswordPolicy",
    }
    assert held["PassRecorder"]["Condition"] == {
        "StringEquals": {"iam:PassedToService": "config.amazonaws.com"}
    }
    for action in ("LeaveOrganization", "DeleteOrganization", "CloseAccount"):
        assert f"organizations:{action}" not in actions(held)
    assert held["ActInAccounts"]["Resource"] == [
        "arn:aws:iam::*:role/OrganizationAccountAccessRole"
    ]


def test_state_bucket_and_its_two_keys_are_named_exactly(registered: Registered) -> None:
    bucket = f"arn:aws:s3:::landfall-state-{MANAGEMENT}-eu-west-1"
    for part in ("read", "apply"):
        held = policy(registered, f"provisioning-{part}")
        assert held["ReadState"]["Resource"] == [f"{bucket}/*"]
        assert held["FindState"]["Resource"] == [bucket]
        keys = held["ReadWithKeys"]
        assert keys["Resource"] == [f"arn:aws:kms:eu-west-1:{MANAGEMENT}:key/*"]
        assert keys["Condition"] == {
            "ForAnyValue:StringEquals": {
                "kms:ResourceAliases": ["alias/landfall/secrets", "alias/landfall/state"]
            }
        }
    assert policy(registered, "provisioning-apply")["WriteState"]["Resource"] == [f"{bucket}/*"]


def test_state_in_another_account_and_region_is_granted(run: Runner) -> None:
    state = {"account": "audit", "region": "eu-central-1", "bucket": "our-state"}
    registered = landing_zone(run, state=state)
    held = policy(registered, "provisioning-read")
    assert held["ReadState"]["Resource"] == ["arn:aws:s3:::our-state/*"]
    assert held["ReadWithKeys"]["Resource"] == ["arn:aws:kms:eu-central-1:111111111111:key/*"]
    project = registered.of("aws:codebuild/project:Project")["provisioning-provision-test-plan"]
    variables = {v["name"]: v["value"] for v in project["environment"]["environmentVariables"]}
    assert variables["PULUMI_BACKEND_URL"] == "s3://our-state?region=eu-central-1"


def pipeline(registered: Registered, part: str) -> dict[str, Any]:
    found = registered.of("aws:codepipeline/pipeline:Pipeline")
    return found[f"provisioning-{part}-test"]


def test_pull_requests_are_previewed_and_merges_applied(registered: Registered) -> None:
    preview, provision = pipeline(registered, "preview"), pipeline(registered, "provision")
    (trigger,) = preview["triggers"]
    assert trigger["gitConfiguration"]["pullRequests"] == [
        {"branches": {"includes": ["main"]}, "events": ["OPEN", "UPDATED"]}
    ]
    assert "pushes" not in trigger["gitConfiguration"]
    (trigger,) = provision["triggers"]
    assert trigger["gitConfiguration"]["pushes"] == [{"branches": {"includes": ["main"]}}]
    assert "pullRequests" not in trigger["gitConfiguration"]
    assert provision["executionMode"] == "QUEUED"
    names = [stage["name"] for stage in provision["stages"]]
    assert names == ["Source", "Plan", "Approval", "Apply"]
    project = registered.of("aws:codebuild/project:Project")["provisioning-provision-test-apply"]
    assert project["concurrentBuildLimit"] == 1


def test_apply_uses_the_approved_plan(registered: Registered) -> None:
    stages = {s["name"]: s["actions"][0] for s in pipeline(registered, "provision")["stages"]}
    assert stages["Plan"]["outputArtifacts"] == ["Plan"]
    assert stages["Apply"]["inputArtifacts"] == ["Source", "Plan"]
    (variable,) = json.loads(stages["Apply"]["configuration"]["EnvironmentVariables"])
    assert variable["value"] == f"#{{{stages['Plan']['namespace']}.PLAN_SHA256}}"
    assert "PLAN_SHA256" in stages["Approval"]["configuration"]["CustomData"]
    assert stages["Approval"]["timeoutInMinutes"] == 60
    projects = registered.of("aws:codebuild/project:Project")
    spec = json.loads(projects["provisioning-provision-test-plan"]["source"]["buildspec"])
    assert spec["env"]["exported-variables"] == ["PLAN_SHA256", "PLAN_SUMMARY"]
    spec = json.loads(projects["provisioning-provision-test-apply"]["source"]["buildspec"])
    (applied,) = [c for c in spec["phases"]["build"]["commands"] if c.startswith("make")]
    assert applied.endswith('SHA256="$PLAN_SHA256"')


def test_pipeline_without_approval_has_no_approval_stage(run: Runner) -> None:
    registered = landing_zone(run, approval=None)
    names = [stage["name"] for stage in pipeline(registered, "provision")["stages"]]
    assert names == ["Source", "Plan", "Apply"]


def test_drift_is_checked_on_schedule_and_notified(registered: Registered) -> None:
    rules = registered.of("aws:cloudwatch/eventRule:EventRule")
    schedule = rules["provisioning-drift-test-schedule"]
    assert schedule["scheduleExpression"] == "rate(1 day)"
    assert "triggers" not in pipeline(registered, "drift")
    started = policy(registered, "provisioning-drift-test-trigger")["StartThisPipeline"]
    assert started["Resource"] == [f"arn:aws:codepipeline:eu-west-1:{HUB}:drift-test"]
    pattern = json.loads(rules["provisioning-drift"]["eventPattern"])
    assert pattern["detail"] == {"pipeline": ["drift-test"], "state": ["FAILED"]}
    topic = registered.of("aws:sns/topic:Topic")["provisioning"]
    assert topic["kmsMasterKeyId"].endswith("key-delivery-delivery-eu-west-1")
    publish = statements(registered, "aws:sns/topicPolicy:TopicPolicy", "provisioning", "policy")
    assert publish["Events"]["Condition"]["ArnEquals"]["aws:SourceArn"] == [
        f"arn:aws:events:eu-west-1:{HUB}:rule/provision-test-{kind}"
        for kind in ("failed", "drift", "approval")
    ]
    key = statements(registered, "aws:kms/key:Key", "delivery-delivery-eu-west-1", "policy")
    topics = key["EventsToTopics"]["Condition"]["ArnEquals"][
        "kms:EncryptionContext:aws:sns:topicArn"
    ]
    assert f"arn:aws:sns:eu-west-1:{HUB}:provision-test" in topics
    told = registered.of("aws:sns/topicSubscription:TopicSubscription").values()
    assert {"platform@example.com", "lead@example.com"} <= {each["endpoint"] for each in told}


def test_logs_are_encrypted_with_the_retention_of_the_settings(run: Runner) -> None:
    registered = landing_zone(run)
    groups = registered.of("aws:cloudwatch/logGroup:LogGroup")
    own = {name: each for name, each in groups.items() if name.startswith("provisioning-")}
    assert len(own) == 4
    for each in own.values():
        assert each["kmsKeyId"].endswith("key-artifacts-eu-west-1")
        assert each["retentionInDays"] == 365


def test_stack_with_ci_jobs_creates_only_roles(run: Runner) -> None:
    registered = landing_zone(run, source=None, notify=[])
    assert "provisioning" not in registered.of("aws:sns/topic:Topic")
    assert set(trust(registered, "provisioning-apply")) == {"Tokens1"}
    assert set(trust(registered, "provisioning-read")) == {"Tokens1"}


def test_documents_in_every_partition_use_its_arns(partition: str) -> None:
    from landfall.blueprint.provisioning.permissions import act_in_accounts

    found = act_in_accounts(partition, ["landfall/reader"], "o-a1b2c3d4e5")
    assert found["Resource"] == [f"arn:{partition}:iam::*:role/landfall/reader"]
