"""Trusted access and policy types are only those that a stack uses."""

from __future__ import annotations

from typing import Any

import pytest

from landfall import stack_files
from landfall.guardrails.trusted_access import policy_types, services
from landfall.validation.parsing import parse
from tests.components.conftest import ROOT

CONTACT = {"name": "A", "title": "B", "email": "a@example.com", "phone": "+49 30 1234567"}


def used(**settings: Any) -> tuple[str, ...]:
    organization = settings.pop("organization", {})
    config = {
        "aws:region": settings.pop("region", "eu-west-1"),
        "landfall:organization": organization,
        "landfall:accounts": {"a": {"email": "aws+a@example.com"}},
        **{f"landfall:{key}": value for key, value in settings.items()},
    }
    return services(parse(config))


ADOPTED = {"mode": "adopt", "id": "o-a1b2c3d4e5"}
ACCOUNT = "account.amazonaws.com"


def test_created_organization_may_rename_its_accounts() -> None:
    assert used() == (ACCOUNT,)


def test_adopted_organization_needs_no_trusted_access_until_a_service_is_used() -> None:
    account = {"email": "aws+a@example.com", "id": "111122223333"}
    assert used(organization=ADOPTED, accounts={"a": account}) == ()
    renamed = {"b": account | {"formerly": "a"}}
    assert used(organization=ADOPTED, accounts=renamed) == (ACCOUNT,)


@pytest.mark.parametrize(
    ("settings", "service"),
    [
        ({"organization": {"guardrails": ["deny-root-user"]}}, "iam"),
        ({"organization": {"delegatedAdministrators": {"macie.amazonaws.com": ["a"]}}}, "macie"),
        (
            {
                "organization": {"guardrails": ["scan"]},
                "guardrails": {
                    "scan": {
                        "type": "INSPECTOR_POLICY",
                        "document": {"inspector": {"enablement": {}}},
                    }
                },
            },
            "inspector2",
        ),
    ],
)
def test_service_that_the_stack_uses_gets_trusted_access(
    settings: dict[str, Any], service: str
) -> None:
    assert used(**settings) == (ACCOUNT, f"{service}.amazonaws.com")


def test_contacts_of_an_adopted_organization_need_account_management() -> None:
    account = {"email": "aws+a@example.com", "id": "111122223333"}
    contacts = {"contacts": {"security": CONTACT}}
    found = used(organization=ADOPTED, accounts={"a": account}, baseline=contacts)
    assert found == (ACCOUNT,)


def test_service_that_the_partition_lacks_gets_no_trusted_access() -> None:
    assert used(region="us-gov-west-1", organization={"guardrails": ["deny-root-user"]}) == (
        "iam.amazonaws.com",
    )


@pytest.mark.parametrize("name", ["dev", "prod"])
def test_shipped_stack_uses_each_service_that_it_used_before(name: str) -> None:
    stack = stack_files.load(name, ROOT)
    assert {
        "access-analyzer.amazonaws.com",
        "account.amazonaws.com",
        "cloudtrail.amazonaws.com",
        "config-multiaccountsetup.amazonaws.com",
        "config.amazonaws.com",
        "guardduty.amazonaws.com",
        "iam.amazonaws.com",
        "securityhub.amazonaws.com",
        "sso.amazonaws.com",
    } <= set(services(stack))


def test_policy_type_of_a_guardrail_that_is_attached_nowhere_is_not_used() -> None:
    config = {
        "aws:region": "eu-west-1",
        "landfall:organization": {"guardrails": ["deny-root-user"]},
        "landfall:guardrails": {"t": {"type": "TAG_POLICY", "document": {"tags": {}}}},
    }
    assert policy_types(parse(config)) == ("SERVICE_CONTROL_POLICY",)
