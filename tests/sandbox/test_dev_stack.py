"""The rehearsal organization from creation to deletion, read from AWS and not from Pulumi.

The tests of this file follow one stack through its life and build on each other in their order.
"""

from __future__ import annotations

import gzip
import json
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landfall.sandbox import state
from landfall.sandbox.directories import Directories
from landfall.sandbox.provider.values.hidden import read_hidden
from tests.sandbox import dev_security, provisioning, standing_roles
from tests.sandbox.conftest import BIN, ROOT, Project
from tests.sandbox_gate import deployed

pytestmark = pytest.mark.engine

ACCOUNTS = {"audit", "log-archive", "delivery", "orders-dev", "orders-prod"}


@pytest.fixture(scope="module")
def accounts(project: Project) -> dict[str, str]:
    """Return the ids of the organization's accounts by name."""
    listed = project.aws("organizations").list_accounts()["Accounts"]
    return {account["Name"]: account["Id"] for account in listed}


def test_up_creates_the_stack_and_prints_a_summary(project: Project) -> None:
    done = project.up()
    assert set(project.changes()) == {"created"}
    for word in ("account", "pipeline", "polic", "make up"):
        assert word in done.stdout.lower()
    assert len(done.stdout.splitlines()) < 80, done.stdout
    assert "Account audit" in done.stdout
    # The first run is as a user's. The later ones need not be.
    project.hurry()


def test_apply_role_may_create_the_resources_of_the_management_account(
    project: Project,
) -> None:
    """Except for the organization and its own roles, which a user creates once."""
    made = provisioning.by_people(project)
    assert "organizations:CreatePolicy" in made
    once = {
        "iam:AttachRolePolicy",
        "iam:CreateOpenIDConnectProvider",
        "iam:CreatePolicy",
        "iam:CreateRole",
        "iam:PutRolePolicy",
        "organizations:CreateOrganization",
    }
    assert once <= made
    assert provisioning.not_among(made - once, "apply") == set()


def test_roles_and_policies_in_aws_equal_those_of_the_blueprint(
    project: Project, accounts: dict[str, str]
) -> None:
    own = {name: accounts[name] for name in ACCOUNTS}
    expected = standing_roles.expected(project, own, "delivery")
    found = standing_roles.standing(project, own)
    assert sorted(found) == sorted(expected)
    for key, role in expected.items():
        assert found[key] == role, key
    policies = standing_roles.policies_standing(project, own)
    assert policies == standing_roles.policies_expected(project, own, "delivery")


def test_the_organization_has_its_accounts_in_their_units(
    project: Project, accounts: dict[str, str]
) -> None:
    organizations = project.aws("organizations")
    assert set(accounts) > ACCOUNTS
    placed = {}
    for name in ACCOUNTS:
        parent = organizations.list_parents(ChildId=accounts[name])["Parents"][0]
        unit = organizations.describe_organizational_unit(OrganizationalUnitId=parent["Id"])
        placed[name] = unit["OrganizationalUnit"]["Name"]
    assert placed == {
        "audit": "Security",
        "log-archive": "Security",
        "delivery": "Infrastructure",
        "orders-dev": "Dev",
        "orders-prod": "Prod",
    }


def test_guardrails_are_attached_in_addition_to_full_access(
    project: Project, accounts: dict[str, str]
) -> None:
    organizations = project.aws("organizations")
    parent = organizations.list_parents(ChildId=accounts["orders-prod"])["Parents"][0]["Id"]
    attached = organizations.list_policies_for_target(
        TargetId=parent, Filter="SERVICE_CONTROL_POLICY"
    )["Policies"]
    names = {policy["Name"]: policy["Id"] for policy in attached}
    assert set(names) == {"FullAWSAccess", "landfall-dev-workloads.prod-scp-1"}
    content = organizations.describe_policy(PolicyId=names["landfall-dev-workloads.prod-scp-1"])
    sids = [s["Sid"] for s in json.loads(content["Policy"]["Content"])["Statement"]]
    assert "DenyUnencryptedVolumes" in sids


@pytest.mark.parametrize("check", dev_security.CHECKS, ids=lambda check: check.__name__)
def test_security_services(
    project: Project, accounts: dict[str, str], check: dev_security.Check
) -> None:
    check(project, accounts)


