"""Settings of detection services, differences, custom rules and alarms: mistakes with their fix."""

from __future__ import annotations

import json
from typing import Any

import pytest

from landfall.blueprint.stack import detection
from landfall.settings import conformance, differences
from landfall.settings.config_rules import OwnPack
from landfall.validation import parse
from tests.validation.test_settings_security import mistakes


def config(**security: Any) -> dict[str, Any]:
    return {
        "aws:region": "eu-west-1",
        "landfall:organization": {
            "regions": ["eu-west-1", "us-east-1"],
            "units": {"Workloads": {"units": {"Dev": {}, "Prod": {}}}},
        },
        "landfall:accounts": {
            "audit": {"email": "audit@example.com", "purpose": "audit"},
            "logs": {"email": "logs@example.com", "purpose": "log-archive"},
            "trials": {"email": "trials@example.com", "unit": "Workloads/Dev"},
            "orders": {"email": "orders@example.com", "unit": "Workloads/Prod"},
        },
        "landfall:access": {
            "roles": {
                "repair": {
                    "services": "ssm",
                    "units": "Workloads",
                    "managedPolicies": "SecurityAudit",
                },
                "reader": {
                    "principals": [{"account": "audit", "role": "auditor"}],
                    "managedPolicies": "SecurityAudit",
                },
            }
        },
        "landfall:security": security,
    }


def test_mistakes_of_differences_are_reported_together() -> None:
    found = mistakes(
        config(
            guardDuty={"regions": "eu-west-2", "units": {"Workload": {"features": []}}},
            securityHub={
                "regions": "us-east-1",
                "disabledControls": ["CIS.9.9", "CIS.1.14"],
                "accounts": {"order": {"standards": "fsbp"}},
            },
            config={"enabled": False, "accounts": {"trials": {"frequency": "daily"}}},
            inspector={"scans": "ec2", "units": {"Workloads/Dev": {"scans": "lambda-code"}}},
            macie={"accounts": {"nobody": {"enabled": False}}},
            firewallManager=True,
            trail={"alarms": {"notify": "a@example.com", "own": {"root-use": {"pattern": "{}"}}}},
        )
    )
    assert "is not used by the organization" in found["guardDuty.regions[0]"][0]
    assert found["guardDuty.units.Workload"][1] == "did you mean 'Workloads'?"
    assert found["securityHub.regions"][1] == "add eu-west-1"
    assert "had no control 'CIS.9.9'" in found["securityHub.disabledControls[0]"][0]
    assert found["securityHub.accounts.order"][1].startswith("did you mean 'orders'")
    assert "off everywhere" in found["config.accounts"][0]
    assert found["inspector.units.Workloads/Dev.scans"][1] == "add lambda"
    assert "there is no account 'nobody'" in found["macie.accounts.nobody"][0]
    assert "needs AWS Config" in found["firewallManager"][0]
    assert found["trail.alarms"][1] == "add logGroupDays: 365"
    assert found["trail.alarms.own.root-use"][1] == "choose another name"
    assert len(found) == 11


@pytest.mark.parametrize(
    ("region", "service"),
    [("us-gov-west-1", "macie"), ("cn-north-1", "macie"), ("cn-north-1", "detective")],
)
def test_service_that_the_partition_lacks_is_refused(region: str, service: str) -> None:
    settings = config(**{service: {}}) | {"aws:region": region}
    settings["landfall:organization"] = {}
    settings["landfall:accounts"] = {
        name: account
        for name, account in settings["landfall:accounts"].items()
        if name in ("audit", "logs")
    }
    settings["landfall:access"] = {}
    assert "has no such service" in mistakes(settings)[service][0]


def test_nearest_difference_wins_and_keeps_other_settings() -> None:
    stack = parse(
        config(
            securityHub={
                "disabledControls": "IAM.6",
                "units": {
                    "Workloads": {"standards": ["fsbp", "cis-5.0"]},
                    "Workloads/Dev": {"disabledControls": []},
                },
                "accounts": {"trials": {"enabled": False}},
            }
        )
    )
    assert stack.security is not None
    hub = stack.security.security_hub
    dev = differences.of_unit(stack, hub, "Workloads/Dev")
    assert (dev.enabled, dev.standards, dev.disabled_controls) == (True, ("fsbp", "cis-5.0"), ())
    trials = differences.of_account(stack, hub, "trials")
    assert (trials.enabled, trials.standards) == (False, ("fsbp", "cis-5.0"))
    orders = differences.of_account(stack, hub, "orders")
    assert orders.disabled_controls == ("IAM.6",)
    assert differences.of_account(stack, hub, "audit") == hub


def test_features_are_common_or_vary() -> None:
    stack = parse(
        config(
            guardDuty={
                "features": ["s3-data-events", "rds-login-events"],
                "units": {"Workloads/Dev": {"features": ["s3-data-events", "eks-audit-logs"]}},
            }
        )
    )
    assert stack.security is not None
    assert detection.common_features(stack, stack.security) == ["s3-data-events"]
    varying = detection.varying_features(stack, stack.security)
    assert sorted(varying) == ["eks-audit-logs", "rds-login-events"]


