"""Central root access, as IAM documents it."""

from __future__ import annotations

from typing import Any

from tests.sandbox_gate.conftest import Clients, error_of

BOTH = ["RootCredentialsManagement", "RootSessions"]


def test_root_access_needs_trusted_access_and_the_management_account(
    aws: Clients, organization: Any, member: str
) -> None:
    client = aws("iam")
    enable = client.enable_organizations_root_credentials_management
    assert error_of(enable)[0] == "ServiceAccessNotEnabledException"
    organization.enable_aws_service_access(ServicePrincipal="iam.amazonaws.com")
    theirs = aws("iam", account=member).enable_organizations_root_sessions
    assert error_of(theirs)[0] == "AccountNotManagementOrDelegatedAdministratorException"
    assert client.list_organizations_features()["EnabledFeatures"] == []
    enable()
    assert client.enable_organizations_root_sessions()["EnabledFeatures"] == BOTH
    assert client.list_organizations_features()["EnabledFeatures"] == BOTH
    client.disable_organizations_root_sessions()
    assert client.list_organizations_features()["EnabledFeatures"] == BOTH[:1]


def test_root_access_needs_an_organization(aws: Clients) -> None:
    assert error_of(aws("iam").list_organizations_features)[0] == "OrganizationNotFoundException"
