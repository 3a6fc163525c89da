"""CloudFormation against mocks: stacks with their files and roles, packaged code, stack sets."""

from __future__ import annotations

import json
from typing import Any

import pytest

from components.delivery.deployments import stack_set
from landfall.blueprint import stack_sets
from landfall.blueprint.places import Place
from landfall.blueprint.stack_sets import ACCOUNTS_TOGETHER
from landfall.iam.documents import Document, parse
from landfall.iam.evaluation import Policies, evaluate
from landfall.iam.requests import Request
from landfall.sandbox.across_services.trust import Applicant, trusts
from tests.components.conftest import ACCOUNTS, ORGANIZATION, Registered
from tests.components.test_deployments import _granted, _stages, registered

__all__ = ["registered"]

HOME, REMOTE = "eu-west-1", "us-east-1"


def _bucket(registered: Registered, region: str) -> dict[str, Any]:
    return registered.of("aws:s3/bucket:Bucket")[f"artifacts-{region}-packages"]


def _role(registered: Registered, logical: str) -> tuple[str, Document]:
    """Return the ARN of a role and its own policy."""
    for each in registered.resources:
        if each.typ == "aws:iam/role:Role" and each.name == logical:
            inputs = dict(each.inputs)
            account = ACCOUNTS[Registered.account_of(each)]
            arn = f"arn:aws:iam::{account}:role{inputs['path']}{inputs['name']}"
            policy = registered.document("aws:iam/rolePolicy:RolePolicy", logical, "policy")
            return arn, parse(json.dumps(policy), kind="identity")
    raise AssertionError(logical)


def _may(registered: Registered, logical: str, action: str, pipeline: str, region: str) -> bool:
    """Return whether a role may do something with a package of a pipeline, both policies asked."""
    arn, identity = _role(registered, logical)
    name = _bucket(registered, region)["bucket"]
    policy = registered.document(
        "aws:s3/bucketPolicy:BucketPolicy", f"artifacts-{region}-packages", "policy"
    )
    request = Request(
        arn,
        action,
        f"arn:aws:s3:::{name}/{pipeline}/0123abcd",
        resource_account=name.split("-")[2],
        context={
            "aws:PrincipalOrgID": ORGANIZATION,
            "aws:ResourceOrgID": ORGANIZATION,
            "aws:SecureTransport": "true",
        },
    )
    resource = parse(json.dumps(policy), kind="resource")
    return evaluate(request, Policies(identity=(identity,), resource=resource)).is_allowed


def test_stack_takes_files_by_environment_account_and_region(registered: Registered) -> None:
    stages = _stages(registered, "template-prod")
    prepared = {
        name: stages[name]["actions"][0]["configuration"] for name in ("Deploy", "Deploy-2")
    }
    assert prepared["Deploy"]["TemplateConfiguration"] == "Build::deploy/prod-orders-eu-west-1.json"
    assert (
        prepared["Deploy-2"]["TemplateConfiguration"] == "Build::deploy/prod-orders-us-east-1.json"
    )
    assert json.loads(prepared["Deploy"]["ParameterOverrides"]) == {
        "Tables": "3",
        "Image": {"Fn::GetParam": ["Build", "versions.json", "image"]},
        "CodeKey": {"Fn::GetArtifactAtt": ["Build", "ObjectKey"]},
    }


def test_stack_outputs_are_variables_of_the_first_destination_alone(registered: Registered) -> None:
    stages = _stages(registered, "template-prod")
    prepare, execute = stages["Deploy"]["actions"]
    assert "namespace" not in prepare
    assert execute["namespace"] == "StackVariables"
    assert not any("namespace" in action for action in stages["Deploy-2"]["actions"])


def test_stack_with_transforms_may_use_those_of_aws_and_its_macros(registered: Registered) -> None:
    deploy = _granted(registered, "template-prod-target")
    assert deploy["cloudformation:CreateChangeSet"] == [
        "arn:aws:cloudformation:eu-west-1:333333333333:stack/tables/*",
        "arn:aws:cloudformation:eu-west-1:aws:transform/*",
        "arn:aws:cloudformation:eu-west-1:333333333333:transform/Expand",
    ]
    function = ["arn:aws:lambda:eu-west-1:333333333333:function:expand-tables"]
    service = _granted(registered, "template-prod-target-cloudformation")
    assert deploy["lambda:InvokeFunction"] == service["lambda:InvokeFunction"] == function