def pack(**more: Any) -> dict[str, Any]:
    rules = {"S3_BUCKET_VERSIONING_ENABLED": {}}
    return {"ownPacks": {"company": {"rules": rules, **more}}}


def test_mistakes_of_custom_packs_are_reported_together() -> None:
    remediation = {"document": "AWS-ConfigureS3BucketVersioning"}
    found = mistakes(
        config(
            config=pack(
                customRules={
                    "s3-bucket-versioning-enabled": {
                        "guard": "rule a {}",
                        "types": "AWS::S3::Bucket",
                    }
                },
                remediations={
                    "S3_BUCKET_VERSIONING": remediation,
                    "S3_BUCKET_VERSIONING_ENABLED": remediation | {"role": "repair"},
                    "s3-bucket-versioning-enabled": remediation | {"role": "reader"},
                },
                accounts=["audit", "trials"],
                units="Workload",
            )
        )
    )
    here = "config.ownPacks.company"
    taken = found[f"{here}.customRules.s3-bucket-versioning-enabled"]
    assert taken[1] == "choose another name"
    assert "S3_BUCKET_VERSIONING_ENABLED" in found[f"{here}.remediations.S3_BUCKET_VERSIONING"][1]
    lacking = found[f"{here}.remediations.S3_BUCKET_VERSIONING_ENABLED.role"]
    assert lacking[0] == "role 'repair' does not exist in account audit"
    trust = found[f"{here}.remediations.s3-bucket-versioning-enabled.role"]
    assert trust[1] == "add services: [ssm] to the role"
    assert found[f"{here}.units[0]"][1] == "did you mean 'Workloads'?"
    assert len(found) == 5


@pytest.mark.parametrize(
    ("rule", "what"),
    [
        ({"types": "AWS::S3::Bucket"}, "needs either guard or function"),
        ({"guard": "rule a {}"}, "is never evaluated"),
        (
            {"guard": "rule a {}", "types": "AWS::S3::Bucket", "every": "24-hours"},
            "a Guard policy evaluates changes only",
        ),
    ],
)
def test_incomplete_custom_rule_is_refused(rule: dict[str, Any], what: str) -> None:
    found = mistakes(config(config=pack(customRules={"own": rule})))
    assert what in found["config.ownPacks.company.customRules.own"][0]


def test_automatic_remediation_needs_a_role() -> None:
    remediations = {"S3_BUCKET_VERSIONING_ENABLED": {"document": "AWS-X", "automatic": True}}
    found = mistakes(config(config=pack(remediations=remediations)))
    path = "config.ownPacks.company.remediations.S3_BUCKET_VERSIONING_ENABLED"
    assert "needs a role" in found[path][0]


@pytest.mark.parametrize("partition", ["aws", "aws-us-gov", "aws-cn"])
def test_custom_rules_and_remediations_become_a_template(partition: str) -> None:
    own = OwnPack.model_validate(
        {
            "customRules": {
                "named-buckets": {"guard": "rule named {}", "types": ["AWS::S3::Bucket"]},
                "scored": {
                    "function": f"arn:{partition}:lambda:eu-west-1:111111111111:function:scored",
                    "every": "24-hours",
                    "parameters": {"most": 3},
                },
            },
            "remediations": {
                "named-buckets": {
                    "document": "Own-Rename",
                    "role": "repair",
                    "parameters": {"Bucket": "RESOURCE_ID", "Tags": ["a", "b"]},
                    "automatic": True,
                }
            },
        }
    )
    resources = json.loads(conformance.template(own, partition))["Resources"]
    assert list(resources) == ["NamedBuckets", "Scored", "NamedBucketsRemediation"]
    guard, function, remediation = (each["Properties"] for each in resources.values())
    assert guard["Source"]["Owner"] == "CUSTOM_POLICY"
    assert guard["Scope"] == {"ComplianceResourceTypes": ["AWS::S3::Bucket"]}
    assert guard["Source"]["CustomPolicyDetails"] == {
        "PolicyRuntime": "guard-2.x.x",
        "PolicyText": "rule named {}",
    }
    (period,) = function["Source"]["SourceDetails"]
    assert period["MaximumExecutionFrequency"] == "TwentyFour_Hours"
    assert function["InputParameters"] == {"most": "3"}
    assert remediation["ConfigRuleName"] == guard["ConfigRuleName"] == "named-buckets"
    role = f"arn:{partition}:iam::${{AWS::AccountId}}:role/landfall/repair"
    assert remediation["Parameters"] == {
        "AutomationAssumeRole": {"StaticValue": {"Values": [{"Fn::Sub": role}]}},
        "Bucket": {"ResourceValue": {"Value": "RESOURCE_ID"}},
        "Tags": {"StaticValue": {"Values": ["a", "b"]}},
    }
    assert (remediation["MaximumAutomaticAttempts"], remediation["RetryAttemptSeconds"]) == (5, 60)
