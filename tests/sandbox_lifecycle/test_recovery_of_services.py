"""After a kill, unique resources are imported, and repeatable settings stay unchanged."""

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from landfall.recovery import identities
from landfall.sandbox import engine, lifecycle, plugins
from landfall.sandbox.directories import Directories
from tests.sandbox_lifecycle.conftest import Said, up_process
from tests.sandbox_lifecycle.kills import cut_short, kill_at, resources, run

Make = Callable[..., Directories]

# What is called leaf is cut short. A type that others here need is there twice where AWS lets it.
PROGRAM = """
import json, pulumi, pulumi_aws as aws

here = "eu-west-1"
account = aws.get_caller_identity().account_id
organization = aws.organizations.Organization("o", feature_set="ALL",
    aws_service_access_principals=["sso.amazonaws.com", "cloudtrail.amazonaws.com",
    "config.amazonaws.com", "config-multiaccountsetup.amazonaws.com"])
after = pulumi.ResourceOptions(depends_on=[organization])

# Identity Center
center = aws.ssoadmin.get_instances_output(opts=pulumi.InvokeOutputOptions(
    depends_on=[organization]))
instance, store = center.arns[0], center.identity_store_ids[0]
aws.identitystore.Group("leaf", display_name="leaf", identity_store_id=store)
group = aws.identitystore.Group("group", display_name="group", identity_store_id=store)
aws.ssoadmin.PermissionSet("leaf", name="leaf", instance_arn=instance)
held = aws.ssoadmin.PermissionSet("held", name="held", instance_arn=instance)
inside = {"instance_arn": instance, "permission_set_arn": held.arn}
deny = json.dumps({"Version": "2012-10-17", "Statement": [
    {"Effect": "Deny", "Action": "s3:*", "Resource": "*"}]})
aws.ssoadmin.ManagedPolicyAttachment("leaf", **inside,
    managed_policy_arn="arn:aws:iam::aws:policy/ReadOnlyAccess")
aws.ssoadmin.CustomerManagedPolicyAttachment("leaf", **inside,
    customer_managed_policy_reference={"name": "own", "path": "/landfall/"})
aws.ssoadmin.PermissionSetInlinePolicy("leaf", **inside, inline_policy=deny)
aws.ssoadmin.PermissionsBoundaryAttachment("leaf", **inside,
    permissions_boundary={"customer_managed_policy_reference": {"name": "own", "path": "/"}})
aws.ssoadmin.AccountAssignment("leaf", **inside, principal_id=group.group_id,
    principal_type="GROUP", target_id=account, target_type="AWS_ACCOUNT")

# Security
def bucket_for(service, name, locked):
    bucket = aws.s3.Bucket(name, bucket=name, object_lock_enabled=locked)
    return bucket, aws.s3.BucketPolicy(name, bucket=bucket.id, policy=json.dumps({
        "Version": "2012-10-17", "Statement": [{"Effect": "Allow",
        "Principal": {"Service": f"{service}.amazonaws.com"}, "Action": action,
        "Resource": f"arn:aws:s3:::{name}{end}", "Condition":
        {"StringEquals": {"aws:SourceAccount": account}}} for action, end in
        [(["s3:GetBucketAcl", "s3:ListBucket"], ""), ("s3:PutObject", "/*")]]}))

# Config does not deliver to a bucket with object lock.
bucket, let = bucket_for("cloudtrail", "logs-of-all", True)
unlocked, let_config = bucket_for("config", "settings-of-all", False)
written = pulumi.ResourceOptions(depends_on=[let])
aws.s3.BucketObjectLockConfiguration("leaf", bucket=bucket.id,
    rule={"default_retention": {"mode": "GOVERNANCE", "days": 1}})
aws.cloudtrail.Trail("leaf", name="leaf", s3_bucket_name=bucket.id, is_multi_region_trail=True,
    opts=written)
aws.guardduty.Detector("leaf", enable=True)
aws.securityhub.Account("leaf", enable_default_standards=False)
role = aws.iam.ServiceLinkedRole("leaf", aws_service_name="autoscaling.amazonaws.com",
    custom_suffix="leaf")
config = aws.iam.ServiceLinkedRole("config", aws_service_name="config.amazonaws.com")
recorder = aws.cfg.Recorder("leaf", name="landfall", role_arn=config.arn)
channel = aws.cfg.DeliveryChannel("leaf", name="landfall", s3_bucket_name=unlocked.id,
    opts=pulumi.ResourceOptions(depends_on=[recorder, let_config]))
aws.cfg.RecorderStatus("leaf", name="landfall", is_enabled=True,
    opts=pulumi.ResourceOptions(depends_on=[channel]))
aws.cfg.ConfigurationAggregator("leaf", name="landfall",
    account_aggregation_source={"account_ids": [account], "all_regions": True})

# Delivery
aws.ecr.Repository("leaf", name="leaf", region="us-east-1")
images = aws.ecr.Repository("held", name="held")
pull = {"Version": "2012-10-17", "Statement": [{"Sid": "Pull", "Effect": "Allow",
    "Principal": {"Service": "codebuild.amazonaws.com"}, "Action": "ecr:BatchGetImage",
    "Condition": {"StringEquals": {"aws:SourceAccount": account}}}]}
aws.ecr.RepositoryPolicy("leaf", repository=images.name, policy=json.dumps(pull))
aws.codebuild.ReportGroup("leaf", name="leaf", type="TEST", export_config={"type": "NO_EXPORT"})
sources = aws.codecommit.Repository("sources", repository_name="sources")
rule = json.dumps({"Version": "2018-11-08", "Statements": [
    {"Type": "Approvers", "NumberOfApprovalsNeeded": 1}]})
aws.codecommit.ApprovalRuleTemplate("leaf", name="leaf", content=rule)
template = aws.codecommit.ApprovalRuleTemplate("held", name="held", content=rule)
aws.codecommit.ApprovalRuleTemplateAssociation("leaf", repository_name=sources.repository_name,
    approval_rule_template_name=template.name)
aws.codeconnections.Host("leaf", name="leaf", provider_type="GitHubEnterpriseServer",
    provider_endpoint="https://git.example.com")
"""