def test_each_account_has_the_audit_role_and_trusts_one_role(
    project: Project, accounts: dict[str, str]
) -> None:
    organization = project.aws("organizations").describe_organization()["Organization"]["Id"]
    auditor = f"arn:aws:iam::{accounts['audit']}:role/landfall/auditor"
    for name in ACCOUNTS:
        iam = project.aws("iam", accounts[name])
        role = iam.get_role(RoleName="security-audit")["Role"]
        assert role["Arn"] == f"arn:aws:iam::{accounts[name]}:role/landfall/security-audit"
        (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
        assert statement["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": organization}
        assert _listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == [auditor]
        attached = iam.list_attached_role_policies(RoleName="security-audit")["AttachedPolicies"]
        assert [policy["PolicyName"] for policy in attached] == ["SecurityAudit"]


def test_break_glass_has_its_boundary_in_every_account(
    project: Project, accounts: dict[str, str]
) -> None:
    for account_id in (accounts[name] for name in ACCOUNTS):
        role = project.aws("iam", account_id).get_role(RoleName="break-glass")["Role"]
        boundary = role["PermissionsBoundary"]["PermissionsBoundaryArn"]
        assert boundary == f"arn:aws:iam::{account_id}:policy/landfall/incident-response"


def test_jobs_of_ci_have_roles_by_their_tokens_in_the_management_account_alone(
    project: Project, accounts: dict[str, str]
) -> None:
    host = "token.actions.githubusercontent.com"
    for name in ACCOUNTS:
        iam = project.aws("iam", accounts[name])
        assert iam.list_open_id_connect_providers()["OpenIDConnectProviderList"] == []
    iam = project.aws("iam")
    (provider,) = iam.list_open_id_connect_providers()["OpenIDConnectProviderList"]
    assert provider["Arn"] == f"arn:aws:iam::{accounts['master']}:oidc-provider/{host}"
    for part, environments in {"read": ["dev-plan"], "apply": ["dev"]}.items():
        role = iam.get_role(RoleName=f"provision-dev-{part}")["Role"]
        (trust,) = (
            each
            for each in role["AssumeRolePolicyDocument"]["Statement"]
            if _listed(each["Action"]) == ["sts:AssumeRoleWithWebIdentity"]
        )
        conditions = trust["Condition"]["StringEquals"]
        assert conditions[f"{host}:aud"] == "sts.amazonaws.com"
        assert _listed(conditions[f"{host}:sub"]) == [
            f"repo:example/landing-zone:environment:{each}" for each in environments
        ]


def test_every_account_has_its_baseline_contact_and_budget(
    project: Project, accounts: dict[str, str]
) -> None:
    contacts = project.aws("account", region="us-east-1")
    for name in ACCOUNTS:
        account_id = accounts[name]
        policy = project.aws("iam", account_id).get_account_password_policy()["PasswordPolicy"]
        assert policy["MinimumPasswordLength"] == 14
        ec2 = project.aws("ec2", account_id)
        assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
        images = ec2.get_image_block_public_access_state()["ImageBlockPublicAccessState"]
        assert images == "block-new-sharing"
        found = contacts.get_alternate_contact(
            AccountId=account_id, AlternateContactType="SECURITY"
        )
        assert found["AlternateContact"]["EmailAddress"] == "security@example.com"
    top = project.outputs()["managementAccountId"]
    budgets = project.aws("budgets").describe_budgets(AccountId=top)["Budgets"]
    assert {budget["BudgetName"] for budget in budgets} == {
        "landfall-dev-management account",
        *(f"landfall-dev-{name}" for name in ACCOUNTS),
    }


def test_the_artifact_store_is_encrypted_private_and_versioned(
    project: Project, accounts: dict[str, str]
) -> None:
    s3, kms = project.aws("s3", accounts["delivery"]), project.aws("kms", accounts["delivery"])
    bucket = f"landfall-artifacts-{accounts['delivery']}-eu-west-1"
    rule = s3.get_bucket_encryption(Bucket=bucket)["ServerSideEncryptionConfiguration"]["Rules"][0]
    assert rule["ApplyServerSideEncryptionByDefault"]["SSEAlgorithm"] == "aws:kms"
    key = rule["ApplyServerSideEncryptionByDefault"]["KMSMasterKeyID"]
    assert kms.get_key_rotation_status(KeyId=key)["KeyRotationEnabled"] is True
    assert kms.describe_key(KeyId=key)["KeyMetadata"]["KeyManager"] == "CUSTOMER"
    assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    assert set(block.values()) == {True}
    ownership = s3.get_bucket_ownership_controls(Bucket=bucket)["OwnershipControls"]["Rules"]
    assert ownership == [{"ObjectOwnership": "BucketOwnerEnforced"}]
    logging = s3.get_bucket_logging(Bucket=bucket)["LoggingEnabled"]
    assert logging["TargetBucket"] == f"{bucket}-logs"
    statements = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    tls = next(s for s in statements if s["Sid"] == "TlsOnly")
    assert (tls["Effect"], tls["Principal"], tls["Action"]) == ("Deny", "*", ["s3:*"]) or tls[
        "Action"
    ] == "s3:*"
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    rules = s3.get_bucket_lifecycle_configuration(Bucket=bucket)["Rules"]
    expiring = {
        each["Filter"]["Prefix"]: each["Expiration"]["Days"]
        for each in rules
        if "Expiration" in each
    }
    # Artifacts stay for rollbacks and new instances.
    assert expiring == {"cache/": 90, "reports/": 90}


def test_each_pipeline_deploys_through_the_role_of_its_target(
    project: Project, accounts: dict[str, str]
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    names = {pipeline["name"] for pipeline in codepipeline.list_pipelines()["pipelines"]}
    assert names >= {"orders-dev", "orders-prod"}
    pipeline = codepipeline.get_pipeline(name="orders-prod")["pipeline"]
    assert pipeline["pipelineType"] == "V2"
    assert [stage["name"] for stage in pipeline["stages"]] == [
        "Source",
        "Test",
        "Build",
        "Approval",
        "Deploy",
    ]
    deploy = pipeline["stages"][-1]
    assert deploy["onFailure"]["result"] == "ROLLBACK"
    role = f"arn:aws:iam::{accounts['orders-prod']}:role/landfall/orders-prod-deploy"
    assert deploy["actions"][0]["roleArn"] == role
    trust = project.aws("iam", accounts["orders-prod"]).get_role(RoleName="orders-prod-deploy")
    (statement,) = trust["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert _listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == [
        f"arn:aws:iam::{accounts['delivery']}:role/landfall/orders-prod-pipeline"
    ]
    trigger = pipeline["triggers"][0]["gitConfiguration"]["push"][0]
    assert trigger["branches"]["includes"] == ["main"]
    store = pipeline["artifactStore"]
    assert store["encryptionKey"]["id"].startswith(f"arn:aws:kms:eu-west-1:{accounts['delivery']}:")


def test_a_function_is_deployed_by_codepipelines_own_action(
    project: Project, accounts: dict[str, str]
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    stages = codepipeline.get_pipeline(name="orders-dev")["pipeline"]["stages"]
    deploy = next(stage for stage in stages if stage["name"] == "Deploy")["actions"][0]
    assert deploy["configuration"] == {
        "FunctionName": "orders",
        "FunctionAlias": "live",
        "DeployStrategy": "Canary10Percent5Minutes",
        "Alarms": "orders-dev-errors",
    }


@pytest.mark.parametrize(
    ("pipeline", "provider", "result"),
    [
        ("orders-dev", "Lambda", "ROLLBACK"),
        ("shop-dev", "CodeDeployToECS", "ROLLBACK"),
        ("ledger-dev", "CodeDeploy", "RETRY"),
        ("platform-dev", "CodeBuild", "ROLLBACK"),
        ("site-dev", "S3", "ROLLBACK"),
    ],
)
def test_deployment_of_each_kind_uses_a_role_that_codepipeline_can_assume(
    project: Project, accounts: dict[str, str], pipeline: str, provider: str, result: str
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    stages = codepipeline.get_pipeline(name=pipeline)["pipeline"]["stages"]
    deploy = next(stage for stage in stages if stage["name"] == "Deploy")
    deploying = [a for a in deploy["actions"] if a["actionTypeId"]["category"] != "Test"]
    assert [a["actionTypeId"]["provider"] for a in deploying] == [provider]
    assert deploy["onFailure"]["result"] == result
    iam = project.aws("iam", accounts["orders-dev"])
    role = iam.get_role(RoleName=f"{pipeline}-deploy")["Role"]
    if provider != "CodeBuild":
        assert deploy["actions"][0]["roleArn"] == role["Arn"]
    (statement,) = role["AssumeRolePolicyDocument"]["Statement"]
    trusted = _listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"])
    hub = f"arn:aws:iam::{accounts['delivery']}:role/landfall/{pipeline}"
    program = [f"{hub}-pulumi"] if provider == "CodeBuild" else []
    assert sorted(trusted) == sorted([f"{hub}-pipeline", *program])


def test_conditions_hold_a_stage_back_and_undo_it(
    project: Project, accounts: dict[str, str]
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    stages = codepipeline.get_pipeline(name="shop-dev")["pipeline"]["stages"]
    deploy = next(stage for stage in stages if stage["name"] == "Deploy")
    (entry,) = deploy["beforeEntry"]["conditions"]
    assert entry["result"] == "FAIL"
    window, alarm = entry["rules"]
    assert window["configuration"] == {
        "Cron": "* * 9-15 ? * MON-THU *",
        "TimeZone": "Europe/Berlin",
    }
    (success,) = deploy["onSuccess"]["conditions"]
    assert success["result"] == "ROLLBACK"
    assert success["rules"][0]["configuration"]["WaitTime"] == "10"
    name = alarm["configuration"]["AlarmName"]
    cloudwatch = project.aws("cloudwatch", accounts["orders-dev"])
    (found,) = cloudwatch.describe_alarms(AlarmNames=[name])["MetricAlarms"]
    watched = {each["Id"]: each for each in found["Metrics"]}
    assert watched["failed"]["MetricStat"]["Metric"]["MetricName"] == "HTTPCode_Target_5XX_Count"
    assert watched["part"]["ReturnData"]
    role = f"arn:aws:iam::{accounts['orders-dev']}:role/landfall/shop-dev-deploy"
    assert alarm["roleArn"] == role


def test_notifications_use_an_encrypted_topic(project: Project, accounts: dict[str, str]) -> None:
    hub = accounts["delivery"]
    sns, events = project.aws("sns", hub), project.aws("events", hub)
    topic = f"arn:aws:sns:eu-west-1:{hub}:orders-notifications"
    attributes = sns.get_topic_attributes(TopicArn=topic)["Attributes"]
    key = project.aws("kms", hub).describe_key(KeyId="alias/landfall/delivery")["KeyMetadata"]
    assert attributes["KmsMasterKeyId"] == key["Arn"]
    statements = {s["Sid"]: s for s in json.loads(attributes["Policy"])["Statement"]}
    rules = statements["Events"]["Condition"]["ArnEquals"]["aws:SourceArn"]
    for kind in ("failed", "rollback", "approval"):
        rule = events.describe_rule(Name=f"orders-{kind}")
        assert rule["Arn"] in rules
        assert json.loads(rule["EventPattern"])["detail"]["pipeline"] == [
            "orders-dev",
            "orders-prod",
        ]
        targets = events.list_targets_by_rule(Rule=f"orders-{kind}")["Targets"]
        chat = topic.replace("notifications", "chat")
        assert {target["Arn"] for target in targets} == {topic, chat}
    subscribed = sns.list_subscriptions_by_topic(TopicArn=topic)["Subscriptions"]
    assert [each["Endpoint"] for each in subscribed] == ["orders@example.com"]
    cloudwatch = project.aws("cloudwatch", hub)
    alarms = cloudwatch.describe_alarms(AlarmNamePrefix="orders-prod-")["MetricAlarms"]
    assert {alarm["AlarmName"] for alarm in alarms} == {
        "orders-prod-failed",
        "orders-prod-build-failed",
        "orders-prod-build-slow",
    }
    assert cloudwatch.get_dashboard(DashboardName="landfall-orders")["DashboardBody"]


def test_chat_channel_is_notified_and_has_no_permissions(
    project: Project, accounts: dict[str, str]
) -> None:
    hub = accounts["delivery"]
    (channel,) = project.aws("chatbot", hub).describe_slack_channel_configurations()[
        "SlackChannelConfigurations"
    ]
    assert channel["GuardrailPolicyArns"] == ["arn:aws:iam::aws:policy/CloudWatchReadOnlyAccess"]
    names = {arn.rpartition(":")[2] for arn in channel["SnsTopicArns"]}
    assert names == {"orders-notifications", "orders-chat"}
    targets = project.aws("events", hub).list_targets_by_rule(Rule="orders-failed")["Targets"]
    by_topic = {each["Arn"].rpartition(":")[2]: each["InputTransformer"] for each in targets}
    shown = json.loads(by_topic["orders-chat"]["InputTemplate"])
    assert (shown["source"], shown["content"]["title"]) == ("custom", "orders")
    sns = project.aws("sns", hub)
    topic = sns.get_topic_attributes(TopicArn=f"arn:aws:sns:eu-west-1:{hub}:orders-chat")
    assert topic["Attributes"]["KmsMasterKeyId"].split(":")[4] == hub


def test_traces_are_encrypted_in_each_account_of_the_application(
    project: Project, accounts: dict[str, str]
) -> None:
    for environment in ("dev", "prod"):
        account = accounts[f"orders-{environment}"]
        xray, kms = project.aws("xray", account), project.aws("kms", account)
        key = kms.describe_key(KeyId="alias/landfall/delivery")["KeyMetadata"]
        assert key["KeyManager"] == "CUSTOMER"
        encryption = xray.get_encryption_config()["EncryptionConfig"]
        assert (encryption["Type"], encryption["KeyId"]) == ("KMS", key["Arn"])
        (rule,) = xray.get_sampling_rules()["SamplingRuleRecords"]
        assert rule["SamplingRule"]["FixedRate"] == 0.1
        assert xray.get_group(GroupName=f"orders-{environment}")["Group"]


def test_secrets_have_no_value_and_builds_read_them_by_reference(
    project: Project, accounts: dict[str, str]
) -> None:
    hub = accounts["delivery"]
    secrets = project.aws("secretsmanager", hub)
    secret = secrets.describe_secret(SecretId="orders/registry-token")
    assert secret.get("VersionIdsToStages", {}) == {}
    policy = json.loads(
        secrets.get_resource_policy(SecretId="orders/registry-token")["ResourcePolicy"]
    )
    (statement,) = policy["Statement"]
    assert _listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == [
        f"arn:aws:iam::{hub}:role/landfall/orders-{environment}-build"
        for environment in ("dev", "prod")
    ]
    codebuild = project.aws("codebuild", hub)
    (build,) = codebuild.batch_get_projects(names=["orders-prod"])["projects"]
    types = {v["name"]: v["type"] for v in build["environment"]["environmentVariables"]}
    assert types == {"REGISTRY_TOKEN": "SECRETS_MANAGER", "SIGNING_PROFILE": "PARAMETER_STORE"}
    for environment in ("dev", "prod"):
        there = project.aws("secretsmanager", accounts[f"orders-{environment}"])
        held = there.describe_secret(SecretId=f"orders/{environment}/database")
        assert held["KmsKeyId"].split(":")[4] == accounts[f"orders-{environment}"]


def test_state_has_one_frame_of_the_program_for_each_resource(project: Project) -> None:
    """The SDK's stacks of calls would be most of it."""
    home = project.folder / ".landfall"
    resources = state.deployment(Directories(project.folder, home, project.stack))["resources"]
    # The engine's own resource is made before the program runs.
    own = [each for each in resources if each["type"] != "pulumi:pulumi:Stack"]
    assert {len(each.get("stackTrace", [])) for each in own} <= {0, 1}
    assert sum("sourcePosition" in each for each in own) > len(own) / 2


def test_second_up_and_a_refresh_change_nothing_and_show_no_secret(
    project: Project, accounts: dict[str, str], tmp_path: Path
) -> None:
    canary = "canary-7c1f9d2b5e"
    hub = accounts["delivery"]
    secrets, ssm = project.aws("secretsmanager", hub), project.aws("ssm", hub)
    secrets.put_secret_value(SecretId="orders/registry-token", SecretString=canary)
    ssm.put_parameter(
        Name="/orders/signing-profile",
        Value=canary,
        Type="SecureString",
        KeyId="alias/landfall/delivery",
    )
    # The engine reads and writes everything once more, and finds nothing to change.
    project.up()
    assert project.changes() == {}
    assert project.counts()["unchanged"] > 100
    project.pulumi("refresh --yes --expect-no-changes --skip-preview -s dev")
    planned = project.run(
        *("bash", "-euo", "pipefail", "-c"),
        f'eval "$({BIN}/landfall env -s dev)" && {BIN}/landfall plan -s dev -o {tmp_path}',
    )
    exported = project.pulumi("stack export --show-secrets -s dev").stdout
    assert "orders/registry-token" in exported
    sandbox = project.folder / ".landfall" / "sandboxes" / "dev"
    written = [sandbox / "requests.log", sandbox / "server.log", tmp_path / "plan.json"]
    written += (sandbox / "backend").rglob("*.json*")
    assert len(written) > 5
    resources = json.loads(exported)["deployment"]["resources"]
    hidden = [read_hidden(_plain(each.get("outputs", {})), tmp_path) for each in resources]
    assert any(hidden)
    for text in (planned.stdout, planned.stderr, exported, str(hidden), project.last):
        assert canary not in text
    for file in written:
        content = file.read_bytes()
        if file.suffix == ".gz":
            content = gzip.decompress(content)
        assert canary.encode() not in content, file


def test_tests_run_one_after_another_with_the_role_of_their_kind(
    project: Project, accounts: dict[str, str]
) -> None:
    hub = accounts["delivery"]
    codepipeline, codebuild = project.aws("codepipeline", hub), project.aws("codebuild", hub)
    pipeline = codepipeline.get_pipeline(name="orders-dev")["pipeline"]
    stages = {stage["name"]: stage["actions"] for stage in pipeline["stages"]}
    assert list(stages) == ["Source", "Test", "Build", "Deploy"]
    assert len(stages["Test"]) == 7
    # A new account runs one build at a time.
    assert [action["runOrder"] for action in stages["Test"]] == [1, 2, 3, 4, 5, 6, 7]
    assert [(action["name"], action["runOrder"]) for action in stages["Deploy"]] == [
        ("Deploy", 1),
        ("Integration", 2),
        ("EndToEnd", 3),
    ]
    actions = [*stages["Test"], *stages["Build"], *stages["Deploy"][1:]]
    names = [action["configuration"]["ProjectName"] for action in actions]
    projects = codebuild.batch_get_projects(names=names)["projects"]
    roles = {each["name"]: each["serviceRole"].rpartition("/")[2] for each in projects}
    assert {name for name, role in roles.items() if role == "orders-tests"} == {
        action["configuration"]["ProjectName"] for action in stages["Test"]
    }
    for own in ("orders-dev-integration", "orders-dev-e2e"):
        assert roles[own] == own
    assert {each["encryptionKey"] for each in projects} == {
        pipeline["artifactStore"]["encryptionKey"]["id"]
    }
    arn = f"arn:aws:codebuild:eu-west-1:{hub}:report-group/orders-tests"
    (group,) = codebuild.batch_get_report_groups(reportGroupArns=[arn])["reportGroups"]
    destination = group["exportConfig"]["s3Destination"]
    assert destination["encryptionKey"] == pipeline["artifactStore"]["encryptionKey"]["id"]


def test_tests_read_the_target_through_its_role(project: Project, accounts: dict[str, str]) -> None:
    iam = project.aws("iam", accounts["orders-dev"])
    name = "orders-dev-integration-reads"
    (trust,) = iam.get_role(RoleName=name)["Role"]["AssumeRolePolicyDocument"]["Statement"]
    assert _listed(trust["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == [
        f"arn:aws:iam::{accounts['delivery']}:role/landfall/orders-dev-integration"
    ]
    policy = iam.get_role_policy(RoleName=name, PolicyName=name)["PolicyDocument"]
    (statement,) = policy["Statement"]
    assert _listed(statement["Action"]) == ["lambda:GetAlias", "lambda:InvokeFunction"]


def test_pull_requests_have_a_pipeline_that_deploys_nothing(
    project: Project, accounts: dict[str, str]
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    pipeline = codepipeline.get_pipeline(name="orders-validation")["pipeline"]
    assert pipeline["executionMode"] == "PARALLEL"
    assert [stage["name"] for stage in pipeline["stages"]] == ["Source", "Test"]
    (pull_request,) = pipeline["triggers"][0]["gitConfiguration"]["pullRequest"]
    assert pull_request["branches"]["includes"] == ["develop", "main", "release/*"]
    assert pull_request["events"] == ["OPEN", "UPDATED"]
    filters = codepipeline.get_pipeline(name="site-dev")["pipeline"]["triggers"][0]
    branches, tags = filters["gitConfiguration"]["push"]
    assert branches["filePaths"] == {"includes": ["site/**"], "excludes": ["**/*.md"]}
    assert tags["tags"]["includes"] == ["site-*"]


def test_a_split_suite_and_a_batch_have_roles_that_start_their_builds(
    project: Project, accounts: dict[str, str]
) -> None:
    codebuild = project.aws("codebuild", accounts["delivery"])
    (unit,) = codebuild.batch_get_projects(names=["shop-tests-unit"])["projects"]
    assert unit["buildBatchConfig"]["serviceRole"].endswith(":role/landfall/shop-tests-batch")
    matrix = json.loads(unit["source"]["buildspec"])["batch"]["build-matrix"]["dynamic"]
    assert matrix["env"]["variables"]["SHARD"] == ["1", "2", "3", "4"]
    (ledger,) = codebuild.batch_get_projects(names=["ledger-dev"])["projects"]
    assert ledger["cache"]["location"].endswith("/cache/ledger-dev")
    assert ledger["buildBatchConfig"]["serviceRole"].endswith(":role/landfall/ledger-dev-batch")


def test_an_image_starts_its_pipeline_with_that_very_image(
    project: Project, accounts: dict[str, str]
) -> None:
    hub = accounts["delivery"]
    ecr, events = project.aws("ecr", hub), project.aws("events", hub)
    (repository,) = ecr.describe_repositories(repositoryNames=["shop"])["repositories"]
    assert repository["imageTagMutability"] == "IMMUTABLE"
    assert repository["imageScanningConfiguration"]["scanOnPush"] is True
    assert repository["encryptionConfiguration"]["encryptionType"] == "KMS"
    policy = json.loads(ecr.get_repository_policy(repositoryName="shop")["policyText"])
    (statement,) = policy["Statement"]
    place = accounts["orders-dev"]
    assert _listed(statement["Condition"]["ArnEquals"]["aws:PrincipalArn"]) == [
        f"arn:aws:iam::{place}:role/service/shop-task",
        f"arn:aws:iam::{place}:role/service/shop-execution",
    ]
    (target,) = events.list_targets_by_rule(Rule="shop-dev-image")["Targets"]
    assert target["InputTransformer"]["InputPathsMap"] == {"revision": "$.detail.image-digest"}
    codepipeline = project.aws("codepipeline", hub)
    stages = codepipeline.get_pipeline(name="shop-dev")["pipeline"]["stages"]
    assert [action["name"] for action in stages[0]["actions"]] == ["Source", "Image"]


def test_release_rollback_deploys_the_earlier_release(
    project: Project, accounts: dict[str, str]
) -> None:
    codepipeline = project.aws("codepipeline", accounts["delivery"])
    override = {"actionName": "Source", "revisionType": "COMMIT_ID"}
    for revision in ("1111111", "2222222"):
        codepipeline.start_pipeline_execution(
            name="orders-dev", sourceRevisions=[{**override, "revisionValue": revision}]
        )
    script = f'eval "$({BIN}/landfall env -s dev)" && {BIN}/landfall release'
    for command in ("rollback -s dev orders dev", "list -s dev orders dev"):
        done = project.run("bash", "-euo", "pipefail", "-c", f"{script} {command}")
        assert "1111111" in done.stdout
    (newest, *_) = codepipeline.list_pipeline_executions(pipelineName="orders-dev")[
        "pipelineExecutionSummaries"
    ]
    assert newest["executionType"] == "ROLLBACK"


def test_read_role_finds_drift_and_cannot_change_anything(
    project: Project, accounts: dict[str, str], tmp_path: Path
) -> None:
    iam = project.aws("iam", accounts["audit"])
    iam.update_role(RoleName="security-audit", MaxSessionDuration=14400)
    s3 = project.aws("s3", accounts["delivery"])
    bucket = f"landfall-artifacts-{accounts['delivery']}-eu-west-1"
    block = s3.get_public_access_block(Bucket=bucket)["PublicAccessBlockConfiguration"]
    s3.delete_public_access_block(Bucket=bucket)
    job = provisioning.of_job(project, "dev-plan", "read")
    before = provisioning.calls(project)
    report = tmp_path / "drift.json"
    look = ("drift", "-s", "dev", "--role", "landfall/provision-dev-read")
    done = provisioning.run(project, job, *look, "--format", "json", "-o", str(report))
    assert done.returncode == 1, done.stderr
    told = json.loads(report.read_text())
    found = {each["name"]: (each["what"], each["properties"]) for each in told["drifted"]}
    how_to = (ROOT / "docs" / "how-to" / "find-drift.md").read_text()
    assert f"1 of {told['lookedAt']} resources of stack dev has drifted." in how_to
    assert found == {
        "audit-security-audit": ("changed", ["maxSessionDuration"]),
        "artifacts-eu-west-1": ("gone", []),
    }
    assert "audit-security-audit is changed: maxSessionDuration" in done.stdout
    made = provisioning.calls(project)[len(before) :]
    assert len(made) > 100
    assert {call.role for call in made} == {"provision-dev-read"}
    assert provisioning.not_allowed(made, "read") == set()
    # Restored, so that the next tests find no drift.
    iam.update_role(RoleName="security-audit", MaxSessionDuration=3600)
    s3.put_public_access_block(Bucket=bucket, PublicAccessBlockConfiguration=block)
    assert provisioning.run(project, job, *look).returncode == 0


def test_token_of_another_subject_gets_no_role(project: Project) -> None:
    for subject in (
        "repo:example/landing-zone:pull_request",
        "repo:example/landing-zone:ref:refs/heads/main",
        "repo:stranger/landing-zone:environment:dev",
        "repo:example/landing-zone:environment:dev-plan",
    ):
        with pytest.raises(ClientError, match="AccessDenied"):
            provisioning.token(project, subject, "apply")


def test_pipelines_of_the_stack_itself_exist(project: Project, accounts: dict[str, str]) -> None:
    hub = accounts["delivery"]
    codepipeline, codebuild = project.aws("codepipeline", hub), project.aws("codebuild", hub)
    preview = codepipeline.get_pipeline(name="preview-dev")["pipeline"]
    (requests,) = preview["triggers"][0]["gitConfiguration"]["pullRequest"]
    assert requests == {"branches": {"includes": ["main"]}, "events": ["OPEN", "UPDATED"]}
    provision = codepipeline.get_pipeline(name="provision-dev")["pipeline"]
    assert provision["executionMode"] == "QUEUED"
    assert [stage["name"] for stage in provision["stages"]] == ["Source", "Plan", "Apply"]
    (apply,) = codebuild.batch_get_projects(names=["provision-dev-apply"])["projects"]
    assert apply["concurrentBuildLimit"] == 1
    (group,) = project.aws("logs", hub).describe_log_groups(
        logGroupNamePrefix="/landfall/build/provision-dev-apply"
    )["logGroups"]
    assert (group["retentionInDays"], bool(group["kmsKeyId"])) == (365, True)
    events, sns = project.aws("events", hub), project.aws("sns", hub)
    assert events.describe_rule(Name="drift-dev-schedule")["ScheduleExpression"] == "rate(1 day)"
    (target,) = events.list_targets_by_rule(Rule="drift-dev-schedule")["Targets"]
    assert target["Arn"].endswith(":drift-dev")
    pattern = json.loads(events.describe_rule(Name="provision-dev-drift")["EventPattern"])
    assert pattern["detail"] == {"pipeline": ["drift-dev"], "state": ["FAILED"]}
    (target,) = events.list_targets_by_rule(Rule="provision-dev-drift")["Targets"]
    topic = sns.get_topic_attributes(TopicArn=target["Arn"])["Attributes"]
    assert topic["KmsMasterKeyId"].split(":")[4] == hub


def test_apply_runs_only_the_approved_plan(project: Project, accounts: dict[str, str]) -> None:
    project.edit("requireMfa: true", "requireMfa: true\n        sessionHours: 2")
    job = provisioning.of_job(project, "dev-plan", "read")
    role = "landfall/provision-dev-read"
    planned = provisioning.run(project, job, "plan", "-s", "dev", "--role", role)
    assert planned.returncode == 0, planned.stderr
    assert "5 to update" in planned.stdout
    digest = planned.stdout.split("sha256 ")[1].strip()
    applier = provisioning.of_job(project, "dev", "apply")
    other = provisioning.run(project, applier, "apply", "-s", "dev", "--sha256", "0" * 64)
    assert (other.returncode, "is not the approved plan" in other.stderr) == (1, True)
    project.edit("sessionHours: 2", "sessionHours: 3")
    other = provisioning.run(project, applier, "apply", "-s", "dev", "--sha256", digest)
    assert other.returncode == 1, other.stdout
    iam = project.aws("iam", accounts["audit"])
    assert iam.get_role(RoleName="break-glass")["Role"]["MaxSessionDuration"] == 3600
    project.edit("sessionHours: 3", "sessionHours: 2")
    before = provisioning.calls(project)
    applied = provisioning.run(project, applier, "apply", "-s", "dev", "--sha256", digest)
    assert applied.returncode == 0, applied.stdout + applied.stderr
    assert iam.get_role(RoleName="break-glass")["Role"]["MaxSessionDuration"] == 7200
    made = provisioning.calls(project)[len(before) :]
    assert provisioning.not_allowed(made, "apply") == set()
    project.edit("requireMfa: true\n        sessionHours: 2", "requireMfa: true")


def test_a_change_in_place_is_an_update_and_then_clean(
    project: Project, accounts: dict[str, str]
) -> None:
    """A role, the tags of everything, and a target that was awaited and exists now."""
    deployed.ecs_service(partial(project.aws, account=accounts["orders-dev"]), "apps", "shop")
    project.edit("            awaited: true\n", "")
    project.edit(
        "        managedPolicies: [SecurityAudit]",
        "        managedPolicies: [SecurityAudit]\n        sessionHours: 2",
    )
    previewed = project.run(str(BIN / "landfall"), "preview", "-s", "dev").stdout
    assert len(previewed.splitlines()) < 40, previewed
    assert "    maxSessionDuration: 3600 -> 7200" in previewed
    assert "[Pulumi.dev.yaml:" in previewed
    project.edit("landfall:tags:\n    stack: dev", "landfall:tags:\n    stack: rehearsal")
    project.up(preview=False)
    assert set(project.changes()) == {"created", "updated"}
    role = project.aws("iam", accounts["audit"]).get_role(RoleName="security-audit")["Role"]
    assert role["MaxSessionDuration"] == 7200
    assert {"Key": "stack", "Value": "rehearsal"} in role["Tags"]
    project.up()
    assert project.changes() == {}


def test_codedeploy_rolls_back_in_the_target_account(
    project: Project, accounts: dict[str, str]
) -> None:
    codedeploy = project.aws("codedeploy", accounts["orders-dev"])
    assert "orders" not in codedeploy.list_applications()["applications"]
    group = codedeploy.get_deployment_group(applicationName="shop", deploymentGroupName="shop")[
        "deploymentGroupInfo"
    ]
    assert group["autoRollbackConfiguration"]["enabled"] is True
    assert "DEPLOYMENT_STOP_ON_ALARM" in group["autoRollbackConfiguration"]["events"]
    alarms = group["alarmConfiguration"]
    assert (alarms["enabled"], alarms["ignorePollAlarmFailure"]) == (True, False)
    assert [alarm["name"] for alarm in alarms["alarms"]] == ["shop-dev-5xx"]


def test_custom_deployment_configurations_exist(project: Project, accounts: dict[str, str]) -> None:
    codedeploy = project.aws("codedeploy", accounts["orders-dev"])
    where = {"applicationName": "shop", "deploymentGroupName": "shop"}
    shop = codedeploy.get_deployment_group(**where)["deploymentGroupInfo"]
    config = codedeploy.get_deployment_config(deploymentConfigName=shop["deploymentConfigName"])
    routing = config["deploymentConfigInfo"]["trafficRoutingConfig"]
    assert routing["timeBasedLinear"] == {"linearPercentage": 25, "linearInterval": 2}
    where = {"applicationName": "ledger", "deploymentGroupName": "ledger"}
    ledger = codedeploy.get_deployment_group(**where)["deploymentGroupInfo"]
    config = codedeploy.get_deployment_config(deploymentConfigName=ledger["deploymentConfigName"])
    healthy = config["deploymentConfigInfo"]["minimumHealthyHosts"]
    assert healthy == {"type": "FLEET_PERCENT", "value": 75}


def test_the_tracked_stack_file_is_never_rewritten(project: Project) -> None:
    text = (project.folder / "Pulumi.dev.yaml").read_text()
    assert "encryptionsalt" not in text
    assert "stack: rehearsal" in text


def test_destroy_keeps_protected_resources(project: Project, accounts: dict[str, str]) -> None:
    project.pulumi("destroy --yes --skip-preview --exclude-protected -s dev")
    listed = project.aws("organizations").list_accounts()["Accounts"]
    assert {account["Name"] for account in listed} > ACCOUNTS
    with pytest.raises(ClientError, match="NoSuchEntity"):
        project.aws("iam", accounts["audit"]).get_role(RoleName="security-audit")
    assert project.aws("s3", accounts["delivery"]).list_buckets()["Buckets"] == []
    assert project.aws("codepipeline", accounts["delivery"]).list_pipelines()["pipelines"] == []


def _plain(outputs: dict[str, Any]) -> dict[str, Any]:
    """Return outputs with their secrets as text: `--show-secrets` has them as JSON."""
    return {
        name: json.loads(value["plaintext"])
        if isinstance(value, dict) and "plaintext" in value
        else value
        for name, value in outputs.items()
    }


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