def test_stack_role_makes_nested_stacks_and_reads_the_artifact(registered: Registered) -> None:
    service = _granted(registered, "template-prod-target-cloudformation")
    nested = ["arn:aws:cloudformation:eu-west-1:333333333333:stack/tables-*/*"]
    assert service["cloudformation:CreateStack"] == nested
    assert service["dynamodb:CreateTable"] == ["*"]
    assert service["s3:GetObject"]
    policy = registered.document("aws:kms/key:Key", "artifacts-eu-west-1", "policy")
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    readers = by_sid["Readers"]["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert "arn:aws:iam::333333333333:role/landfall/template-prod-service" in readers


def test_stack_role_is_assumed_even_without_the_keys_that_cloudformation_may_not_send(
    registered: Registered,
) -> None:
    """CloudFormation documents no aws:SourceArn with the role of a stack."""
    name = "template-prod-target-cloudformation"
    trust = registered.document("aws:iam/role:Role", name, "assumeRolePolicy")
    account = ACCOUNTS["orders"]
    arn = f"arn:aws:cloudformation:eu-west-1:{account}:stack/{{}}/0123"
    assert trusts(trust, _cloudformation(account, arn.format("tables")))
    assert trusts(trust, Applicant("Service", "cloudformation.amazonaws.com"))
    assert not trusts(trust, _cloudformation(account, arn.format("other")))
    assert not trusts(trust, _cloudformation("999999999999", arn.format("tables")))
    assert not trusts(trust, Applicant("Service", "codedeploy.amazonaws.com"))


def _cloudformation(account: str, source: str) -> Applicant:
    """Return CloudFormation when it says for which stack or stack set it acts."""
    context = {"aws:sourceaccount": [account], "aws:sourcearn": [source]}
    return Applicant("Service", "cloudformation.amazonaws.com", context=context)


def test_stack_set_role_is_assumed_for_its_own_stack_set_alone(registered: Registered) -> None:
    name = "baseline-prod-target-cloudformation"
    trust = registered.document("aws:iam/role:Role", name, "assumeRolePolicy")
    account = ACCOUNTS["orders"]
    arn = f"arn:aws:cloudformation:eu-west-1:{account}:stackset/{{}}:0123"
    assert trusts(trust, _cloudformation(account, arn.format("baseline")))
    assert not trusts(trust, Applicant("Service", "cloudformation.amazonaws.com"))
    assert not trusts(trust, _cloudformation(account, arn.format("baseline-2")))
    assert not trusts(trust, _cloudformation("999999999999", arn.format("baseline")))


@pytest.mark.parametrize("region", [HOME, REMOTE])
def test_build_uploads_packages_of_its_own_pipeline_to_each_region(
    registered: Registered, region: str
) -> None:
    build = "template-prod-build"
    assert _may(registered, build, "s3:PutObject", "template-prod", region)
    assert not _may(registered, build, "s3:PutObject", "other-prod", region)
    assert not _may(registered, "site-prod-build", "s3:PutObject", "template-prod", region)


@pytest.mark.parametrize(
    ("logical", "region"),
    [
        ("template-prod-target", HOME),
        ("template-prod-target-cloudformation", HOME),
        ("template-prod-target-orders-us-east-1", REMOTE),
        ("template-prod-target-orders-us-east-1-cloudformation", REMOTE),
    ],
)
def test_roles_of_a_stack_read_packages_of_their_own_pipeline_and_region(
    registered: Registered, logical: str, region: str
) -> None:
    other = {HOME: REMOTE, REMOTE: HOME}[region]
    assert _may(registered, logical, "s3:GetObject", "template-prod", region)
    assert not _may(registered, logical, "s3:GetObject", "other-prod", region)
    assert not _may(registered, logical, "s3:PutObject", "template-prod", region)
    assert not _may(registered, logical, "s3:GetObject", "template-prod", other)


@pytest.mark.parametrize("region", [HOME, REMOTE])
def test_artifact_key_of_a_region_is_usable_by_writers_and_readers_of_packages(
    registered: Registered, region: str
) -> None:
    policy = registered.document("aws:kms/key:Key", f"artifacts-{region}", "policy")
    by_sid = {each["Sid"]: each for each in policy["Statement"]}
    named = {
        sid: [arn.rpartition("/")[2] for arn in each["Condition"]["ArnEquals"]["aws:PrincipalArn"]]
        for sid, each in by_sid.items()
        if sid in ("Writers", "Readers")
    }
    end = "" if region == HOME else "-us-east-1"
    assert named["Writers"].count("template-prod-build") == 1
    assert {f"template-prod-deploy{end}", f"template-prod-service{end}"} <= {*named["Readers"]}
    assert named["Readers"].count(f"template-prod-deploy{end}") == 1


def test_packages_never_expire_but_replaced_versions_do(registered: Registered) -> None:
    rules = registered.of("aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration")
    (rule,) = rules[f"artifacts-{HOME}-packages"]["rules"]
    assert "expiration" not in rule
    assert rule["noncurrentVersionExpiration"] == {"noncurrentDays": 30}
    assert rules[f"artifacts-{HOME}-logs"]["rules"][0]["expiration"]


def test_build_knows_the_bucket_prefix_and_key_of_each_region(registered: Registered) -> None:
    projects = registered.of("aws:codebuild/project:Project")
    variables = {
        each["name"]: each["value"]
        for each in projects["template-prod"]["environment"]["environmentVariables"]
    }
    assert variables["PACKAGE_PREFIX"] == "template-prod"
    assert variables["PACKAGE_BUCKET"] == _bucket(registered, HOME)["bucket"]
    assert variables["PACKAGE_BUCKET_EU_WEST_1"] == variables["PACKAGE_BUCKET"]
    assert variables["PACKAGE_BUCKET_US_EAST_1"] == _bucket(registered, REMOTE)["bucket"]
    assert variables["PACKAGE_KEY_US_EAST_1"] != variables["PACKAGE_KEY"]
    others = projects["site-prod"]["environment"]["environmentVariables"]
    assert not any(each["name"].startswith("PACKAGE_") for each in others)


def test_region_without_packaging_pipelines_has_no_package_bucket(registered: Registered) -> None:
    made = {name for name in registered.of("aws:s3/bucket:Bucket") if name.endswith("-packages")}
    assert made == {f"artifacts-{HOME}-packages", f"artifacts-{REMOTE}-packages"}


def test_stack_set_is_made_first_and_gets_its_other_targets_in_order(
    registered: Registered,
) -> None:
    first, second = _stages(registered, "baseline-prod")["Deploy"]["actions"]
    assert first["configuration"] == {
        "StackSetName": "baseline",
        "TemplatePath": "Build::template.yaml",
        "PermissionModel": "SELF_MANAGED",
        "AdministrationRoleArn": "arn:aws:iam::222222222222:role/landfall/baseline-prod-service",
        "ExecutionRoleName": "baseline-prod-execution",
        "DeploymentTargets": ACCOUNTS["audit"],
        "Regions": "eu-west-1",
        "FailureTolerancePercentage": "0",
        "MaxConcurrentPercentage": "25",
        "Capabilities": "CAPABILITY_NAMED_IAM",
        "Parameters": "ParameterKey=Size,ParameterValue=small "
        "ParameterKey=Stage,ParameterValue=prod",
    }
    assert second["configuration"] == {
        "StackSetName": "baseline",
        "DeploymentTargets": ACCOUNTS["orders"],
        "Regions": "eu-west-1,us-east-1",
        "ParameterOverrides": "ParameterKey=Size,ParameterValue=large",
        "FailureTolerancePercentage": "0",
        "MaxConcurrentPercentage": "25",
    }
    assert (first["runOrder"], second["runOrder"]) == (1, 2)


def test_stack_set_of_many_accounts_has_several_actions_of_one_group() -> None:
    ids = [f"{number:012}" for number in range(160)]
    args: Any = {
        "kind": "stack-set",
        "name": "baseline",
        "stack_set": {
            "execution_role_name": "execution",
            "account_ids": ids,
            "targets": [{"account_ids": ids, "regions": ["eu-west-1"]}],
            "failure_tolerance_percent": 10,
        },
    }
    there: Any = {"name": "", "region": "eu-west-1", "service_role_arn": "arn"}
    made = stack_set.actions({}, args, there, "Build")
    assert [action["provider"] for action in made] == [
        "CloudFormationStackSet",
        "CloudFormationStackInstances",
        "CloudFormationStackInstances",
    ]
    assert ACCOUNTS_TOGETHER * 13 - 1 <= 1000 < (ACCOUNTS_TOGETHER + 1) * 13 - 1


def test_stack_set_is_administered_by_a_role_for_this_set_and_its_targets_alone(
    registered: Registered,
) -> None:
    logical = "baseline-prod-target-cloudformation"
    trust = registered.document("aws:iam/role:Role", logical, "assumeRolePolicy")
    (only,) = trust["Statement"]
    assert only["Principal"] == {"Service": ["cloudformation.amazonaws.com"]}
    assert only["Condition"] == {
        "StringEquals": {"aws:SourceAccount": ACCOUNTS["orders"]},
        "ArnLike": {
            "aws:SourceArn": "arn:aws:cloudformation:eu-west-1:333333333333:stackset/baseline:*"
        },
    }
    assert _granted(registered, logical) == {
        "sts:AssumeRole": [
            f"arn:aws:iam::{ACCOUNTS[account]}:role/baseline-prod-execution"
            for account in ("audit", "orders")
        ]
    }
    deploy = _granted(registered, "baseline-prod-target")
    assert deploy["iam:PassRole"] == [
        "arn:aws:iam::333333333333:role/landfall/baseline-prod-service"
    ]
    assert deploy["cloudformation:DescribeStackSet"] == [
        "arn:aws:cloudformation:eu-west-1:333333333333:stackset/baseline:*"
    ]


def test_stack_set_is_administered_in_enabled_regions_by_their_own_principal() -> None:
    args: Any = {"targets": [{"regions": ["eu-west-1", "ap-east-1"]}, {"regions": ["ap-east-1"]}]}
    place = Place("aws", "eu-west-1", "333333333333")
    assert stack_sets.trust("baseline", place, args)["Principal"] == {
        "Service": ["cloudformation.amazonaws.com", "cloudformation.ap-east-1.amazonaws.com"]
    }


@pytest.mark.parametrize("account", ["audit", "orders"])
def test_stack_set_has_a_role_without_path_in_each_target_account(
    registered: Registered, account: str
) -> None:
    name = f"baseline-prod-execution-{account}"
    role = registered.of("aws:iam/role:Role")[name]
    assert (role["name"], role["path"]) == ("baseline-prod-execution", "/")
    trust = registered.document("aws:iam/role:Role", name, "assumeRolePolicy")
    assert trust["Statement"][0]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::333333333333:role/landfall/baseline-prod-service"
    ]
    granted = _granted(registered, name)
    assert granted["sns:CreateTopic"] == ["*"]
    assert granted["cloudformation:*"] == [
        f"arn:aws:cloudformation:*:{ACCOUNTS[account]}:stack/StackSet-baseline-*/*"
    ]
    assert _may(registered, name, "s3:GetObject", "baseline-prod", REMOTE)
    assert not _may(registered, name, "s3:GetObject", "template-prod", REMOTE)