@pytest.mark.engine
def test_interrupted_resource_of_each_service_is_imported_or_created_again(
    make: Make, said: Said
) -> None:
    directories = make(program=PROGRAM)
    status, screen = run(directories, said)
    assert status == 0, screen
    ids = {each["urn"]: each["id"] for each in resources(directories) if each.get("id")}
    cut = cut_short(directories)
    again = [urn for urn in cut if urn.split("::")[2] in identities.REPEATABLE]
    assert (len(cut), len(again)) == (22, 3)
    status, screen = run(directories, said)
    assert status == 0, screen
    assert said.text.count("found in AWS") == len(cut) - len(again), said.text
    assert said.text.count("created again, which is harmless") == len(again), said.text
    assert f"{len(again)} created" in screen
    assert "replaced" not in screen
    after = {each["urn"]: each["id"] for each in resources(directories) if each.get("id")}
    assert {urn: after[urn] for urn in cut} == {urn: ids[urn] for urn in cut}
    opened = engine.open_sandbox(directories, said)
    opened.query("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev")


@pytest.mark.engine
def test_assignment_in_progress_at_the_kill_is_imported(
    make: Make, said: Said, tmp_path: Path
) -> None:
    directories = make(program=PROGRAM)
    lifecycle.start(directories, said)
    running = up_process(directories, tmp_path / "output", preview_first=False)
    # The provider asks for its status ten seconds later, so nothing has its id yet.
    kill_at("CreateAccountAssignment", directories, running)
    status, screen = run(directories, said)
    assert status == 0, screen
    assert re.search(r"found in AWS \(.+,GROUP,\d{12},AWS_ACCOUNT,.+\); imported", said.text)
    opened = engine.open_sandbox(directories, said)
    opened.query("up", "--yes", "--skip-preview", "--expect-no-changes", "--stack", "dev")


@pytest.fixture(autouse=True)
def _offline(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plugins.pulumi_cli, "installer_obstacle", lambda: "test")
