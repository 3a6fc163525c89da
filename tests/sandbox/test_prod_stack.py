"""The prod stack as a whole: two regions, twelve accounts, artifacts that are kept."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from landfall import stack_files
from landfall.guardrails.platform import needs
from tests.sandbox import own_delivery
from tests.sandbox.conftest import BIN, Project, copied

pytestmark = pytest.mark.engine

# Operations that have an action of another name.
# https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazons3.html
ACTIONS = {
    "accessanalyzer:CreateAnalyzer": "access-analyzer:CreateAnalyzer",
    "accessanalyzer:GetAnalyzer": "access-analyzer:GetAnalyzer",
    "s3control:GetPublicAccessBlock": "s3:GetAccountPublicAccessBlock",
    "s3control:ListTagsForResource": "s3:ListTagsForResource",
    "s3control:PutPublicAccessBlock": "s3:PutAccountPublicAccessBlock",
    "s3control:TagResource": "s3:TagResource",
    "s3:GetBucketAccelerateConfiguration": "s3:GetAccelerateConfiguration",
    "s3:GetBucketCors": "s3:GetBucketCORS",
    "s3:GetBucketEncryption": "s3:GetEncryptionConfiguration",
    "s3:GetBucketLifecycleConfiguration": "s3:GetLifecycleConfiguration",
    "s3:GetBucketReplication": "s3:GetReplicationConfiguration",
    "s3:GetObjectLockConfiguration": "s3:GetBucketObjectLockConfiguration",
    "s3:GetPublicAccessBlock": "s3:GetBucketPublicAccessBlock",
    "s3:HeadBucket": "s3:ListBucket",
    "s3:PutBucketEncryption": "s3:PutEncryptionConfiguration",
    "s3:PutBucketLifecycleConfiguration": "s3:PutLifecycleConfiguration",
    "s3:PutObjectLockConfiguration": "s3:PutBucketObjectLockConfiguration",
    "s3:PutPublicAccessBlock": "s3:PutBucketPublicAccessBlock",
}
REGIONS = ("eu-west-1", "us-east-1")


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Project]:
    """Return a project whose prod stack is up."""
    project = copied(tmp_path_factory.mktemp("project"), "prod")
    project.up()
    yield project
    project.run(str(BIN / "landfall"), "down", "-s", project.stack)


@pytest.fixture(scope="module")
def outputs(project: Project) -> dict[str, Any]:
    """Return the outputs of the complete stack."""
    return project.outputs()


def test_needs_of_the_platform_include_every_call(
    project: Project, outputs: dict[str, Any]
) -> None:
    """Guardrails are held against `needs`: what provisions an account must all stand there.

    First of all, since other tests look around with the same role.
    """
    stack = stack_files.load("prod", project.folder)
    needed: dict[str, set[str]] = {}
    own = (each for each in needs(stack) if each.role == stack.organization.account_role)
    for need in own:
        needed.setdefault(outputs["accounts"][need.account], set()).update(need.actions)
    log = (project.folder / ".landfall" / "sandboxes" / "prod" / "requests.log").read_text()
    pattern = re.compile(r" (\S+):(\S+) 200 - account=(\d+) principal=(\S+)")
    called = {
        (account, ACTIONS.get(f"{service}:{operation}", f"{service}:{operation}"))
        for service, operation, account, principal in pattern.findall(log)
        if "/OrganizationAccountAccessRole/" in principal and account in needed
    }
    taken_away = ("Delete", "Detach", "Remove", "Unsubscribe")
    missing = {
        action
        for account, action in called
        if action not in needed[account] and not action.split(":")[1].startswith(taken_away)
    }
    assert called
    # The probes of a new account's services: a denial shows as well that they work.
    probes = {"ec2:DescribeRegions", "cloudformation:ListStacks"}
    assert missing - {*probes, "sts:GetCallerIdentity"} == set()


def test_every_account_is_in_its_unit(project: Project, outputs: dict[str, Any]) -> None:
    organizations = project.aws("organizations")
    for unit, names in {
        "Security": {"log-archive", "audit"},
        "Workloads/Prod": {"orders-prod", "catalog-prod"},
    }.items():
        listed = organizations.list_accounts_for_parent(ParentId=outputs["units"][unit])
        assert {account["Name"] for account in listed["Accounts"]} == names


def test_baseline_is_deployed_in_every_region_except_declared_parts(
    project: Project, outputs: dict[str, Any]
) -> None:
    for account in (*outputs["accounts"].values(), None):
        for region in REGIONS:
            ec2 = project.aws("ec2", account, region)
            assert ec2.get_ebs_encryption_by_default()["EbsEncryptionByDefault"] is True
            # The declarative policy of the root sets these, and AWS lets no account change them.
            assert ec2.get_snapshot_block_public_access_state()["State"] == "unblocked"
    budgets = project.aws("budgets").describe_budgets(AccountId=outputs["managementAccountId"])
    amounts = {b["BudgetName"]: float(b["BudgetLimit"]["Amount"]) for b in budgets["Budgets"]}
    assert amounts["landfall-prod-playground"] == 200
    assert amounts["landfall-prod-orders-prod"] == 5000
    assert amounts["landfall-prod-catalog-prod"] == 1000


def test_pipelines_are_in_the_delivery_account(project: Project, outputs: dict[str, Any]) -> None:
    hub = outputs["accounts"]["delivery"]
    listed = project.aws("codepipeline", hub).list_pipelines()["pipelines"]
    environments = ("dev", "staging", "prod", "validation")
    applications = ("orders", "catalog")
    expected = {f"{app}-{environment}" for app in applications for environment in environments}
    expected |= {
        "network-prod",
        "office-prod",
        "prices-prod",
        "schema-dev",
        "search-dev",
        "search-prod",
    }
    expected |= {f"{app}-validation" for app in ("network", "office", "prices", "schema", "search")}
    # The landing zone's own.
    expected |= {"drift-prod", "preview-prod", "provision-prod"}
    assert {pipeline["name"] for pipeline in listed} == expected


def test_main_branch_of_catalog_changes_only_by_twice_approved_pull_requests(
    project: Project, outputs: dict[str, Any]
) -> None:
    hub = outputs["accounts"]["delivery"]
    codecommit, iam = project.aws("codecommit", hub), project.aws("iam", hub)
    names = codecommit.list_associated_approval_rule_templates_for_repository(
        repositoryName="catalog"
    )["approvalRuleTemplateNames"]
    (name,) = names
    template = codecommit.get_approval_rule_template(approvalRuleTemplateName=name)
    content = json.loads(template["approvalRuleTemplate"]["approvalRuleTemplateContent"])
    assert content["DestinationReferences"] == ["refs/heads/main"]
    assert content["Statements"][0]["NumberOfApprovalsNeeded"] == 2
    attached = iam.list_attached_role_policies(RoleName="catalog-developer")["AttachedPolicies"]
    assert [policy["PolicyName"] for policy in attached] == ["catalog-protected-branches"]
    events = project.aws("events", hub)
    pattern = json.loads(events.describe_rule(Name="catalog-validation-start")["EventPattern"])
    assert pattern["detail"]["destinationReference"] == ["refs/heads/main"]
    arn = f"arn:aws:codecommit:eu-west-1:{hub}:catalog"
    assert pattern["resources"] == [arn]


def test_logs_are_locked_and_read_by_name(project: Project, outputs: dict[str, Any]) -> None:
    archive = outputs["accounts"]["log-archive"]
    s3, bucket = project.aws("s3", archive), outputs["security"]["logBucket"]
    lock = s3.get_object_lock_configuration(Bucket=bucket)["ObjectLockConfiguration"]
    retention = lock["Rule"]["DefaultRetention"]
    assert (retention["Mode"], retention["Days"]) == ("GOVERNANCE", 365)
    policy = json.loads(s3.get_bucket_policy(Bucket=bucket)["Policy"])["Statement"]
    readers = next(statement for statement in policy if statement["Sid"] == "Readers")
    auditor = f"arn:aws:iam::{outputs['accounts']['audit']}:role/landfall/auditor"
    named = readers["Condition"]["ArnEquals"]["aws:PrincipalArn"]
    assert named in (auditor, [auditor])
    insights = project.aws("cloudtrail").get_insight_selectors(TrailName="landfall")
    assert len(insights["InsightSelectors"]) == 2


def test_security_services_reach_the_second_region(
    project: Project, outputs: dict[str, Any]
) -> None:
    audit, orders = outputs["accounts"]["audit"], outputs["accounts"]["orders-prod"]
    home, other = REGIONS
    for region in REGIONS:
        hub = project.aws("securityhub", orders, region)
        standards = hub.get_enabled_standards()["StandardsSubscriptions"]
        assert len(standards) == 2
        assert all(f":{region}:" in each["StandardsArn"] for each in standards)
        assert len(project.aws("guardduty", orders, region).list_detectors()["DetectorIds"]) == 1
        analyzers = project.aws("accessanalyzer", audit, region).list_analyzers()["analyzers"]
        types = {each["type"] for each in analyzers if each["type"].startswith("ORGANIZATION")}
        unused = {"ORGANIZATION_UNUSED_ACCESS"} if region == home else set()
        assert types == {"ORGANIZATION", *unused}
    events = project.aws("events", audit, other)
    (target,) = events.list_targets_by_rule(Rule="landfall-findings-forward")["Targets"]
    assert target["Arn"] == f"arn:aws:events:{home}:{audit}:event-bus/default"
    packs = project.aws("config", audit).describe_organization_conformance_packs()
    names = {
        pack["OrganizationConformancePackName"] for pack in packs["OrganizationConformancePacks"]
    }
    assert names == {"landfall-encryption", "landfall-least-privilege", "landfall-backups"}


def test_own_pipelines_plan_apply_and_refresh_a_change_with_their_roles(
    project: Project, outputs: dict[str, Any]
) -> None:
    """In dev, jobs of CI do the same with their tokens: see `test_dev_stack.py`."""
    delivery = own_delivery.Delivery(project, outputs["accounts"]["delivery"])
    assert "12 to update" in delivery.change()
    audit = project.aws("iam", outputs["accounts"]["audit"])
    assert audit.get_role(RoleName="break-glass")["Role"]["MaxSessionDuration"] == 7200
    delivery.refresh()
    assert set(delivery.callers) == {
        "provision-prod-read",
        "provision-prod-apply",
        # The role of the member accounts that the stack's own providers assume.
        "OrganizationAccountAccessRole",
    }


def test_the_second_up_changes_nothing(project: Project) -> None:
    project.up()
    assert project.changes() == {}


def test_destroy_keeps_protected_resources_intact(
    project: Project, outputs: dict[str, Any]
) -> None:
    hub = outputs["accounts"]["delivery"]
    project.pulumi("destroy --yes --skip-preview --exclude-protected -s prod")
    assert project.aws("codepipeline", hub).list_pipelines()["pipelines"] == []
    with pytest.raises(ClientError, match="NoSuchEntity"):
        project.aws("iam", outputs["accounts"]["audit"]).get_role(RoleName="security-audit")
    for region in REGIONS:
        s3 = project.aws("s3", hub, region)
        for name in (
            f"landfall-artifacts-{hub}-{region}",
            f"landfall-artifacts-{hub}-{region}-logs",
        ):
            assert s3.get_public_access_block(Bucket=name)
            assert "aws:SecureTransport" in s3.get_bucket_policy(Bucket=name)["Policy"]
        kms = project.aws("kms", hub, region)
        key = kms.describe_key(KeyId="alias/landfall/artifacts")["KeyMetadata"]
        assert key["KeyState"] == "Enabled"
