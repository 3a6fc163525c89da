"""Components of whole stacks, against mocks: the resources and documents sent to AWS."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from components.landing_zone import LandingZone
from landfall import stack_files
from landfall.settings import promotion
from landfall.settings.branching import validation
from landfall.settings.source import Locations
from landfall.validation import parse
from tests.components.conftest import MANAGEMENT_ID, ORGANIZATION, Registered

ROOT = Path(__file__).parents[2]
Runner = Callable[[Callable[[], Any]], Registered]

CONFIG: dict[str, Any] = {
    "aws:region": "eu-west-1",
    "landfall:organization": {
        "regions": ["eu-west-1", "us-east-1"],
        "units": {"Infrastructure": {}, "Workloads": {"guardrails": ["deny-root-user"]}},
    },
    "landfall:accounts": {
        "audit": {"email": "audit@example.com", "unit": "Infrastructure"},
        "delivery": {
            "email": "delivery@example.com",
            "unit": "Infrastructure",
            "purpose": "delivery",
        },
        "orders": {"email": "orders@example.com", "unit": "Workloads"},
    },
    "landfall:access": {
        "roles": {
            "reader": {
                "principals": [{"account": "audit", "role": "landfall/auditor"}],
                "units": ["Workloads"],
                "managedPolicies": ["SecurityAudit"],
                "users": ["people/emergency"],
                "boundary": "reading",
                "federated": [
                    {"provider": "gitlab", "subjects": ["project_path:a/b:ref_type:branch:ref:*"]}
                ],
            }
        },
        "boundaries": {"reading": {"statements": [{"actions": "s3:GetObject"}]}},
        "oidcProviders": {"gitlab": {"issuer": "gitlab"}, "unused": {"issuer": "github"}},
    },
    "landfall:delivery": {
        "connections": {"github": {"provider": "GitHub"}},
        "applications": {
            "orders": {
                "source": {"connection": "github", "repository": "example/orders"},
                "deploy": {"lambda": "orders", "traffic": "canary-10-percent-5-minutes"},
                "environments": {"prod": {"account": "orders", "region": "us-east-1"}},
            },
            "site": {
                "source": {"codecommit": "site"},
                "deploy": {"s3": "example-site"},
                "environments": {"prod": {"account": "orders", "approval": {}}},
            },
        },
    },
}


@pytest.fixture(scope="module")
def registered(run: Runner) -> Registered:
    return run(lambda: LandingZone(parse(CONFIG, locations=Locations("Pulumi.test.yaml"))))


@pytest.mark.parametrize("stack", ["dev", "prod"])
def test_the_shipped_stacks_register_every_account_with_a_provider(
    shipped: Callable[[str], Registered], stack: str
) -> None:
    settings, registered = stack_files.load(stack, ROOT), shipped(stack)
    accounts = registered.of("aws:organizations/account:Account")
    assert sorted(accounts) == sorted(settings.accounts)
    assert sorted(registered.of("pulumi:providers:aws")) == sorted(settings.accounts)
    pipelines = registered.of("aws:codepipeline/pipeline:Pipeline")
    own = [f"provisioning-{part}-{stack}" for part in ("preview", "provision", "drift")]
    assert sorted(pipelines) == sorted(
        [
            *own,
            *(
                f"{name}-{environment}"
                for name, application in settings.delivery.applications.items()
                for environment in (
                    *promotion.heads(application),
                    *(["validation"] if validation(application) else []),
                )
            ),
        ]
    )


def test_a_provider_works_in_its_own_account_only(registered: Registered) -> None:
    provider = registered.of("pulumi:providers:aws")["orders"]
    assert "333333333333" in str(provider["allowedAccountIds"])
    assert "arn:aws:iam::333333333333:role/OrganizationAccountAccessRole" in str(
        provider["assumeRoles"]
    )


def test_an_access_role_trusts_one_role_of_the_organization(registered: Registered) -> None:
    roles = registered.of("aws:iam/role:Role")
    assert [name for name in roles if name.endswith("-reader")] == ["orders-reader"]
    trust = registered.document("aws:iam/role:Role", "orders-reader", "assumeRolePolicy")
    assert trust["Statement"] == [
        {
            "Sid": "ExactRolesOfTheOrganization",
            "Effect": "Allow",
            "Principal": {"AWS": ["arn:aws:iam::111111111111:root"]},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "ArnEquals": {
                    "aws:PrincipalArn": ["arn:aws:iam::111111111111:role/landfall/auditor"]
                },
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
            },
        },
        {
            "Sid": "ExactUsersWithMfa",
            "Effect": "Allow",
            "Principal": {"AWS": [f"arn:aws:iam::{MANAGEMENT_ID}:root"]},
            "Action": ["sts:AssumeRole"],
            "Condition": {
                "ArnEquals": {
                    "aws:PrincipalArn": [f"arn:aws:iam::{MANAGEMENT_ID}:user/people/emergency"]
                },
                "StringEquals": {"aws:PrincipalOrgID": ORGANIZATION},
                "Bool": {"aws:MultiFactorAuthPresent": "true"},
            },
        },
        {
            "Sid": "Tokens1",
            "Effect": "Allow",
            "Principal": {"Federated": "arn:aws:iam::222222222222:oidc-provider/gitlab.com"},
            "Action": ["sts:AssumeRoleWithWebIdentity"],
            "Condition": {
                "StringEquals": {"gitlab.com:aud": "https://gitlab.com"},
                "StringLike": {"gitlab.com:sub": ["project_path:a/b:ref_type:branch:ref:*"]},
            },
        },
    ]


def test_boundaries_and_oidc_providers_exist_only_where_a_role_needs_them(
    registered: Registered,
) -> None:
    assert list(registered.of("aws:iam/openIdConnectProvider:OpenIdConnectProvider")) == [
        "orders-gitlab"
    ]
    assert list(registered.of("aws:iam/policy:Policy")) == ["orders-reading"]
    role = registered.of("aws:iam/role:Role")["orders-reader"]
    assert role["permissionsBoundary"].endswith(":policy/landfall/reading")


def test_guardrail_is_attached_only_to_its_unit(registered: Registered) -> None:
    attachments = registered.of("aws:organizations/policyAttachment:PolicyAttachment")
    assert [a["targetId"] for a in attachments.values()] == ["organization/Workloads-id"]


def test_each_target_region_has_an_artifact_store(registered: Registered) -> None:
    buckets = registered.of("aws:s3/bucket:Bucket")
    assert sorted(b["bucket"] for b in buckets.values()) == [
        "landfall-artifacts-222222222222-eu-west-1",
        "landfall-artifacts-222222222222-eu-west-1-logs",
        "landfall-artifacts-222222222222-us-east-1",
        "landfall-artifacts-222222222222-us-east-1-logs",
    ]
    assert {b["region"] for b in buckets.values()} == {"eu-west-1", "us-east-1"}


def test_artifact_key_is_granted_to_pipeline_roles_and_no_account(
    registered: Registered,
) -> None:
    policy = registered.document("aws:kms/key:Key", "artifacts-us-east-1", "policy")
    by_sid = {statement["Sid"]: statement for statement in policy["Statement"]}
    administration = by_sid.pop("AdministrationByThisAccount")
    uses = {"kms:Decrypt", "kms:Encrypt", "kms:GenerateDataKey"}
    assert not uses & set(administration["Action"])
    assert by_sid["Writers"]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::222222222222:role/landfall/orders-prod-pipeline"
    ]
    assert by_sid["Readers"]["Condition"]["ArnEquals"]["aws:PrincipalArn"] == [
        "arn:aws:iam::333333333333:role/landfall/orders-prod-deploy",
    ]
    for sid in ("Writers", "Readers"):
        assert by_sid[sid]["Condition"]["StringEquals"] == {"aws:PrincipalOrgID": ORGANIZATION}


def test_pipeline_in_two_regions_names_both_stores(registered: Registered) -> None:
    pipeline = registered.of("aws:codepipeline/pipeline:Pipeline")["orders-prod"]
    assert [store["region"] for store in pipeline["artifactStores"]] == ["eu-west-1", "us-east-1"]
    deploy = pipeline["stages"][-1]
    assert deploy["onFailure"] == {"result": "ROLLBACK"}
    assert deploy["actions"][0]["region"] == "us-east-1"
    assert deploy["actions"][0]["provider"] == "Lambda"


def test_a_codecommit_source_is_started_by_its_branch(registered: Registered) -> None:
    pattern = registered.document(
        "aws:cloudwatch/eventRule:EventRule", "site-prod-start", "eventPattern"
    )
    assert pattern["resources"] == ["arn:aws:codecommit:eu-west-1:222222222222:site"]
    assert pattern["detail"]["referenceName"] == ["main"]
    pipeline = registered.of("aws:codepipeline/pipeline:Pipeline")["site-prod"]
    assert [stage["name"] for stage in pipeline["stages"]] == [
        "Source",
        "Build",
        "Approval",
        "Deploy",
    ]


def test_a_build_writes_its_own_artifacts_only(registered: Registered) -> None:
    policy = registered.document("aws:iam/rolePolicy:RolePolicy", "site-prod-build", "policy")
    resources = {
        r for s in policy["Statement"] if "s3:PutObject" in s["Action"] for r in s["Resource"]
    }
    assert resources == {"arn:aws:s3:::landfall-artifacts-222222222222-eu-west-1/site-prod/*"}
    assert "sts:AssumeRole" not in str(policy)


def test_central_root_access_enables_both_features(run: Runner) -> None:
    config: dict[str, Any] = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"centralRootAccess": True},
    }
    registered = run(lambda: LandingZone(parse(config)))
    (features,) = registered.of("aws:iam/organizationsFeatures:OrganizationsFeatures").values()
    assert features["enabledFeatures"] == ["RootCredentialsManagement", "RootSessions"]
    (organization,) = registered.of("aws:organizations/organization:Organization").values()
    assert "iam.amazonaws.com" in organization["awsServiceAccessPrincipals"]