@pytest.mark.parametrize(
    ("owner", "organization", "reads"),
    [
        ("999999999999", "o-ofaws12345", True),
        ("999999999999", ORGANIZATION, False),
        (ACCOUNTS["orders"], ORGANIZATION, False),
    ],
)
def test_stack_set_role_reads_templates_only_outside_the_organization(
    registered: Registered, owner: str, organization: str, *, reads: bool
) -> None:
    """StackSets keeps its templates in buckets of AWS."""
    arn, identity = _role(registered, "baseline-prod-execution-orders")
    object_arn = "arn:aws:s3:::any/template"
    context = {"aws:ResourceAccount": owner, "aws:ResourceOrgID": organization}
    request = Request(arn, "s3:GetObject", object_arn, resource_account=owner, context=context)
    policies = Policies(identity=(identity,), resource=_delegating())
    assert evaluate(request, policies).is_allowed is reads


def _delegating() -> Document:
    """Return the policy of a bucket that leaves the decision to the reader's account."""
    everyone = {
        "Effect": "Allow",
        "Principal": {"AWS": "arn:aws:iam::333333333333:root"},
        "Action": "s3:GetObject",
        "Resource": "arn:aws:s3:::any/*",
    }
    return parse(json.dumps({"Version": "2012-10-17", "Statement": [everyone]}), kind="resource")
